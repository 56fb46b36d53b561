"""Schedules: every day, or once a week, at a local time.

A local time that is skipped when clocks go forward falls on the next minute that exists; one that occurs twice when
they go back falls on the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from knowledge.errors import UserError
from knowledge.reading.nearest import quoted

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

PUNCTUAL: Final = timedelta(minutes=10)
"""How late a prompt may be before it counts as missed; a restart takes less."""

_DAYS_AHEAD: Final = 9
"""A weekday comes round within so many days, even where a time zone skipped one."""
_MINUTE: Final = timedelta(minutes=1)
_TIME: Final = re.compile(r"(\d{1,2})[:.h](\d{2})")


class Missed(Enum):
    """What to do about times that passed while the program was off."""

    POST = "post"
    """Make up for them, once."""
    SKIP = "skip"
    """Wait for the next one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A local time to the minute in an IANA zone, on a weekday (0: Monday) or, with None, every day."""

    at: time
    zone: str
    weekday: int | None = None
    missed: Missed = Missed.POST

    def __post_init__(self) -> None:
        """Raise ValueError for what is no weekday, and for a time with seconds or a zone."""
        if self.weekday not in {None, *range(len(WEEKDAYS))}:
            raise ValueError(f"there is no weekday {self.weekday}")
        if self.at.tzinfo is not None or self.at.fold or self.at != time(self.at.hour, self.at.minute):
            raise ValueError(f"{self.at!r} is not a time of day to the minute")


@dataclass(frozen=True, slots=True)
class DueTime:
    """A scheduled time that has come: whether to act on it, how late it is, and when the next one comes."""

    act: bool
    late: timedelta
    next_utc: datetime


def rule_of(at: str, zone: str, weekday: int | None = None, missed: Missed = Missed.POST) -> Rule:
    """Return the rule for what a person typed: a time such as 7:45, and the name of a zone. Raises UserError."""
    return Rule(_time_of(at), zone_named(zone), weekday, missed)


_OFFSET: Final = re.compile(r"(?:utc|gmt|z)?\s*[+\-−]\s*\d.*", re.IGNORECASE)  # noqa: RUF001 - the minus sign
_TIME_OF: Final = re.compile(r"(?:_(?:standard|daylight|summer|local))?_time$", re.IGNORECASE)
"""What stands behind a place in "Eastern Standard Time"."""
_LONGEST_ABBREVIATION: Final = 5
_ALIKE: Final = 0.8
"""Least likeness of a misspelt city."""


def zone_named(name: str) -> str:
    """Return the name of a zone in its proper case. Raises UserError with the nearest place, if one is near.

    An offset or an abbreviation stands for many places, which change their clocks at different times: it is never taken
    for one of them.
    """
    wanted = name.strip().replace(" ", "_")
    known = {zone.casefold(): zone for zone in zones()}
    if wanted.casefold() in known:
        return known[wanted.casefold()]
    # Most people know their city, not the continent it is filed under.
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in zones()}
    near = cities.get(_TIME_OF.sub("", wanted).casefold())
    if near is None and (_OFFSET.fullmatch(name.strip()) or _is_abbreviation(name.strip())):
        raise UserError(
            "{name} does not say when clocks change: name a place that keeps your time, such as "
            '"Europe/Berlin" or "America/New_York".',
            name=quoted(name),
        )
    if near is None:
        alike = get_close_matches(wanted.rpartition("/")[2].casefold(), cities, n=1, cutoff=_ALIKE)
        near = cities[alike[0]] if alike else None
    if near:
        raise UserError("There is no time zone {name}: did you mean {near}?", name=quoted(name), near=quoted(near))
    raise UserError(
        'There is no time zone {name}: try one such as "Europe/Berlin" or "America/New_York".', name=quoted(name)
    )


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all zones that are places, and UTC, sorted; the first call reads the zone database."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return tuple(sorted((*places, "UTC")))


def _is_abbreviation(name: str) -> bool:
    """Return whether a name is one such as CET, EST5EDT or BST: short and in capitals, or a zone without a place."""
    short = name.isascii() and name.isupper() and len(name) <= _LONGEST_ABBREVIATION
    return short or name.casefold() in {zone.casefold() for zone in available_timezones() if "/" not in zone}


def next_due(rule: Rule, after_utc: datetime) -> datetime:
    """Return the first time after another, in UTC."""
    zone = ZoneInfo(rule.zone)
    # From the day before, for a time that does not exist may fall on the next day.
    today = after_utc.astimezone(zone).date() - timedelta(days=1)
    for days in range(_DAYS_AHEAD + 1):
        day = today + timedelta(days=days)
        if rule.weekday not in {None, day.weekday()}:
            continue
        due = _moment(datetime.combine(day, rule.at), zone)
        if due > after_utc:
            return due
    raise AssertionError(f"{rule} never comes after {after_utc}")


def due_or_missed(rule: Rule, due_utc: datetime, now_utc: datetime) -> DueTime | None:
    """Decide about the next time; None while it has not come."""
    late = now_utc - due_utc
    if late < timedelta(0):
        return None
    act = late <= PUNCTUAL or rule.missed is Missed.POST
    return DueTime(act, late, next_due(rule, now_utc))


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time in UTC: the first of two, or the next that exists."""
    while True:
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += _MINUTE


def _time_of(text: str) -> time:
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 - hours of a day, minutes of an hour
        raise UserError("There is no time {time}: type hours and minutes, such as 07:45.", time=quoted(text))
    return time(int(found[1]), int(found[2]))
