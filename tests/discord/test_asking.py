"""Asking on Discord's wire: each command and button, in every place, and what goes wrong there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
import pytest
import pytest_asyncio

from bot.core.turnref import TurnRef
from bot.discord_adapter import answering as answering_module
from bot.discord_adapter.answer_layout import pages_of
from bot.discord_adapter.controls import rows_of
from bot.discord_adapter.language import words_for
from bot.discord_adapter.layout import Style
from bot.discord_adapter.render import payload_of
from bot.services.limits import Rate
from bot.services.permitting import Changes, Rights
from bot.services.personal import deleted
from bot.store.entry import TurnEntry
from tests.core.findings import pack
from tests.discord.answering_bot import Bot, answering
from tests.discord.loopback import Channel, Guild, Kind, Loopback, User
from tests.discord.loopback.endpoints import CALLBACK, EDIT_ORIGINAL, SEND, TYPING
from tests.terminal.answers import every_quote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Message

EVERYTHING_TRACKED = pack().passage("everything-tracked").text
AUDIENCE_PAWN = pack().passage("audience-pawn").text
GONE = "This answer is no longer in the log"
CHIEF = Rights(manages=True)


@pytest.fixture
def guild(pointed: Loopback) -> Guild:
    """Give a server with the bot in it."""
    return pointed.world.guild("Debating club")


@pytest.fixture
def general(pointed: Loopback, guild: Guild) -> Channel:
    """Give its channel."""
    return pointed.world.channel(guild, "general")


@pytest.fixture
def anna(pointed: Loopback, guild: Guild) -> User:
    """Give a member."""
    return pointed.world.member(guild, "anna")


@pytest.fixture
def bert(pointed: Loopback, guild: Guild) -> User:
    """Give another."""
    return pointed.world.member(guild, "bert")


@pytest_asyncio.fixture
async def bot(pointed: Loopback, guild: Guild, general: Channel, tmp_path: Path) -> AsyncIterator[Bot]:
    """Run the bot."""
    async with answering(pointed, tmp_path) as running:
        yield running


async def asked(loopback: Loopback, user: User, channel: Channel, question: str = "is my data sold") -> Message:
    """Ask with the command, and give the answer's message."""
    return (await loopback.answer(await loopback.slash(user, channel, "ask", question=question))).message


async def pressed(loopback: Loopback, user: User, message: Message, button: str) -> Message:
    """Press a button, and give the message that comes."""
    return (await loopback.answer(await loopback.press(user, message, button))).message


async def test_a_question_is_answered_with_a_card(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """Deferred at once; both sides, each in its frame; buttons below."""
    sent = await loopback.slash(anna, general, "ask", question="is my data sold")
    assert await loopback.acknowledged(sent) < 2.5
    card = (await loopback.answer(sent)).message
    assert card.is_card
    assert not card.is_ephemeral
    assert card.text.startswith("**Question:** is my data sold\n### ")
    assert f"“{EVERYTHING_TRACKED}”" in card.text
    assert [button["label"] for button in card.buttons] == [
        *("Context", "More", "Follow up"),
        *("Helpful", "Not helpful", "Dispute"),
    ]


async def test_a_question_can_call_nobody(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """What it holds is shown, and nothing of it works."""
    card = await asked(
        loopback, anna, general, "@everyone is my data sold to <@1234567890123456789> https://evil.example"
    )
    assert "@everyone" not in card.text
    assert "<@1" not in card.text
    assert "https://" not in card.text
    assert not card.mention_everyone
    assert not card.mentions


async def test_a_question_of_4000_characters_is_cut_with_a_note(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """It is answered for all that."""
    card = await asked(loopback, anna, general, "data " * 800)
    assert "Note: The question was longer than 500 characters; the rest was not read." in card.text
    assert f"“{EVERYTHING_TRACKED}”" in card.text


async def test_questions_are_offered_while_one_is_typed(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Those of the topics first; at most 25 of at most 100 characters."""
    everything = await loopback.answer(await loopback.complete(anna, general, "ask", "question", question=""))
    offered = [choice["value"] for choice in everything.choices]
    assert offered[:17] == [topic.question for topic in pack().topics]
    assert len(offered) == 25
    some = await loopback.answer(await loopback.complete(anna, general, "ask", "question", question="SELL dat"))
    assert "Does Facebook sell my data?" in [choice["value"] for choice in some.choices]


async def test_nothing_is_offered_while_the_model_loads_and_the_question_waits(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, tmp_path: Path
) -> None:
    """It is acknowledged at once, and answered as soon as that can be."""
    async with answering(pointed, tmp_path, held=True) as bot:
        offered = await pointed.answer(await pointed.complete(anna, general, "ask", "question", question="data"))
        assert offered.choices == ()
        sent = await pointed.slash(anna, general, "ask", question="is my data sold")
        assert await pointed.acknowledged(sent) < 2.5
        assert sent.answer is None
        bot.serving.gate.set()
        assert EVERYTHING_TRACKED in (await pointed.answer(sent)).text


async def test_an_empty_question_is_refused_to_the_person_alone(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """With an example of one."""
    refused = await asked(loopback, anna, general, "\u200b")
    assert refused.is_ephemeral
    assert refused.text.startswith("There is no question: type one")


async def test_whoever_asks_too_fast_is_told_when_to_come_again(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, bert: User, tmp_path: Path
) -> None:
    """Alone, and others are not held up."""
    async with answering(pointed, tmp_path, person=Rate(burst=1, every_s=60)):
        assert not (await asked(pointed, anna, general)).is_ephemeral
        busy = await asked(pointed, anna, general)
        assert busy.is_ephemeral
        assert busy.text.startswith("I am busy: try again in ")
        assert not (await asked(pointed, bert, general)).is_ephemeral


async def test_both_sides_of_a_message_are_shown_to_one_person_who_can_share_them(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """The menu of messages."""
    claim = await loopback.say(bert, general, "they sell all our data")
    private = (await loopback.answer(await loopback.menu(anna, claim, "Both sides"))).message
    assert private.is_ephemeral
    assert EVERYTHING_TRACKED in private.text
    shared = await pressed(loopback, anna, private, "Share to channel")
    assert not shared.is_ephemeral
    assert shared.text == private.text
    assert "Share to channel" not in [button["label"] for button in shared.buttons]


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


async def test_context_shows_the_neighbouring_sentences_and_those_of_other_quotes(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """To whoever asks, alone; the quote is marked; a menu leads to the others."""
    card = await asked(loopback, anna, general)
    context = await pressed(loopback, bert, card, "Context")
    assert context.is_ephemeral
    first, second = (pack().passage(name).text for name in _quoted_in(card)[:2])
    assert f"**“{first}”**" in context.text
    (menu,) = context.selects
    assert len(menu["options"]) == len(_quoted_in(card))
    chosen = await loopback.answer(await loopback.choose(bert, context, menu["options"][1]["value"]))
    assert chosen.kind is Kind.CHANGE
    assert f"**“{second}”**" in chosen.text
    assert first not in chosen.text


def _quoted_in(card: Message) -> list[str]:
    """List the passages that a card quotes, in its order."""
    places = {passage.id: card.text.find(f"“{passage.text}”") for passage in pack().passages}
    return sorted((name for name, place in places.items() if place >= 0), key=places.__getitem__)


async def test_a_follow_up_goes_on_from_exactly_that_answer(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Although another question was asked since; the conversation goes on from there then."""
    card = await asked(loopback, anna, general)
    await asked(loopback, anna, general, "who won the football match")
    form = await loopback.press(anna, card, "Follow up")
    assert (await loopback.answer(form)).kind is Kind.MODAL
    followed = await loopback.answer(await loopback.submit(form, {"text": "source?"}))
    assert set(_quoted_in(followed.message)) == set(_quoted_in(card))
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
    assert set(_quoted_in(followed.message)) == set(_quoted_in(card))
    own, first = bot.log.recent(2)
    assert own.person != first.person
    assert own.conversation_id != first.conversation_id
    assert (await asked(loopback, anna, general, "source?")).text.count("“") == len(_quoted_in(card))


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
    await loopback.answer(form)
    thanks = await loopback.answer(await loopback.submit(form, {"quote": "2", "text": "it is **wrong**"}))
    assert thanks.message.is_ephemeral
    assert thanks.text == "Thank you. Quote 2 is before the moderators of this server now."
    (disputed,) = await bot.moderation.disputed(str(guild.id))
    assert (disputed.passage_id, disputed.reasons) == (_quoted_in(card)[1], ("it is **wrong**",))


async def test_an_excluded_quote_gives_way_to_the_next_best(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, guild: Guild
) -> None:
    """In this guild only, and on older answers too."""
    card = await asked(loopback, anna, general)
    form = await loopback.press(anna, card, "Dispute")
    await loopback.answer(form)
    at = 1 + _quoted_in(card).index("everything-tracked")
    await loopback.answer(await loopback.submit(form, {"quote": str(at), "text": "not so"}))
    await bot.moderation.decide(str(guild.id), "everything-tracked", "a moderator", exclude=True)
    assert EVERYTHING_TRACKED not in (await asked(loopback, anna, general, "and my data?")).text
    context = await pressed(loopback, anna, card, "Context")
    assert len(context.selects) == 0 or len(context.selects[0]["options"]) == len(_quoted_in(card)) - 1
    elsewhere = await asked(loopback, anna, loopback.world.dm(anna))
    assert EVERYTHING_TRACKED in elsewhere.text


async def test_pages_are_turned_in_place(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, guild: Guild
) -> None:
    """An answer with more quotes than fit; every one of them is on some page."""
    every = every_quote()
    ref = TurnRef("f" * 32, 1)
    entry = TurnEntry(every, ref.conversation_id, "somebody", f"{guild.id}/{general.id}", 1, NOON, 1.0)
    await asyncio.wrap_future(bot.log.record(entry))
    words = words_for("en")
    pages = pages_of(pack(), every, words, Style.CARD)
    channel = bot.client.get_channel(general.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send(**payload_of(pages[0], rows_of(every, pages[0], ref, words), words, Style.CARD))
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
        assert set(_quoted_in(followed.message)) == set(_quoted_in(card))
        assert "Noted" in (await pressed(pointed, anna, card, "Helpful")).text


@pytest.mark.parametrize("button", ["Context", "More", "Helpful"])
async def test_a_button_of_an_answer_that_is_gone_says_so_kindly(
    button: str, bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """After the person had everything deleted."""
    card = await asked(loopback, anna, general)
    (turn,) = bot.log.recent(1)
    await deleted(bot.log, {turn.person})
    bot.serving.open.answers.forget_people({turn.person})
    assert GONE in (await pressed(loopback, anna, card, button)).text


async def test_two_people_who_interleave_do_not_change_each_other_s_conversation(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """In the same channel."""
    card = await asked(loopback, anna, general)
    await asked(loopback, bert, general, "who won the football match")
    assert set(_quoted_in(await asked(loopback, anna, general, "source?"))) == set(_quoted_in(card))
    nothing = await asked(loopback, bert, general, "source?")
    assert _quoted_in(nothing) == []


async def test_twenty_questions_at_once_are_all_answered(
    bot: Bot, loopback: Loopback, guild: Guild, general: Channel
) -> None:
    """Each acknowledged in time, none lost, none doubled."""
    people = [loopback.world.member(guild, f"person{number}") for number in range(20)]
    sent = [await loopback.slash(person, general, "ask", question="is my data sold") for person in people]
    answers = await asyncio.gather(*(loopback.answer(each) for each in sent))
    assert all(EVERYTHING_TRACKED in answer.text for answer in answers)
    assert max([await loopback.acknowledged(each) for each in sent]) < 2.5
    assert len(loopback.world.from_bot(general)) == 20


async def test_a_mention_is_answered_with_a_reply_and_goes_on(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """In a thread as in a channel; others' messages are left alone."""
    thread = loopback.world.thread(general, "data", anna)
    await loopback.announce(thread, is_new=True)
    for place in (general, thread):
        await loopback.say(anna, place, "is my data sold")
        card = await loopback.reply_to(await loopback.mention(anna, place, "is my data sold"))
        assert card.is_card
        assert EVERYTHING_TRACKED in card.text
        source = await loopback.reply_to(await loopback.mention(anna, place, "source?"))
        assert set(_quoted_in(source)) == set(_quoted_in(card))
        assert len(loopback.world.from_bot(place)) == 2


async def test_a_mention_alone_says_what_can_be_asked(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """With examples."""
    said = await loopback.reply_to(await loopback.mention(anna, general, ""))
    assert "Ask me what the film and Facebook say" in said.text
    assert "You could ask:" in said.text


async def test_a_reply_to_an_answer_goes_on_from_that_answer(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """Whosever it is."""
    card = await loopback.reply_to(await loopback.mention(anna, general, "is my data sold"))
    followed = await loopback.reply_to(await loopback.say(bert, general, "source?", reply_to=card))
    assert set(_quoted_in(followed)) == set(_quoted_in(card))


async def test_direct_messages_are_a_conversation(bot: Bot, loopback: Loopback, anna: User) -> None:
    """Without a mention, and apart from what was said elsewhere."""
    direct = loopback.world.dm(anna)
    card = await loopback.reply_to(await loopback.say(anna, direct, "is my data sold"))
    source = await loopback.reply_to(await loopback.say(anna, direct, "source?"))
    assert set(_quoted_in(source)) == set(_quoted_in(card))


async def test_it_works_where_a_person_brings_it_along(bot: Bot, loopback: Loopback, anna: User, bert: User) -> None:
    """In a group, and between two people."""
    group = loopback.world.group(anna, bert)
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, group)).text


async def test_a_channel_where_it_may_not_write_is_no_trouble(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel
) -> None:
    """A mention there is let go, and the next question elsewhere is answered."""
    loopback.faults.refuse(SEND, 50013)
    await loopback.mention(anna, general, "is my data sold")
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert EVERYTHING_TRACKED in (await loopback.reply_to(await loopback.mention(anna, general, "my data?"))).text


async def test_an_archived_thread_is_no_trouble(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """Discord refuses the reply with 50083; nothing else is touched."""
    thread = loopback.world.thread(general, "old", anna)
    await loopback.announce(thread, is_new=True)
    await loopback.archive(thread, locked=True)
    await loopback.mention(anna, thread, "is my data sold")
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert loopback.world.from_bot(thread) == []


async def test_questions_are_answered_in_the_channels_that_moderators_allow(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel
) -> None:
    """Elsewhere the command says where; a mention is let go; a thread counts as its channel."""
    await bot.moderation.change(str(guild.id), "a moderator", Changes(allow_channel=general.id), CHIEF)
    other = loopback.world.channel(guild, "other")
    await loopback.announce(other, is_new=True)
    sent = await loopback.slash(anna, other, "ask", question="is my data sold")
    refused = await loopback.followup(sent)
    assert refused.is_ephemeral
    assert f"<#{general.id}>" in refused.text
    await loopback.mention(anna, other, "is my data sold")
    thread = loopback.world.thread(general, "data", anna)
    await loopback.announce(thread, is_new=True)
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, thread)).text
    assert loopback.world.from_bot(other) == []


async def test_plain_style_and_language_are_the_guild_s(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel
) -> None:
    """Ordinary text, with the same buttons, which work; link previews are off."""
    await bot.moderation.change(str(guild.id), "a moderator", Changes(style="plain"), CHIEF)
    plain = await asked(loopback, anna, general)
    assert not plain.is_card
    assert plain.content.startswith("**Question:** is my data sold\n\n**")
    assert plain.flags & 4
    assert "More on:" in (await pressed(loopback, anna, plain, "More")).content
    assert not (await pressed(loopback, anna, plain, "Context")).is_card


async def test_a_dropped_answer_is_sent_again_and_shows_once(
    bot: Bot, loopback: Loopback, naps_s: list[float], anna: User, general: Channel
) -> None:
    """Discord answers 503."""
    loopback.faults.server_error(EDIT_ORIGINAL, 503)
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert len(loopback.world.from_bot(general)) == 1


async def test_a_claim_is_rebutted(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """With the other side's quotes alone."""
    answer = await loopback.answer(await loopback.slash(anna, general, "rebut", statement="they sell all our data"))
    assert "**Claim:** they sell all our data\nClosest to this: The film" in answer.text
    assert _quoted_in(answer.message) == ["no-selling-information"]


async def test_a_quotation_is_checked(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """Word for word, put down to the wrong side, too short, and not there."""

    async def checked(text: str) -> str:
        return (await loopback.answer(await loopback.slash(anna, general, "cite", text=text))).text

    assert "Verbatim: word for word" in await checked(EVERYTHING_TRACKED)
    assert "somebody else said it" in await checked(f"Facebook says: {EVERYTHING_TRACKED}")
    assert "Not in the sources." in await checked("the moon is made of green cheese and @everyone knows")
    assert "there is too little to check" in await checked("two words")


async def test_topics_are_listed_and_opened(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """A topic, one of the numbered points, a charge: each is answered to the person alone."""
    listed = (await loopback.answer(await loopback.slash(anna, general, "topics"))).message
    assert listed.is_ephemeral
    assert [menu["custom_id"] for menu in listed.selects] == ["l:topic", "l:charge:film", "l:point:facebook"]
    assert len(listed.selects[2]["options"]) == 7
    topic = await loopback.answer(await loopback.choose(anna, listed, "privacy", custom_id="l:topic"))
    assert topic.message.is_ephemeral
    assert EVERYTHING_TRACKED in topic.text
    point = await loopback.answer(await loopback.choose(anna, listed, "3", custom_id="l:point:facebook"))
    third = [passage.id for passage in pack().of_voice("facebook") if passage.point == 3]
    assert set(_quoted_in(point.message)) <= set(third)
    assert _quoted_in(point.message)


@pytest.mark.parametrize(
    ("command", "words"), [("sources", "Sajjad Hussain"), ("help", "What I will not do"), ("topics", "Elections")]
)
async def test_lookups_are_shown_to_one_person(
    command: str, words: str, bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """They need no model."""
    shown = (await loopback.answer(await loopback.slash(anna, general, command))).message
    assert shown.is_ephemeral
    assert words in shown.text


@pytest.mark.parametrize("status", [None, 502])
async def test_an_acknowledgement_whose_answer_was_lost_costs_nothing(
    status: int | None, bot: Bot, loopback: Loopback, naps_s: list[float], anna: User, general: Channel
) -> None:
    """Discord heard it: the second try is refused with 40060, and the answer comes all the same, once."""
    loopback.faults.lose_answer(CALLBACK, status=status)
    sent = await loopback.slash(anna, general, "ask", question="is my data sold")
    assert EVERYTHING_TRACKED in (await loopback.answer(sent)).text
    assert sent.refused == [40060]
    assert len(loopback.world.from_bot(general)) == 1


async def test_an_interaction_that_is_over_is_let_go(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """10062: nobody is answered, and the next question is."""
    loopback.faults.refuse(CALLBACK, 10062)
    late = await loopback.slash(anna, general, "ask", question="is my data sold")
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert late.answer is None


async def test_a_late_reply_shows_that_it_is_being_written(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the model loads."""
    monkeypatch.setattr(answering_module, "TYPING_AFTER_S", 0.01)
    async with answering(pointed, tmp_path, held=True) as bot:
        message = await pointed.mention(anna, general, "is my data sold")
        await pointed.until(lambda: pointed.journal.to(TYPING), "typing")
        bot.serving.gate.set()
        assert EVERYTHING_TRACKED in (await pointed.reply_to(message)).text


async def test_a_message_without_text_has_nothing_to_look_up(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """A picture, or a card."""
    card = await asked(loopback, anna, general)
    refused = await loopback.answer(await loopback.menu(anna, card, "Both sides"))
    assert refused.message.is_ephemeral
    assert refused.text == "This message has no text that I could look up."


async def test_a_person_s_language_is_that_of_their_app(
    bot: Bot, loopback: Loopback, guild: Guild, general: Channel
) -> None:
    """But a guild's choice goes before it, and quotes stay as they are."""
    await bot.moderation.change(str(guild.id), "a moderator", Changes(language="en"), CHIEF)
    german = loopback.world.member(guild, "gerd", locale="de")
    card = await asked(loopback, german, general)
    assert card.text.startswith("**Question:** ")
    assert EVERYTHING_TRACKED in card.text


async def test_a_person_may_choose_another_style_than_the_guild_s(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """For themselves, and go back."""
    await loopback.answer(await loopback.slash(anna, general, "style", look="plain"))
    assert not (await asked(loopback, anna, general)).is_card
    assert (await asked(loopback, bert, general)).is_card
    noted = await loopback.answer(await loopback.slash(anna, general, "style", look="server"))
    assert noted.message.is_ephemeral
    assert (await asked(loopback, anna, general)).is_card


async def test_nothing_is_disputed_where_nobody_moderates(bot: Bot, loopback: Loopback, anna: User) -> None:
    """There is no button for it in direct messages."""
    card = await loopback.reply_to(await loopback.say(anna, loopback.world.dm(anna), "is my data sold"))
    assert [button["label"] for button in card.buttons][-2:] == ["Helpful", "Not helpful"]


async def test_nothing_of_a_message_or_a_form_is_kept_in_memory(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """The library would hold on to every card for ever."""
    card = await asked(loopback, anna, general)
    await loopback.answer(await loopback.press(anna, card, "Follow up"))
    await pressed(loopback, anna, card, "Context")
    kept = bot.client._connection._view_store
    assert (kept._views, kept._modals, kept._synced_message_views) == ({}, {}, {})


async def test_both_sides_of_a_message_are_looked_up_without_what_the_person_asked_before(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """It is somebody else's message."""
    await asked(loopback, anna, general)
    message = await loopback.say(bert, general, "source?")
    shown = (await loopback.answer(await loopback.menu(anna, message, "Both sides"))).message
    assert _quoted_in(shown) == []
