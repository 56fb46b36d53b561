"""Counting what was listed: "the second one", "point 3", "and the last".

It must not know what is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.core.words import FUNCTION, SAYING, VAGUE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_RANKS: Final = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
    "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th".split(),
)
_RANK: Final = {word: number for words in _RANKS for number, word in enumerate(words, start=1)} | {
    "1rst": 1, "frist": 1, "firts": 1, "secnd": 2, "secon": 2, "2th": 2, "3th": 3, "forth": 4, "fith": 5, "sixt": 6,
    "sevnth": 7, "eigth": 8, "eight": 8, "former": 1, "latter": 2,
}  # fmt: skip
_CARDINALS: Final = "one two three four five six seven eight nine ten eleven twelve".split()
_CARDINAL: Final = {word: number for number, word in enumerate(_CARDINALS, start=1)}
_MOST: Final = 99

POINTS: Final = frozenset(
    "point points argument arguments objection objections response responses criticism criticisms claim claims "
    "accusation accusations rebuttal concern concerns reason reasons complaint complaints reply replies".split()
)
"""What a side's numbered points are called."""

_ITEMS: Final = POINTS | frozenset(
    "one ones quote quotes statement statements bit thing item items sentence passage answer number no nr "
    "num".split()
)
_NUMBERED: Final = frozenset("point argument objection claim reason quote statement item number no nr num".split())
"""What stands before a number: "point 3"."""

_RELATIVE: Final = frozenset("last final next previous".split())
_AROUND: Final = (
    FUNCTION | SAYING | VAGUE | POINTS | {"elaborate", "detail", "details", "expand", "list", "further", "exactly"}
)


class Place(Enum):
    """A place in a list that is counted from its end, or from where one stands."""

    LAST = "last"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in a list: its number from 1, or where it lies.

    `of_points` tells that it is called a point, an argument, an objection, not just a "one".
    """

    place: int | Place
    of_points: bool

    def number(self, length: int, current: int | None) -> int | None:
        """Give the number from 1 in a list of this length, standing at `current`; None when that is no place in it."""
        match self.place:
            case Place.LAST:
                number: int | None = length
            case Place.NEXT:
                number = current + 1 if current is not None else None
            case Place.PREVIOUS:
                number = current - 1 if current is not None else None
            case int():
                number = self.place
        return number if number is not None and number >= 1 else None


def ordinal_in(forms: Sequence[str], named: Collection[str] = ()) -> Ordinal | None:
    """Find the one thing that a text asks for by its number; None when it is about something else.

    `named` are the words that name sides here.
    """
    found = _place(forms)
    if found is None:
        return None
    place, used = found
    rest = [form for at, form in enumerate(forms) if at not in used]
    of_points = any(forms[at] in POINTS for at in used)
    if not of_points and any(form not in _AROUND and form not in named and form not in _ITEMS for form in rest):
        return None
    if of_points and "than" in forms:
        return None
    return Ordinal(place, of_points)


def _place(forms: Sequence[str]) -> tuple[int | Place, set[int]] | None:
    """Find a place and the indices of the words that name it."""
    for at, form in enumerate(forms):
        before = forms[at - 1] if at else ""
        after = forms[at + 1] if at + 1 < len(forms) else ""
        if form in _RANK or form in _RELATIVE:
            ranked = after in _ITEMS or before in {"the", "a", "and", "about"} or len(forms) <= 2
            listed = after == "" or after in _ITEMS | FUNCTION | SAYING | VAGUE
            if ranked and listed and before != "at":
                place = Place("last" if form == "final" else form) if form in _RELATIVE else _RANK[form]
                return place, {at, at + 1} if after in _ITEMS else {at}
        if form == "before" and before in _ITEMS and not after:
            return Place.PREVIOUS, {at - 1, at}
        number = int(form) if form.isdecimal() and len(form) <= 2 else _CARDINAL.get(form)  # noqa: PLR2004 - 99 at most
        if number and (before in _NUMBERED or (len(forms) == 1 and form.isdecimal())):
            return number, {max(at - 1, 0), at}
    return None
