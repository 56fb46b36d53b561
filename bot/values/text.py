"""Text as people type it: made sound, told from emptiness, harmless for a screen, inert in files that programs open."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

REPLACEMENT: Final = "\ufffd"

_UNSEEN: Final = frozenset({"Cc", "Cf", "Mn", "Me", "Zl", "Zp", "Zs"})
"""Categories of characters that leave no mark of their own: controls, formats, spaces, accents without a letter.

Unassigned ones are not among them: they may be letters of a newer Unicode than Python's.
"""

_BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
"""Characters that count as letters or symbols and are drawn as nothing."""

SOMEBODY: Final = "@…"
"""Replaces a mention, which holds a person's id."""

_MENTION: Final = re.compile(r"<@!?\d+>")
_SPACING: Final = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]+")
_MARKS: Final = frozenset({"Mn", "Me"})
_MARKS_IN_A_ROW: Final = 4
"""Signs above and below one letter that no written language exceeds; more of them cover the lines around."""

_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Controls, which a terminal obeys, and the marks that turn the direction of the text around them (Unicode UAX #9)."""


def sound(text: str) -> str:
    """Join surrogates that belong together and replace lone ones by U+FFFD: what is left has a UTF-8 form."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def heard(text: str) -> str:
    """Return what somebody typed on Discord, without the ids of those mentioned or heaps of signs on a letter."""
    return unheaped(_MENTION.sub(SOMEBODY, sound(text)))


def unheaped(text: str) -> str:
    """Return a text with at most _MARKS_IN_A_ROW combining signs on each letter: a heap of them covers other lines.

    What is not drawn (joiners, spaces without width) begins no new letter.
    """
    if text.isascii():
        return text
    kept, row = [], 0
    for mark in text:
        category = unicodedata.category(mark)
        if category != "Cf":
            row = row + 1 if category in _MARKS else 0
        if category not in _MARKS or row <= _MARKS_IN_A_ROW:
            kept.append(mark)
    return "".join(kept)


def is_blank(text: str) -> bool:
    """Return whether nothing of a text can be seen."""
    return all(unicodedata.category(mark) in _UNSEEN or mark in _BLANK_LETTERS for mark in text)


def harmless(text: str) -> str:
    """Return a text on one line, without characters that steer a screen or cover other lines."""
    return unheaped(_UNSAFE.sub("", _SPACING.sub(" ", sound(text))))


_FORMULA: Final = re.compile(
    r"""(?:^|(?<=[;\t\r\n]))(?=(?:(?![;\t\r\n])[\s"'])*[=+\-@＝＋－＠])|^(?=[\t\r\n])"""  # noqa: RUF001 - of either width
)
_MARKUP: Final = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~=:&$^@\"']")
_LINK: Final = re.compile(r"(?i)(?<=[@#])(?=\w|\\)|(?<=:)(?=//)|(?<=\bwww)(?=\.)")
_SPACES: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")


def inert(cell: str) -> str:
    """Return a cell with an apostrophe before whatever a spreadsheet could calculate.

    That is = + - @ (of either width), also behind spaces and quotes, a leading tab or line break, and the same
    after a separator inside the cell, where a program that expects semicolons or tabs would begin a cell of its own.
    The apostrophe stays in the text. Source: OWASP, CSV Injection.
    """
    return _FORMULA.sub("'", cell)


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no headings, tables, links, HTML or mentions.

    Backslashes stop the markup. A zero-width space goes where programs look for addresses and mentions even then:
    after @ and #, in ://, and after www.
    """
    return _MARKUP.sub(r"\\\g<0>", _LINK.sub("\u200b", _SPACES.sub(" ", text).strip()))
