"""When something comes that comes by itself: every day, or once a week, at a time of day that people there live by.

Where clocks are put forward, a time that does not exist that day is taken at the next minute that does; where they are
put back, one that comes twice is taken the first time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from knowledge.errors import UserError
from knowledge.reading.nearest import nearest, quoted

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

PUNCTUAL: Final = timedelta(minutes=10)
"""How late something may come before it counts as missed: a restart takes less."""

_DAYS_AHEAD: Final = 9
"""The same weekday comes again within so many days, also where a day was skipped in between."""
_MINUTE: Final = timedelta(minutes=1)
_TIME: Final = re.compile(r"(\d{1,2})[:.h](\d{2})")


class Missed(Enum):
    """What is done about a time at which nobody was there to act."""

    POST = "post"
    """It is made up for, once, however many were missed."""
    SKIP = "skip"
    """The next one is waited for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When it comes: a local time to the minute in an IANA zone, on a weekday (0: Monday) or, with None, every day."""

    at: time
    zone: str
    weekday: int | None = None
    missed: Missed = Missed.POST

    def __post_init__(self) -> None:
        """Refuse what is no weekday, and a time that is not of the wall clock alone (ValueError)."""
        if self.weekday not in {None, *range(len(WEEKDAYS))}:
            raise ValueError(f"there is no weekday {self.weekday}")
        if self.at.tzinfo is not None or self.at.fold or self.at != time(self.at.hour, self.at.minute):
            raise ValueError(f"{self.at!r} is not a time of day to the minute")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a time that has come: whether it is acted on, how late that is, and when the next one comes."""

    act: bool
    late: timedelta
    next_utc: datetime


def rule_of(at: str, zone: str, weekday: int | None = None, missed: Missed = Missed.POST) -> Rule:
    """Read what a person typed: a time such as 7:45, and the name of a zone. Raises UserError."""
    return Rule(_time_of(at), zone_named(zone), weekday, missed)


def zone_named(name: str) -> str:
    """Return the name of a zone as it is written, whatever its case. Raises UserError with the nearest one."""
    wanted = name.strip().replace(" ", "_")
    known = {zone.casefold(): zone for zone in zones()}
    if wanted.casefold() in known:
        return known[wanted.casefold()]
    # Most people know their city, not what it is filed under.
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in zones()}
    near = cities.get(wanted.casefold()) or nearest(wanted, zones())
    if near:
        raise UserError("There is no time zone {name}: did you mean {near}?", name=quoted(name), near=quoted(near))
    raise UserError(
        'There is no time zone {name}: name one as "Europe/Berlin" or "America/New_York".', name=quoted(name)
    )


@cache
def zones() -> tuple[str, ...]:
    """List the names of all zones that can be named, sorted; the first call reads the zone database."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))


def next_due(rule: Rule, after_utc: datetime) -> datetime:
    """Return the first time, in UTC, that comes after another."""
    zone = ZoneInfo(rule.zone)
    # A day before, for a time that does not exist that day can be taken on the next.
    today = after_utc.astimezone(zone).date() - timedelta(days=1)
    for days in range(_DAYS_AHEAD + 1):
        day = today + timedelta(days=days)
        if rule.weekday not in {None, day.weekday()}:
            continue
        due = _moment(datetime.combine(day, rule.at), zone)
        if due > after_utc:
            return due
    raise AssertionError(f"{rule} never comes after {after_utc}")


def due_or_missed(rule: Rule, due_utc: datetime, now_utc: datetime) -> Verdict | None:
    """Decide about the time that was to come next; None while it has not come."""
    late = now_utc - due_utc
    if late < timedelta(0):
        return None
    act = late <= PUNCTUAL or rule.missed is Missed.POST
    return Verdict(act, late, next_due(rule, now_utc))


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC of a local time, the first of two; of one that does not exist, the next that does."""
    while True:
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += _MINUTE


def _time_of(text: str) -> time:
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 - hours of a day, minutes of an hour
        raise UserError("There is no time {time}: give hours and minutes, such as 07:45.", time=quoted(text))
    return time(int(found[1]), int(found[2]))
