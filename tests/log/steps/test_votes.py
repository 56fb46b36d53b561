"""Votes of before stand under seal: those that are over as sums, those that are open to be changed as before."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlite_utils import Database

from bot.answer.store.beside import Beside
from bot.app import tables
from bot.debate.rules.state import fold
from bot.debate.store import debates
from bot.lesson.rules.quiz import Score
from bot.lesson.rules.quiz_run import QuizCounts
from bot.lesson.store import lessons, postings, quizzes
from bot.log.log import ConversationLog
from bot.log.opening import APPLICATION_ID
from bot.log.steps.released import migrations
from bot.values.ballot import Round
from knowledge.codec import written
from tests.debate.rules.debates import BEGIN, FORMAT, SIDES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.log.connection import Connection

NOW: Final = "2026-01-01T12:00:00+00:00"
PEOPLE: Final = [f"{number:064x}" for number in range(1, 7)]
CODES: Final = [f"{number:08x}" for number in range(1, 7)]
CATS: Final = ("cats", "dogs")


def events(*, over: bool) -> list[dict[str, Any]]:
    """Return the events of a debate of before: six vote cats before, and dogs after it, the first of them last."""
    started = {"event": "started", "at_ms": BEGIN, "actor": CODES[0], "motion": "Cats", "format": written(FORMAT)}
    listed: list[dict[str, Any]] = [started | {"sides": written(SIDES)}]
    listed += [{"event": "phase-begun", "at_ms": BEGIN, "actor": CODES[0], "phase": 0}]
    for ballot, choice in (("before", "cats"), ("after", "dogs")):
        if ballot == "after":
            listed += [
                {"event": "phase-begun", "at_ms": BEGIN + 50 + phase, "actor": CODES[0], "phase": phase}
                for phase in range(1, 5)
            ]
        for number, code in enumerate(CODES, start=1):
            at_ms = BEGIN + 100 + number
            if ballot == "before":
                listed.append({"event": "met", "at_ms": at_ms, "person": code, "name": "Name"})
                listed.append(
                    {"event": "ballot-cast", "at_ms": at_ms, "person": code, "round": ballot, "choice": "dogs"}
                )
            listed.append({"event": "ballot-cast", "at_ms": at_ms, "person": code, "round": ballot, "choice": choice})
    if over:
        listed.append({"event": "phase-begun", "at_ms": BEGIN + 999, "actor": CODES[0], "phase": 5})
        listed.append({"event": "ended", "at_ms": BEGIN + 1000, "actor": CODES[0]})
    return listed


def fill(db: sqlite3.Connection) -> None:
    """Write a debate, a prompt and a quiz that are over, and the same again open, in a lesson that goes on."""
    lesson = "INSERT INTO lesson VALUES ('lesson', '1', 2, 'teacher', 'T', 1, 0, ?, NULL, NULL)"
    db.execute(lesson, (NOW,))
    for name, over in (("over", True), ("open", False)):
        debate = "INSERT INTO debate VALUES (?, '1', 2, NULL, NULL, 'Cats', ?, ?, ?)"
        db.execute(debate, (f"debate-{name}", NOW, NOW, int(over)))
        for person, code in zip(PEOPLE, CODES, strict=True):
            row = (f"debate-{name}", "1", person, code)
            db.execute("INSERT INTO debate_person (debate, guild, person, code) VALUES (?, ?, ?, ?)", row)
        for number, event in enumerate(events(over=over), start=1):
            happened = (f"debate-{name}", number, json.dumps(event))
            db.execute("INSERT INTO debate_event (debate, number, event) VALUES (?, ?, ?)", happened)
        none = [0, 0, 0]
        result = {"sides": ["agree", "disagree"], "matrix": [none, [0, 5, 0], none]}
        result |= {"only_before": [1, 0, 0], "only_after": none}
        counts = json.dumps({"voters": 6, "answers": 0, "result": result}) if over else None
        posting = "INSERT INTO posting VALUES (?, '1', 2, 'some.prompt', 'lesson', 0, '[]', ?, NULL, ?, ?)"
        db.execute(posting, (f"posting-{name}", NOW, NOW if over else None, counts))
        counts = (
            json.dumps(
                {"chosen": [{"cats": 6, "dogs": 0}, {"cats": 1, "dogs": 0}], "scores": [{"right": 1, "answered": 2}]}
            )
            if over
            else None
        )
        quiz = "INSERT INTO quiz VALUES (?, '1', 2, 'lesson', ?, 20, 1, NULL, ?, ?, ?)"
        items = json.dumps([["cats-10", CATS, "cats"]])
        db.execute(quiz, (f"quiz-{name}", items, NOW, NOW if over else None, counts))
        for person in PEOPLE:
            vote = "INSERT INTO prompt_vote VALUES (?, ?, '1', 'before', 'agree', ?)"
            db.execute(vote, (f"posting-{name}", person, NOW))
            db.execute("INSERT INTO quiz_choice VALUES (?, 1, ?, '1', 'cats', ?)", (f"quiz-{name}", person, NOW))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a log of before that a program without the secret opened first: it cannot seal, and loses nothing."""
    path = tmp_path_factory.mktemp("votes") / "log.db"
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(Database(old), stop_before="m011_votes")
        fill(old)
    ConversationLog.open(path, tables, holder="dilemma ask", now=NOW).close()
    return path


@pytest.fixture(scope="module")
def log(path: Path) -> Iterator[ConversationLog]:
    """Open it as the bot does."""
    opened = ConversationLog.open(path, tables, holder="dilemma run", now=NOW, secret=b"what seals votes")
    yield opened
    opened.close()


def test_a_debate_that_was_over_has_its_result_and_no_choices(log: ConversationLog) -> None:
    """Each person voted once each time, at the moment of what happened before."""
    kept = log.read(partial(debates.one, debate="debate-over"))
    assert kept is not None
    assert kept.spoilt == ()
    state = fold(event for _, event in kept.events)
    assert state is not None
    assert state.outcome is not None
    assert state.outcome.matrix == ((0, 6, 0), (0, 0, 0), (0, 0, 0))
    assert {held: len(voted) for held, voted in state.voted.items()} == {Round.BEFORE: 6, Round.AFTER: 6}
    rows = log.read(lambda db: db.query("SELECT debate, event FROM debate_event"))
    assert not any("choice" in json.loads(row["event"]) for row in rows)
    moments = {json.loads(row["event"])["at_ms"] for row in rows if "ballot-cast" in row["event"]}
    assert moments == {BEGIN, BEGIN + 54}


def test_open_ballots_go_on_under_seal(log: ConversationLog) -> None:
    """Every vote is there, can be read by who cast it, and counts."""
    kept = log.read(partial(debates.one, debate="debate-open"))
    assert kept is not None
    state = fold(event for _, event in kept.events)
    assert state is not None
    assert state.outcome is None
    votes = log.read(partial(debates.votes_of, debate="debate-open", person=PEOPLE[0], sides=CATS))
    assert votes == {Round.BEFORE: "cats", Round.AFTER: "dogs"}
    cast = log.read(partial(debates.ballots, debate="debate-open", sides=CATS))
    assert {held: list(ballot.values()) for held, ballot in cast.items()} == {
        Round.BEFORE: ["cats"] * 6,
        Round.AFTER: ["dogs"] * 6,
    }
    rows = log.read(lambda db: db.query("SELECT voter, choice FROM debate_vote"))
    assert {(len(row["voter"]), len(row["choice"])) for row in rows} == {(32, 48)}


def test_what_is_over_in_a_lesson_is_summed_up_and_what_is_open_goes_on(log: ConversationLog) -> None:
    """One of six voted once: that one's vote is not told. The teacher's counts stay, and add up with what comes."""
    over = log.read(partial(postings.posting, posting_id="posting-over"))
    assert over is not None
    assert over.result is not None
    assert over.result.matrix == ((0, 0, 0), (0, 5, 0), (0, 0, 0))
    assert (over.result.all_before, over.result.all_after) == (None, (0, 5, 0))

    def go_on(db: Connection) -> None:
        postings.vote(db, "posting-open", PEOPLE[0], "disagree")
        quizzes.choose(db, "quiz-open", 1, PEOPLE[0], "dogs", 0)
        quizzes.advance(db, "quiz-open", 1, NOW, 0, last=True)

    log.write(go_on).result(10)
    closed = log.write(lambda db: postings.close(db, "posting-open", NOW, 5)).result(10)
    assert closed is not None
    assert closed.result is not None
    assert closed.result.all_before == (5, 1, 0)
    (running,), _, _ = log.read(lessons.held)
    gathered = log.read(partial(lessons.gathered, lesson=running, beside=Beside()))
    assert list(gathered.voted.values()) == [2] * 6
    assert sorted(gathered.scores.values(), key=lambda score: score.right) == [Score(1, 2), *[Score(2, 2)] * 5]
    quiz = log.read(partial(quizzes.quiz, quiz_id="quiz-over"))
    assert quiz is not None
    assert quiz.counts == QuizCounts(({"cats": 6, "dogs": 0}, {}), ())
    assert log.read(partial(quizzes.score, quiz=quiz, person=PEOPLE[0])) == Score(1, 1)


def test_nothing_unsealed_stays(log: ConversationLog, path: Path) -> None:
    """Neither in a row nor in a byte: pseudonyms stand in the list of a debate's people alone."""
    for table in ("debate_vote", "prompt_vote", "quiz_choice", "participation"):
        assert log.read(lambda db, table=table: db.query(f"SELECT * FROM {table} WHERE length(voter) <> 32")) == []  # type: ignore[misc] # noqa: S608
    content = path.read_bytes() + path.with_name("log.db-wal").read_bytes()
    assert b'"choice"' not in content
    # Six people of two debates, in the table and in two indexes.
    assert path.read_bytes().count(PEOPLE[0].encode()) == 2 * 3
