from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.guild.rules.permissions import Changes, GuildSettings, Rights
from bot.guild.service.settings import Settings
from bot.guild.store import guilds
from bot.guild.store.guilds import GuildAge
from bot.log.care.clock import confirm
from bot.log.log import ConversationLog
from bot.privacy.service.retention import AFTER_LEAVING, Due, Retention, due
from tests.log.samples import ages, an_entry, on_server, traces
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server

NOON = MovedClock().now_utc()
DAY_S = 86_400.0


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    opened = ConversationLog.open(place, tables, holder="test", now=NOON.isoformat())
    yield opened
    opened.close()


@pytest.fixture
def settings(log: ConversationLog, clock: MovedClock) -> Settings:
    return Settings(log, clock=clock)


@pytest.fixture
def retention(log: ConversationLog, clock: MovedClock) -> Retention:
    """Keep turns for 90 days where nothing is set."""
    return Retention(log, clock=clock, days=90)


def ask(log: ConversationLog, place: str, days_ago: float, conversation: str) -> None:
    """Let somebody have asked in a place."""
    when = NOON - timedelta(days=days_ago)
    entry = an_entry(conversation_id=conversation, place=place, question=f"{place} {days_ago}")
    log.record(rows_of(replace(entry, asked_utc=when.isoformat()))).result(10)


def left(log: ConversationLog, guild: str) -> str | None:
    """Say since when the bot is out of a guild."""
    return next(age.left_utc for age in ages(log) if age.guild == guild)


def test_each_guild_keeps_turns_as_long_as_it_says() -> None:
    decided = due((GuildAge("1", None, None), GuildAge("2", 7, None)), NOON, 90)
    assert decided == Due(
        {"1": "2025-10-03T12:00:00+00:00", "2": "2025-12-25T12:00:00+00:00"},
        frozenset(),
    )


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_a_guild_is_gone_thirty_days_after_it_left_and_not_a_moment_before(since: timedelta) -> None:
    """Until then its turns grow old as before."""
    decided = due((GuildAge("1", None, (NOON - since).isoformat()),), NOON, 90)
    assert (decided.gone == {"1"}) is (since >= AFTER_LEAVING)
    assert (decided.before.keys() == {"1"}) is (since < AFTER_LEAVING)


async def test_a_sweep_deletes_what_is_too_old(
    place: Path | Server, log: ConversationLog, retention: Retention
) -> None:
    """By guild, in direct messages as everywhere, and never in the terminal."""
    ask(log, "1/2", 91, "a" * 32)
    ask(log, "1/2", 89, "b" * 32)
    ask(log, "dm/3", 91, "c" * 32)
    ask(log, "4/5", 8, "d" * 32)
    ask(log, "terminal", 500, "e" * 32)
    settings = GuildSettings(retention_days=7)
    log.write(lambda db: guilds.save_settings(db, "4", settings, "boss", "x", NOON.isoformat())).result(10)
    forgotten = await retention.sweep()
    assert forgotten is not None
    assert forgotten.wiped is not on_server(log)
    assert {turn.question for turn in log.recent(9)} == {"1/2 89", "terminal 500"}
    assert (traces(place, "1/2 89") > 0, traces(place, "1/2 91")) == (True, 0)


async def test_a_guild_that_left_is_deleted_after_thirty_days(
    log: ConversationLog, settings: Settings, retention: Retention, clock: MovedClock
) -> None:
    """With its settings, which are not remembered either."""
    ask(log, "1/2", 0, "a" * 32)
    await settings.change("1", "boss", Changes(style="plain"), Rights(manages=True))
    await retention.left("1")
    clock.now_s += 29 * DAY_S
    await retention.left("1")
    await retention.sweep()
    assert len(log.recent(9)) == 1
    assert (await settings.of("1")).style == "plain"
    clock.now_s += DAY_S
    await retention.sweep()
    assert log.recent(9) == ()
    await settings.reread()
    assert (await settings.of("1")).style == "card"
    assert log.read(log.registry.guilds) == ()


async def test_a_guild_that_comes_back_keeps_everything(
    log: ConversationLog, retention: Retention, clock: MovedClock
) -> None:
    """And has a whole month again when it leaves again."""
    ask(log, "1/2", 0, "a" * 32)
    await retention.left("1")
    clock.now_s += 20 * DAY_S
    await retention.entered("1")
    clock.now_s += 20 * DAY_S
    await retention.left("1")
    clock.now_s += 20 * DAY_S
    await retention.sweep()
    assert len(log.recent(9)) == 1


async def test_what_happened_while_nobody_listened_is_found_out(log: ConversationLog, retention: Retention) -> None:
    """Guilds that are there have no clock, those that are not get one; direct messages are no guild to leave."""
    for place, conversation in (("1/2", "a"), ("3/4", "b"), ("dm/5", "c"), ("6/7", "d")):
        ask(log, place, 0, conversation * 32)
    await retention.left("1")
    await retention.compare(["1", "8"], lambda guild: guild != "6")
    assert [left(log, guild) for guild in ("1", "3", "dm", "6", "8")] == [None, NOON.isoformat(), None, None, None]
    assert "8" in log.read(log.registry.guilds)


async def test_without_a_log_there_is_nothing_to_delete(clock: MovedClock) -> None:
    retention = Retention(None, clock=clock, days=90)
    await retention.left("1")
    assert await retention.sweep() is None


async def test_a_wrong_clock_deletes_nothing(log: ConversationLog, retention: Retention, clock: MovedClock) -> None:
    """Until it has gone right for a day, or an operator says that it is; a week without the bot is a jump, too."""
    ask(log, "1/2", 0, "a" * 32)
    assert await retention.sweep() is not None
    right = clock.begun

    def restarted(days: float) -> Retention:
        clock.begun = right + timedelta(days=days)
        return Retention(log, clock=clock, days=90)

    assert await restarted(6.9).sweep() is not None
    assert await restarted(-400).sweep() is None
    jumped = restarted(400)
    assert [await jumped.sweep() for _ in range(2)] == [None, None]
    assert len(log.recent(9)) == 1
    confirm(log.path, clock.now_utc())
    assert await jumped.sweep() is not None
    assert log.recent(9) == ()
    assert await restarted(400).sweep() is not None
    later = restarted(500)
    assert await later.sweep() is None
    clock.now_s += DAY_S / 2
    assert await later.sweep() is None
    clock.now_s += DAY_S / 2
    assert await later.sweep() is not None
