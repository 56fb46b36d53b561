"""The steps that make the tables of lessons, and have schedules name their days. Released steps never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlite_utils.db import ForeignKey

if TYPE_CHECKING:
    from sqlite_utils import Database

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def create_lesson_tables(db: Database) -> None:
    """Make the tables, in the order in which they refer to each other."""
    lesson = db.table("lesson").create(
        {
            "id": str,
            "guild": str,
            "channel": int,
            "person": str,
            "title": str,
            "logged": int,
            "names": int,
            "started_utc": str,
            "ended_utc": str,
            "counts": str,
        },
        pk="id",
        not_null=["id", "guild", "channel", "logged", "names", "started_utc"],
        strict=True,
    )
    lesson.create_index(["guild", "channel"])
    lesson.create_index(["person"])
    posting = db.table("posting").create(
        {
            "id": str,
            "guild": str,
            "channel": int,
            "message": int,
            "prompt": str,
            "lesson": str,
            "names": int,
            "revealed": str,
            "posted_utc": str,
            "due_utc": str,
            "closed_utc": str,
            "counts": str,
        },
        pk="id",
        not_null=["id", "guild", "channel", "prompt", "names", "revealed", "posted_utc"],
        strict=True,
    )
    posting.create_index(["guild", "channel"])
    posting.create_index(["lesson"])
    vote = db.table("prompt_vote").create(
        {"posting": str, "person": str, "guild": str, "round": str, "choice": str, "voted_utc": str},
        pk=("posting", "person", "round"),
        not_null=["posting", "person", "guild", "round", "choice", "voted_utc"],
        foreign_keys=[ForeignKey("prompt_vote", "posting", "posting", "id", on_delete="CASCADE")],
        strict=True,
    )
    vote.create_index(["person"])
    vote.create_index(["guild"])
    answer = db.table("student_answer").create(
        {
            "id": int,
            "posting": str,
            "person": str,
            "guild": str,
            "name": str,
            "named": int,
            "text": str,
            "answered_utc": str,
        },
        pk="id",
        not_null=["posting", "person", "guild", "name", "named", "text", "answered_utc"],
        foreign_keys=[ForeignKey("student_answer", "posting", "posting", "id", on_delete="CASCADE")],
        strict=True,
    )
    answer.create_index(["posting"])
    answer.create_index(["person"])
    answer.create_index(["guild"])
    quiz = db.table("quiz").create(
        {
            "id": str,
            "guild": str,
            "channel": int,
            "lesson": str,
            "items": str,
            "seconds": int,
            "step": int,
            "told": int,
            "message": int,
            "deadline_ms": int,
            "started_utc": str,
            "ended_utc": str,
            "counts": str,
        },
        pk="id",
        not_null=["id", "guild", "channel", "items", "step", "told", "started_utc"],
        strict=True,
    )
    quiz.create_index(["guild", "channel"])
    quiz.create_index(["lesson"])
    choice = db.table("quiz_choice").create(
        {"quiz": str, "number": int, "person": str, "guild": str, "choice": str, "chosen_utc": str},
        pk=("quiz", "number", "person"),
        not_null=["quiz", "number", "person", "guild", "choice", "chosen_utc"],
        foreign_keys=[ForeignKey("quiz_choice", "quiz", "quiz", "id", on_delete="CASCADE")],
        strict=True,
    )
    choice.create_index(["person"])
    choice.create_index(["guild"])
    db.table("schedule").create(
        {
            "guild": str,
            "channel": int,
            "weekday": int,
            "at": str,
            "zone": str,
            "missed": str,
            "topic": str,
            "next_utc": str,
            "used": str,
        },
        pk=("guild", "channel"),
        not_null=["guild", "channel", "at", "zone", "missed", "next_utc", "used"],
        strict=True,
    )


def name_days(db: Database) -> None:
    """Let schedules name their days, in place of a weekday's number (0: Monday) or NULL for every day."""
    db.execute("ALTER TABLE schedule ADD COLUMN days TEXT NOT NULL DEFAULT 'daily'")
    for number, day in enumerate(_DAYS):
        db.execute("UPDATE schedule SET days = ? WHERE weekday = ?", (day, number))
    db.execute("ALTER TABLE schedule DROP COLUMN weekday")
