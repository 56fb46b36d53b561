"""Counting what was listed: "the second one", "point 3", "and the last"."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.quote.rules.words import FUNCTION, SAYING, VAGUE, word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_RANKS: Final = {
    1: "first 1st 1rst frist firts former",
    2: "second 2nd 2th secnd latter",
    3: "third 3rd 3th",
    4: "fourth 4th forth",
    5: "fifth 5th fith",
    6: "sixth 6th sixt",
    7: "seventh 7th sevnth",
    8: "eighth 8th eigth eight",
    9: "ninth 9th",
    10: "tenth 10th",
    11: "eleventh 11th",
    12: "twelfth 12th",
}
_RANK: Final = {word: number for number, words in _RANKS.items() for word in words.split()}
_CARDINAL: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_MOST_DIGITS: Final = 2
_FEW: Final = 2
"""Words of a text in which a bare "third" counts something."""

POINTS: Final = word_set(
    "point points argument arguments objection objections response responses criticism criticisms claim claims "
    "accusation accusations rebuttal concern concerns reason reasons complaint complaints reply replies"
)
"""What a side's numbered points are called."""

_QUOTES: Final = word_set("quote quotes statement statements sentence passage")
_ITEMS: Final = POINTS | word_set(
    "one ones quote quotes statement statements bit thing item items sentence passage answer number no nr num"
)
_NUMBERED: Final = word_set("point argument objection claim reason quote statement item number no nr num")
"""What stands before a number: "point 3"."""

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

    `of_points` tells that it is called a point, an argument, an objection, not just a "one"; `of_quotes` that it is
    called a quote.
    """

    place: int | Place
    of_points: bool = False
    of_quotes: bool = False

    def number(self, length: int, current: int | None) -> int | None:
        """Return the number from 1 in a list of this length, standing at `current`; None when that is no number.

        A number may lie beyond the end.
        """
        if isinstance(self.place, int):
            return self.place
        if self.place is Place.LAST:
            return length or None
        if current is None:
            return None
        return current + 1 if self.place is Place.NEXT else (current - 1) or None


_RELATIVE: Final = {"last": Place.LAST, "final": Place.LAST, "next": Place.NEXT, "previous": Place.PREVIOUS}


def ordinal_in(forms: Sequence[str], named: Collection[str] = ()) -> Ordinal | None:
    """Find the one thing that a text asks for by its number; None when it is about something else.

    `named` are the words that name sides here.
    """
    found = _place(forms)
    if found is None:
        return None
    place, used = found
    called = {forms[at] for at in used}
    of_points = not called.isdisjoint(POINTS)
    rest = {form for at, form in enumerate(forms) if at not in used}
    if not of_points and not rest <= _AROUND | _ITEMS | set(named):
        return None
    return Ordinal(place, of_points, not called.isdisjoint(_QUOTES))


def _place(forms: Sequence[str]) -> tuple[int | Place, set[int]] | None:
    """Find a place and the indices of the words that name it."""
    for at, form in enumerate(forms):
        before = forms[at - 1] if at else ""
        after = forms[at + 1] if at + 1 < len(forms) else ""
        if form in _RANK or form in _RELATIVE:
            ranked = after in _ITEMS or before in {"the", "a", "and", "about"} or len(forms) <= _FEW
            listed = not after or after in _ITEMS | FUNCTION | SAYING | VAGUE
            if ranked and listed and before != "at":
                return _RELATIVE.get(form) or _RANK[form], {at, at + 1} if after in _ITEMS else {at}
        if form == "before" and before in _ITEMS and not after:
            return Place.PREVIOUS, {at - 1, at}
        number = int(form) if form.isdecimal() and len(form) <= _MOST_DIGITS else _CARDINAL.get(form)
        if number and (before in _NUMBERED or (len(forms) == 1 and form.isdecimal())):
            return number, {max(at - 1, 0), at}
    return None
