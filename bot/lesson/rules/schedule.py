"""Schedules: a local time on some days of the week or of the month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from bot.lesson.rules.days import EVERY_DAY, Days
from bot.values.zones import moment_in, time_of, zone_named

PUNCTUAL: Final = timedelta(minutes=10)
"""How late a prompt may be before it counts as missed; a restart takes less."""

_DAYS_AHEAD: Final = 40
"""A day of the month comes round within so many days, even where a time zone skipped one."""


class Missed(Enum):
    """What to do about times that passed while the program was off."""

    POST = "post"
    """Make up for them, once."""
    SKIP = "skip"
    """Wait for the next one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A local time to the minute in an IANA zone, on some days."""

    at: time
    zone: str
    days: Days = EVERY_DAY
    missed: Missed = Missed.POST

    def __post_init__(self) -> None:
        """Raise ValueError for a time with seconds or a zone."""
        if self.at.tzinfo is not None or self.at.fold or self.at != time(self.at.hour, self.at.minute):
            raise ValueError(f"{self.at!r} is not a time of day to the minute")


@dataclass(frozen=True, slots=True)
class DueTime:
    """A scheduled time that has come: whether to act on it, how late it is, and when the next one comes."""

    act: bool
    late: timedelta
    next_utc: datetime


def rule_of(at: str, zone: str, days: Days = EVERY_DAY, missed: Missed = Missed.POST) -> Rule:
    """Return the rule for what a person typed: a time such as 7:45, and the name of a zone. Raises UserError."""
    return Rule(time_of(at), zone_named(zone), days, missed)


def next_due(rule: Rule, after_utc: datetime) -> datetime:
    """Return the first time after another, in UTC."""
    zone = ZoneInfo(rule.zone)
    # From the day before, for a time that does not exist may fall on the next day.
    today = after_utc.astimezone(zone).date() - timedelta(days=1)
    for days in range(_DAYS_AHEAD + 1):
        day = today + timedelta(days=days)
        if not rule.days.include(day):
            continue
        due = moment_in(datetime.combine(day, rule.at), zone)
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
