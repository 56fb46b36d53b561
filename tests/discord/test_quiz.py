"""Quizzes on Discord's wire: timed or led by hand, told once, with a score for each person alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from bot.lesson.rules.quiz import draw_quiz, quiz_topics
from bot.lesson.service.lessons import GIVEN_MS, Lessons
from bot.wire import announcer as refreshing
from knowledge.model import CONTEXT
from tests.discord.answering_bot import answering
from tests.discord.classes import END_QUIZ, GO_ON, School, drawn, school
from tests.discord.debating import MovedClock, seen
from tests.discord.loopback import endpoints
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from tests.discord.loopback import Loopback, Message

SEED = 3
ITEMS = draw_quiz(pack(), topics=(), count=2, seed=SEED)

KEPT_BACK = "Fewer than 3 people answered: what they chose is kept back, so that it stays secret."


@pytest_asyncio.fixture(name="school")
async def _school(pointed: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[School]:
    """Give the server, whose clock can be moved; its messages follow at once."""
    monkeypatch.setattr(refreshing, "PAUSE_S", 0.0)
    async with school(pointed, tmp_path) as running:
        yield running


def voice(option: str) -> str:
    """Give what is written on the button of a voice."""
    if option == CONTEXT:
        return "The writer"
    side = pack().side(option)
    return f"{side.emoji} {side.short_name}"


def wrong(number: int) -> str:
    """Give what is written on the first button that is wrong."""
    item = ITEMS[number - 1]
    return voice(next(option for option in item.options if option != item.answer))


def right(number: int) -> str:
    """Give what is written on the button that is right."""
    return voice(ITEMS[number - 1].answer)


def passes(school: School, seconds: float) -> None:
    """Let time pass at once, and wake up whoever waits for it."""
    clock = school.bot.client.services.clock
    assert isinstance(clock, MovedClock)
    clock.move(seconds)
    school.lessons._changed.set()


def questions(school: School) -> list[Message]:
    """List the messages of the quiz."""
    return [message for message in school.posted if message.text.startswith("### Quote")]


async def test_what_the_moderators_excluded_is_not_asked_about(school: School) -> None:
    """Another quote is drawn; of one that is excluded while the quiz is held no more is shown."""
    first = ITEMS[0]
    await school.exclude(first.passage)
    await school.used(school.teacher, "quiz", count=2, seconds=0, seed=SEED)
    await school.post("Quote 1 of 2: who says this?")
    assert first.passage not in {item.passage for item in school.lessons.running()[0].items}
    for item in school.lessons.running()[0].items:
        await school.exclude(item.passage)
    await school.went_on(questions(school)[0])
    await school.went_on(await school.post("Quote 2 of 2: who says this?"))
    await school.post("The quiz is over")
    shown = "".join(message.text for message in questions(school)[1:])
    assert shown.count("The moderators of this server have excluded this quote.") == 3
    assert not any(passage.text in shown for passage in pack().passages)


async def test_what_the_lesson_has_shown_is_not_asked_about(school: School) -> None:
    """Of a topic there are so few quotes that it would be."""
    await school.used(school.teacher, "lesson start")
    await school.put(seed=SEED, topic="privacy")
    shown = {quote.passage_id for quote in drawn(SEED, "privacy").quotes.values()}
    await school.used(school.teacher, "quiz", count=20, seconds=0, topic="privacy")
    asked = {item.passage for item in school.lessons.running()[0].items}
    assert len(asked) > 5
    assert asked.isdisjoint(shown)


async def test_a_topic_of_which_nothing_else_is_left_is_asked_about_all_the_same(school: School) -> None:
    """Without what a prompt showed there is but one voice on it."""
    shown = {quote.passage_id for quote in drawn(SEED, "elections").quotes.values()}
    assert "elections" not in quiz_topics(pack(), shown)
    await school.used(school.teacher, "lesson start")
    await school.put(seed=SEED, topic="elections")
    await school.used(school.teacher, "quiz", count=20, seconds=0, topic="elections")
    assert len({item.answer for item in school.lessons.running()[0].items}) > 1


async def test_a_quiz_led_by_hand_from_its_beginning_to_the_scores(school: School) -> None:
    """Nobody sees what another chose; who it was comes with the citation; the best known and the most missed."""
    anna, bert, carl = school.students
    school.lessons.least = 2
    begun = await school.used(school.teacher, "quiz", count=2, seconds=0, seed=SEED)
    assert begun.is_ephemeral
    assert begun.text == "The quiz begins: 2 quotes."
    first = await school.post("Quote 1 of 2: who says this?")
    assert ITEMS[0].quote.citation.title not in first.text
    noted = await school.pressed(anna, first, wrong(1))
    assert noted.is_ephemeral
    assert noted.text == f"Noted: **{wrong(1)}**. Only you see this. You can change it until it is shown who it was."
    await school.pressed(anna, first, right(1))
    await school.pressed(bert, first, wrong(1))
    await school.shows(first, "2 have answered.")
    await school.went_on(first)
    second = await school.post("Quote 2 of 2: who says this?")
    assert f"“{ITEMS[0].quote.text}”" in second.text
    assert ITEMS[0].quote.citation.title in second.text
    assert "**1 of 2 right.**" in second.text
    await school.loopback.until(lambda: not first.buttons, "the first question without its buttons")
    late = await school.told(school.students[2], second, GO_ON)
    assert late.text.startswith("Only moderators of this server may do that")
    await school.pressed(anna, second, right(2))
    await school.pressed(carl, second, wrong(2))
    await school.went_on(second)
    end = await school.post("The quiz is over")
    assert "2 people took part. Of all answers, **50 %** were right. Missed most:" in end.text
    assert f"“{ITEMS[1].quote.text}”" in end.text
    scores = [(await school.pressed(student, end, "My score")).text for student in school.students]
    assert scores == [
        "You had all 2 right. Well read!",
        "You had **0** of 2 right.",
        "You had **0** of 2 right.",
    ]
    assert (await school.pressed(school.teacher, end, "My score")).text == "You did not answer anything in this quiz."


async def test_a_timed_quiz_goes_on_by_itself(school: School) -> None:
    """What comes too late is not counted, and that is said; what one person chose is told to nobody else."""
    anna, *_ = school.students
    await school.used(anna, "quiz", count=2, seconds=30, seed=SEED)
    first = await school.post("Quote 1 of 2: who says this?")
    assert "Time is up <t:" in first.text
    await school.pressed(anna, first, right(1))
    passes(school, 31)
    second = await school.post("Quote 2 of 2: who says this?")
    passes(school, 31)
    end = await school.post("The quiz is over")
    assert "Nobody answered." in end.text
    for message in (second, end):
        assert KEPT_BACK in message.text
        assert "right" not in message.text
    assert (await school.pressed(anna, end, "My score")).text == "You had **1** of 2 right."
    await school.loopback.until(lambda: not second.buttons, "the last question without its buttons")
    assert len(questions(school)) == 3


async def test_time_that_ran_out_while_the_bot_was_off_is_over_when_it_is_back(
    pointed: Loopback, tmp_path: Path
) -> None:
    """The next question comes then, and its time begins; choices of before count."""
    clock = MovedClock()
    async with school(pointed, tmp_path, clock=clock) as before:
        anna, bert, _ = before.students
        await before.used(anna, "quiz", count=2, seconds=30, seed=SEED)
        first = await before.post("Quote 1 of 2: who says this?")
        await before.pressed(anna, first, right(1))
    clock.move(3600)
    async with answering(pointed, tmp_path, clock=clock) as bot:
        # Nobody could press meanwhile, and is given a moment for it.
        await pointed.until(lambda: bot.parts.get(Lessons).running(), "the quiz")
        clock.move(GIVEN_MS / 1000 + 1)
        bot.parts.get(Lessons)._changed.set()
        second = await before.post("Quote 2 of 2: who says this?")
        assert KEPT_BACK in second.text
        assert (await before.pressed(bert, second, right(2))).text.startswith("Noted: ")
        clock.move(31)
        bot.parts.get(Lessons)._changed.set()
        end = await before.post("The quiz is over")
        assert (await before.pressed(anna, end, "My score")).text == "You had **1** of 2 right."


async def test_a_choice_that_comes_too_late_is_refused(school: School) -> None:
    """Whoever still has the buttons before their eyes, whether the next question has come or not."""
    anna, *_ = school.students
    await school.used(anna, "quiz", count=2, seconds=30, seed=SEED)
    first = await school.post("Quote 1 of 2: who says this?")
    seen_by_anna = first.button(right(1))["custom_id"]

    async def chosen() -> str:
        pressed = await school.loopback.press_custom_id(anna, first, seen_by_anna)
        return (await seen(school.loopback, pressed)).text

    clock = school.bot.client.services.clock
    assert isinstance(clock, MovedClock)
    # Time counts from when it is noted that the question stands there, which may be after the first move.
    clock.move(31)
    if (first_try := await chosen()) != "This question is closed.":
        assert first_try.startswith("Noted: ")
        clock.move(31)
    assert await chosen() == "This question is closed."


async def test_there_is_one_quiz_at_a_time_and_it_can_be_ended(school: School) -> None:
    """By whoever leads."""
    anna, *_ = school.students
    await school.used(anna, "quiz", count=5, seed=SEED)
    first = await school.post("Quote 1 of 5: who says this?")
    again = await school.refused(anna, "quiz", count=1)
    assert again == "A quiz is already running in this channel: end it first."
    assert (await school.told(anna, first, END_QUIZ)).text.startswith("Only moderators of this server")
    await school.went_on(first, END_QUIZ)
    assert "Nobody answered." in (await school.post("The quiz is over")).text
    await school.used(anna, "quiz", count=1, seed=SEED)
    await school.post("Quote 1 of 1: who says this?")


async def test_what_cannot_be_asked_is_refused(school: School) -> None:
    """A time in which nobody can read, one without end by somebody who cannot go on, a topic that there is not."""
    anna, *_ = school.students
    short = await school.refused(anna, "quiz", seconds=5)
    assert short == "That is too short to read a quote: set at least 10 seconds."
    endless = await school.refused(anna, "quiz", seconds=0)
    assert endless.startswith("Set a number of seconds")
    assert 'There is no topic "privcy"' in await school.refused(anna, "quiz", topic="privcy")
    assert school.posted == []


async def test_several_topics_are_offered_one_after_the_other(school: School) -> None:
    """The last one is completed; what stands before it stays, and does not come again."""
    typed = await school.loopback.complete(school.teacher, school.room, "quiz", "topic", topic="privacy, a")
    values = [choice["value"] for choice in (await school.loopback.answer(typed)).choices]
    assert "privacy, algorithms" in values
    assert all(value.startswith("privacy, ") and value.count("privacy") == 1 for value in values)
    await school.used(school.teacher, "quiz", topic="privacy, algorithms", count=4, seed=SEED)
    await school.post("Quote 1 of 4: who says this?")


async def test_a_question_that_discord_loses_comes_once(school: School) -> None:
    """Whether it was carried out or not."""
    school.loopback.faults.lose_answer(endpoints.SEND)
    await school.used(school.teacher, "quiz", count=1, seconds=0, seed=SEED)
    await school.post("Quote 1 of 1: who says this?")
    first = questions(school)[0]
    await school.went_on(first)
    await school.post("The quiz is over")
    assert len(questions(school)) == 2


async def test_a_quiz_whose_channel_is_gone_ends(school: School) -> None:
    """Nothing is left that waits for anything."""
    world = school.loopback.world
    lost = world.channel(school.guild, "lost")
    await school.used(school.teacher, "quiz", at=lost, count=1, seconds=10, seed=SEED)
    await school.loopback.until(lambda: world.from_bot(lost), "a question")
    await school.loopback.remove_channel(lost)
    passes(school, 11)
    await school.loopback.until(lambda: not school.lessons.running(), "the end of the quiz")
    assert "Traceback" not in str(school.loopback.journal.violations)
