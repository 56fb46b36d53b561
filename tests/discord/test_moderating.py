"""Settings, reviews and figures on Discord's wire: what moderators do, and what others may not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.guild.rules.permissions import GuildSettings
from bot.process import drawing
from bot.values.passage import PassageRef
from tests.discord.answering_bot import Bot, answering
from tests.discord.loopback import Channel, Guild, Kind, Loopback, Permission, Role, User
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Message

EVERYTHING_TRACKED = pack().passage("everything-tracked").text
ONLY_MODERATORS = "Only moderators of this server may do that"


@pytest.fixture
def guild(pointed: Loopback) -> Guild:
    """Give a server with the bot in it."""
    return pointed.world.guild("Debating club")


@pytest.fixture
def general(pointed: Loopback, guild: Guild) -> Channel:
    """Give its channel."""
    return pointed.world.channel(guild, "general")


@pytest.fixture
def judges(pointed: Loopback, guild: Guild) -> Role:
    """Give a role that may do nothing special at Discord."""
    return pointed.world.role(guild, "judges")


@pytest.fixture
def anna(pointed: Loopback, guild: Guild) -> User:
    """Give a member."""
    return pointed.world.member(guild, "anna")


@pytest.fixture
def judge(pointed: Loopback, guild: Guild, judges: Role) -> User:
    """Give a member with that role."""
    return pointed.world.member(guild, "judge", judges)


@pytest.fixture
def chief(pointed: Loopback, guild: Guild) -> User:
    """Give somebody who manages the server."""
    return pointed.world.member(guild, "chief", pointed.world.role(guild, "chiefs", Permission.MODERATOR))


@pytest_asyncio.fixture
async def bot(pointed: Loopback, guild: Guild, general: Channel, judges: Role, tmp_path: Path) -> AsyncIterator[Bot]:
    """Run the bot."""
    async with answering(pointed, tmp_path) as running:
        yield running


async def used(loopback: Loopback, user: User, channel: Channel, command: str, /, **options: object) -> Message:
    """Use a command, and give the message that comes."""
    sent = await loopback.slash(user, channel, command, **options)  # type: ignore[arg-type] # whatever the command takes
    assert await loopback.acknowledged(sent) < 2.5
    return (await loopback.answer(sent)).message


async def dispute(loopback: Loopback, user: User, channel: Channel, passage_id: str, reason: str) -> None:
    """Ask for one of the found quotes after the other, and dispute the one that is wanted."""
    card = await used(loopback, user, channel, "ask", question="is my data sold")
    text = pack().passage(passage_id).text
    if text not in card.text:
        card = (await loopback.answer(await loopback.press(user, card, "More"))).message
    shown = sorted(card.text.index(passage.text) for passage in pack().passages if passage.text in card.text)
    form = await loopback.press(user, card, "Dispute")
    await loopback.answer(form)
    at = 1 + shown.index(card.text.index(text))
    await loopback.answer(
        await loopback.submit(form, {"quote": str(at), "text": reason} if len(shown) > 1 else {"text": reason})
    )


@pytest.mark.parametrize("command", ["settings show", "settings set", "review"])
async def test_whoever_is_no_moderator_is_refused(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, command: str
) -> None:
    """To themselves alone; nothing is changed."""
    refused = await used(loopback, anna, general, command)
    assert refused.is_ephemeral
    assert refused.text.startswith(ONLY_MODERATORS)


async def test_settings_are_shown_as_they_hold(bot: Bot, loopback: Loopback, chief: User, general: Channel) -> None:
    """Also where nobody set any."""
    shown = await used(loopback, chief, general, "settings show")
    assert shown.is_ephemeral
    assert shown.text.splitlines() == [
        "The settings of this server:",
        "**Moderators:** those with “Manage Server”",
        "**Channels:** all",
        "**Style of answers:** cards: a frame for each side",
        "**Language:** each person's own",
        "**Kept for:** 365 days",
        "**Pack:** The Social Dilemma",
        "**Daily prompt:** off",
    ]


async def test_everything_can_be_set_and_reset(
    bot: Bot, loopback: Loopback, guild: Guild, chief: User, general: Channel, judges: Role
) -> None:
    """In one command; the language holds at once."""
    shown = await used(
        loopback,
        chief,
        general,
        "settings set",
        moderator_role=judges,
        allow_channel=general,
        style="plain",
        language="en",
        retention_days=30,
    )
    assert f"**Moderators:** those with “Manage Server”, <@&{judges.id}>" in shown.text
    assert f"**Channels:** <#{general.id}>" in shown.text
    assert "**Kept for:** 30 days" in shown.text
    held = GuildSettings(judges.id, frozenset({general.id}), "plain", "en", 30)
    assert await bot.settings.of(str(guild.id)) == held
    for setting in ("moderator_role", "channels", "style", "language", "retention_days"):
        await used(loopback, chief, general, "settings set", reset=setting)
    assert await bot.settings.of(str(guild.id)) == GuildSettings()


async def test_answers_follow_the_settings(
    bot: Bot, loopback: Loopback, guild: Guild, anna: User, chief: User, general: Channel
) -> None:
    """Ordinary text instead of cards, and only in the channels that are allowed."""
    elsewhere = loopback.world.channel(guild, "elsewhere")
    await loopback.announce(elsewhere, is_new=True)
    await used(loopback, chief, general, "settings set", style="plain", allow_channel=general)
    answer = await used(loopback, anna, general, "ask", question="is my data sold")
    assert not answer.is_card
    assert EVERYTHING_TRACKED in answer.text
    assert f"<#{general.id}>" in (await used(loopback, anna, elsewhere, "ask", question="is my data sold")).text


async def test_the_role_that_was_set_moderates_until_it_is_taken_away(
    bot: Bot, loopback: Loopback, guild: Guild, judge: User, chief: User, general: Channel, judges: Role
) -> None:
    """It is looked up at every use; and it may not choose who moderates."""
    assert (await used(loopback, judge, general, "review")).text.startswith(ONLY_MODERATORS)
    await used(loopback, chief, general, "settings set", moderator_role=judges)
    assert (await used(loopback, judge, general, "review")).text == "No quotes are waiting for a decision."
    refused = await used(loopback, judge, general, "settings set", reset="moderator_role")
    assert refused.text == "Only those with “Manage Server” may choose the moderators' role."
    guild.members[judge.id].roles.remove(judges)
    assert (await used(loopback, judge, general, "review")).text.startswith(ONLY_MODERATORS)
    # A role that is new, and that the bot has not been told of.
    unheard = loopback.world.role(guild, "new judges")
    guild.members[judge.id].roles.append(unheard)
    await used(loopback, chief, general, "settings set", moderator_role=unheard)
    assert (await used(loopback, judge, general, "review")).text == "No quotes are waiting for a decision."


async def test_a_disputed_quote_is_excluded_here_and_shown_elsewhere(
    bot: Bot, loopback: Loopback, guild: Guild, anna: User, chief: User, general: Channel
) -> None:
    """From the dispute to the answer without it; every step is noted."""
    await dispute(loopback, anna, general, "everything-tracked", "out of @everyone's **context**")
    review = await used(loopback, chief, general, "review")
    assert review.is_ephemeral
    assert review.text.startswith("Disputed quote 1 of 1\n")
    assert f"> “{EVERYTHING_TRACKED}”" in review.text
    assert r"\*\*context\*\*" in review.text
    assert "@everyone" not in review.text
    assert "Quoted for:\n- is my data sold" in review.text
    assert str(anna.id) not in review.text
    decided = await loopback.answer(await loopback.press(chief, review, "Exclude here"))
    assert decided.kind is Kind.CHANGE
    assert decided.text == (
        "Done: this quote is no longer shown in this server.\n\nNo quotes are waiting for a decision."
    )
    assert decided.message.buttons == []
    assert EVERYTHING_TRACKED not in (await used(loopback, anna, general, "ask", question="is my data sold")).text
    direct = loopback.world.dm(anna)
    assert EVERYTHING_TRACKED in (await used(loopback, anna, direct, "ask", question="is my data sold")).text
    history = await used(loopback, chief, general, "review", list="history")
    assert "excluded: “They further stated" in history.text


async def test_an_excluded_quote_is_shown_again(
    bot: Bot, loopback: Loopback, guild: Guild, anna: User, chief: User, general: Channel
) -> None:
    """Chosen from the list of those that are excluded."""
    await dispute(loopback, anna, general, "everything-tracked", "no")
    await bot.reviews.decide(str(guild.id), PassageRef.of("everything-tracked"), "somebody", exclude=True)
    listed = await used(loopback, chief, general, "review", list="excluded")
    assert listed.text.startswith("1 quote is not shown in this server:\n- “They further stated")
    restored = await loopback.answer(await loopback.choose(chief, listed, "social-dilemma/everything-tracked"))
    assert restored.text == "Done: this quote is shown here again.\n\nNo quote is excluded here."
    assert EVERYTHING_TRACKED in (await used(loopback, anna, general, "ask", question="is my data sold")).text


async def test_quotes_are_kept_and_gone_through_one_by_one(
    bot: Bot, loopback: Loopback, guild: Guild, anna: User, chief: User, general: Channel
) -> None:
    """The next one comes, and after the last the first."""
    await dispute(loopback, anna, general, "everything-tracked", "no")
    await dispute(loopback, anna, general, "audience-pawn", "no")
    review = await used(loopback, chief, general, "review")
    assert EVERYTHING_TRACKED in review.text
    pawn = (await loopback.answer(await loopback.press(chief, review, "Next quote"))).message
    assert pawn.text.startswith("Disputed quote 2 of 2")
    kept = (await loopback.answer(await loopback.press(chief, pawn, "Keep"))).message
    assert kept.text.startswith("Done: this quote is kept.\n\nDisputed quote 1 of 1")
    assert await bot.settings.excluded(str(guild.id)) == frozenset()


async def test_a_button_asks_again_who_may_press_it(
    bot: Bot, loopback: Loopback, guild: Guild, judge: User, chief: User, general: Channel, judges: Role
) -> None:
    """The message was opened while the person was a moderator still."""
    await used(loopback, chief, general, "settings set", moderator_role=judges)
    await dispute(loopback, judge, general, "everything-tracked", "no")
    review = await used(loopback, judge, general, "review")
    await used(loopback, chief, general, "settings set", reset="moderator_role")
    refused = await loopback.followup(await loopback.press(judge, review, "Exclude here"))
    assert refused.text.startswith(ONLY_MODERATORS)
    assert await bot.settings.excluded(str(guild.id)) == frozenset()


async def test_a_second_moderator_is_told_that_it_was_decided(
    bot: Bot, loopback: Loopback, guild: Guild, anna: User, chief: User, general: Channel
) -> None:
    """Nothing is decided twice."""
    await dispute(loopback, anna, general, "everything-tracked", "no")
    review = await used(loopback, chief, general, "review")
    await bot.reviews.decide(str(guild.id), PassageRef.of("everything-tracked"), "somebody", exclude=False)
    late = await loopback.answer(await loopback.press(chief, review, "Exclude here"))
    assert late.text.startswith("Another moderator has decided about this quote already.")
    assert await bot.settings.excluded(str(guild.id)) == frozenset()


async def test_figures_come_as_a_picture_and_as_text(
    bot: Bot, loopback: Loopback, anna: User, chief: User, general: Channel
) -> None:
    """Unanswered questions are for moderators, without who asked them."""
    card = await used(loopback, anna, general, "ask", question="is my data sold")
    await used(loopback, anna, general, "ask", question="who won the **football** match")
    await loopback.answer(await loopback.press(anna, card, "Helpful"))
    for user, sees in ((anna, False), (chief, True)):
        stats = await used(loopback, user, general, "stats", days=7)
        assert stats.is_ephemeral
        assert "The last 7 days in this server" in stats.text
        assert "Questions: 2; answered: 1; no side quoted: 1." in stats.text
        assert "Votes: 1; helpful: 1; not helpful: 0." in stats.text
        assert (r"- who won the \*\*football\*\* match" in stats.text) is sees
        (picture,) = stats.attachments
        assert picture.filename == "stats.png"
        assert picture.content.startswith(b"\x89PNG")
        assert picture.description is not None
        assert "Questions: 2; answered: 1; no side quoted: 1." in picture.description
        assert "football" not in picture.description


async def test_where_nothing_was_asked_there_is_no_picture(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """The figures say so."""
    stats = await used(loopback, anna, general, "stats")
    assert "Questions: 0; answered: 0; no side quoted: 0." in stats.text
    assert stats.attachments == []


async def test_without_matplotlib_the_text_is_all_and_says_so(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line."""
    monkeypatch.setattr(drawing, "can_draw", lambda: False)
    stats = await used(loopback, anna, general, "stats")
    assert stats.text.endswith("There is no chart: matplotlib is not installed where I run.")
    assert stats.attachments == []


async def test_two_votes_at_once_are_one(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel
) -> None:
    """A person may change their mind as often as they like."""
    card = await used(loopback, anna, general, "ask", question="is my data sold")
    pressed = [await loopback.press(anna, card, label) for label in ("Helpful", "Not helpful", "Helpful")]
    await asyncio.gather(*(loopback.answer(each) for each in pressed))
    figures = await bot.reviews.figures(str(guild.id), 7)
    assert figures.votes == 1
