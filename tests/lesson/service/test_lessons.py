from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.lesson import AGREE, DISAGREE, LONGEST_ANSWER, UNSURE
from bot.lesson.rules.quiz import Score
from bot.lesson.service.lessons import Lessons
from knowledge.errors import UserError
from tests.lesson.service.lessons import (
    CHANNEL,
    GUILD,
    TEACHER,
    WHOLE,
    Classroom,
    a_whole_lesson,
    begin,
    post,
    some_items,
)
from tests.process.clocks import MovedClock
from tests.quote.rules.findings import library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server


@pytest.fixture
def room(place: Path | Server) -> Iterator[Classroom]:
    classroom = Classroom(place)
    yield classroom
    classroom.close()


async def test_one_lesson_at_a_time_is_held_in_a_channel(room: Classroom) -> None:
    """Others may be held beside it; when it is over the next may begin."""
    lesson = await begin(room)
    assert (lesson.title, lesson.teacher, lesson.logged, lesson.names) == ("7b", TEACHER, True, False)
    assert room.lessons.current(GUILD, CHANNEL) == lesson
    with pytest.raises(UserError, match="A lesson is already running in this channel: end it first"):
        await begin(room)
    other = await room.lessons.begin("t2", GUILD, 6, title="", logged=True, names=True)
    assert other.title is None
    await room.lessons.end(GUILD, CHANNEL)
    assert room.lessons.current(GUILD, CHANNEL) is None
    with pytest.raises(UserError, match="No lesson is running in this channel"):
        await room.lessons.end(GUILD, CHANNEL)
    room.clock.now_s += 1
    again = await begin(room)
    assert [one.id for one in await room.lessons.recent(GUILD, 9)] == [again.id, other.id, lesson.id]
    assert await room.lessons.recent("2", 9) == ()


async def test_two_who_begin_at_once_begin_one(room: Classroom) -> None:
    results = await asyncio.gather(begin(room), begin(room), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Lesson", "UserError"]


async def test_a_vote_can_be_changed_until_the_prompt_is_closed_and_is_secret_until_then(room: Classroom) -> None:
    posting = await post(room)
    for person, choice in (("ann", AGREE), ("ben", UNSURE), ("ann", DISAGREE)):
        posting = await room.lessons.prompts.vote(posting.id, person, choice)
    assert (posting.voters, posting.result, posting.message) == (2, None, 77)
    posting = await room.lessons.prompts.reveal(posting.id, "film")
    posting = await room.lessons.prompts.reveal(posting.id, "facebook")
    assert (await room.lessons.prompts.reveal(posting.id, "film")).revealed == ("film", "facebook")
    await room.lessons.prompts.vote(posting.id, "ben", AGREE)
    posting = await room.lessons.prompts.vote(posting.id, "cem", AGREE)
    assert (posting.voters, posting.result) == (3, None)
    closed = await room.lessons.prompts.close(posting.id)
    assert closed.result is not None
    assert closed.result.told == ((0, 1, 1), (2, 0, 0))
    assert closed.result.matrix == ((0, 0, 0), (0, 0, 0), (1, 0, 0))
    assert await room.lessons.prompts.close(posting.id) == closed
    with pytest.raises(UserError, match="This prompt is closed: it takes no more votes or answers"):
        await room.lessons.prompts.vote(posting.id, "ann", AGREE)
    with pytest.raises(UserError, match="This prompt is closed"):
        await room.lessons.prompts.answer(posting.id, "ann", "Ann", "late")
    assert (await room.lessons.prompts.reveal(posting.id, "film")).revealed == ("film", "facebook")
    assert await room.lessons.prompts.posting(posting.id) == closed


async def test_what_cannot_be_voted_and_what_is_not_there_is_refused(room: Classroom) -> None:
    """A choice of another kind is a mistake of the program's; a prompt that expired is nobody's."""
    posting = await post(room)
    with pytest.raises(ValueError, match="'maybe' cannot be voted"):
        await room.lessons.prompts.vote(posting.id, "ann", "maybe")
    assert await room.lessons.prompts.posting("f" * 32) is None
    gone = "This prompt is no longer kept: ask for a new one"
    with pytest.raises(UserError, match=gone):
        await room.lessons.prompts.vote("f" * 32, "ann", AGREE)
    with pytest.raises(UserError, match=gone):
        await room.lessons.prompts.close("f" * 32)
    with pytest.raises(UserError, match=gone):
        await room.lessons.prompts.answer("f" * 32, "ann", "Ann", "text")
    with pytest.raises(UserError, match="has no discussion prompt"):
        await room.lessons.prompts.post(GUILD, CHANNEL, "nothing")


async def test_thirty_who_vote_at_once_are_all_counted(room: Classroom) -> None:
    posting = await post(room)
    people = [f"p{number}" for number in range(30)]
    await asyncio.gather(*(room.lessons.prompts.vote(posting.id, person, UNSURE) for person in people))
    await asyncio.gather(*(room.lessons.prompts.vote(posting.id, person, AGREE) for person in people))
    closed = await room.lessons.prompts.close(posting.id)
    assert closed.result is not None
    assert closed.result.told == ((30, 0, 0), (0, 0, 0))


async def test_answers_are_kept_under_the_name_that_the_teacher_sees(room: Classroom) -> None:
    """Several of one person beside each other, word for word; whether classmates see names is the lesson's to say."""
    lesson = await begin(room)
    posting = await post(room)
    assert (posting.lesson, posting.names) == (lesson.id, False)
    text = "  I <b>agree</b>\nbecause…\x00 "
    posting, first = await room.lessons.prompts.answer(posting.id, "ann", f" {'Ann' * 99} ", text)
    posting, second = await room.lessons.prompts.answer(posting.id, "ann", "Ann", "and more")
    assert (first.text, first.named, len(first.name)) == (text.replace("\x00", "\ufffd"), False, 100)
    assert (posting.answers, second.number > first.number) == (2, True)
    assert await room.lessons.prompts.answers(GUILD, lesson_id=lesson.id) == (first, second)
    assert await room.lessons.prompts.answers(GUILD, posting_id=posting.id) == (first, second)
    assert await room.lessons.prompts.answers("2", lesson_id=lesson.id) == ()
    assert "and more" in await room.lessons.prompts.exported(GUILD, "csv", lesson_id=lesson.id)
    assert "and more" in await room.lessons.prompts.exported(GUILD, "md", posting_id=posting.id)
    assert "Ann" not in await room.lessons.prompts.exported(GUILD, "md", posting_id=posting.id)
    assert "Ann" in await room.lessons.prompts.exported(GUILD, "md", posting_id=posting.id, named=True)


async def test_answers_outside_a_lesson_have_names(room: Classroom) -> None:
    posting = await post(room)
    _, answer = await room.lessons.prompts.answer(posting.id, "ann", "Ann", "yes")
    assert (posting.lesson, posting.names, answer.named) == (None, True, True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" \n\u200b", "Your answer is empty"),
        ("x" * (LONGEST_ANSWER + 1), "An answer can have at most 2000 characters; yours has 2001"),
    ],
)
async def test_an_answer_that_is_none_or_too_long_is_refused(room: Classroom, text: str, why: str) -> None:
    """Rather than to cut what somebody wrote."""
    posting = await post(room)
    with pytest.raises(UserError, match=why):
        await room.lessons.prompts.answer(posting.id, "ann", "Ann", text)


@pytest.mark.parametrize("logged", [True, False])
async def test_the_end_of_a_lesson_sums_it_up(room: Classroom, *, logged: bool) -> None:
    """With everything closed that was open; what was asked before it, or elsewhere, is no part of it."""
    lesson_id = await a_whole_lesson(room, logged=logged)
    summary = await room.lessons.end(GUILD, CHANNEL, named=True)
    assert summary.lesson.id == lesson_id
    assert summary.lesson.ended_utc == room.clock.now_utc().isoformat()
    assert summary.tally == WHOLE
    assert summary.questions == (("who sells data", 2), ("zyxwv owls", 1))
    assert summary.unanswered == ("zyxwv owls",)
    (posting,) = summary.postings
    assert posting.result is not None
    assert posting.result.matrix == ((0, 1, 0), (0, 0, 0), (0, 0, 0))
    assert posting.result.all_before == (1, 0, 1)
    (quiz,) = summary.quizzes
    assert (quiz.ended, quiz.step, quiz.counts and quiz.counts.scores) == (True, 2, (Score(1, 1),))
    table = {row.name: (row.asked, row.voted, row.answered, row.cited, row.guessed) for row in summary.participants}
    assert table["Ann"] == (1, 1, 1, 1, Score(1, 1))
    assert len(summary.participants) == 3
    await room.announce()
    assert list(room.telegraph.values())[-1] == "explain 1 open None end True"


async def test_a_lesson_that_is_logged_can_be_summed_up_later(room: Classroom) -> None:
    lesson_id = await a_whole_lesson(room, logged=True)
    ended = await room.lessons.end(GUILD, CHANNEL)
    later = await room.lessons.summary(GUILD, lesson_id)
    assert later.tally == ended.tally
    assert {row.code for row in later.participants} != {row.code for row in ended.participants}
    assert {row.name for row in later.participants} == {None}
    with pytest.raises(UserError, match="This lesson is no longer kept"):
        await room.lessons.summary("2", lesson_id)


async def test_waiting_ends_when_something_may_be_due(room: Classroom) -> None:
    """At once when the time has come, or when something was begun."""
    await room.lessons.reread()
    await room.lessons.wait()
    waiting = asyncio.create_task(room.lessons.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    await room.lessons.begin_quiz(GUILD, CHANNEL, some_items(), 20)
    await waiting
    await room.announce()
    await room.lessons.wait()
    room.clock.now_s += 20
    await room.lessons.wait()
    assert len(await room.lessons.due()) == 1


async def test_what_is_held_is_loaded_once(room: Classroom) -> None:
    await begin(room)
    room.close()
    room.open()
    await asyncio.gather(*(room.lessons.ready() for _ in range(9)), *(room.schedules.ready() for _ in range(9)))
    assert room.lessons.current(GUILD, CHANNEL) is not None
    commits = room.log.commits
    await asyncio.gather(room.lessons.ready(), room.schedules.ready())
    assert room.log.commits == commits


async def test_without_a_log_nothing_can_be_held() -> None:
    lessons = Lessons(None, library(), clock=MovedClock())
    await lessons.reread()
    assert await lessons.due() == ()
    assert lessons.current(GUILD, CHANNEL) is None
    with pytest.raises(UserError, match="This needs the log, which is turned off here"):
        await lessons.begin(TEACHER, GUILD, CHANNEL, names=True)
