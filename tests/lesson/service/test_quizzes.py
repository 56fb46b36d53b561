from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.quiz import Score
from knowledge.errors import UserError
from tests.lesson.service.lessons import CHANNEL, GUILD, Classroom, some_items
from tests.quote.rules.findings import pack

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


async def test_a_quiz_goes_on_by_the_clock(room: Classroom) -> None:
    """Each item is open for its seconds from its announcement; the choice that counts is the last."""
    items = some_items(2)
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, items, 20)
    assert room.lessons.running() == (quiz,)
    await room.announce()
    wrong = next(option for option in items[0].options if option != items[0].answer)
    await room.lessons.choose(quiz.id, 1, "ann", wrong)
    await room.lessons.choose(quiz.id, 1, "ann", items[0].answer)
    room.clock.now_s += 19.9
    await room.lessons.choose(quiz.id, 1, "ben", wrong)
    assert await room.lessons.due() == ()
    room.clock.now_s += 0.1
    with pytest.raises(UserError, match="This question is closed"):
        await room.lessons.choose(quiz.id, 1, "cem", wrong)
    await room.announce()
    with pytest.raises(UserError, match="This question is closed"):
        await room.lessons.choose(quiz.id, 1, "cem", wrong)
    await room.lessons.choose(quiz.id, 2, "ann", items[1].answer)
    room.clock.now_s += 20
    await room.announce()
    assert list(room.telegraph.values()) == [
        "explain None open 1 end False",
        "explain 1 open 2 end False",
        "explain 2 open None end True",
    ]
    assert room.lessons.running() == ()
    ended = await room.lessons.quiz(quiz.id)
    assert ended is not None
    assert ended.counts is not None
    assert ended.counts.scores == (Score(2, 2), Score(0, 1))
    assert ended.counts.chosen[0] == {option: int(option in {items[0].answer, wrong}) for option in items[0].options}
    assert await room.lessons.score_of(ended, "ann") == Score(2, 2)
    assert await room.lessons.score_of(ended, "zoe") == Score(0, 0)
    with pytest.raises(UserError, match="This quiz has ended"):
        await room.lessons.choose(quiz.id, 2, "ann", wrong)


async def test_a_quiz_without_a_clock_waits_for_somebody(room: Classroom) -> None:
    """Two who press "next" at once go on by one item."""
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, some_items())
    await room.announce()
    room.clock.now_s += HOUR_S
    assert await room.lessons.due() == ()
    await asyncio.gather(room.lessons.advance(quiz.id, 1), room.lessons.advance(quiz.id, 1))
    await room.announce()
    now = await room.lessons.quiz(quiz.id)
    assert now is not None
    assert now.open_item == 2


async def test_one_quiz_at_a_time_is_held_in_a_channel(room: Classroom) -> None:
    """A second one would have its items among those of the first."""
    await room.lessons.begin_quiz(GUILD, CHANNEL, some_items())
    with pytest.raises(UserError, match="A quiz is already running in this channel: end it first"):
        await room.lessons.begin_quiz(GUILD, CHANNEL, some_items())
    await room.lessons.begin_quiz(GUILD, 6, some_items())
    with pytest.raises(UserError, match="A quiz needs at least one question"):
        await room.lessons.begin_quiz(GUILD, 7, ())
    with pytest.raises(UserError, match="A question can be open for 5 to 3600 seconds, not 1"):
        await room.lessons.begin_quiz(GUILD, 7, some_items(), 1)


async def test_a_quiz_that_is_broken_off_is_announced_and_one_that_is_abandoned_is_not(room: Classroom) -> None:
    """The channel of the second is gone."""
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, some_items())
    other = await room.lessons.begin_quiz(GUILD, 6, some_items())
    await room.announce()
    await room.lessons.break_off(quiz.id)
    await room.lessons.abandon(other.id)
    assert [(step.quiz.id, step.ends) for step in await room.lessons.due()] == [(quiz.id, True)]


async def test_what_is_no_option_is_refused(room: Classroom) -> None:
    """A button of another quiz, made up."""
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, some_items())
    for number, choice in ((1, "nobody"), (0, pack().side_ids[0]), (4, pack().side_ids[0])):
        with pytest.raises(ValueError, match=f"item {number} of the quiz {quiz.id} cannot be answered with"):
            await room.lessons.choose(quiz.id, number, "ann", choice)
    with pytest.raises(UserError, match="This quiz is no longer kept: begin a new one"):
        await room.lessons.choose("f" * 32, 1, "ann", pack().side_ids[0])


async def test_a_quiz_whose_guild_is_gone_is_let_go(room: Classroom) -> None:
    await room.lessons.begin_quiz(GUILD, CHANNEL, some_items())
    (step,) = await room.lessons.due()
    await asyncio.wrap_future(room.log.expire({}, [GUILD], now="2026-03-01"))
    with pytest.raises(UserError, match="This quiz is no longer kept"):
        await room.lessons.told(step.quiz.id, step.number, 1)
    assert await room.lessons.due() == ()


async def test_an_item_whose_time_ran_out_while_the_program_was_down_is_left_a_moment(room: Classroom) -> None:
    """Nobody could answer; what has more time keeps it."""
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, some_items(), 20)
    long = await room.lessons.begin_quiz(GUILD, 6, some_items(), 60)
    still = await room.lessons.begin_quiz(GUILD, 7, some_items())
    await room.announce()
    room.clock.now_s += 30
    room.close()
    room.open()
    await room.lessons.ready()
    assert await room.lessons.due() == ()
    room.clock.now_s += 9
    await room.lessons.choose(quiz.id, 1, "ann", some_items()[0].answer)
    room.clock.now_s += 1
    assert [step.quiz.id for step in await room.lessons.due()] == [quiz.id]
    room.clock.now_s += 20
    assert {step.quiz.id for step in await room.lessons.due()} == {quiz.id, long.id}
    kept = await room.lessons.quiz(still.id)
    assert kept is not None
    assert kept.deadline_ms is None


async def test_a_quiz_that_goes_on_is_counted_so_far(room: Classroom) -> None:
    items = some_items(1)
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, items)
    assert (await room.lessons.counts(quiz.id)).scores == ()
    await room.lessons.choose(quiz.id, 1, "ann", items[0].answer)
    so_far = await room.lessons.counts(quiz.id)
    assert (so_far.scores, so_far.chosen[0][items[0].answer]) == ((Score(1, 1),), 1)
    await room.lessons.advance(quiz.id, 1)
    assert await room.lessons.counts(quiz.id) == so_far
