"""Whoever has the file of a lesson, but not the secret, cannot tell who voted or chose what; see that of debates."""

from __future__ import annotations

import itertools
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.lesson.rules.lesson import AGREE, CHOICES, DISAGREE
from bot.lesson.rules.quiz import Score
from bot.values.seal import Seal
from knowledge.errors import UserError
from tests.lesson.service.lessons import CHANNEL, GUILD, SECRET, Classroom, begin, post, some_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PEOPLE: Final = [f"{number:064x}" for number in range(1, 10)]
TABLES: Final = ("prompt_vote", "quiz_choice", "participation")
ITEM: Final = some_items(1)[0]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Classroom]:
    """Give a log with services over it."""
    classroom = Classroom(tmp_path / "log.sqlite3")
    yield classroom
    classroom.close()


async def hold(room: Classroom, choices: Sequence[str]) -> tuple[str, str]:
    """Let people vote and choose in a lesson, and give the ids of the prompt and the quiz."""
    room.lessons = room.services(least=5)
    await begin(room)
    posting = await post(room)
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, some_items(1), 20)
    await room.announce()
    for number, (person, choice) in enumerate(zip(PEOPLE, choices, strict=False)):
        await room.lessons.prompts.vote(posting.id, person, choice)
        await room.lessons.choose(quiz.id, 1, person, ITEM.options[number % 2])
    return posting.id, quiz.id


def rows_in(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Read every table of votes as a stranger does."""
    with closing(sqlite3.connect(folder / "log.sqlite3")) as db:
        db.row_factory = sqlite3.Row
        return {table: [dict(row) for row in db.execute(f"SELECT * FROM {table}")] for table in TABLES}  # noqa: S608


async def test_open_votes_and_choices_lead_to_nobody(room: Classroom, tmp_path: Path) -> None:
    """By no value that stands elsewhere, at no time; equal choices have different marks."""
    posting, _ = await hold(room, [AGREE] * 9)
    rows = rows_in(tmp_path)
    assert [len(rows[table]) for table in TABLES] == [9, 9, 9]
    text = json.dumps(rows)
    assert not any(person in text for person in PEOPLE)
    assert not any(f'"{word}"' in text for word in (*CHOICES, *ITEM.options))
    assert "2026" not in text
    assert len({row["choice"] for row in (*rows["prompt_vote"], *rows["quiz_choice"])}) == 18
    voters = {row["voter"] for row in rows["prompt_vote"]}
    assert voters.isdisjoint(row["voter"] for table in TABLES[1:] for row in rows[table])
    for secret, person in itertools.product(("", posting, *PEOPLE), PEOPLE):
        assert Seal(secret.encode()).voter(posting, person) not in voters
    assert voters == {Seal(SECRET).voter(posting, person) for person in PEOPLE}, "with the secret, it is easy"


async def test_what_is_over_leaves_sums_and_no_single_votes(room: Classroom, tmp_path: Path) -> None:
    """Not in a byte of the file; a student reads the own score while the lesson lasts, the teacher's counts stay."""
    posting_id, quiz_id = await hold(room, [AGREE] * 6 + [DISAGREE] * 3)
    marks = [row[column] for table in TABLES[:1] for row in rows_in(tmp_path)[table] for column in ("voter", "choice")]
    marks += [row["choice"] for row in rows_in(tmp_path)["quiz_choice"]]
    closed = await room.lessons.prompts.close(posting_id)
    assert closed.result is not None
    assert (closed.result.all_before, closed.result.voters) == ((6, 3, 0), (9, 0, 0))
    quiz = await room.lessons.break_off(quiz_id)
    right = ITEM.options.index(ITEM.answer)
    scores = [await room.lessons.score_of(quiz, person) for person in PEOPLE[:2]]
    assert scores == [Score(int(right == number), 1) for number in range(2)]
    assert [len(rows_in(tmp_path)[table]) for table in TABLES] == [0, 0, 18]
    summary = await room.lessons.end(GUILD, CHANNEL)
    assert sorted((row.voted, row.guessed.answered) for row in summary.participants) == [(1, 1)] * 9
    assert len(rows_in(tmp_path)["participation"]) == 9
    with pytest.raises(UserError, match="This lesson is over: your score was kept while it lasted"):
        await room.lessons.score_of(quiz, PEOPLE[0])
    room.close()
    content = (tmp_path / "log.sqlite3").read_bytes()
    assert not any(mark.encode() in content for mark in marks)
    room.open()


async def test_of_four_votes_nothing_is_told_nor_kept(room: Classroom, tmp_path: Path) -> None:
    """But that there were four."""
    posting_id, _ = await hold(room, [AGREE] * 4)
    closed = await room.lessons.prompts.close(posting_id)
    assert closed.result is not None
    assert (closed.voters, closed.result.voters, closed.result.told) == (4, (4, 0, 0), (None, (0, 0, 0)))
    with closing(sqlite3.connect(tmp_path / "log.sqlite3")) as db:
        ((kept,),) = db.execute("SELECT counts FROM posting")
    assert json.loads(kept)["result"]["all_before"] is None
