"""The rows of quizzes, and what people chose in them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.lesson.rules.quiz_run import HeldItem, HeldQuiz, QuizCounts, announced, broken_off, counts_of, stepped
from bot.log import outbox
from knowledge.codec import read_as

if TYPE_CHECKING:
    from bot.log.connection import Connection

_QUIZZES: Final = f"SELECT quiz.*, told, message FROM quiz {outbox.beside('quiz.id')}"  # noqa: S608 - names only


def begin(db: Connection, quiz: HeldQuiz) -> HeldQuiz | None:
    """Keep a new quiz, in the lesson that is running in its channel, if any; None if the channel has a quiz already."""
    row = asdict(quiz) | {"items": json.dumps([[item.passage, item.options, item.answer] for item in quiz.items])}
    if db.first(f"{_QUIZZES} WHERE guild = :guild AND channel = :channel AND ended_utc IS NULL", row):
        return None
    db.execute(
        """
        INSERT INTO quiz (id, guild, channel, lesson, items, seconds, step, started_utc)
        VALUES (
            :id, :guild, :channel,
            (SELECT id FROM lesson WHERE guild = :guild AND channel = :channel AND ended_utc IS NULL),
            :items, :seconds, :step, :started_utc
        )
        """,
        row,
    )
    outbox.put(db, quiz.id, quiz.guild, quiz.step)
    return _certain(db, quiz.id)


def quiz(db: Connection, quiz_id: str) -> HeldQuiz | None:
    """Return a quiz; None if it is not there (any more)."""
    row = db.first(f"{_QUIZZES} WHERE id = ?", (quiz_id,))
    return None if row is None else _quiz(row)


def live(db: Connection) -> tuple[HeldQuiz, ...]:
    """Return the quizzes that have not ended, or whose end is not announced yet."""
    rows = db.query(f"{_QUIZZES} WHERE ended_utc IS NULL OR told < step ORDER BY quiz.rowid")
    return tuple(_quiz(row) for row in rows)


def of_lesson(db: Connection, lesson_id: str) -> tuple[HeldQuiz, ...]:
    """Return a lesson's quizzes in the order begun."""
    return tuple(_quiz(row) for row in db.query(f"{_QUIZZES} WHERE lesson = ? ORDER BY quiz.rowid", (lesson_id,)))


def advance(db: Connection, quiz_id: str, step: int, now: str, *, last: bool) -> HeldQuiz | None:
    """Take the step after `step`, or with `last` the last one; nothing changes if `step` is over already.

    None if the quiz is not there (any more).
    """
    found = quiz(db, quiz_id)
    if found is None or found.ended or found.step != step:
        return found
    after = broken_off(found, now) if last else stepped(found, now)
    counts = json.dumps(asdict(counts_of(after, choices(db, quiz_id).values()))) if after.ended else None
    db.execute(
        "UPDATE quiz SET step = ?, deadline_ms = NULL, ended_utc = ?, counts = ? WHERE id = ?",
        (after.step, after.ended_utc, counts, quiz_id),
    )
    outbox.put(db, quiz_id, after.guild, after.step)
    return _certain(db, quiz_id)


def told(db: Connection, quiz_id: str, step: int, message: int | None, now_ms: int) -> HeldQuiz | None:
    """Note that a step was announced in a message; None if the quiz is not there (any more)."""
    found = quiz(db, quiz_id)
    if found is None:
        return None
    after = announced(found, step, message, now_ms)
    outbox.tell(db, quiz_id, step, message)
    db.execute("UPDATE quiz SET deadline_ms = ? WHERE id = ?", (after.deadline_ms, quiz_id))
    return after


def lengthen(db: Connection, until_ms: int) -> None:
    """Keep every open item open until a time, at least."""
    db.execute("UPDATE quiz SET deadline_ms = ? WHERE ended_utc IS NULL AND deadline_ms < ?", (until_ms, until_ms))


def choose(
    db: Connection, quiz_id: str, number: int, person: str, choice: str, now: str, now_ms: int
) -> HeldQuiz | None:
    """Keep a person's choice for the open item in place of their last one, while there is time.

    Return the quiz, which says whether the item was open; None if it is not there (any more).
    """
    found = quiz(db, quiz_id)
    if found is None or found.open_item != number or found.is_over(now_ms):
        return found
    row = {"quiz": quiz_id, "number": number, "person": person, "guild": found.guild, "choice": choice, "now": now}
    db.execute(
        """
        INSERT INTO quiz_choice (quiz, number, person, guild, choice, chosen_utc)
        VALUES (:quiz, :number, :person, :guild, :choice, :now)
        ON CONFLICT (quiz, number, person) DO UPDATE SET choice = excluded.choice, chosen_utc = excluded.chosen_utc
        """,
        row,
    )
    return found


def choices(db: Connection, quiz_id: str) -> dict[str, dict[int, str]]:
    """Return everybody's choices, by person and then by the number of the item."""
    chosen: dict[str, dict[int, str]] = {}
    for row in db.query("SELECT person, number, choice FROM quiz_choice WHERE quiz = ? ORDER BY rowid", (quiz_id,)):
        chosen.setdefault(row["person"], {})[row["number"]] = row["choice"]
    return chosen


def _certain(db: Connection, quiz_id: str) -> HeldQuiz:
    found = quiz(db, quiz_id)
    assert found is not None  # noqa: S101 - it was written in this transaction
    return found


def _quiz(row: dict[str, Any]) -> HeldQuiz:
    items = tuple(HeldItem(passage, tuple(options), answer) for passage, options, answer in json.loads(row["items"]))
    counts = None if row["counts"] is None else read_as(QuizCounts, json.loads(row["counts"]), "counts")
    return HeldQuiz(**{**row, "items": items, "counts": counts})
