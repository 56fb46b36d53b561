from __future__ import annotations

from typing import TYPE_CHECKING

from bot.guild.rules.permissions import GuildSettings
from bot.guild.store import guilds
from bot.guild.store.guilds import GuildAge
from bot.log.audit import ModeratorAct, acts
from tests.log.samples import NOW, ages

if TYPE_CHECKING:
    from bot.log.log import ConversationLog

LATER = "2026-04-01T12:00:00+00:00"


def save(log: ConversationLog, settings: GuildSettings, guild: str = "1") -> None:
    log.write(lambda db: guilds.save_settings(db, guild, settings, "moderator", "what", NOW)).result(10)


def test_settings_are_read_back_as_they_were_set(log: ConversationLog) -> None:
    """All of them, and those of another guild apart."""
    mine = GuildSettings(moderator_role=5, channels=frozenset({7, 8}), style="plain", language="hi", retention_days=30)
    save(log, mine)
    save(log, GuildSettings(language="de"), "2")
    assert log.read(guilds.choices).settings == {"1": mine, "2": GuildSettings(language="de")}


def test_settings_replace_those_of_before(log: ConversationLog) -> None:
    save(log, GuildSettings(channels=frozenset({7, 8}), style="plain"))
    save(log, GuildSettings(channels=frozenset({8, 9})))
    assert log.read(guilds.choices).settings == {"1": GuildSettings(channels=frozenset({8, 9}))}


def test_who_set_what_is_noted(log: ConversationLog) -> None:
    save(log, GuildSettings())
    assert log.read(lambda db: acts(db, "1", 5)) == (ModeratorAct("moderator", "set", "what", NOW),)


def test_a_persons_style_can_be_changed_and_taken_back(log: ConversationLog) -> None:
    for style, styles in (("plain", {"p": "plain"}), ("card", {"p": "card"}), (None, {})):
        log.write(lambda db, style=style: guilds.save_style(db, "p", "1", style)).result(10)  # type: ignore[misc]  # a default binds it
        assert log.read(guilds.choices).styles == styles


def test_leaving_starts_a_clock_that_leaving_again_does_not_set_back(log: ConversationLog) -> None:
    """Entering stops it; guilds of which nothing is known have none."""
    log.write(lambda db: guilds.save_style(db, "p", "unknown", "plain")).result(10)
    save(log, GuildSettings(retention_days=9))
    log.write(lambda db: guilds.leave(db, "1", NOW)).result(10)
    log.write(lambda db: guilds.leave(db, "1", LATER)).result(10)
    assert ages(log) == (
        GuildAge("1", 9, NOW),
        GuildAge("unknown", None, None),
    )
    log.write(lambda db: guilds.enter(db, "1")).result(10)
    assert ages(log)[0] == GuildAge("1", 9, None)


def test_entering_keeps_the_settings_of_before(log: ConversationLog) -> None:
    """Whoever put the bot out by mistake finds all as it was."""
    save(log, GuildSettings(style="plain"))
    log.write(lambda db: guilds.leave(db, "1", NOW)).result(10)
    log.write(lambda db: guilds.enter(db, "1")).result(10)
    assert log.read(guilds.choices).settings["1"].style == "plain"


def test_a_guild_that_set_nothing_has_what_holds_everywhere(log: ConversationLog) -> None:
    """It is known, for the bot is in it."""
    log.write(lambda db: guilds.enter(db, "1")).result(10)
    assert log.read(guilds.choices).settings == {"1": GuildSettings()}
