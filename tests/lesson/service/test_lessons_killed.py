"""The program is killed at every point at which it waits, and goes on: nothing is lost, nothing is announced twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.lesson.rules.lesson import AGREE, DISAGREE, UNSURE
from bot.lesson.rules.prompt import frame_of
from bot.lesson.rules.schedule import rule_of
from bot.lesson.service import lessons
from bot.lesson.service import schedules as prompting
from bot.log.access import read, write
from bot.log.log import ConversationLog
from tests.lesson.service.lessons import CHANNEL, GUILD, TEACHER, Classroom, a_prompt, some_items
from tests.log.samples import exported

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    Part = Callable[[Classroom, dict[str, str]], Awaitable[None]]
    """Something that somebody does, and does again when nothing came of it; notes are what people remember."""

_DELETE = ConversationLog.delete


class KilledError(Exception):
    """The program is gone."""


@dataclass
class Killer:
    """Kills at the point numbered `at`, counted from 1, once."""

    at: int
    points: int = 0

    def point(self) -> None:
        self.points += 1
        if self.points == self.at:
            raise KilledError

    async def write(self, *arguments: Any) -> Any:  # noqa: ANN401 - as of any function
        """Write, unless killed before; then be killed before anybody hears of it."""
        self.point()
        result = await write(*arguments)
        self.point()
        return result

    async def read(self, *arguments: Any) -> Any:  # noqa: ANN401 - as of any function
        self.point()
        return await read(*arguments)

    def delete(self, log: ConversationLog, *arguments: Any) -> Future[Any]:  # noqa: ANN401 - as of any function
        """Delete, unless killed before; then be killed before anybody hears of it."""
        self.point()
        deleted = _DELETE(log, *arguments)
        deleted.result(10)
        self.point()
        return deleted


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Killer]:
    def armed(at: int) -> Killer:
        killer = Killer(at)

        def delete(log: ConversationLog, *arguments: Any) -> Future[Any]:  # noqa: ANN401 - as of any function
            return killer.delete(log, *arguments)

        for module in (lessons, prompting):
            monkeypatch.setattr(module, "write", killer.write)
        monkeypatch.setattr(lessons, "read", killer.read)
        monkeypatch.setattr(ConversationLog, "delete", delete)
        return killer

    return armed


async def play(room: Classroom, killer: Killer, parts: Sequence[Part]) -> None:
    """Do one thing after the other; whoever is interrupted by a death does theirs again."""
    room.killed_here = killer.point
    notes: dict[str, str] = {}
    for part in parts:
        while True:
            try:
                await part(room, notes)
            except KilledError:
                await room.begun_anew()
            else:
                break


async def load(room: Classroom, notes: dict[str, str]) -> None:
    await room.lessons.reread()
    await room.schedules.ready()


async def begin(room: Classroom, notes: dict[str, str]) -> None:
    if room.lessons.current(GUILD, CHANNEL) is None:
        await room.lessons.begin(TEACHER, GUILD, CHANNEL, logged=False, names=False)
    lesson = room.lessons.current(GUILD, CHANNEL)
    assert lesson is not None
    notes["lesson"] = lesson.id


async def ask(room: Classroom, notes: dict[str, str]) -> None:
    room.ask("ann", "who sells data")


async def post(room: Classroom, notes: dict[str, str]) -> None:
    posting = await room.lessons.prompts.post(GUILD, CHANNEL, a_prompt().id)
    await room.lessons.prompts.settle(posting.id, 77)
    notes["posting"] = posting.id


async def vote(room: Classroom, notes: dict[str, str]) -> None:
    await room.lessons.prompts.vote(notes["posting"], "ann", AGREE)
    await room.lessons.prompts.vote(notes["posting"], "ben", UNSURE)


async def reveal(room: Classroom, notes: dict[str, str]) -> None:
    await room.lessons.prompts.reveal(notes["posting"], "film")
    await room.lessons.prompts.vote(notes["posting"], "ann", DISAGREE)


async def begin_quiz(room: Classroom, notes: dict[str, str]) -> None:
    (quiz,) = room.lessons.running() or (None,)
    if quiz is None:
        quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, some_items(2), 20)
    notes["quiz"] = quiz.id


async def announce(room: Classroom, notes: dict[str, str]) -> None:
    await room.announce()


async def time_passes(room: Classroom, notes: dict[str, str]) -> None:
    room.clock.now_s += 20


def choosing(number: int) -> Part:
    async def choose(room: Classroom, notes: dict[str, str]) -> None:
        await room.lessons.choose(notes["quiz"], number, "ann", some_items(2)[number - 1].answer)

    return choose


async def end(room: Classroom, notes: dict[str, str]) -> None:
    """End the lesson, and look at what it came to."""
    if room.lessons.current(GUILD, CHANNEL) is not None:
        await room.lessons.end(GUILD, CHANNEL)
    await room.announce()
    summary = await room.lessons.summary(GUILD, notes["lesson"])
    (posting,) = (posting for posting in summary.postings if posting.id == notes["posting"])
    (quiz,) = summary.quizzes
    notes["outcome"] = repr((summary.tally, posting.result, quiz.counts, [*room.telegraph.values()]))


LESSON: tuple[Part, ...] = (
    load, begin, ask, post, vote, reveal, begin_quiz, announce, choosing(1), time_passes, announce, choosing(2),
    time_passes, announce, end,
)  # fmt: skip


async def outcome_of(folder: Path, killer: Killer) -> str:
    """Hold the lesson, and say what it came to; nothing about anybody stays."""
    room = Classroom(folder / "log.sqlite3")
    try:
        outcome: dict[str, str] = {}

        async def note(_: Classroom, notes: dict[str, str]) -> None:
            outcome.update(notes)

        await play(room, killer, (*LESSON, note))
        assert not any(rows for person in ("ann", "ben", TEACHER) for rows in exported(room.log, person).values())
        return outcome["outcome"]
    finally:
        room.close()


async def test_a_lesson_comes_to_the_same_wherever_the_program_is_killed(
    tmp_path: Path, kill: Callable[[int], Killer]
) -> None:
    """Votes, choices, counts and announcements; what is not to be kept is not kept either."""
    killer = kill(0)
    (tmp_path / "0").mkdir()
    expected = await outcome_of(tmp_path / "0", killer)
    assert "explain 2 open None end True" in expected
    assert killer.points > 30
    for at in range(1, killer.points + 1):
        (tmp_path / str(at)).mkdir()
        assert await outcome_of(tmp_path / str(at), kill(at)) == expected, f"killed at point {at}"


async def set_schedule(room: Classroom, notes: dict[str, str]) -> None:
    await room.schedules.set(GUILD, CHANNEL, rule_of("07:45", "Europe/Berlin"), TEACHER)


async def show_scheduled(room: Classroom, notes: dict[str, str]) -> None:
    await room.show_scheduled()


async def another_day(room: Classroom, notes: dict[str, str]) -> None:
    room.clock.now_s += 86_400


async def test_a_prompt_that_comes_by_itself_comes_once_wherever_the_program_is_killed(
    tmp_path: Path, kill: Callable[[int], Killer]
) -> None:
    """One a day; what was drawn and not shown is shown after the restart."""
    parts = (load, set_schedule, *(another_day, show_scheduled) * 3)
    points = 0
    at = 0
    while at <= points:
        (tmp_path / str(at)).mkdir()
        room, killer = Classroom(tmp_path / str(at) / "log.sqlite3"), kill(at)
        try:
            await play(room, killer, parts)
            assert len(room.telegraph) == len({frame_of(prompt) for prompt in room.telegraph.values()}) == 3, at
            assert await room.schedules.due() == ()
        finally:
            room.close()
        points = points or killer.points
        at += 1
    assert points > 10
