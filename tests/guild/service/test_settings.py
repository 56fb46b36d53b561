from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.app import tables
from bot.guild.rules.permissions import Changes, GuildSettings, Rights
from bot.guild.service.settings import Settings
from bot.guild.store import guilds
from bot.log import audit
from bot.log.log import ConversationLog
from bot.values.passage import PassageRef
from knowledge.errors import UserError
from tests.answer.service.test_ask import FixedClock
from tests.log.fixtures import in_a_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server

NOON = "2026-01-01T12:00:00+00:00"
CHIEF = Rights(manages=True)


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    opened = ConversationLog.open(place, tables, holder="test", now=NOON)
    yield opened
    opened.close()


@pytest.fixture
def settings(log: ConversationLog) -> Settings:
    return Settings(log, clock=FixedClock())


def acts(log: ConversationLog) -> tuple[audit.ModeratorAct, ...]:
    """Look up what moderators of guild 1 did."""
    return log.read(partial(audit.acts, guild="1", limit=9))


async def test_a_guild_without_settings_has_what_holds_everywhere(settings: Settings) -> None:
    assert await settings.of("1") == GuildSettings()
    assert await settings.excluded("1") == frozenset()
    assert await settings.style("1", "p") == "card"


async def test_a_change_holds_at_once(settings: Settings, log: ConversationLog) -> None:
    """What was read before is not remembered."""
    await settings.of("1")
    await settings.change("1", "boss", Changes(style="plain"), CHIEF)
    assert (await settings.of("1")).style == "plain"
    assert (await settings.of("2")).style == "card"
    assert [(act.person, act.subject) for act in acts(log)] == [("boss", "style=plain")]


async def test_a_change_of_nothing_is_not_noted(settings: Settings, log: ConversationLog) -> None:
    """The history is for what happened."""
    await settings.change("1", "boss", Changes(), CHIEF)
    assert acts(log) == ()


async def test_moderators_who_change_settings_at_once_keep_each_other_s_changes(
    settings: Settings, log: ConversationLog
) -> None:
    """Also in the same setting; the history has what each of them changed, and nothing else."""
    await asyncio.gather(
        settings.change("1", "ann", Changes(style="plain", allow_channel=7), CHIEF),
        settings.change("1", "ben", Changes(retention_days=30, allow_channel=8), CHIEF),
    )
    held = GuildSettings(channels=frozenset({7, 8}), style="plain", retention_days=30)
    assert await settings.of("1") == held
    assert [(act.person, act.subject) for act in acts(log)] == [
        ("ben", "channels=7,8 retention_days=30"),
        ("ann", "channels=7 style=plain"),
    ]


async def test_a_change_by_whoever_may_not_make_it_is_refused_unwritten(settings: Settings) -> None:
    """Whoever moderates by a role that was taken from the settings, too."""
    judge = Rights(manages=False, roles=frozenset({5}))
    await settings.change("1", "boss", Changes(moderator_role=5), CHIEF)
    await settings.change("1", "judge", Changes(style="plain"), judge)
    await settings.change("1", "boss", Changes(reset=frozenset({"moderator_role"})), CHIEF)
    with pytest.raises(UserError, match="Only moderators of this server may do that"):
        await settings.change("1", "judge", Changes(language="de"), judge)
    assert await settings.of("1") == GuildSettings(style="plain")


@in_a_file
async def test_settings_are_read_once(settings: Settings, log: ConversationLog) -> None:
    """Each answer asks for them, and the disk must not hold it up."""
    await settings.of("1")
    log.path.rename(log.path.with_name("gone"))
    assert await settings.of("1") == GuildSettings()
    log.path.with_name("gone").rename(log.path)


async def test_a_persons_own_style_goes_before_the_guilds(settings: Settings) -> None:
    await settings.change("1", "boss", Changes(style="plain"), CHIEF)
    await settings.set_style("p", "1", "card")
    assert (await settings.style("1", "p"), await settings.style("1", "q")) == ("card", "plain")
    await settings.set_style("p", "1", None)
    assert await settings.style("1", "p") == "plain"


async def test_what_was_deleted_is_not_remembered(settings: Settings, log: ConversationLog) -> None:
    await settings.set_style("p", "1", "plain")
    assert await settings.style("1", "p") == "plain"
    await asyncio.wrap_future(log.forget_people(["p"]))
    await settings.reread()
    assert await settings.style("1", "p") == "card"


@in_a_file
async def test_a_log_that_cannot_be_written_changes_nothing_and_says_so(
    settings: Settings, log: ConversationLog
) -> None:
    """Without a path, which is nobody's business on Discord."""
    other = sqlite3.connect(log.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match=r"^The log cannot be written just now, so nothing was changed: try again"):
        await settings.set_style("p", "1", "plain")
    other.close()


@in_a_file
async def test_a_log_that_cannot_be_read_says_so(settings: Settings, log: ConversationLog) -> None:
    """Rather than to quote what was excluded."""
    log.path.rename(log.path.with_name("gone"))
    with pytest.raises(UserError, match=r"^The log cannot be read just now: try again in a minute"):
        await settings.excluded("1")
    log.path.with_name("gone").rename(log.path)


@in_a_file
async def test_what_was_read_once_holds_while_the_log_cannot_be_read(settings: Settings, log: ConversationLog) -> None:
    """What was excluded stays excluded, also what was excluded last; it is tried again now and then."""
    await settings.ready()
    await settings.write(partial(guilds.exclude, guild="1", passage=PassageRef.of("x"), now=NOON))
    await settings.reread()
    log.path.rename(log.path.with_name("gone"))
    assert await settings.excluded("1") == frozenset({PassageRef.of("x")})
    assert await settings.style("1", "p") == "card"
    log.path.with_name("gone").rename(log.path)
    log.write(partial(guilds.exclude, guild="1", passage=PassageRef.of("y"), now=NOON)).result(10)
    read = [await settings.excluded("1") for _ in range(25)]  # each look at this clock takes a quarter of a second
    assert (read[0], read[-1]) == (frozenset({PassageRef.of("x")}), frozenset({PassageRef.of("x"), PassageRef.of("y")}))


async def test_without_a_log_everything_is_as_everywhere_and_nothing_can_be_set() -> None:
    settings = Settings(None, clock=FixedClock())
    await settings.reread()
    assert await settings.of("1") == GuildSettings()
    assert await settings.excluded("1") == frozenset()
    with pytest.raises(UserError, match="This needs the log, which is turned off here"):
        await settings.set_style("p", "1", "plain")
