"""The buttons below an answer: more, context, follow-ups, votes, disputes, pages, also after a restart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
import pytest

from bot.answer.cog.layout import pages_of, rows_of
from bot.answer.service.answers import Answers
from bot.answer.store.turns import TurnEntry
from bot.answer.store.turns import rows_of as logged
from bot.guild.rules.permissions import Changes, Rights
from bot.privacy.service.personal import Personal
from bot.values.asker import TurnRef
from bot.values.passage import PassageRef
from bot.wire.page.language import words_for
from bot.wire.page.layout import Style
from bot.wire.page.render import payload_of
from tests.discord.answering_bot import Bot, answering
from tests.discord.loopback import Channel, Guild, Kind, Loopback, User
from tests.log.samples import exclude
from tests.quote.rules.findings import pack
from tests.screen.answers import every_quote

if TYPE_CHECKING:
    from pathlib import Path

from tests.discord.answers.steps import EVERYTHING_TRACKED, GONE, asked, pressed, quoted_in


async def test_more_gives_further_quotes_that_were_not_shown(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Below the question that they are on."""
    card = await asked(loopback, anna, general)
    more = await pressed(loopback, anna, card, "More")
    assert more.text.startswith("**More on:** is my data sold")
    assert EVERYTHING_TRACKED not in more.text
    again = await pressed(loopback, anna, more, "More")
    assert "There are no further quotes on this." in again.text


async def test_one_side_is_heard_further(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """On the same question, with what was not shown."""
    card = await asked(loopback, anna, general)
    further = await pressed(loopback, anna, card, "Only Facebook")
    assert further.text.startswith("**More on:** is my data sold")
    assert {pack().passage(name).voice for name in quoted_in(further)} <= {"facebook"}
    assert set(quoted_in(further)).isdisjoint(quoted_in(card))
    assert "🎬" not in further.text
    gone = await loopback.press_custom_id(anna, card, card.button("Only Facebook")["custom_id"].replace("book", "boo"))
    assert GONE in (await loopback.answer(gone)).text


async def test_a_follow_up_is_asked_alone(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """By its own words, in a conversation of its own, when it was joined to what came before."""
    card = await asked(loopback, anna, general)
    assert "Ask it alone" not in [button["label"] for button in card.buttons]
    joined = await asked(loopback, anna, general, "and facebook?")
    assert "**Asked as:**" in joined.text
    alone = await pressed(loopback, anna, joined, "Ask it alone")
    assert alone.text.startswith("**Question:** and facebook?\n")
    assert "**Asked as:**" not in alone.text
    (last,) = bot.log.recent(1)
    assert (last.question, last.asked_as, last.number) == ("and facebook?", "and facebook?", 1)


async def test_what_the_bot_is_is_said_once_a_conversation(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """In a channel, and to each person who reads alone, with the first quote; it stays where pages are turned."""
    what = "No opinion of my own."
    claim = await loopback.say(bert, general, "they sell all our data")
    private = (await loopback.answer(await loopback.menu(anna, claim, "What each side says"))).message
    assert what in private.text
    assert what not in (await loopback.answer(await loopback.menu(anna, claim, "What each side says"))).text
    assert what not in (await asked(loopback, anna, general, "hello")).text
    first, second = await asked(loopback, anna, general), await asked(loopback, bert, general)
    assert (what in first.text, what in second.text) == (True, False)
    assert what not in (await pressed(loopback, anna, private, "Share to channel")).text


async def test_context_shows_the_neighbouring_sentences_and_those_of_other_quotes(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """To whoever asks, alone; the quote is marked; a menu leads to the others."""
    card = await asked(loopback, anna, general)
    context = await pressed(loopback, bert, card, "Context")
    assert context.is_ephemeral
    first, second = (pack().passage(name).text for name in quoted_in(card)[:2])
    assert f"**“{first}”**" in context.text
    (menu,) = context.selects
    assert len(menu["options"]) == len(quoted_in(card))
    chosen = await loopback.answer(await loopback.choose(bert, context, menu["options"][1]["value"]))
    assert chosen.kind is Kind.CHANGE
    assert f"**“{second}”**" in chosen.text
    assert first not in chosen.text


async def test_a_follow_up_goes_on_from_exactly_that_answer(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Although another question was asked since; the conversation goes on from there then."""
    card = await asked(loopback, anna, general)
    await asked(loopback, anna, general, "who won the football match")
    form = await loopback.press(anna, card, "Follow up")
    assert (await loopback.answer(form)).kind is Kind.MODAL
    followed = await loopback.answer(await loopback.submit(form, {"text": "source?"}))
    assert set(quoted_in(followed.message)) == set(quoted_in(card))
    assert "characters " in followed.text
    turns = bot.log.recent(5)
    assert [turn.question for turn in turns] == ["source?", "who won the football match", "is my data sold"]
    assert turns[0].conversation_id != turns[1].conversation_id
    assert (turns[0].number, turns[1].number) == (2, 2)


async def test_another_person_s_follow_up_is_a_conversation_of_their_own(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """Neither changes the other's."""
    card = await asked(loopback, anna, general)
    form = await loopback.press(bert, card, "Follow up")
    await loopback.answer(form)
    followed = await loopback.answer(await loopback.submit(form, {"text": "source?"}))
    assert set(quoted_in(followed.message)) == set(quoted_in(card))
    own, first = bot.log.recent(2)
    assert own.person != first.person
    assert own.conversation_id != first.conversation_id
    assert (await asked(loopback, anna, general, "source?")).text.count("“") == len(quoted_in(card))


async def test_a_vote_can_be_changed(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """It is one vote, whatever is pressed."""
    card = await asked(loopback, anna, general)
    assert "was helpful" in (await pressed(loopback, anna, card, "Helpful")).text
    changed = await pressed(loopback, anna, card, "Not helpful")
    assert changed.is_ephemeral
    assert "was not helpful" in changed.text
    votes = list(bot.log.read(lambda db: list(db.query("SELECT helpful FROM feedback"))))
    assert votes == [{"helpful": 0}]


async def test_a_disputed_quote_is_before_the_moderators(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, guild: Guild
) -> None:
    """The one that was chosen, with the reason."""
    card = await asked(loopback, anna, general)
    form = await loopback.press(anna, card, "Dispute")
    assert (await loopback.answer(form)).kind is Kind.MODAL
    assert form.modal is not None
    options = form.modal["components"][0]["component"]["options"]
    begun = [pack().passage(name).text[:40] for name in quoted_in(card)]
    assert [option["label"][:50] for option in options] == [f"Quote {n}: “{words}" for n, words in enumerate(begun, 1)]
    thanks = await loopback.answer(await loopback.submit(form, {"quote": "2", "text": "it is **wrong**"}))
    assert thanks.message.is_ephemeral
    assert thanks.text == "Thank you. The moderators of this server will review quote 2."
    (disputed,) = await bot.reviews.disputed(str(guild.id))
    assert (disputed.passage.passage, disputed.reasons) == (quoted_in(card)[1], ("it is **wrong**",))


async def test_an_excluded_quote_gives_way_to_the_next_best(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, guild: Guild
) -> None:
    """In this guild only, and on older answers too."""
    card = await asked(loopback, anna, general)
    form = await loopback.press(anna, card, "Dispute")
    await loopback.answer(form)
    at = 1 + quoted_in(card).index("everything-tracked")
    await loopback.answer(await loopback.submit(form, {"quote": str(at), "text": "not so"}))
    await bot.reviews.decide(str(guild.id), PassageRef.of("everything-tracked"), "a moderator", exclude=True)
    assert EVERYTHING_TRACKED not in (await asked(loopback, anna, general, "and my data?")).text
    context = await pressed(loopback, anna, card, "Context")
    assert len(context.selects) == 0 or len(context.selects[0]["options"]) == len(quoted_in(card)) - 1
    elsewhere = await asked(loopback, anna, loopback.world.dm(anna))
    assert EVERYTHING_TRACKED in elsewhere.text


@pytest.mark.parametrize("style", Style)
async def test_an_answer_that_is_there_loses_an_excluded_quote_at_the_next_press(
    style: Style, bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel, guild: Guild
) -> None:
    """Numbers stay those that people saw, in the message, its context and its disputes."""
    await bot.settings.change(str(guild.id), "a moderator", Changes(style=style.value), Rights(manages=True))
    card = await asked(loopback, anna, general)
    first, second, *others = quoted_in(card)
    form = await loopback.press(bert, card, "Dispute")
    await loopback.answer(form)
    await loopback.answer(await loopback.submit(form, {"quote": "1", "text": "no"}))
    await bot.reviews.decide(str(guild.id), PassageRef.of(first), "a moderator", exclude=True)
    words = pack().passage(first).text
    context = await pressed(loopback, bert, card, "Context")
    assert context.text.startswith("**Context of quote 2**\n")
    assert words not in context.text
    await loopback.until(lambda: card.edits == 1, "the message to be laid out anew")
    assert words not in card.text
    assert f"**2.** “{pack().passage(second).text}”" in card.text
    assert quoted_in(card) == [second, *others]
    form = await loopback.press(bert, card, "Dispute")
    await loopback.answer(form)
    said = await loopback.answer(await loopback.submit(form, {"text": "no"}))
    assert said.text == "Thank you. The moderators of this server will review quote 2."
    (disputed,) = await bot.reviews.disputed(str(guild.id))
    assert disputed.passage.passage == second
    await bot.reviews.decide(str(guild.id), PassageRef.of(second), "a moderator", exclude=True)
    told = await loopback.answer(await loopback.press(bert, card, "Context"))
    assert told.text == "The moderators of this server have excluded this quote."
    await loopback.until(lambda: card.edits == 2, "the message to be laid out anew")
    assert quoted_in(card) == []
    assert "Context" not in [button["label"] for button in card.buttons]
    await pressed(loopback, bert, card, "Helpful")
    assert card.edits == 2


@pytest.mark.parametrize("style", Style)
async def test_an_answer_that_one_person_sees_loses_it_at_the_next_press_too(
    style: Style, bot: Bot, loopback: Loopback, anna: User, general: Channel, guild: Guild
) -> None:
    """Whatever was pressed: what answers by a message of its own, with a form, or sends one."""
    await bot.settings.change(str(guild.id), "a moderator", Changes(style=style.value), Rights(manages=True))
    said = await loopback.say(anna, general, "Is my data sold?")
    card = (await loopback.answer(await loopback.menu(anna, said, "What each side says"))).message
    assert card.is_ephemeral
    first, second, *others = quoted_in(card)
    context = await pressed(loopback, anna, card, "Context")
    await bot.settings.write(lambda db: exclude(db, str(guild.id), first))
    await pressed(loopback, anna, card, "Helpful")
    await loopback.until(lambda: card.edits == 1, "the message to be laid out anew")
    assert (quoted_in(card), card.is_ephemeral) == ([second, *others], True)
    assert "Share to channel" in [button["label"] for button in card.buttons]
    # The message with the surroundings of a quote is none that an answer takes the place of.
    chosen = await loopback.answer(await loopback.choose(anna, context, second))
    assert chosen.text.startswith("**Context of quote 2**")
    await bot.settings.write(lambda db: exclude(db, str(guild.id), second))
    form = await loopback.press(anna, card, "Follow up")
    await loopback.answer(form)
    await loopback.until(lambda: card.edits == 2, "the message to be laid out anew")
    assert quoted_in(card) == others
    assert context.text.startswith("**Context of quote 2**")


@pytest.mark.parametrize("style", Style)
async def test_pages_are_turned_in_place(
    style: Style, bot: Bot, loopback: Loopback, anna: User, general: Channel, guild: Guild
) -> None:
    """An answer with more quotes than fit; every one of them is on some page."""
    every = every_quote()
    ref = TurnRef("f" * 32, 1)
    entry = TurnEntry(every, ref.conversation_id, "somebody", f"{guild.id}/{general.id}", 1, NOON, 1.0)
    await asyncio.wrap_future(bot.log.record(logged(entry)))
    words = words_for("en")
    pages = pages_of(pack(), every, words, style)
    channel = bot.client.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send(**payload_of(pages[0], rows_of(pack(), every, pages[0], ref, words), words, style))
    shown = await loopback.posted(general)
    texts = [shown.text]
    for number in range(2, len(pages) + 1):
        turned = await loopback.answer(await loopback.press(anna, shown, "Next page"))
        assert turned.kind is Kind.CHANGE
        assert f"Page {number} of {len(pages)}" in turned.text
        texts.append(turned.text)
    assert all(any(f"“{quote.text}”" in text for text in texts) for quote in every.quotes)
    back = await loopback.answer(await loopback.press(anna, shown, "Previous page"))
    assert back.text == texts[-2]
    # What is excluded goes from the page that is shown, and no other page takes its place.
    gone, left = quoted_in(shown)[:2]
    number = [quote.passage_id for quote in every.quotes].index(left) + 1
    await bot.settings.write(lambda db: exclude(db, str(guild.id), gone))
    edits = shown.edits
    await pressed(loopback, anna, shown, "Helpful")
    await loopback.until(lambda: shown.edits > edits, "the page to be laid out anew")
    assert f"Page {len(pages) - 1} of " in shown.text
    assert gone not in quoted_in(shown)
    assert f"**{number}.** “{pack().passage(left).text}”" in shown.text
    # A page that is turned while something of it is excluded stays turned.
    await bot.settings.write(lambda db: exclude(db, str(guild.id), left))
    turned = await loopback.answer(await loopback.press(anna, shown, "Previous page"))
    await pressed(loopback, anna, shown, "Helpful")
    assert shown.text == turned.text


NOON = "2026-01-01T12:00:00+00:00"


async def test_buttons_answer_after_a_restart(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, tmp_path: Path
) -> None:
    """Also a form that was open meanwhile."""
    async with answering(pointed, tmp_path):
        card = await asked(pointed, anna, general)
        form = await pointed.press(anna, card, "Follow up")
        await pointed.answer(form)
    async with answering(pointed, tmp_path):
        assert (await pressed(pointed, anna, card, "Context")).is_ephemeral
        assert "More on:" in (await pressed(pointed, anna, card, "More")).text
        followed = await pointed.answer(await pointed.submit(form, {"text": "source?"}))
        assert set(quoted_in(followed.message)) == set(quoted_in(card))
        assert "Noted" in (await pressed(pointed, anna, card, "Helpful")).text


async def test_buttons_and_forms_of_older_messages_go_on_working(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Their ids were written otherwise."""
    card = await asked(loopback, anna, general)
    turn = str(card.button("Context")["custom_id"]).removeprefix("answer:context:")
    context = await loopback.answer(await loopback.press_custom_id(anna, card, f"d:ctx:{turn}"))
    assert f"**“{pack().passage(quoted_in(card)[0]).text}”**" in context.text
    more = await loopback.answer(await loopback.press_custom_id(anna, card, f"d:more:{turn}"))
    assert more.text.startswith("**More on:** is my data sold")
    noted = await loopback.answer(await loopback.press_custom_id(anna, card, f"d:bad:{turn}"))
    assert "this answer was not helpful to you" in noted.text
    form = await loopback.press_custom_id(anna, card, f"d:follow:{turn}")
    await loopback.answer(form)
    assert form.modal is not None
    form.modal["custom_id"] = f"d:follow:{turn}"
    followed = await loopback.answer(await loopback.submit(form, {"text": "source?"}))
    assert set(quoted_in(followed.message)) == set(quoted_in(card))


@pytest.mark.parametrize("button", ["Context", "More", "Helpful"])
async def test_a_button_of_an_answer_that_is_gone_says_so_kindly(
    button: str, bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """After the person had everything deleted."""
    card = await asked(loopback, anna, general)
    (turn,) = bot.log.recent(1)
    await Personal(bot.log).deleted({turn.person})
    await bot.parts.get(Answers).forget({turn.person})
    assert GONE in (await pressed(loopback, anna, card, button)).text


@pytest.mark.parametrize(("button", "chosen"), [("Follow up", {}), ("Dispute", {"quote": "2"})])
async def test_what_was_typed_comes_back_when_the_answer_is_gone(
    button: str, chosen: dict[str, str], bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """As with every refusal of a form."""
    card = await asked(loopback, anna, general)
    form = await loopback.press(anna, card, button)
    await loopback.answer(form)
    (turn,) = bot.log.recent(1)
    await Personal(bot.log).deleted({turn.person})
    await bot.parts.get(Answers).forget({turn.person})
    refused = await loopback.answer(await loopback.submit(form, {**chosen, "text": "and why?"}))
    assert refused.message.is_ephemeral
    first, *rest = refused.text.splitlines()
    assert GONE in first
    assert rest == ["You wrote:", "```", "and why?", "```"]


async def test_two_people_who_interleave_do_not_change_each_other_s_conversation(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """In the same channel."""
    card = await asked(loopback, anna, general)
    await asked(loopback, bert, general, "who won the football match")
    assert set(quoted_in(await asked(loopback, anna, general, "source?"))) == set(quoted_in(card))
    nothing = await asked(loopback, bert, general, "source?")
    assert quoted_in(nothing) == []


async def test_nothing_is_disputed_where_nobody_moderates(bot: Bot, loopback: Loopback, anna: User) -> None:
    """There is no button for it in direct messages."""
    card = await loopback.reply_to(await loopback.say(anna, loopback.world.dm(anna), "is my data sold"))
    assert [button["label"] for button in card.buttons][-2:] == ["Helpful", "Not helpful"]
