from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.answer.service.ask import Gone
from bot.app import tables
from bot.guild.rules.permissions import Changes, Rights
from bot.guild.service.moderation import Moderation
from bot.guild.store.guilds import GuildSettings
from bot.log.log import ConversationLog
from bot.values.turnref import TurnRef
from knowledge.errors import UserError
from tests.answer.service.test_ask import FixedClock
from tests.log.samples import an_answer, an_entry
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = "2026-01-01T12:00:00+00:00"
FIRST = TurnRef("a" * 32, 1)
CHIEF = Rights(manages=True)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    """Open a log in which somebody asked once, in guild 1."""
    opened = ConversationLog.open(tmp_path / "log.sqlite3", tables, holder="test", now=NOON)
    entry = an_entry(conversation_id=FIRST.conversation_id, place="1/2", answer=an_answer("cats?"))
    opened.record(replace(entry, asked_utc=NOON)).result(10)
    yield opened
    opened.close()


@pytest.fixture
def moderation(log: ConversationLog) -> Moderation:
    """Put the service together."""
    return Moderation(log, clock=FixedClock())


async def test_a_guild_without_settings_has_what_holds_everywhere(moderation: Moderation) -> None:
    """Nobody has to set anything."""
    assert await moderation.settings("1") == GuildSettings()
    assert await moderation.excluded("1") == frozenset()
    assert await moderation.style("1", "p") == "card"


async def test_a_change_holds_at_once(moderation: Moderation) -> None:
    """What was read before is not remembered."""
    await moderation.settings("1")
    await moderation.change("1", "boss", Changes(style="plain"), CHIEF)
    assert (await moderation.settings("1")).style == "plain"
    assert (await moderation.settings("2")).style == "card"
    assert [(act.person, act.subject) for act in await moderation.acts("1")] == [("boss", "style=plain")]


async def test_a_change_of_nothing_is_not_noted(moderation: Moderation) -> None:
    """The history is for what happened."""
    await moderation.change("1", "boss", Changes(), CHIEF)
    assert await moderation.acts("1") == ()


async def test_moderators_who_change_settings_at_once_keep_each_other_s_changes(moderation: Moderation) -> None:
    """Also in the same setting; the history has what each of them changed, and nothing else."""
    await asyncio.gather(
        moderation.change("1", "ann", Changes(style="plain", allow_channel=7), CHIEF),
        moderation.change("1", "ben", Changes(retention_days=30, allow_channel=8), CHIEF),
    )
    held = GuildSettings(channels=frozenset({7, 8}), style="plain", retention_days=30)
    assert await moderation.settings("1") == held
    assert [(act.person, act.subject) for act in await moderation.acts("1")] == [
        ("ben", "channels=7,8 retention_days=30"),
        ("ann", "channels=7 style=plain"),
    ]


async def test_a_change_by_whoever_may_not_make_it_is_refused_unwritten(moderation: Moderation) -> None:
    """Whoever moderates by a role that was taken from the settings, too."""
    judge = Rights(manages=False, roles=frozenset({5}))
    await moderation.change("1", "boss", Changes(moderator_role=5), CHIEF)
    await moderation.change("1", "judge", Changes(style="plain"), judge)
    await moderation.change("1", "boss", Changes(reset=frozenset({"moderator_role"})), CHIEF)
    with pytest.raises(UserError, match="Only moderators of this server may do that"):
        await moderation.change("1", "judge", Changes(language="de"), judge)
    assert await moderation.settings("1") == GuildSettings(style="plain")


async def test_settings_are_read_once(moderation: Moderation, log: ConversationLog) -> None:
    """Each answer asks for them, and the disk must not hold it up."""
    await moderation.settings("1")
    log.path.rename(log.path.with_name("gone"))
    assert await moderation.settings("1") == GuildSettings()
    log.path.with_name("gone").rename(log.path)


async def test_a_persons_own_style_goes_before_the_guilds(moderation: Moderation) -> None:
    """Until they take it back."""
    await moderation.change("1", "boss", Changes(style="plain"), CHIEF)
    await moderation.set_style("p", "1", "card")
    assert (await moderation.style("1", "p"), await moderation.style("1", "q")) == ("card", "plain")
    await moderation.set_style("p", "1", None)
    assert await moderation.style("1", "p") == "plain"


async def test_a_dispute_leads_to_an_exclusion_and_back(moderation: Moderation) -> None:
    """In this guild alone."""
    await moderation.dispute("p", "1", FIRST, "cats-10", "not so")
    (waiting,) = await moderation.disputed("1")
    assert (waiting.passage_id, waiting.reasons, waiting.questions) == ("cats-10", ("not so",), ("cats?",))
    assert await moderation.decide("1", "cats-10", "boss", exclude=True) == 1
    assert (await moderation.excluded("1"), await moderation.excluded("2")) == (frozenset({"cats-10"}), frozenset())
    assert await moderation.decide("1", "cats-10", "boss", exclude=False) == 0
    assert await moderation.restore("1", "cats-10", "boss")
    assert await moderation.excluded("1") == frozenset()
    assert [act.action for act in await moderation.acts("1")] == ["restore", "exclude"]


async def test_an_answer_that_is_gone_takes_no_vote_and_no_dispute(moderation: Moderation) -> None:
    """With a kind line."""
    with pytest.raises(Gone):
        await moderation.vote("p", "1", TurnRef("a" * 32, 2), helpful=True)
    with pytest.raises(Gone):
        await moderation.dispute("p", "1", TurnRef("b" * 32, 1), "cats-10", "no")


async def test_figures_count_the_last_days(moderation: Moderation) -> None:
    """Of one guild."""
    await moderation.vote("p", "1", FIRST, helpful=False)
    figures = await moderation.figures(pack(), "1", 7)
    assert (figures.days, figures.asked, figures.unanswered, figures.helpful, figures.unhelpful) == (7, 1, 0, 0, 1)
    assert (await moderation.figures(pack(), "2", 7)).asked == 0
    assert await moderation.unanswered("1", 7) == ()


async def test_many_who_ask_at_once_get_what_was_decided_last(moderation: Moderation) -> None:
    """Reading and writing at once leaves nothing old in memory."""
    await moderation.dispute("p", "1", FIRST, "cats-10", "no")
    await asyncio.gather(
        *(moderation.excluded("1") for _ in range(20)),
        moderation.decide("1", "cats-10", "boss", exclude=True),
        *(moderation.excluded("1") for _ in range(20)),
    )
    assert await moderation.excluded("1") == frozenset({"cats-10"})


async def test_what_was_deleted_is_not_remembered(moderation: Moderation, log: ConversationLog) -> None:
    """Once the service is told."""
    await moderation.set_style("p", "1", "plain")
    assert await moderation.style("1", "p") == "plain"
    await asyncio.wrap_future(log.forget_people(["p"]))
    await moderation.reread()
    assert await moderation.style("1", "p") == "card"


async def test_a_log_that_cannot_be_written_changes_nothing_and_says_so(
    moderation: Moderation, log: ConversationLog
) -> None:
    """Without a path, which is nobody's business on Discord."""
    other = sqlite3.connect(log.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match=r"^The log cannot be written just now, so nothing was changed: try again"):
        await moderation.vote("p", "1", FIRST, helpful=True)
    other.close()


async def test_a_log_that_cannot_be_read_says_so(moderation: Moderation, log: ConversationLog) -> None:
    """Rather than to quote what was excluded."""
    log.path.rename(log.path.with_name("gone"))
    with pytest.raises(UserError, match=r"^The log cannot be read just now: try again in a minute"):
        await moderation.excluded("1")
    log.path.with_name("gone").rename(log.path)


async def test_without_a_log_everything_is_as_everywhere_and_nothing_can_be_set() -> None:
    """Answers go on."""
    moderation = Moderation(None, clock=FixedClock())
    await moderation.reread()
    assert await moderation.settings("1") == GuildSettings()
    assert await moderation.excluded("1") == frozenset()
    with pytest.raises(UserError, match="This needs the log, which is turned off here"):
        await moderation.vote("p", "1", FIRST, helpful=True)


async def test_there_is_nobody_to_dispute_before_outside_guilds(moderation: Moderation) -> None:
    """Direct messages have no moderators."""
    with pytest.raises(UserError, match="There are no moderators here"):
        await moderation.dispute("p", "dm", FIRST, "cats-10", "no")
