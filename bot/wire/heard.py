"""What people say on Discord, as it is passed on and may be kept: sound, and without the ids of others."""

from __future__ import annotations

import re
from typing import Final

from bot.values.typed import sound

SOMEBODY: Final = "@…"
"""Stands where somebody was mentioned: Discord writes their id there, and no id of a person is kept."""

_MENTION: Final = re.compile(r"<@!?\d+>")


def heard(text: str) -> str:
    """Take in what somebody typed, with nobody else's id in it."""
    return _MENTION.sub(SOMEBODY, sound(text))
