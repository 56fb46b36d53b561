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
    `retention_days` is how long turns are kept, None: as long as config says. `pack` is the id of the one that answers,
    None: the default; `channel_packs` are the channels in which another does.
    """

    moderator_role: int | None = None
    channels: frozenset[int] = frozenset()
    style: str = CARD
    language: str | None = None
    retention_days: int | None = None
    pack: str | None = None
    channel_packs: frozenset[tuple[int, str]] = frozenset()

    def pack_in(self, *channels: int | None) -> str | None:
        """Return the id of the pack in a channel, named before the one that it is in; None: the default."""
        chosen = dict(self.channel_packs)
        return next((chosen[channel] for channel in channels if channel in chosen), self.pack)


@dataclass(frozen=True, slots=True)
class Rights:
    """What Discord says about a person in a guild now: whether they manage it, and the ids of their roles."""

    manages: bool
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Changes:
    """New values of settings, None: unchanged. `reset` names the fields of GuildSettings to set to defaults first.

    With a `pack_channel`, the pack is for that channel alone.
    """

    moderator_role: int | None = None
    allow_channel: int | None = None
    disallow_channel: int | None = None
    style: str | None = None
    language: str | None = None
    retention_days: int | None = None
    pack: str | None = None
    pack_channel: int | None = None
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
    names = changes.reset | {"channel_packs"} if "pack" in changes.reset else changes.reset
    settings = replace(settings, **{name: getattr(fresh, name) for name in names})
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
    settings = replace(settings, **given, channels=frozenset(channels))
    if changes.pack_channel is not None:
        return _with_channel_pack(settings, changes.pack_channel, changes.pack)
    return settings if changes.pack is None else replace(settings, pack=changes.pack)


def _with_channel_pack(settings: GuildSettings, channel: int, pack: str | None) -> GuildSettings:
    """Choose a pack for one channel. Without one, or with the guild's own, the channel follows the guild again."""
    chosen = dict(settings.channel_packs)
    chosen.pop(channel, None)
    if pack is not None and pack != settings.pack:
        chosen[channel] = pack
    if len(chosen) > MOST_CHANNELS:
        raise UserError("That is one channel too many: reset the packs first.")
    return replace(settings, channel_packs=frozenset(chosen.items()))


def difference(before: GuildSettings, after: GuildSettings) -> str:
    """Return what changed, for the audit: `style=plain retention_days=30`; empty for nothing."""
    return " ".join(
        f"{field.name}={_written(new)}"
        for field in fields(GuildSettings)
        if (new := getattr(after, field.name)) != getattr(before, field.name)
    )


def _written(value: object) -> str:
    if isinstance(value, frozenset):
        each = ("=".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in sorted(value))
        return ",".join(each) or "all"
    return "default" if value is None else str(value)
