"""Planned debates as rows, and who signed up for them: until they are over."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bot.debate.rules.events import format_object
from bot.debate.rules.plan import End, Plan, SignedUp
from bot.debate.store.debates import ACTION
from bot.log.audit import note
from bot.log.connection import storable
from bot.log.privacy import PersonalTable, Table
from knowledge.codec import read_as, written
from knowledge.errors import Message
from knowledge.formats import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.log.connection import Connection

TABLES: Final = (
    # Those who signed up go with it.
    Table("plan", expires="guild = :guild AND starts_utc < :before"),
    PersonalTable(
        "plan_seat",
        what=Message("that you signed up for a side of a planned debate, and the name that stands there"),
        order="id",
    ),
)

_PLANS: Final = """
    SELECT *, EXISTS (SELECT 1 FROM debate WHERE debate.id = plan.id) AS held FROM plan ORDER BY starts_utc, id
"""


def keep(db: Connection, plan: Plan, person: str, what: str, now: str) -> None:
    """Insert a new plan, and note who made it."""
    row = {
        "id": plan.id,
        "guild": plan.guild,
        "channel": plan.channel,
        "motion": storable(plan.motion),
        "format": json.dumps(written(plan.format), ensure_ascii=False),
        "starts": plan.starts_utc.isoformat(),
        "reminder": plan.reminder_utc.isoformat(),
        "event": plan.event,
        "pack": plan.pack,
    }
    db.execute(
        """
        INSERT INTO plan (id, guild, channel, motion, format, starts_utc, reminder_utc, event, reminded, pack)
        VALUES (:id, :guild, :channel, :motion, :format, :starts, :reminder, :event, 0, :pack)
        """,
        row,
    )
    note(db, plan.guild, person, ACTION, what, now)


def all_kept(db: Connection) -> tuple[Plan, ...]:
    """Return all plans, the soonest first."""
    seats: dict[str, list[SignedUp]] = {}
    for row in db.query("SELECT plan, person, name, side FROM plan_seat ORDER BY id"):
        seats.setdefault(row["plan"], []).append(SignedUp(row["person"], row["name"], row["side"]))
    return tuple(_plan(row, tuple(seats.get(row["id"], ()))) for row in db.query(_PLANS))


def sign_up(db: Connection, plan: Plan, person: str) -> None:
    """Keep the seat that somebody has in a plan, in place of the one before; or that they have none."""
    db.execute("DELETE FROM plan_seat WHERE plan = ? AND person = ?", (plan.id, person))
    for seat in plan.seats:
        if seat.person == person:
            row = (plan.id, plan.guild, person, storable(seat.name), seat.side)
            db.execute("INSERT INTO plan_seat (plan, guild, person, name, side) VALUES (?, ?, ?, ?, ?)", row)


def settle(db: Connection, plan: Plan) -> None:
    """Keep what was done about a plan."""
    db.execute(
        "UPDATE plan SET message = ?, event = ?, reminded = ?, ended = ? WHERE id = ?",
        (plan.message, plan.event, int(plan.reminded), None if plan.end is None else plan.end.value, plan.id),
    )


def cancel(db: Connection, plan: Plan, person: str, what: str, now: str) -> None:
    """Keep that a plan is over, and note who ended it."""
    settle(db, plan)
    note(db, plan.guild, person, ACTION, what, now)


def drop(db: Connection, plan: str) -> None:
    """Delete a plan, with who signed up."""
    db.execute("DELETE FROM plan WHERE id = ?", (plan,))


def _plan(row: Mapping[str, Any], seats: tuple[SignedUp, ...]) -> Plan:
    return Plan(
        id=row["id"],
        guild=row["guild"],
        channel=row["channel"],
        motion=row["motion"],
        format=read_as(Format, format_object(json.loads(row["format"])), "format"),
        starts_utc=datetime.fromisoformat(row["starts_utc"]),
        reminder_utc=datetime.fromisoformat(row["reminder_utc"]),
        event=row["event"],
        message=row["message"],
        reminded=bool(row["reminded"]),
        held=bool(row["held"]),
        end=None if row["ended"] is None else End(row["ended"]),
        seats=seats,
        pack=row["pack"],
    )
