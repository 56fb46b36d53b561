"""A class for tests: a log with a lesson's services over it, which can be killed and begun anew."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.guild.service.settings import Settings
from bot.lesson.rules.lesson import AGREE, DISAGREE, UNSURE, Tally
from bot.lesson.rules.prompt import draw_prompts
from bot.lesson.rules.quiz import draw_quiz
from bot.lesson.service.lessons import Lessons
from bot.lesson.service.schedules import Schedules
from bot.log.access import write
from bot.log.log import ConversationLog
from knowledge.errors import Message
from tests.log.samples import an_answer, an_entry, exclude
from tests.process.clocks import MovedClock
from tests.quote.rules.findings import library, pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.config.sections import Server
    from bot.lesson.rules.lesson import Lesson, Posting
    from bot.lesson.rules.prompt import DiscussionPrompt
    from bot.lesson.rules.quiz import QuizItem

GUILD = "1"
CHANNEL = 5
TEACHER = "teacher"
SECRET = b"what seals votes"

WHOLE = Tally(people=3, asked=3, silent=1, voters=2, answers=1, cited=1)
"""What `a_whole_lesson` comes to."""


def a_prompt(seed: int = 1) -> DiscussionPrompt:
    (prompt,) = draw_prompts(pack(), topic=None, count=1, seed=seed)
    return prompt


def some_items(count: int = 3) -> tuple[QuizItem, ...]:
    return draw_quiz(pack(), count=count, seed=4)


@dataclass
class Classroom:
    """A log, and what is held over it. `telegraph` are the announcements that arrived, by their nonce.

    `killed_here` may raise between the arrival of an announcement and the noting of it.
    """

    place: Path | Server
    clock: MovedClock = field(default_factory=MovedClock)
    telegraph: dict[str, str] = field(default_factory=dict)
    killed_here: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._asked = itertools.count(1)
        self.open()

    def open(self) -> None:
        """Begin as a program does; `load` is still to come."""
        now = self.clock.now_utc().isoformat()
        self.log = ConversationLog.open(self.place, tables, holder="test", now=now, secret=SECRET)
        self.lessons = self.services()
        self.settings = Settings(self.log, clock=self.clock)
        self.schedules = Schedules(self.log, library(), self.settings, clock=self.clock, random=_chance())

    def services(self, *, least: int = 1) -> Lessons:
        """Give lessons over the log; sums of fewer than `least` votes are told to nobody."""
        return Lessons(self.log, library(), clock=self.clock, random=_chance(), least=least)

    def close(self) -> None:
        self.log.close()

    async def begun_anew(self) -> None:
        """Forget everything but the file: what is in memory is lost, as it is with kill -9."""
        self.close()
        self.open()
        await self.lessons.reread()
        await self.schedules.ready()

    def ask(self, person: str, question: str, *, place: str = f"{GUILD}/{CHANNEL}", answered: bool = True) -> None:
        """Let somebody have asked something, just now; with `answered` a side is quoted."""
        answer = an_answer(question)
        passage = next(passage for passage in pack().passages if passage.voice == pack().side_ids[0])
        quote = replace(answer.blocks[0].quotes[0], passage_id=passage.id, voice=passage.voice)
        block = replace(answer.blocks[0], side=passage.voice, quotes=(quote,) if answered else ())
        entry = an_entry(
            conversation_id=f"{next(self._asked):032x}",
            person=person,
            place=place,
            answer=replace(answer, blocks=(replace(block, gap=None if answered else Message("nothing")),)),
        )
        self.log.record(rows_of(replace(entry, asked_utc=self.clock.now_utc().isoformat()))).result(10)

    async def exclude(self, passage_id: str) -> None:
        await write(self.log, lambda db: exclude(db, GUILD, passage_id))
        await self.settings.reread()

    async def announce(self) -> None:
        """Announce what is due, as an adapter does: a message with a nonce that arrived before arrives no more."""
        for step in await self.lessons.due():
            said = f"explain {step.explains} open {step.opens} end {step.ends}"
            nonce = f"{step.quiz.id}-{step.number}"
            assert self.telegraph.setdefault(nonce, said) == said
            self.killed_here()
            await self.lessons.told(step.quiz.id, step.number, len(self.telegraph))

    async def show_scheduled(self) -> None:
        """Show the prompts that are due, in the same way."""
        for posting in await self.schedules.due():
            self.telegraph.setdefault(posting.id, posting.prompt)
            self.killed_here()
            await self.schedules.shown(posting.id, len(self.telegraph))


async def begin(room: Classroom, *, logged: bool = True, names: bool = False) -> Lesson:
    return await room.lessons.begin(TEACHER, GUILD, CHANNEL, title=" 7b ", logged=logged, names=names)


async def post(room: Classroom) -> Posting:
    posting = await room.lessons.prompts.post(GUILD, CHANNEL, a_prompt().id)
    await room.lessons.prompts.settle(posting.id, 77)
    return posting


async def a_whole_lesson(room: Classroom, *, logged: bool) -> str:
    """Hold a lesson up to its end, and give its id."""
    room.ask("early", "before the lesson")
    room.clock.now_s += 60
    lesson = await begin(room, logged=logged)
    room.ask("ann", "who sells data")
    room.ask("ben", "zyxwv owls", answered=False)
    room.ask(TEACHER, "who sells data")
    room.ask("zoe", "zyxwv elsewhere", place=f"{GUILD}/6")
    posting = await post(room)
    await room.lessons.prompts.vote(posting.id, "ann", AGREE)
    await room.lessons.prompts.vote(posting.id, "cem", UNSURE)
    await room.lessons.prompts.reveal(posting.id, "film")
    await room.lessons.prompts.vote(posting.id, "ann", DISAGREE)
    said = " ".join(pack().passages[0].text.split()[:6])
    await room.lessons.prompts.answer(posting.id, "ann", "Ann", f"zyxwv “{said}”")
    quiz = await room.lessons.begin_quiz(GUILD, CHANNEL, some_items(), 20)
    await room.announce()
    await room.lessons.choose(quiz.id, 1, "ann", some_items()[0].answer)
    room.clock.now_s += 5
    return lesson.id


def _chance() -> Random:
    return Random(1)  # noqa: S311 - to be repeated
