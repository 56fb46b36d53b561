"""The step that makes the tables of planned debates. Released steps never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.db import ForeignKey

if TYPE_CHECKING:
    from sqlite_utils import Database


def create_plan_tables(db: Database) -> None:
    """Make the tables, in the order in which they refer to each other."""
    plan = db.table("plan").create(
        {
            "id": str,
            "guild": str,
            "channel": int,
            "motion": str,
            "format": str,
            "starts_utc": str,
            "reminder_utc": str,
            "message": int,
            "event": int,
            "reminded": int,
            "ended": str,
        },
        pk="id",
        not_null=["id", "guild", "channel", "motion", "format", "starts_utc", "reminder_utc", "reminded"],
        strict=True,
    )
    plan.create_index(["guild"])
    seat = db.table("plan_seat").create(
        {"id": int, "plan": str, "guild": str, "person": str, "name": str, "side": str},
        pk="id",
        not_null=["plan", "guild", "person", "name", "side"],
        foreign_keys=[ForeignKey("plan_seat", "plan", "plan", "id", on_delete="CASCADE")],
        strict=True,
    )
    seat.create_index(["plan", "person"], unique=True)
    seat.create_index(["person"])
    seat.create_index(["guild"])
