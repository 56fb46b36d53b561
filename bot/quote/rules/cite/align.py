"""The stretch of a text that a quotation was most likely made from, by its words.

Source of the method: Smith and Waterman, "Identification of common molecular subsequences" (1981); here the whole of
the quotation is aligned, and only the ends of the text are free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.written import same

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAME: Final = 2.0
_OTHER: Final = -1.0
_PUT_IN: Final = -1.0
_LEFT_OUT: Final = -0.6
"""What a step is worth: a word is left out more often than put in."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words `start` to `end` of a text: so many are the quotation's, so many were left out where that is marked."""

    start: int
    end: int
    kept: int
    omitted: int


def nearest_stretch(have: Sequence[str], wanted: Sequence[str | None]) -> Stretch | None:
    """Find the stretch of a text that a quotation is likest to; None in the quotation stands for words left out.

    None where no word is the same.
    """
    # Each cell: worth, where the stretch begins, words kept, words omitted; one row for each word of the quotation.
    row: list[tuple[float, int, int, int]] = [(0.0, place, 0, 0) for place in range(len(have) + 1)]
    for each in wanted:
        row = _gap(row) if each is None else _row(row, have, each)
    end = max(range(len(row)), key=lambda place: (row[place][0], -place))
    _, start, kept, omitted = row[end]
    return Stretch(start, end, kept, omitted) if kept and start < end else None


def _row(
    above: Sequence[tuple[float, int, int, int]], have: Sequence[str], each: str
) -> list[tuple[float, int, int, int]]:
    worth, start, kept, omitted = above[0]
    row = [(worth + _PUT_IN, start, kept, omitted)]
    for place, word in enumerate(have, start=1):
        worth, start, kept, omitted = above[place - 1]
        step = (worth + _SAME, start, kept + 1, omitted) if same(each, word) else (worth + _OTHER, start, kept, omitted)
        worth, start, kept, omitted = above[place]
        if worth + _PUT_IN > step[0]:
            step = (worth + _PUT_IN, start, kept, omitted)
        worth, start, kept, omitted = row[-1]
        if worth + _LEFT_OUT > step[0]:
            step = (worth + _LEFT_OUT, start, kept, omitted)
        row.append(step)
    return row


def _gap(above: Sequence[tuple[float, int, int, int]]) -> list[tuple[float, int, int, int]]:
    """Let any number of words be left out, at no cost."""
    best, since = above[0], 0
    row = [best]
    for place, cell in enumerate(above[1:], start=1):
        if cell[0] >= best[0]:
            best, since = cell, place
        row.append((best[0], best[1], best[2], best[3] + place - since))
    return row
