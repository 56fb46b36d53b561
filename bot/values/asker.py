"""Who asks, and where: a person under a pseudonym, a place in a guild or outside all of them, and a turn of theirs."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

NO_GUILD: Final = "dm"
"""Stands for the guild where there is none: in DMs, group DMs, and where a person brought the bot along."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A pseudonym and a place, "guild/channel" or one without a guild ("terminal"); each pair has one conversation."""

    person: str
    place: str

    @property
    def guild(self) -> str:
        """The guild whose rules hold for them, or NO_GUILD."""
        return guild_of(self.place) or NO_GUILD


def guild_of(place: str) -> str | None:
    """Return the guild of a place; None for a place outside guilds."""
    guild, slash, _ = place.partition("/")
    return guild if slash else None


def pseudonym(secret: bytes, guild: str, user: str) -> str:
    """Return the hex HMAC-SHA256 of a guild's and a user's id: unrelated in two guilds, and not to be guessed.

    Raises ValueError for an empty secret, and for a guild that holds the separator U+001F.
    """
    if not secret:
        raise ValueError("the secret for pseudonyms is empty")
    if "\x1f" in guild:
        raise ValueError(f"the guild {guild!r} holds the separator U+001F")
    return hmac.new(secret, f"{guild}\x1f{user}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class TurnRef:
    """A turn: the id of its conversation, and its number in it, from 1."""

    conversation_id: str
    number: int

    def __post_init__(self) -> None:
        """Refuse numbers below 1 (ValueError)."""
        if self.number < 1:
            raise ValueError(f"turns count from 1, not {self.number}")
