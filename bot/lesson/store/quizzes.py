"""Quizzes that are held before a class, and what people choose in them.

Functions over an open database.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.lesson.rules.quiz import Score
from bot.lesson.rules.quiz_run import HeldItem, HeldQuiz, QuizCounts, announced, broken_off, counts_of, stepped
from bot.log import outbox

if TYPE_CHECKING:
    from bot.log.connection import Connection

_QUIZZES: Final = f"SELECT quiz.*, told, message FROM quiz {outbox.beside('quiz.id')}"  # noqa: S608 - names only


def begin(db: Connection, quiz: HeldQuiz) -> HeldQuiz | None:
    """Keep a new quiz; it belongs to the lesson that is held in its channel, if there is one.

    None when another quiz is held in the channel.
    """
    if db.first(f"{_QUIZZES} WHERE guild = :guild AND channel = :channel AND ended_utc IS NULL", _place(quiz)):
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
        {
            **_place(quiz),
            "id": quiz.id,
            "items": json.dumps([[item.passage, item.options, item.answer] for item in quiz.items]),
            "seconds": quiz.seconds,
            "step": quiz.step,
            "started_utc": quiz.started_utc,
        },
    )
    outbox.put(db, quiz.id, quiz.guild, quiz.step)
    return _certain(db, quiz.id)


def quiz(db: Connection, quiz_id: str) -> HeldQuiz | None:
    """Find a quiz; None when it is not there (any more)."""
    row = db.first(f"{_QUIZZES} WHERE id = ?", (quiz_id,))
    return None if row is None else _quiz(row)


def live(db: Connection) -> tuple[HeldQuiz, ...]:
    """List the quizzes that have not ended, or of whose end not everybody has heard."""
    rows = db.query(f"{_QUIZZES} WHERE ended_utc IS NULL OR told < step ORDER BY quiz.rowid")
    return tuple(_quiz(row) for row in rows)


def of_lesson(db: Connection, lesson_id: str) -> tuple[HeldQuiz, ...]:
    """List the quizzes of a lesson in the order in which they were begun."""
    return tuple(_quiz(row) for row in db.query(f"{_QUIZZES} WHERE lesson = ? ORDER BY quiz.rowid", (lesson_id,)))


def advance(db: Connection, quiz_id: str, step: int, now: str, *, last: bool) -> HeldQuiz | None:
    """Go on from a step, or with `last` to the end; nothing changes when somebody was quicker.

    None when the quiz is not there (any more).
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
    """Note that a step was announced in a message; None when the quiz is not there (any more)."""
    found = quiz(db, quiz_id)
    if found is None:
        return None
    after = announced(found, step, message, now_ms)
    outbox.tell(db, quiz_id, step, message)
    db.execute("UPDATE quiz SET deadline_ms = ? WHERE id = ?", (after.deadline_ms, quiz_id))
    return after


def lengthen(db: Connection, until_ms: int) -> None:
    """Leave every open item until a time, at least."""
    db.execute("UPDATE quiz SET deadline_ms = ? WHERE ended_utc IS NULL AND deadline_ms < ?", (until_ms, until_ms))


def choose(
    db: Connection, quiz_id: str, number: int, person: str, choice: str, now: str, now_ms: int
) -> HeldQuiz | None:
    """Keep what a person chose for the open item instead of what they chose before, while there is time.

    The quiz comes back as it stands, which says whether the item was open; None when it is not there (any more).
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
    """Return what everybody chose: by person, then by the number of the item."""
    chosen: dict[str, dict[int, str]] = {}
    for row in db.query("SELECT person, number, choice FROM quiz_choice WHERE quiz = ? ORDER BY rowid", (quiz_id,)):
        chosen.setdefault(row["person"], {})[row["number"]] = row["choice"]
    return chosen


def _place(quiz: HeldQuiz) -> dict[str, Any]:
    return {"guild": quiz.guild, "channel": quiz.channel}


def _certain(db: Connection, quiz_id: str) -> HeldQuiz:
    found = quiz(db, quiz_id)
    assert found is not None  # noqa: S101 - it was written in this transaction
    return found


def _quiz(row: dict[str, Any]) -> HeldQuiz:
    items = tuple(HeldItem(passage, tuple(options), answer) for passage, options, answer in json.loads(row["items"]))
    counts = None if row["counts"] is None else _counts(json.loads(row["counts"]))
    return HeldQuiz(**{**row, "items": items, "counts": counts})


def _counts(counted: dict[str, Any]) -> QuizCounts:
    return QuizCounts(tuple(counted["chosen"]), tuple(Score(**score) for score in counted["scores"]))
