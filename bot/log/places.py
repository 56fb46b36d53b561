"""Where something is asked, in one text: a guild and a place in it, with a slash between them.

It must not know what either is.
"""

from __future__ import annotations

from typing import Final

NO_GUILD: Final = "dm"
"""Stands before the slash where people talk to the bot outside any guild."""


def guild_of(place: str) -> str | None:
    """Give what stands before the slash; None for a place without one, such as the terminal."""
    guild, slash, _ = place.partition("/")
    return guild if slash else None
