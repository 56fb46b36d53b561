"""Lessons on Discord's wire: begun, led and summed up, with a whole class at once."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.lesson.rules.prompt import coverage
from bot.lesson.service.lessons import LONGEST
from bot.log.access import read
from bot.wire import announcer as refreshing
from tests.discord.classes import AGREE, DISAGREE, GO_ON, SEED, SOON_S, UNSURE, School, drawn, school
from tests.discord.debating import MovedClock
from tests.discord.loopback import Permission
from tests.log.samples import counted
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.log.connection import Connection
    from tests.discord.loopback import Loopback, Message

PROMPT = drawn()
FILM = PROMPT.quotes["film"].text


@pytest_asyncio.fixture(name="school")
async def _school(pointed: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[School]:
    """Give the server; its messages follow at once."""
    monkeypatch.setattr(refreshing, "PAUSE_S", 0.0)
    async with school(pointed, tmp_path) as running:
        yield running


@pytest.mark.parametrize("command", ["lesson start", "lesson stop", "lesson status", "lesson answers", "daily show"])
async def test_whoever_leads_nothing_is_refused(school: School, command: str) -> None:
    """To themselves alone; nobody else hears of it."""
    refused = await school.refused(school.students[0], command)
    assert refused.startswith(("Only moderators of this server may do that", "No lesson is running in this channel"))
    assert school.posted == []


async def test_a_class_is_told_what_is_seen_and_kept(school: School) -> None:
    """Names or none, kept for so long or not at all; whoever begins it reads what to do next."""
    led = await school.used(school.teacher, "lesson start", title="Who owns our data?", names="hidden")
    assert led.is_ephemeral
    assert "- `/lesson stop` ends it" in led.text
    (told,) = school.posted
    assert told.text.splitlines() == [
        "**The lesson begins: Who owns our data?**",
        "- Your written answers are shown here **without your name**; the leader can look up who wrote what.",
        "- Votes and quiz choices are secret.",
        "- What you do here is kept for 30 days; `/privacy` lets you see and delete what is yours.",
    ]
    again = await school.refused(school.teacher, "lesson start")
    assert again == "A lesson is already running in this channel: end it first."


async def test_answers_without_names_are_traced_by_whoever_leads_alone(school: School) -> None:
    """The form says so; classmates read no name, the list and the file have it."""
    anna, bert, _ = school.students
    await school.used(school.teacher, "lesson start", names="hidden")
    put = await school.used(school.teacher, "prompt", seed=SEED)
    form = await school.loopback.press(anna, put, "Answer")
    modal = (await school.loopback.answer(form)).modal
    assert modal is not None
    assert modal["components"][0]["content"].startswith(
        "Your class will see your answer **without your name**. The lesson's leader and the moderators here can "
        "look up who wrote it."
    )
    await school.wrote(anna, put, f"As the film says: “{FILM}”")
    shown = await school.post("As the film says")
    assert shown.text.startswith("**Someone in this class** → ")
    assert "student 1" not in shown.text.casefold()
    assert (await school.refused(bert, "lesson answers")).startswith("Only this lesson's leader or a moderator")
    listed = await school.used(school.teacher, "lesson answers", names=True)
    assert listed.is_ephemeral
    assert "- **Student 1:** As the film says" in listed.text
    table = io.StringIO(listed.attachment("answers.csv").content.decode("utf-8-sig"), newline="")
    (row,) = csv.DictReader(table)
    assert (row["name"], row["question"]) == ("Student 1", PROMPT.question)
    anonymous = await school.used(school.teacher, "lesson answers", format="md")
    assert "Student 1" not in anonymous.attachment("answers.md").content.decode()


async def test_in_a_lesson_only_whoever_leads_reveals_closes_and_begins_a_quiz(school: School) -> None:
    """Nobody spoils it, not even for themselves."""
    anna, *_ = school.students
    await school.used(school.teacher, "lesson start")
    put = await school.used(school.teacher, "prompt", seed=SEED)
    not_yet = await school.told(anna, put, "Reveal all")
    assert not_yet.text == "Not yet: the lesson's leader reveals the quotes to everybody."
    assert (await school.told(anna, put, "Close")).text.startswith("Only this lesson's leader or a moderator")
    for command in ("quiz", "prompt"):
        assert (await school.refused(anna, command)).startswith("Only this lesson's leader or a moderator")


async def test_in_a_lesson_no_question_comes_twice(school: School) -> None:
    """Before all have come, unless a number asks for it."""
    await school.used(school.teacher, "lesson start")
    topic = next(covered for covered in coverage(pack()) if covered.frames > 2)
    for _ in range(topic.frames):
        await school.put(topic=topic.topic)
    questions = {message.text.splitlines()[0] for message in school.posted[1:]}
    assert len(questions) == topic.frames


async def test_the_summary_has_what_happened_and_closes_what_is_open(school: School) -> None:
    """Questions, silence, the shift, the quiz, who took part: for whoever leads, with codes instead of names."""
    anna, bert, _ = school.students
    await school.used(school.teacher, "lesson start", title="Data")
    put = await school.used(school.teacher, "prompt", seed=SEED)
    await school.pressed(anna, put, AGREE)
    await school.pressed(bert, put, UNSURE)
    await school.pressed(school.teacher, put, "Reveal all")
    await school.pressed(anna, put, DISAGREE)
    await school.used(anna, "ask", question="is my data sold")
    await school.used(bert, "ask", question="what about zebras")
    await school.wrote(anna, put, "because")
    await school.used(school.teacher, "quiz", count=2, seconds=0, seed=3)
    item = await school.post("Quote 1 of 2: who says this?")
    await school.pressed(anna, item, "The writer")
    summary = await school.used(school.teacher, "lesson stop")
    assert summary.is_ephemeral
    assert summary.text.splitlines()[1:] == [
        "People who took part: 2",
        "Questions: 2; no side is quoted on 1 of them",
        "Votes: 2",
        "Written answers: 1; quoting the articles word for word: 0",
        "Topics asked about most: Privacy and personal data (1), Advertising and the business model (1)",
        "**I quoted no side on:**",
        "- what about zebras",
        "**Votes as agree / disagree / unsure, before → after the quotes:**",
        f"- {PROMPT.question} **kept back, as so few took part**",
        "**Quizzes:**",
        "- 2 quotes: kept back, as so few took part",
    ]
    described = summary.attachment("votes.png").description
    assert described is not None
    assert "Before: kept back, as so few took part. After: kept back, as so few took part." in described
    report = summary.attachment("lesson.md").content.decode()
    assert "Student 1" not in report
    rows = list(csv.DictReader(io.StringIO(summary.attachment("participation.csv").content.decode("utf-8-sig"))))
    assert sorted((row["asked"], row["voted"], row["answered"]) for row in rows) == [("1", "1", "0"), ("1", "1", "1")]
    assert {row["name"] for row in rows} == {""}
    assert (await school.post("The lesson is over")).text == "**The lesson is over. Thank you!** 2 people took part."
    await school.post("The quiz is over")
    await school.shows(put, "The vote is closed.")
    assert put.buttons == []
    earlier = await school.used(school.teacher, "lesson status", names=True)
    assert "Student 1" in earlier.attachment("lesson.md").content.decode()


async def test_of_a_lesson_that_is_not_logged_only_counts_are_left(school: School) -> None:
    """The class is told so; the summary still comes, once."""
    anna, *_ = school.students
    await school.used(school.teacher, "lesson start", title="Secret", log="off")
    assert (
        "When the lesson ends, I delete what was asked, voted and written; only counts are kept."
        in school.posted[0].text
    )
    put = await school.used(school.teacher, "prompt", seed=SEED)
    await school.pressed(anna, put, AGREE)
    await school.wrote(anna, put, "marmalade")
    await school.used(anna, "ask", question="is my data sold")
    summary = await school.used(school.teacher, "lesson stop")
    assert "Written answers: 1" in summary.text

    def left(db: Connection) -> list[int]:
        return list(counted(db, "prompt_vote", "student_answer", "quiz_choice", "turn").values())

    assert await read(school.bot.log, left) == [0, 0, 0, 0]
    again = await school.used(school.teacher, "lesson status")
    assert "Written answers: 1" in again.text
    assert [attachment.filename for attachment in again.attachments] == ["votes.png", "lesson.md"]


@pytest.mark.parametrize("button", [DISAGREE, "Answer"])
async def test_a_lesson_that_was_forgotten_ends_by_itself(school: School, button: str) -> None:
    """Nobody is told in the middle of the night; whoever presses a button sees what the vote came to, and no more."""
    anna, *_ = school.students
    await school.used(school.teacher, "lesson start", title="Data")
    put = await school.used(school.teacher, "prompt", seed=SEED)
    await school.pressed(anna, put, AGREE)
    await school.shows(put, "Votes are secret. 1 has voted.")
    clock = school.bot.client.services.clock
    assert isinstance(clock, MovedClock)
    clock.move(LONGEST.total_seconds())
    school.lessons._changed.set()
    await school.loopback.until(lambda: not school.lessons.held(), "the end of the lesson")
    refused = await school.pressed(anna, put, button)
    assert refused.text == "This prompt is closed: it takes no more votes or answers."
    await school.shows(put, "The vote is closed.")
    assert put.buttons == []
    summary = await school.used(school.teacher, "lesson status")
    assert "**Data**" in summary.text
    assert "lesson.md" in [attachment.filename for attachment in summary.attachments]


async def test_a_teacher_learns_that_the_class_sees_nothing(school: School) -> None:
    """Where the bot may not write."""
    school.room.denied[school.loopback.world.bot.id] = Permission.SEND_MESSAGES
    led = await school.used(school.teacher, "lesson start")
    assert led.text.startswith("I cannot write in this channel: allow it, or the class sees nothing.")


async def test_a_lesson_is_begun_only_where_questions_are_answered(school: School) -> None:
    """The class could not ask anything there."""
    club = school.loopback.world.channel(school.guild, "club")
    await school.used(school.teacher, "settings set", allow_channel=club)
    refused = await school.refused(school.teacher, "lesson start")
    assert refused == f"Questions are answered in other channels of this server: <#{club.id}>"


async def test_earlier_lessons_are_offered_by_title(school: School) -> None:
    """With the day; another server's are not there."""
    for title in ("Data", "Elections"):
        await school.used(school.teacher, "lesson start", title=title)
        await school.used(school.teacher, "lesson stop")
    offered = await school.loopback.complete(school.teacher, school.room, "lesson status", "lesson", lesson="elec")
    (choice,) = (await school.loopback.answer(offered)).choices
    anna, *_ = school.students
    unoffered = await school.loopback.complete(anna, school.room, "lesson status", "lesson", lesson="elec")
    assert (await school.loopback.answer(unoffered)).choices == ()
    assert choice["name"].endswith("Elections")
    shown = await school.used(school.teacher, "lesson status", lesson=choice["value"])
    assert shown.text.startswith("**Elections**")
    gone = await school.refused(school.teacher, "lesson status", lesson="0" * 32)
    assert gone == "This lesson is no longer kept."


async def test_thirty_students_at_once_are_all_heard(pointed: Loopback, tmp_path: Path) -> None:
    """Every press is acknowledged in time, and every vote, choice and answer counts once."""
    async with school(pointed, tmp_path, students=30) as here:
        await here.used(here.teacher, "lesson start", names="hidden")
        put = await here.used(here.teacher, "prompt", seed=SEED)
        votes = [AGREE] * 14 + [DISAGREE] * 9 + [UNSURE] * 7
        await _all_press(here, put, votes)
        await here.pressed(here.teacher, put, "Reveal all")
        await _all_press(here, put, [DISAGREE] * 10 + [AGREE] * 20)
        await asyncio.gather(*(here.wrote(one, put, f"because of {at}") for at, one in enumerate(here.students)))
        await here.post("because of", times=30)
        await here.used(here.teacher, "quiz", count=1, seconds=0, seed=3)
        item = await here.post("Quote 1 of 1: who says this?")
        await _all_press(here, item, ["The writer"] * 12 + ["🎬 The film"] * 18)
        await here.went_on(item, GO_ON)
        end = await here.post("The quiz is over")
        assert "30 people took part. Of all answers, **60 %** were right." in end.text
        scores = [await here.pressed(one, end, "My score") for one in here.students]
        assert [score.text.startswith("You had all 1 right") for score in scores] == [False] * 12 + [True] * 18
        summary = await here.used(here.teacher, "lesson stop", names=True)
        assert f"- {PROMPT.question} **14 / 9 / 7 → 20 / 10 / 0**" in summary.text
        assert "People who took part: 30" in summary.text
        assert "Written answers: 30" in summary.text


async def _all_press(here: School, message: Message, buttons: list[str]) -> None:
    """Let everybody press at once."""
    sent = [await here.loopback.press(one, message, button) for one, button in zip(here.students, buttons, strict=True)]
    for press in sent:
        assert await here.loopback.acknowledged(press) < SOON_S
    for press in sent:
        assert (await here.loopback.answer(press)).message.is_ephemeral
