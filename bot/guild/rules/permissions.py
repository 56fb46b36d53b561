"""Who may moderate, and what a change of settings comes to: decisions over values."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

from knowledge.errors import UserError

CARD: Final = "card"
PLAIN: Final = "plain"
"""How answers can look: in frames, or as ordinary text."""

MOST_CHANNELS: Final = 50
"""Channels that can be listed in one message."""

LONGEST_RETENTION_DAYS: Final = 3650


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What the moderators of a guild set; None, and no channels, stand for what holds everywhere.

    `moderator_role` and `channels` are Discord's ids. `language` is that of the interface, None: each person's own.
    `retention_days` is how long turns are kept, None: as long as config says.
    """

    moderator_role: int | None = None
    channels: frozenset[int] = frozenset()
    style: str = CARD
    language: str | None = None
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What Discord says about a person in a guild now: whether they manage it, and the ids of their roles."""

    manages: bool
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """New values of settings, None: unchanged. `reset` names the fields of GuildSettings to set to defaults first."""

    moderator_role: int | None = None
    allow_channel: int | None = None
    disallow_channel: int | None = None
    style: str | None = None
    language: str | None = None
    retention_days: int | None = None
    reset: frozenset[str] = frozenset()


def may_moderate(settings: GuildSettings, rights: Rights) -> bool:
    """Return whether a person is a moderator."""
    return rights.manages or settings.moderator_role in rights.roles


def check_moderator(settings: GuildSettings, rights: Rights) -> None:
    """Refuse anybody who is no moderator (UserError)."""
    if not may_moderate(settings, rights):
        raise UserError(
            "Only moderators of this server may do that: those with “Manage Server”, or with the moderators' role."
        )


def changed(settings: GuildSettings, changes: Changes, rights: Rights) -> GuildSettings:
    """Return the settings after a moderator's changes. Raises UserError for what this person may not change.

    The moderators' role is for those who manage the guild to choose: a moderator could make everybody one.
    """
    check_moderator(settings, rights)
    if (changes.moderator_role is not None or "moderator_role" in changes.reset) and not rights.manages:
        raise UserError("Only those with “Manage Server” may choose the moderators' role.")
    fresh = GuildSettings()
    settings = replace(settings, **{name: getattr(fresh, name) for name in changes.reset})
    given = {
        name: value
        for name in ("moderator_role", "style", "language", "retention_days")
        if (value := getattr(changes, name)) is not None
    }
    channels = set(settings.channels)
    if changes.allow_channel is not None:
        channels.add(changes.allow_channel)
    channels.discard(changes.disallow_channel or 0)
    if len(channels) > MOST_CHANNELS:
        raise UserError("That is one channel too many: disallow another first, or reset the channels to allow all.")
    return replace(settings, **given, channels=frozenset(channels))


def difference(before: GuildSettings, after: GuildSettings) -> str:
    """Return what changed, for the audit: `style=plain retention_days=30`; empty for nothing."""
    return " ".join(
        f"{field.name}={_written(new)}"
        for field in fields(GuildSettings)
        if (new := getattr(after, field.name)) != getattr(before, field.name)
    )


def _written(value: object) -> str:
    if isinstance(value, frozenset):
        return ",".join(str(one) for one in sorted(value)) or "all"
    return "default" if value is None else str(value)
