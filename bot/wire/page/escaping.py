"""Text that others wrote, made inert for Discord: no markup, links or mentions.

It looks as it did. A quote is compared with its article before it comes here, never after.
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
"""Follows the @ of a mention, so that no app reads a name after it."""


def escaped(text: str) -> str:
    """Return a text that Discord shows character by character, and does nothing else with."""
    text = _MARKS.sub(r"\\\g<0>", text)
    text = _ITEMS.sub(r"\1\\\2", text)
    text = _COLONS.sub(r"\\:", text)
    text = _PATHS.sub(r"\\.", text)
    return _CALLS.sub(f"@{_UNSEEN}", text)


def echoed(text: str, limit: int) -> str:
    """Return what a person said on one inert line of at most `limit` characters; an ellipsis ends a cut one."""
    plain = harmless(text)
    if size(written := escaped(plain)) <= limit:
        return written
    return f"{cut(plain, limit - size(ELLIPSIS))}{ELLIPSIS}"


def cut(text: str, limit: int) -> str:
    """Return as much of a text's beginning, escaped, as fits into `limit` characters."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if size(escaped(text[:middle])) <= limit:
            low = middle
        else:
            high = middle - 1
    return escaped(text[:low])


def size(text: str) -> int:
    """Return the length of a text in UTF-16 units, as Discord's apps count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
