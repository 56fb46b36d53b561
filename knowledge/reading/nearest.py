"""Saying what would have been right: the nearest valid value, and texts short enough for a message."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTED: Final = 8
"""How many valid values a message lists when none is near."""

WIDTH: Final = 60
"""How many characters of a text a message shows."""


def nearest(value: str, valid: Iterable[str]) -> str | None:
    """Return the valid value most like the one given, in any case; None when none is like it."""
    by_fold = {candidate.casefold(): candidate for candidate in valid}
    near = get_close_matches(value.casefold(), by_fold, n=1)
    return by_fold[near[0]] if near else None


def hint(value: str, valid: Iterable[str]) -> Message | str:
    """Return the end of a message about an invalid value: the nearest valid one, else the first few."""
    known = tuple(valid)
    if not known:
        return ""
    near = nearest(value, known)
    if near is not None:
        return Message("; did you mean {near}?", near=quoted(near))
    more = ("…",) if len(known) > LISTED else ()
    return Message("; valid: {listed}", listed=(*map(quoted, known[:LISTED]), *more))


def quoted(text: str) -> str:
    """Return a text in quotes for a message: cut to WIDTH, invisible characters as escapes."""
    return f'"{escaped(text if len(text) <= WIDTH else text[: WIDTH - 1] + "…")}"'


def escaped(text: str) -> str:
    """Return a text with invisible characters (a no-break space, a tab) as TOML escapes them."""
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the last code of \u
