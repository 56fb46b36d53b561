from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.lesson.rules.days import EVERY_DAY, LAST, WORKING, Days, days_in
from knowledge.errors import UserError

GERMAN = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
SPANISH = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("daily", EVERY_DAY),
        ("Mon-Sun", EVERY_DAY),
        ("weekdays", WORKING),
        ("Mo–Fr", WORKING),
        ("Monday to Friday", WORKING),
        ("Mon, Wed and Fri", Days((0, 2, 4))),
        ("tue/thurs.", Days((1, 3))),
        ("Sat-Mon", Days((0, 5, 6))),
        ("15", Days(of_month=15)),
        ("day 3", Days(of_month=3)),
        ("1st", Days(of_month=1)),
        ("last day", Days(of_month=LAST)),
        ("first Monday", Days((0,), 0)),
        ("3rd thu", Days((3,), 2)),
        ("last fri", Days((4,), 4)),
    ],
)
def test_days_are_read_as_people_type_them_and_back_from_how_they_are_kept(typed: str, days: Days) -> None:
    assert days_in(typed) == days
    assert days_in(str(days)) == days


def test_weekdays_are_read_in_the_readers_language_too() -> None:
    """English ones as well; where both fit, the reader's own counts."""
    assert days_in("Di, Do", GERMAN) == days_in("tue, thu", GERMAN) == Days((1, 3))
    assert days_in("Mo bis Mi", GERMAN) == Days((0, 1, 2))
    assert days_in("ma y jue", SPANISH) == Days((1, 3))
    assert str(days_in("Mo, So", GERMAN)) == "mon,sun"


@pytest.mark.parametrize("typed", ["", "32", "0", "someday", "T", "first", "first Mon, Tue", "Mon-Tue-Wed", "mon-"])
def test_what_are_no_days_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match=r"I do not know the days .*: type some, such as Mon, Wed"):
        days_in(typed)


@pytest.mark.parametrize(
    "wrong", [((), None, None), ((7,), None, None), ((0,), None, 3), ((0, 1), 0, None), ((1, 0), None, None)]
)
def test_days_that_cannot_be_are_refused(wrong: tuple[tuple[int, ...], int | None, int | None]) -> None:
    with pytest.raises(ValueError, match="are no days"):
        Days(*wrong)


@pytest.mark.parametrize(
    ("days", "of_2028"),
    [
        ("31", ["01-31", "02-29", "03-31", "04-30", "05-31", "06-30"]),
        ("30", ["01-30", "02-29", "03-30", "04-30", "05-30", "06-30"]),
        ("first mon", ["01-03", "02-07", "03-06", "04-03", "05-01", "06-05"]),
        ("last fri", ["01-28", "02-25", "03-31", "04-28", "05-26", "06-30"]),
        ("fourth sat", ["01-22", "02-26", "03-25", "04-22", "05-27", "06-24"]),
    ],
)
def test_monthly_days_come_once_in_every_month(days: str, of_2028: list[str]) -> None:
    """A leap year; in shorter months a later day is the last."""
    year = [date(2028, 1, 1) + timedelta(days=number) for number in range(182)]
    assert [f"{day:%m-%d}" for day in year if days_in(days).include(day)] == of_2028
