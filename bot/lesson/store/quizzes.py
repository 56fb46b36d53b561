"""The rows of quizzes, and what people chose in them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.lesson.rules.quiz import Score
from bot.lesson.rules.quiz_run import (
    HeldItem,
    HeldQuiz,
    QuizCounts,
    announced,
    broken_off,
    counts_of,
    score_of,
    stepped,
)
from bot.log import outbox
from bot.log.privacy import erase
from knowledge.codec import read_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.log.connection import Connection

_QUIZZES: Final = f"SELECT quiz.*, told, message FROM quiz {outbox.beside('quiz.id')}"  # noqa: S608 - names only

NOTHING: Final = Score(0, 0)
"""The score of somebody who answered nothing."""


def begin(db: Connection, quiz: HeldQuiz) -> HeldQuiz | None:
    """Keep a new quiz, in the lesson on its pack in its channel, if any; None if the channel has a quiz already."""
    row = asdict(quiz) | {"items": json.dumps([[item.passage, item.options, item.answer] for item in quiz.items])}
    if db.first(f"{_QUIZZES} WHERE guild = :guild AND channel = :channel AND ended_utc IS NULL", row):
        return None
    db.execute(
        """
        INSERT INTO quiz (id, guild, channel, lesson, items, seconds, step, started_utc, pack)
        VALUES (
            :id, :guild, :channel,
            (SELECT id FROM lesson WHERE guild = :guild AND channel = :channel AND pack = :pack AND ended_utc IS NULL),
            :items, :seconds, :step, :started_utc, :pack
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


def advance(db: Connection, quiz_id: str, step: int, now: str, least: int, *, last: bool) -> HeldQuiz | None:
    """Take the step after `step`, or with `last` the last one; nothing changes if `step` is over already.

    At the end, sums of fewer than `least` people are not kept. None if the quiz is not there (any more).
    """
    found = quiz(db, quiz_id)
    if found is None or found.ended or found.step != step:
        return found
    after = broken_off(found, now) if last else stepped(found, now)
    counts = json.dumps(asdict(_sum_up(db, after, least))) if after.ended else None
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


def lengthen(db: Connection, until_ms: int, ours: Callable[[str], bool]) -> None:
    """Keep every open item of some guilds open until a time, at least."""
    closing = "SELECT id, guild FROM quiz WHERE ended_utc IS NULL AND deadline_ms < ?"
    for row in db.query(closing, (until_ms,)):
        if ours(row["guild"]):
            db.execute("UPDATE quiz SET deadline_ms = ? WHERE id = ?", (until_ms, row["id"]))


def choose(db: Connection, quiz_id: str, number: int, person: str, choice: str, now_ms: int) -> HeldQuiz | None:
    """Keep a person's choice for the open item in place of their last one, while there is time.

    Return the quiz, which says whether the item was open; None if it is not there (any more).
    """
    found = quiz(db, quiz_id)
    if found is None or found.open_item != number or found.is_over(now_ms):
        return found
    voter = _voter(db, found, person)
    mark = db.seal.choice(voter, number, choice)
    db.execute(
        """
        INSERT INTO quiz_choice (quiz, voter, guild, number, choice) VALUES (:quiz, :voter, :guild, :number, :choice)
        ON CONFLICT (quiz, voter, number) DO UPDATE SET choice = excluded.choice
        """,
        {"quiz": quiz_id, "voter": voter, "guild": found.guild, "number": number, "choice": mark},
    )
    return found


def choices(db: Connection, quiz: HeldQuiz) -> dict[str, dict[int, str]]:
    """Return everybody's choices in a running quiz, by the mark that stands for them and by the number of the item."""
    chosen: dict[str, dict[int, str]] = {}
    for row in db.query("SELECT voter, number, choice FROM quiz_choice WHERE quiz = ?", (quiz.id,)):
        voter, number = row["voter"], row["number"]
        options = quiz.items[number - 1].options
        # Where the secret was changed, whoever chose under the old one is gone.
        with suppress(ValueError):
            opened = db.seal.opened(voter, number, row["choice"], options)
            chosen.setdefault(voter, {})[number] = opened
    return chosen


def score(db: Connection, quiz: HeldQuiz, person: str) -> Score:
    """Return somebody's score in a quiz, running or over."""
    voter = _voter(db, quiz, person)
    if not quiz.ended:
        return score_of(quiz, choices(db, quiz).get(voter, {}))
    return scores(db, quiz.id).get(voter, NOTHING)


def scores(db: Connection, scope: str) -> dict[str, Score]:
    """Return the scores in a quiz that is over, or in all of a lesson, by the mark that stands for a person."""
    rows = db.query("SELECT voter, guessed_right, guessed FROM participation WHERE scope = ?", (scope,))
    return {row["voter"]: Score(row["guessed_right"], row["guessed"]) for row in rows if row["guessed"]}


def take_part(db: Connection, scope: str, voter: str, guild: str, *, voted: int = 0, score: Score = NOTHING) -> None:
    """Add to what somebody did in a lesson or quiz."""
    row = {"scope": scope, "voter": voter, "guild": guild, "voted": voted, **asdict(score)}
    db.execute(
        """
        INSERT INTO participation (scope, voter, guild, voted, guessed, guessed_right)
        VALUES (:scope, :voter, :guild, :voted, :answered, :right)
        ON CONFLICT (scope, voter) DO UPDATE SET voted = participation.voted + excluded.voted,
            guessed = participation.guessed + excluded.guessed,
            guessed_right = participation.guessed_right + excluded.guessed_right
        """,
        row,
    )


def _sum_up(db: Connection, quiz: HeldQuiz, least: int) -> QuizCounts:
    """Keep everybody's score, and return the sums; the choices are gone then."""
    chosen = choices(db, quiz)
    for voter, own in chosen.items():
        for scope in filter(None, (quiz.id, quiz.lesson)):
            take_part(db, scope, voter, quiz.guild, score=score_of(quiz, own))
    erase(db, "quiz_choice", "quiz", quiz.id)
    return counts_of(quiz, chosen.values(), least)


def _voter(db: Connection, quiz: HeldQuiz, person: str) -> str:
    """Return what stands for a person: the same in all quizzes of a lesson, whose scores are added."""
    return db.seal.voter(quiz.lesson or quiz.id, person)


def _certain(db: Connection, quiz_id: str) -> HeldQuiz:
    found = quiz(db, quiz_id)
    assert found is not None  # noqa: S101 - it was written in this transaction
    return found


def _quiz(row: dict[str, Any]) -> HeldQuiz:
    items = tuple(HeldItem(passage, tuple(options), answer) for passage, options, answer in json.loads(row["items"]))
    counts = None if row["counts"] is None else read_as(QuizCounts, json.loads(row["counts"]), "counts")
    return HeldQuiz(**{**row, "items": items, "counts": counts})
