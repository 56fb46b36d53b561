from __future__ import annotations

import asyncio
import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.lesson import AGREE, DISAGREE
from bot.lesson.rules.quiz import Score
from bot.privacy.service.retention import Retention
from knowledge.errors import UserError
from tests.lesson.service.lessons import CHANNEL, GUILD, TEACHER, WHOLE, Classroom, a_prompt, a_whole_lesson, some_items
from tests.log.samples import exported, on_server, traces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server


HOUR_S = 3600.0


@pytest.fixture
def room(place: Path | Server) -> Iterator[Classroom]:
    classroom = Classroom(place)
    yield classroom
    classroom.close()


async def test_of_a_lesson_that_is_not_logged_nothing_stays_but_counts(room: Classroom, place: Path | Server) -> None:
    """Not in a row, not in a byte of the file; what was asked before it and elsewhere stays."""
    lesson_id = await a_whole_lesson(room, logged=False)
    await room.lessons.end(GUILD, CHANNEL)
    for person in ("ann", "ben", "cem", TEACHER):
        assert not any(exported(room.log, person).values())
    assert [turn.asked_as for turn in room.log.recent(9)] == ["zyxwv elsewhere", "before the lesson"]
    summary = await room.lessons.summary(GUILD, lesson_id)
    assert (summary.tally, summary.participants, summary.questions) == (WHOLE, (), ())
    assert (summary.lesson.teacher, summary.lesson.title) == (None, None)
    assert summary.postings[0].result is not None
    assert (summary.postings[0].voters, summary.postings[0].answers) == (2, 1)
    assert summary.quizzes[0].counts is not None
    assert summary.quizzes[0].counts.scores == (Score(1, 1),)
    assert on_server(room.log) or not room.log.read(lambda db: db.wipe_is_due)
    room.close()
    assert traces(place, "zyxwv owls") == 0
    room.open()


async def test_what_could_not_be_deleted_is_deleted_later(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end is the end all the same, and says what there was."""
    await a_whole_lesson(room, logged=False)

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("bot.lesson.store.lessons.delete_gathered", full)
        assert (await room.lessons.end(GUILD, CHANNEL)).tally == WHOLE
    assert exported(room.log, "ann")["participation"]
    await room.lessons.due()
    assert not exported(room.log, "ann")["participation"]


async def test_a_lesson_and_a_quiz_that_somebody_forgot_end_after_half_a_day(room: Classroom) -> None:
    """A quiz without a clock would keep the channel for ever."""
    lesson_id = await a_whole_lesson(room, logged=False)
    await room.lessons.begin_quiz(GUILD, 6, some_items())
    room.clock.now_s += 12 * HOUR_S - 6
    await room.announce()
    assert room.lessons.current(GUILD, CHANNEL) is not None
    room.clock.now_s += 6
    await room.announce()
    assert room.lessons.current(GUILD, CHANNEL) is None
    assert room.lessons.running() == ()
    assert (await room.lessons.summary(GUILD, lesson_id)).tally == WHOLE
    assert not exported(room.log, "ann")["participation"]


async def test_somebody_who_goes_leaves_nothing_and_stays_counted_where_it_is_over(room: Classroom) -> None:
    """In what is still open they count no more, and could vote anew; the teacher's lesson goes on without a name."""
    lesson_id = await a_whole_lesson(room, logged=True)
    over = await room.lessons.prompts.post(GUILD, CHANNEL, a_prompt(2).id)
    await room.lessons.prompts.vote(over.id, "ann", AGREE)
    await room.lessons.prompts.close(over.id)
    await asyncio.wrap_future(room.log.forget_people(["ann", TEACHER]))
    await room.lessons.reread()
    for person in ("ann", TEACHER):
        assert not any(exported(room.log, person).values())
    lesson = room.lessons.current(GUILD, CHANNEL)
    assert lesson is not None
    assert (lesson.id, lesson.teacher, lesson.title) == (lesson_id, None, None)
    summary = await room.lessons.end(GUILD, CHANNEL)
    assert [posting.voters for posting in summary.postings] == [1, 1]
    assert summary.postings[1].result is not None
    assert summary.postings[1].result.all_before == (1, 0, 0)


async def test_a_person_takes_along_what_they_did_in_lessons(room: Classroom) -> None:
    await a_whole_lesson(room, logged=True)
    taken = exported(room.log, "ann")
    assert [(row["round"], row["choice"]) for row in taken["prompt_vote"]] == [("before", AGREE), ("after", DISAGREE)]
    assert [row["name"] for row in taken["student_answer"]] == ["Ann"]
    assert [row["number"] for row in taken["quiz_choice"]] == [1]
    assert [row["title"] for row in exported(room.log, TEACHER)["lesson"]] == ["7b"]
    assert "zyxwv" in json.dumps(taken)


async def test_a_lesson_is_deleted_after_thirty_days_and_what_was_asked_in_it_later(room: Classroom) -> None:
    """What was asked is kept as long as any question is."""
    lesson_id = await a_whole_lesson(room, logged=True)
    await room.lessons.end(GUILD, CHANNEL)
    retention = Retention(room.log, clock=room.clock, days=90)
    room.clock.now_s += 30 * 24 * HOUR_S - 60
    await retention.sweep()
    assert (await room.lessons.summary(GUILD, lesson_id)).tally == WHOLE
    room.clock.now_s += 60
    await retention.sweep()
    with pytest.raises(UserError, match="This lesson is no longer kept"):
        await room.lessons.summary(GUILD, lesson_id)
    left = {table for table, rows in exported(room.log, "ann").items() if rows}
    assert left == {"conversation", "turn", "citation"}
