"""The rows of lessons: what they gathered, what is deleted of one that is not logged, and how long anything is kept."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from bot.answer.store import asked
from bot.lesson.rules.lesson import CHOICES, LESSONS_KEPT, AskedQuestion, Gathered, Lesson, Posting, Tally
from bot.lesson.rules.quiz import Score
from bot.lesson.rules.quiz_run import HeldQuiz, score_of
from bot.lesson.store import postings, quizzes
from bot.log.connection import storable
from bot.log.privacy import PersonalTable, Published, Sealed, Table, mark_unwiped
from knowledge.errors import Message

# The queries are put together from the conditions beside them; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.answer.store.beside import Beside
    from bot.log.connection import Connection

_OF_OLD_POSTINGS: Final = "posting IN (SELECT id FROM posting WHERE guild = :guild AND posted_utc < :before)"

TABLES: Final = (
    PersonalTable(
        "lesson",
        expires="guild = :guild AND started_utc < :before",
        longest=LESSONS_KEPT,
        what=Message("a lesson that you led, and what you called it"),
        becomes={"person": "NULL", "title": "NULL"},
        published=Published(
            what="A lesson; `counts` is there if it was not logged.",
            columns={
                "lesson": "code('lesson', id)",
                "server": "code('server', guild)",
                "day": "substr(started_utc, 1, 10)",
                "pack": "pack",
                "logged": "logged",
                "counts": "counts",
            },
            typed={"title": "title"},
            key="lesson",
            facets=("server", "day", "pack", "logged"),
        ),
    ),
    Table(
        "posting",
        expires="guild = :guild AND posted_utc < :before",
        longest=LESSONS_KEPT,
        published=Published(
            what="A prompt that was shown; `counts` has the sums of its votes, where they may be told.",
            columns={
                "lesson": "code('lesson', lesson)",
                "server": "code('server', guild)",
                "day": "substr(posted_utc, 1, 10)",
                "pack": "pack",
                "prompt": "prompt",
                "counts": "counts",
            },
            refers={"lesson": "lesson"},
            facets=("prompt", "pack", "server", "day"),
        ),
    ),
    PersonalTable(
        "prompt_vote",
        expires=_OF_OLD_POSTINGS,
        longest=LESSONS_KEPT,
        what=Message("your vote on a prompt, before or after the quotes were revealed, until the prompt is closed"),
        copied=False,
        sealed=Sealed(
            scopes="SELECT DISTINCT posting AS scope FROM prompt_vote", of="round", choices=lambda _none, _: CHOICES
        ),
        order="posting, voter, round DESC",
    ),
    PersonalTable(
        "student_answer",
        expires=_OF_OLD_POSTINGS,
        longest=LESSONS_KEPT,
        what=Message("an answer that you wrote on a prompt, with the name you had there"),
        order="id",
    ),
    Table(
        "quiz",
        expires="guild = :guild AND started_utc < :before",
        longest=LESSONS_KEPT,
        published=Published(
            what="A quiz: its questions, with options and the right one, and how often each option was chosen.",
            columns={
                "lesson": "code('lesson', lesson)",
                "server": "code('server', guild)",
                "day": "substr(started_utc, 1, 10)",
                "pack": "pack",
                "items": "items",
                "counts": "counts",
            },
            refers={"lesson": "lesson"},
            facets=("server", "day"),
        ),
    ),
    PersonalTable(
        "quiz_choice",
        expires="quiz IN (SELECT id FROM quiz WHERE guild = :guild AND started_utc < :before)",
        longest=LESSONS_KEPT,
        what=Message("what you chose in a quiz, until the quiz is over"),
        copied=False,
        sealed=Sealed(
            scopes="""
                SELECT DISTINCT coalesce(lesson, id) AS scope FROM quiz WHERE id IN (SELECT quiz FROM quiz_choice)
            """,
            of="number",
            source="SELECT items FROM quiz WHERE id = quiz_choice.quiz",
            choices=lambda items, number: json.loads(items)[number - 1][1],
        ),
        order="quiz, voter, number",
    ),
    PersonalTable(
        "participation",
        expires="""
            scope IN (SELECT id FROM lesson WHERE guild = :guild AND started_utc < :before
                UNION SELECT id FROM quiz WHERE guild = :guild AND started_utc < :before)
        """,
        longest=LESSONS_KEPT,
        what=Message("on how many prompts of a lesson you voted, and how many questions of quizzes you had right"),
        sealed=Sealed(
            scopes="SELECT DISTINCT coalesce(lesson, scope) AS scope FROM participation LEFT JOIN quiz ON id = scope"
        ),
        order="scope, voter",
    ),
    Table("schedule"),
)

_LESSONS: Final = """
    SELECT id, guild, channel, person AS teacher, title, logged, names, started_utc, ended_utc, pack FROM lesson
"""
_GATHERED: Final[Mapping[str, str]] = {
    "prompt_vote": "posting IN (SELECT id FROM posting WHERE lesson = :lesson)",
    "student_answer": "posting IN (SELECT id FROM posting WHERE lesson = :lesson)",
    "quiz_choice": "quiz IN (SELECT id FROM quiz WHERE lesson = :lesson)",
    "participation": "scope = :lesson OR scope IN (SELECT id FROM quiz WHERE lesson = :lesson)",
}
"""The rows about people that belong to a lesson, by table."""


def begin(db: Connection, lesson: Lesson) -> bool:
    """Keep a new lesson; return False if one is running in the channel."""
    written = db.execute(
        """
        INSERT INTO lesson (id, guild, channel, person, title, logged, names, started_utc, pack)
        SELECT :id, :guild, :channel, :teacher, :title, :logged, :names, :started_utc, :pack
        WHERE NOT EXISTS (SELECT 1 FROM lesson WHERE guild = :guild AND channel = :channel AND ended_utc IS NULL)
        """,
        asdict(lesson) | {"title": storable(lesson.title), "logged": int(lesson.logged), "names": int(lesson.names)},
    )
    return written > 0


def held(db: Connection) -> tuple[tuple[Lesson, ...], tuple[HeldQuiz, ...], tuple[Lesson, ...]]:
    """Return the running lessons, the running quizzes, and the ended lessons that still have rows to delete."""
    running = _lessons(db, "WHERE ended_utc IS NULL ORDER BY rowid")
    undeleted = _lessons(db, "WHERE logged = 0 AND ended_utc IS NOT NULL AND counts IS NULL ORDER BY rowid")
    return running, quizzes.live(db), undeleted


def lesson(db: Connection, guild: str, lesson_id: str) -> Lesson | None:
    """Return a guild's lesson; None if it is not there (any more)."""
    return next(iter(_lessons(db, "WHERE guild = ? AND id = ?", guild, lesson_id)), None)


def recent(db: Connection, guild: str, limit: int) -> tuple[Lesson, ...]:
    """Return a guild's lessons, latest first."""
    return _lessons(db, "WHERE guild = ? ORDER BY started_utc DESC, rowid DESC LIMIT ?", guild, limit)


def end(db: Connection, lesson_id: str, now: str, least: int) -> tuple[HeldQuiz, ...]:
    """End a lesson with everything open in it, and return its quizzes; one that has ended stays as it is.

    What somebody reached in a single quiz goes; what they did in the lesson stays for the teacher.
    """
    db.execute("UPDATE lesson SET ended_utc = ? WHERE id = ? AND ended_utc IS NULL", (now, lesson_id))
    for posting in postings.of_lesson(db, lesson_id):
        postings.close(db, posting.id, now, least)
    for quiz in quizzes.of_lesson(db, lesson_id):
        quizzes.advance(db, quiz.id, quiz.step, now, least, last=True)
        db.execute("DELETE FROM participation WHERE scope = ?", (quiz.id,))
    return quizzes.of_lesson(db, lesson_id)


def put_in(db: Connection, lesson_id: str) -> tuple[Posting, ...]:
    """Return the prompts posted in a lesson, in order."""
    return tuple(
        posting
        for posting in postings.of_lesson(db, lesson_id)
        # One without a message never reached Discord, and was asked for again.
        if posting.message is not None or posting.voters or posting.answers
    )


def gathered(db: Connection, lesson: Lesson, beside: Beside) -> Gathered:
    """Return everything that a lesson gathered so far; sparrings are left out once only counts are kept."""
    kept = tally(db, lesson.id)
    held = quizzes.of_lesson(db, lesson.id)
    questions = tuple(
        AskedQuestion(**row | {"asked_back": bool(row["asked_back"])})
        for row in asked.listed(db, period_of(lesson), lesson.pack)
    )
    answers = postings.answers(db, lesson.guild, lesson_id=lesson.id)
    people = (
        {one.person for one in questions}
        | {one.person for one in answers}
        | ({lesson.teacher} if lesson.teacher else set())
    )
    known = {db.seal.voter(lesson.id, person): person for person in people}
    voted = db.query("SELECT voter, voted FROM participation WHERE scope = ? AND voted > 0", (lesson.id,))
    scores = quizzes.scores(db, lesson.id)
    for quiz in held:
        for voter, chosen in quizzes.choices(db, quiz).items():
            before, now = scores.get(voter, Score(0, 0)), score_of(quiz, chosen)
            scores[voter] = Score(before.right + now.right, before.answered + now.answered)
    return Gathered(
        lesson,
        put_in(db, lesson.id),
        held,
        questions,
        answers,
        {known.get(row["voter"], row["voter"]): row["voted"] for row in voted},
        {known.get(voter, voter): score for voter, score in scores.items()},
        beside.sparred(db, period_of(lesson)) if kept is None else (),
        kept,
    )


def tally(db: Connection, lesson_id: str) -> Tally | None:
    """Return the counts of a lesson whose rows are deleted; None for any other."""
    counts = db.value("SELECT counts FROM lesson WHERE id = ?", (lesson_id,))
    return None if counts is None else Tally(**json.loads(counts))


def delete_gathered(db: Connection, lesson: Lesson, kept: Tally) -> Counter[str]:
    """Delete all rows about people of a lesson, its teacher and title, and what was asked in its channel meanwhile.

    Only `kept` is kept, or the counts that were kept before. Return the number of rows by table; call `wipe` later.
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
    """Return the place and time of a lesson, in the log's terms."""
    return asked.Period(f"{lesson.guild}/{lesson.channel}", lesson.started_utc, lesson.ended_utc or "9999")


def _lessons(db: Connection, condition: str, *values: Any) -> tuple[Lesson, ...]:  # noqa: ANN401 - what a column holds
    return tuple(
        Lesson(**{**row, "logged": bool(row["logged"]), "names": bool(row["names"])})
        for row in db.query(f"{_LESSONS} {condition}", values)
    )
