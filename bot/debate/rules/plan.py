"""Planned debates: when they begin, who signed up, and what is to be done about one at a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.values.passage import FIRST_PACK
from bot.values.zones import moment_in, time_of, zone_named
from knowledge.errors import UserError
from knowledge.reading.nearest import quoted

if TYPE_CHECKING:
    from bot.debate.rules.commands import Person
    from bot.debate.rules.events import DebateSide
    from knowledge.formats import Format

FURTHEST: Final = timedelta(days=366)
"""How far ahead a debate can be planned."""

LAPSE: Final = timedelta(days=1)
"""How long after its time a debate can still be opened."""

LATE_REMINDER: Final = timedelta(hours=1)
"""A reminder that would come so long after the time reminds of nothing."""

_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})?")


class End(Enum):
    """Why a plan is over."""

    OPENED = "opened"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Nobody opened the debate."""


class Step(Enum):
    """What is to be done about a plan next."""

    CARD = "card"
    """Show it in its channel."""
    EVENT = "event"
    """Make an event of the server of it."""
    REMINDER = "reminder"
    SEATS = "seats"
    """The debate is open: seat those who signed up."""
    LAPSE = "lapse"
    OVER = "over"
    """Show that it is over, and drop it."""


@dataclass(frozen=True, slots=True)
class SignedUp:
    """Somebody (by pseudonym) who wants to be on a side, and the name that others see."""

    person: str
    name: str
    side: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A debate planned for a moment, with what was done about it.

    `message` shows it, None until it does. `event` is the server's own event, 0 where one is yet to be made, None where
    none is. `held` is whether the debate was opened: it has the plan's id. `seats` are in the order of signing up.
    """

    id: str
    guild: str
    channel: int
    motion: str
    format: Format
    starts_utc: datetime
    reminder_utc: datetime
    event: int | None
    message: int | None = None
    reminded: bool = False
    held: bool = False
    end: End | None = None
    seats: tuple[SignedUp, ...] = ()
    pack: str = FIRST_PACK

    def on(self, side: str) -> tuple[SignedUp, ...]:
        """Return those who signed up for a side."""
        return tuple(seat for seat in self.seats if seat.side == side)


def begins(day: str, at: str, zone: str, now_utc: datetime) -> datetime:
    """Return the moment in UTC of a local time as typed. Raises UserError for one that is past or too far ahead."""
    place = ZoneInfo(zone_named(zone))
    moment = moment_in(datetime.combine(_day_in(day, now_utc.astimezone(place).date()), time_of(at)), place)
    if moment <= now_utc:
        raise UserError(
            "{day}, {time} has already passed in {zone}: choose a later time.", day=day, time=at, zone=place.key
        )
    if moment > now_utc + FURTHEST:
        raise UserError(
            "{day} is too far ahead: a debate can be planned for the next {days} days.", day=day, days=FURTHEST.days
        )
    return moment


def _day_in(text: str, today: date) -> date:
    """Return the day that somebody typed: 2026-12-31, or 31.12., which is the next one."""
    found = _DAY.fullmatch(text.strip())
    try:
        if found is not None and found[1]:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found is not None:
            day = date(int(found[6] or today.year), int(found[5]), int(found[4]))
            return day if found[6] or day >= today else day.replace(year=today.year + 1)
    except ValueError:
        pass
    raise UserError("There is no day {day}: choose one that is offered, or type it as 2026-12-31.", day=quoted(text))


def signed_up(plan: Plan, person: Person, side: DebateSide | None) -> Plan:
    """Return a plan after somebody signed up for a side, or with None left. Raises UserError where a side is full."""
    others = tuple(seat for seat in plan.seats if seat.person != person.id)
    if side is None:
        return replace(plan, seats=others)
    if any((seat.person, seat.side, seat.name) == (person.id, side.id, person.name) for seat in plan.seats):
        return plan
    taken = len([seat for seat in others if seat.side == side.id])
    if plan.format.seats is not None and taken >= plan.format.seats:
        raise UserError("{side} is full: choose another side, or come to watch.", side=side.name)
    return replace(plan, seats=(*others, SignedUp(person.id, person.name, side.id)))


def step_of(plan: Plan, now_utc: datetime) -> Step | None:
    """Return what is to be done about a plan at a moment; None for nothing."""
    due = {
        Step.OVER: plan.end is not None,
        Step.SEATS: plan.held,
        Step.LAPSE: now_utc >= plan.starts_utc + LAPSE,
        Step.CARD: plan.message is None,
        Step.EVENT: plan.event == 0,
        Step.REMINDER: not plan.reminded and now_utc >= plan.reminder_utc,
    }
    return next((step for step, now in due.items() if now), None)


def next_look(plan: Plan) -> datetime:
    """Return the moment when the clock next makes something due."""
    return plan.starts_utc + LAPSE if plan.reminded else plan.reminder_utc
