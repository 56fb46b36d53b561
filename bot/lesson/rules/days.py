"""On which days a schedule comes: days of the week, a day of the month, or a weekday of the month."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.errors import UserError
from knowledge.reading.nearest import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

LAST: Final = 31
"""The last day of any month: in a shorter one, a later day falls on its last."""

WHICH: Final = ("first", "second", "third", "fourth", "last")
"""Which Monday of a month, for example."""

_WEEK: Final = len(WEEKDAYS)
_RANGE: Final = re.compile(r"\s*(?:-|–|—|\b(?:to|bis|a)\b)\s*")
_BETWEEN: Final = re.compile(r"[\s,;+&/]+|\b(?:and|und|y)\b")
_OF_MONTH: Final = re.compile(r"(?:day\s+)?(\d{1,2})(?:st|nd|rd|th|\.)?")
_NUMBERED: Final = {"1st": 0, "1.": 0, "2nd": 1, "2.": 1, "3rd": 2, "3.": 2, "4th": 3, "4.": 3}


@dataclass(frozen=True, slots=True)
class Days:
    """Some days: `weekdays` (0: Monday), or `which` of a single one in each month (a place in WHICH), or `of_month`."""

    weekdays: tuple[int, ...] = ()
    which: int | None = None
    of_month: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for no days, and for what is no day."""
        days, month = set(self.weekdays), self.of_month
        once = self.which is None or (self.which in range(len(WHICH)) and len(days) == 1)
        if not days <= set(range(_WEEK)) or list(self.weekdays) != sorted(days) or not once:
            raise ValueError(f"{self!r} are no days")
        if bool(days) is (month is not None) or (month is not None and not 1 <= month <= LAST):
            raise ValueError(f"{self!r} are no days")

    def include(self, day: date) -> bool:
        """Return whether a day is one of them."""
        length = monthrange(day.year, day.month)[1]
        if self.of_month is not None:
            return day.day == min(self.of_month, length)
        if day.weekday() not in self.weekdays:
            return False
        if self.which is None:
            return True
        return day.day > length - _WEEK if WHICH[self.which] == "last" else (day.day - 1) // _WEEK == self.which

    def __str__(self) -> str:
        """Write them as `days_in` reads them: "daily", "mon,wed", "first mon", "15", "last day"."""
        if self.of_month is not None:
            return "last day" if self.of_month == LAST else str(self.of_month)
        named = [WEEKDAYS[day][:3].lower() for day in self.weekdays]
        if self.which is not None:
            return f"{WHICH[self.which]} {named[0]}"
        return "daily" if len(named) == _WEEK else ",".join(named)


EVERY_DAY: Final = Days(tuple(range(_WEEK)))
WORKING: Final = Days(tuple(range(5)))

_KNOWN: Final = {
    **dict.fromkeys(("daily", "every day"), EVERY_DAY),
    **dict.fromkeys(("weekdays", "working days"), WORKING),
    **dict.fromkeys(("last", "last day"), Days(of_month=LAST)),
}


def days_in(text: str, names: Sequence[str] = WEEKDAYS) -> Days:
    """Return the days that somebody typed: "Mon, Wed", "Mon-Fri", "15", "last day", "first Monday". Raises UserError.

    `names` are those of the weekdays in the reader's language; the English ones are known, too. Beginnings of two
    letters or more will do.
    """
    plain = text.casefold().strip()
    if plain in _KNOWN:
        return _KNOWN[plain]
    found = _OF_MONTH.fullmatch(plain)
    if found is not None and 1 <= int(found[1]) <= LAST:
        return Days(of_month=int(found[1]))
    first, _, rest = plain.partition(" ")
    which = _NUMBERED.get(first, WHICH.index(first) if first in WHICH else None)
    days = _weekdays(plain if which is None else rest, names)
    if not days or (which is not None and len(days) > 1):
        raise UserError(
            "I do not know the days {days}: type some, such as Mon, Wed – or 15, last day, first Monday.",
            days=quoted(text),
        )
    return Days(days, which)


def _weekdays(text: str, names: Sequence[str]) -> tuple[int, ...]:
    """Return weekdays and ranges of them; none where a word is no weekday."""
    found: set[int] = set()
    for part in filter(None, _BETWEEN.split(_RANGE.sub("-", text))):
        ends = [_weekday(end, names) for end in part.split("-")]
        if None in ends or len(ends) > 2:  # noqa: PLR2004 - a range has two ends
            return ()
        first, last = ends[0] or 0, ends[-1] or 0
        found |= {(first + step) % _WEEK for step in range((last - first) % _WEEK + 1)}
    return tuple(sorted(found))


def _weekday(word: str, names: Sequence[str]) -> int | None:
    """Return the weekday that a word begins, in the reader's language before English; None for none or several."""
    word = word.rstrip(".")
    for known in (names, WEEKDAYS):
        fitting = [at for at, name in enumerate(known) if name.casefold().startswith(word)]
        if len(word) > 1 and len(fitting) == 1:
            return fitting[0]
    return None
