"""Lessons: their beginning and end, everything that they gathered, and what is deleted of one that is not logged.

Functions over an open database.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.answer.store import asked
from bot.lesson.rules.lesson import Asked, Gathered, Lesson, Tally
from bot.lesson.rules.quiz import Score
from bot.lesson.rules.quiz_run import score_of
from bot.lesson.store import postings, quizzes
from bot.log.privacy import mark_unwiped
from bot.log.values import storable

# The queries are put together from the conditions beside them; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.lesson.rules.lesson import Posting
    from bot.lesson.rules.quiz_run import HeldQuiz
    from bot.log.connection import Connection

_LESSONS: Final = """
    SELECT id, guild, channel, person AS teacher, title, logged, names, started_utc, ended_utc FROM lesson
"""
_GATHERED: Final[Mapping[str, str]] = {
    "prompt_vote": "posting IN (SELECT id FROM posting WHERE lesson = :lesson)",
    "student_answer": "posting IN (SELECT id FROM posting WHERE lesson = :lesson)",
    "quiz_choice": "quiz IN (SELECT id FROM quiz WHERE lesson = :lesson)",
}
"""The rows about people that belong to a lesson, by table, what is owned before its owner."""


@dataclass(frozen=True, slots=True)
class HeldLessons:
    """Lessons and quizzes that go on, and lessons that ended and of which rows are to be deleted."""

    lessons: tuple[Lesson, ...]
    quizzes: tuple[HeldQuiz, ...]
    undeleted: tuple[Lesson, ...]


def begin(db: Connection, lesson: Lesson) -> bool:
    """Keep a new lesson; false when one is held in the channel already."""
    row = asdict(lesson) | {"title": storable(lesson.title), "logged": int(lesson.logged), "names": int(lesson.names)}
    written = db.execute(
        """
        INSERT INTO lesson (id, guild, channel, person, title, logged, names, started_utc)
        SELECT :id, :guild, :channel, :teacher, :title, :logged, :names, :started_utc
        WHERE NOT EXISTS (SELECT 1 FROM lesson WHERE guild = :guild AND channel = :channel AND ended_utc IS NULL)
        """,
        {column: row[column] for column in row if column != "ended_utc"},
    )
    return written > 0


def live(db: Connection) -> tuple[Lesson, ...]:
    """List the lessons that are being held."""
    return tuple(_lesson(row) for row in db.query(f"{_LESSONS} WHERE ended_utc IS NULL ORDER BY rowid"))


def undeleted(db: Connection) -> tuple[Lesson, ...]:
    """List the lessons that are not logged and have ended, but of which rows are still there."""
    condition = "logged = 0 AND ended_utc IS NOT NULL AND counts IS NULL"
    return tuple(_lesson(row) for row in db.query(f"{_LESSONS} WHERE {condition} ORDER BY rowid"))


def lesson(db: Connection, guild: str, lesson_id: str) -> Lesson | None:
    """Find a lesson of a guild; None when it is not there (any more)."""
    row = db.first(f"{_LESSONS} WHERE guild = ? AND id = ?", (guild, lesson_id))
    return None if row is None else _lesson(row)


def recent(db: Connection, guild: str, limit: int) -> tuple[Lesson, ...]:
    """List a guild's lessons, the latest first."""
    rows = db.query(f"{_LESSONS} WHERE guild = ? ORDER BY started_utc DESC, rowid DESC LIMIT ?", (guild, limit))
    return tuple(_lesson(row) for row in rows)


def held(db: Connection) -> HeldLessons:
    """Return everything that is being held, or is still to be done."""
    return HeldLessons(live(db), quizzes.live(db), undeleted(db))


def end(db: Connection, lesson_id: str, now: str) -> tuple[HeldQuiz, ...]:
    """End a lesson with everything that is open in it, and give its quizzes; one that has ended stays as it is."""
    db.execute("UPDATE lesson SET ended_utc = ? WHERE id = ? AND ended_utc IS NULL", (now, lesson_id))
    for posting in postings.of_lesson(db, lesson_id):
        postings.close(db, posting.id, now)
    for quiz in quizzes.of_lesson(db, lesson_id):
        quizzes.advance(db, quiz.id, quiz.step, now, last=True)
    return quizzes.of_lesson(db, lesson_id)


def put_in(db: Connection, lesson_id: str) -> tuple[Posting, ...]:
    """Read the prompts that were put in a lesson, in their order."""
    return tuple(
        posting
        for posting in postings.of_lesson(db, lesson_id)
        # One without a message was lost on its way, and asked for again.
        if posting.message is not None or posting.voters or posting.answers
    )


def gathered(db: Connection, lesson: Lesson) -> Gathered:
    """Collect everything that a lesson gathered, so far or in all."""
    held = quizzes.of_lesson(db, lesson.id)
    questions = asked.listed(db, period_of(lesson))
    voted = db.query(
        f"SELECT person, count(DISTINCT posting) AS postings FROM prompt_vote WHERE {_GATHERED['prompt_vote']} "
        "GROUP BY person",
        {"lesson": lesson.id},
    )
    scores: dict[str, Score] = {}
    for quiz in held:
        for person, chosen in quizzes.choices(db, quiz.id).items():
            before, now = scores.get(person, Score(0, 0)), score_of(quiz, chosen)
            scores[person] = Score(before.right + now.right, before.answered + now.answered)
    return Gathered(
        lesson,
        put_in(db, lesson.id),
        held,
        tuple(Asked(**row) for row in questions),
        postings.answers(db, lesson.guild, lesson_id=lesson.id),
        {row["person"]: row["postings"] for row in voted},
        scores,
        tally(db, lesson.id),
    )


def tally(db: Connection, lesson_id: str) -> Tally | None:
    """Return the counts that were kept of a lesson whose rows are deleted; None for any other."""
    counts = db.value("SELECT counts FROM lesson WHERE id = ?", (lesson_id,))
    return None if counts is None else Tally(**json.loads(counts))


def delete_gathered(db: Connection, lesson: Lesson, kept: Tally) -> Counter[str]:
    """Delete every row about people that a lesson gathered, what was asked in its channel meanwhile too; keep counts.

    Its teacher and title go as well; counts that were kept before stay. Counts by table, in one transaction; `wipe` is
    due afterwards.
    """
    counts: Counter[str] = Counter()
    with db.atomic():
        for table, condition in _GATHERED.items():
            counts[table] += db.execute(f"DELETE FROM {table} WHERE {condition}", {"lesson": lesson.id})
        counts += asked.delete(db, period_of(lesson))
        counts["lesson"] += db.execute(
            "UPDATE lesson SET person = NULL, title = NULL, counts = ? WHERE id = ? AND counts IS NULL",
            (json.dumps(asdict(kept)), lesson.id),
        )
        mark_unwiped(db, counts)
    return counts


def period_of(lesson: Lesson) -> asked.Period:
    """Return where and while a lesson is held, as the log has it."""
    return asked.Period(f"{lesson.guild}/{lesson.channel}", lesson.started_utc, lesson.ended_utc or "9999")


def _lesson(row: dict[str, Any]) -> Lesson:
    return Lesson(**{**row, "logged": bool(row["logged"]), "names": bool(row["names"])})
