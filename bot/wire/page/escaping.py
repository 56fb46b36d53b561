"""Text that others wrote, made inert for Discord: nothing in it is laid out, linked, or calls anybody.

What is seen stays as it was. A quote is compared with its article before it comes here, never after.
"""

from __future__ import annotations

import re
from typing import Final

from bot.values.text import harmless

ELLIPSIS: Final = "…"

_MARKS: Final = re.compile(r"[\\*_~|`<>\[\]#]")
"""Signs of Discord's markdown, wherever they stand."""

_ITEMS: Final = re.compile(r"^(\s*\d*)([-+.)])", re.MULTILINE)
"""What makes a line an item of a list."""

_COLONS: Final = re.compile(r":(?=//|[\w+-]+:)")
"""A colon of an address, or before the name of an emoji."""

_PATHS: Final = re.compile(r"(?<=\w)\.(?=\w+/)")
"""A dotted name before a slash: the apps open an invitation to a server also where no scheme goes before it."""

_CALLS: Final = re.compile(r"@(?=everyone|here|[!&]?\d)")
_UNSEEN: Final = "\u200b"
"""Stands behind the sign of a call: no app takes what follows for a name then."""


def escaped(text: str) -> str:
    """Write a text so that Discord shows its characters and does nothing else with it."""
    text = _MARKS.sub(r"\\\g<0>", text)
    text = _ITEMS.sub(r"\1\\\2", text)
    text = _COLONS.sub(r"\\:", text)
    text = _PATHS.sub(r"\\.", text)
    return _CALLS.sub(f"@{_UNSEEN}", text)


def echoed(text: str, limit: int) -> str:
    """Write what a person said on one line of at most `limit` characters, inert; an ellipsis stands for what is cut."""
    plain = harmless(text)
    if size(written := escaped(plain)) <= limit:
        return written
    return f"{cut(plain, limit - size(ELLIPSIS))}{ELLIPSIS}"


def cut(text: str, limit: int) -> str:
    """Escape as much from a text's beginning as fits into `limit` characters."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(escaped(text[:middle])) <= limit:
            low = middle
        else:
            high = middle - 1
    return escaped(text[:low])


def size(text: str) -> int:
    """Count a text as Discord's apps do, in UTF-16: a character beyond the first 65,536 counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
