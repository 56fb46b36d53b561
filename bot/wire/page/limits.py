"""Discord's limits and error codes: these numbers are written nowhere else.

Source: https://discord.com/developers/docs, "Message", "Component Reference", "Application Commands", and
"JSON Error Codes".
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

LONGEST_ID: Final = 100
"""Characters of the id of a button, a menu or a form."""

MOST_CHOICES: Final = 25
"""Lines of a menu, and choices offered while an option of a command is typed."""

MOST_IN_A_ROW: Final = 5
"""Buttons side by side."""

LONGEST_LINE: Final = 100
"""Characters of such a line, of its value, and of what is written below it."""

LONGEST_THREAD_NAME: Final = 100

LONGEST_FIELD: Final = 4000
"""Characters that a field of a form holds."""

LONGEST_TEXT: Final = 2000
"""Characters of a message of ordinary text."""

LONGEST_CARD: Final = 4000
MOST_COMPONENTS: Final = 40
"""Characters of all texts of a message that is made of components, and how many of these it has."""

LONGEST_ALT: Final = 1024
"""Characters of what describes a picture to those who do not see it."""

LONGEST_NONCE: Final = 25
"""Characters of the sign by which Discord knows a message again."""


def line(text: str) -> str:
    """Cut a line of a menu to what Discord takes."""
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"


class Code(IntEnum):
    """A reason to refuse a request; compare it with `discord.HTTPException.code`."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_WEBHOOK = 10015
    """Of an interaction: Discord had not taken its first answer."""
    UNKNOWN_INTERACTION = 10062
    ALREADY_ACKNOWLEDGED = 40060
    NO_ACCESS = 50001
    NO_DIRECT_MESSAGES = 50007
    NO_PERMISSION = 50013
    INVALID_FORM = 50035
    ARCHIVED = 50083
    CANNOT_REPLY = 160002
    """Replying needs the permission to read what is replied to."""
    HAS_THREAD = 160004
    LOCKED = 160005
