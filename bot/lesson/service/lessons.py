"""Running lessons with their prompts and quizzes: kept in the log, timed, and resumed after a restart.

Every act is committed before anybody hears of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from bot.answer.store.beside import Beside
from bot.lesson.rules.lesson import (
    LONGEST_TITLE,
    Lesson,
    LessonSummary,
    Posting,
    summary_of,
)
from bot.lesson.rules.quiz_run import HeldItem, HeldQuiz, QuizCounts, QuizStep, check_seconds, counts_of
from bot.lesson.service.postings import Postings
from bot.lesson.store import lessons, quizzes
from bot.log.access import read, timely, turned_on, write
from bot.process.charge import EVERYTHING, Charge
from bot.process.feature import Memory
from bot.process.journal import logger
from bot.values.ballot import LEAST
from bot.values.text import is_blank
from knowledge.errors import DilemmaError, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.lesson.rules.quiz import QuizItem, Score
    from bot.log.log import ConversationLog
    from bot.log.turns import Rows
    from bot.process.clock import Clock
    from embeddings.library import Library
    from knowledge.model import Pack

LONGEST: Final = timedelta(hours=12)
"""How long a lesson or a quiz may run before it counts as forgotten and ends by itself."""

GIVEN_MS: Final = 10_000
"""How long an item stays open after a restart, at least."""

RETRY_S: Final = 15.0
"""How long to wait before trying again what failed."""


class Lessons(Memory):
    """Lessons in channels with their prompts, and quizzes, one of each at a time in a channel.

    All coroutines belong to one event loop; `ready` comes first. A guild is Discord's id, or "dm" outside guilds; a
    person is a pseudonym. Everything raises UserError if it cannot be kept or read just now, or is gone.
    """

    def __init__(  # noqa: PLR0913 - each is a part of the program, or passed in for tests
        self,
        log: ConversationLog | None,
        library: Library,
        *,
        clock: Clock,
        random: Random | None = None,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        least: int = LEAST,
        beside: Beside | None = None,
        charge: Charge = EVERYTHING,
    ) -> None:
        """Read nothing yet. Without a log nothing can be kept, and `logged` is false.

        `random` draws the codes that stand for people, None: the system's; `new_id` names what is begun. Sums of fewer
        than `least` votes are told to nobody. `beside` tells what else people did meanwhile.
        """
        self._log = log
        self.logged = log is not None
        self._library = library
        self._clock = clock
        self._random = random or SystemRandom()
        self._new_id = new_id
        self._charge = charge
        self.least = least
        self._beside = beside or Beside()
        self.prompts = Postings(log, library, clock, self._random, new_id, least)
        # Counted on from here, so that setting the clock closes nothing too early or too late.
        self._begun_ms = round(clock.now_utc().timestamp() * 1000 - clock.monotonic_s() * 1000)
        self._lessons: dict[tuple[str, int], Lesson] = {}
        self._undeleted: dict[str, Lesson] = {}
        self._quizzes: dict[str, HeldQuiz] = {}
        self._handed_out: set[str] = set()
        self._changed = asyncio.Event()
        self._loaded = False
        self._loading = asyncio.Lock()

    async def ready(self) -> None:
        """Load, unless that was done, and give more time to those who could not answer meanwhile."""
        async with self._loading:
            if not self._loaded:
                await self._lengthen(self._charge.holds)
                await self.reread()
                self._loaded = True

    async def take_over(self) -> None:
        """Read what is this process's business by now, with more time for those who could not answer meanwhile."""
        async with self._loading:
            if self._loaded:
                known = {quiz.id for quiz in self._quizzes.values()}
                await self.reread()
                new = {quiz.guild for quiz in self._quizzes.values() if quiz.id not in known}
                if new:
                    await self._lengthen(new.__contains__)
                    await self.reread()

    async def _lengthen(self, ours: Callable[[str], bool]) -> None:
        if self._log is not None:
            await write(self._log, partial(quizzes.lengthen, until_ms=self._now_ms() + GIVEN_MS, ours=ours))

    async def reread(self) -> None:
        """Read what is running from the log: at the start, and after people or guilds were deleted."""
        if self._log is None:
            return
        # In the thread that writes, so that nothing comes in between.
        running, live, undeleted = await write(self._log, lessons.held)
        holds = self._charge.holds
        self._lessons = {(lesson.guild, lesson.channel): lesson for lesson in running if holds(lesson.guild)}
        self._quizzes = {quiz.id: quiz for quiz in live if holds(quiz.guild)}
        self._undeleted = {lesson.id: lesson for lesson in undeleted if holds(lesson.guild)}
        self._handed_out &= self._quizzes.keys()
        self._changed.set()

    @timely
    async def begin(
        self,
        teacher: str,
        guild: str,
        channel: int,
        *,
        title: str | None = None,
        logged: bool = True,
        names: bool,
        pack: str | None = None,
    ) -> Lesson:
        """Start a lesson on a pack (None: the default) in a channel; see `Lesson`. UserError: one is running there.

        If it is not `logged`, what is asked in the channel meanwhile is deleted with it.
        """
        title = None if title is None or is_blank(title) else title.strip()[:LONGEST_TITLE]
        pack, now_utc = self._known(pack).id, self._now_utc()
        lesson = Lesson(self._new_id(), guild, channel, teacher, title, logged, names, now_utc, None, pack)
        if not await write(self._log, partial(lessons.begin, lesson=lesson)):
            raise UserError("A lesson is already running in this channel: end it first.")
        self._lessons[guild, channel] = lesson
        self._changed.set()
        return lesson

    def current(self, guild: str, channel: int) -> Lesson | None:
        """Return the lesson running in a channel."""
        return self._lessons.get((guild, channel))

    def held(self) -> tuple[Lesson, ...]:
        """Return the running lessons."""
        return tuple(self._lessons.values())

    @timely
    async def end(self, guild: str, channel: int, *, named: bool = False) -> LessonSummary:
        """End the lesson in a channel with everything open in it, and return its summary.

        If it is not logged, only counts are left afterwards.
        """
        lesson = self._lessons.get((guild, channel))
        if lesson is None:
            raise UserError("No lesson is running in this channel.")
        now_utc = self._now_utc()
        ended = replace(lesson, ended_utc=now_utc)
        for quiz in await write(self._log, partial(lessons.end, lesson_id=ended.id, now=now_utc, least=self.least)):
            self._note(quiz)
        self._lessons.pop((guild, channel), None)
        summary = await self._summed_up(ended, named=named)
        if not ended.logged:
            self._undeleted[ended.id] = ended
            await self._delete_rest()
        return summary

    async def summary(self, guild: str, lesson_id: str, *, named: bool = False) -> LessonSummary:
        """Sum up a lesson so far, with fresh codes for people, and with `named` their names."""
        lesson = await read(self._log, partial(lessons.lesson, guild=guild, lesson_id=lesson_id))
        if lesson is None:
            raise UserError("This lesson is no longer kept.")
        return await self._summed_up(lesson, named=named)

    async def put_in(self, lesson: Lesson) -> tuple[Posting, ...]:
        """Return the prompts posted in a lesson, in order."""
        return await read(self._log, partial(lessons.put_in, lesson_id=lesson.id))

    async def recent(self, guild: str, limit: int) -> tuple[Lesson, ...]:
        """Return a guild's lessons, latest first."""
        return await read(self._log, partial(lessons.recent, guild=guild, limit=limit))

    @timely
    async def begin_quiz(
        self,
        guild: str,
        channel: int,
        items: Sequence[QuizItem],
        seconds: int | None = None,
        *,
        pack: str | None = None,
    ) -> HeldQuiz:
        """Start a quiz on a pack (None: the default) in a channel, in the lesson on it there, if any.

        Its first item is due at once.

        Each item is open for so many seconds from its announcement, or with None until a person moves on. Raises
        UserError for a time too short or long, without items, and if a quiz is running in the channel.
        """
        check_seconds(seconds)
        if not items:
            raise UserError("A quiz needs at least one question.")
        kept = tuple(HeldItem(item.passage, item.options, item.answer) for item in items)
        quiz = HeldQuiz(self._new_id(), guild, channel, kept, seconds, self._now_utc(), pack=self._known(pack).id)
        begun = await write(self._log, partial(quizzes.begin, quiz=quiz))
        if begun is None:
            raise UserError("A quiz is already running in this channel: end it first.")
        return self._note(begun)

    async def quiz(self, quiz_id: str) -> HeldQuiz | None:
        """Return a quiz, even one that has ended; None if it is not kept (any more)."""
        return self._quizzes.get(quiz_id) or await read(self._log, partial(quizzes.quiz, quiz_id=quiz_id))

    def running(self) -> tuple[HeldQuiz, ...]:
        """Return the running quizzes."""
        return tuple(quiz for quiz in self._quizzes.values() if not quiz.ended)

    @timely
    async def choose(self, quiz_id: str, number: int, person: str, choice: str) -> HeldQuiz:
        """Keep a person's choice for the open item in place of their last one.

        Raises UserError if the item is not open, ValueError for what is none of its options.
        """
        quiz = _found(await self.quiz(quiz_id))
        if not 1 <= number <= len(quiz.items) or choice not in quiz.items[number - 1].options:
            raise ValueError(f"item {number} of the quiz {quiz_id} cannot be answered with {choice!r}")
        now_ms = self._now_ms()
        job = partial(quizzes.choose, quiz_id=quiz_id, number=number, person=person, choice=choice)
        quiz = _found(await write(self._log, partial(job, now_ms=now_ms)))
        if quiz.ended:
            raise UserError("This quiz has ended.")
        if quiz.open_item != number or quiz.is_over(now_ms):
            raise UserError("This question is closed.")
        return quiz

    @timely
    async def advance(self, quiz_id: str, number: int, *, last: bool = False) -> HeldQuiz:
        """Close an item, and open the next one or end the quiz; nothing changes if the item is closed already."""
        job = partial(quizzes.advance, quiz_id=quiz_id, step=number, now=self._now_utc(), least=self.least)
        return self._noted(quiz_id, await write(self._log, partial(job, last=last)))

    async def break_off(self, quiz_id: str) -> HeldQuiz:
        """End a quiz now, with what was chosen so far."""
        return await self.advance(quiz_id, _found(await self.quiz(quiz_id)).step, last=True)

    async def told(self, quiz_id: str, number: int, message: int | None) -> HeldQuiz:
        """Note the message that announced a step, which starts the clock of the item it opens."""
        job = partial(quizzes.told, quiz_id=quiz_id, step=number, message=message, now_ms=self._now_ms())
        after = await write(self._log, job)
        self._handed_out.discard(quiz_id)
        return self._noted(quiz_id, after)

    async def abandon(self, quiz_id: str) -> None:
        """End a quiz that cannot be shown any more, without announcing it."""
        quiz = await self.break_off(quiz_id)
        await self.told(quiz_id, quiz.step, quiz.message)

    async def score_of(self, quiz: HeldQuiz, person: str) -> Score:
        """Return a person's score in a quiz. Raises UserError once its lesson is over."""
        if quiz.lesson is not None and all(lesson.id != quiz.lesson for lesson in self.held()):
            raise UserError("This lesson is over: your score was kept while it lasted.")
        return await read(self._log, partial(quizzes.score, quiz=quiz, person=person))

    async def counts(self, quiz_id: str) -> QuizCounts:
        """Count everybody's choices in a quiz so far, without sums of fewer than `least` people."""
        quiz = _found(await self.quiz(quiz_id))
        if quiz.counts is not None:
            return quiz.counts
        return counts_of(quiz, (await read(self._log, partial(quizzes.choices, quiz=quiz))).values(), self.least)

    async def answered(self, quiz: HeldQuiz) -> int:
        """Return how many people have answered the open item of a quiz; 0 where none is open."""
        if quiz.open_item is None:
            return 0
        chosen = await read(self._log, partial(quizzes.choices, quiz=quiz))
        return sum(quiz.open_item in own for own in chosen.values())

    async def untold(self) -> QuizStep:
        """Wait for the next step of a quiz to announce, doing meanwhile what is due.

        No further step of that quiz is handed out before this one is `told`; other quizzes do not wait for it.
        """
        while True:
            for step in await self.due():
                if step.quiz.id not in self._handed_out:
                    self._handed_out.add(step.quiz.id)
                    return step
            await self.wait()

    async def due(self) -> tuple[QuizStep, ...]:
        """Do what is due, and return the steps to announce, those of each quiz in order.

        Close items whose time is up, end forgotten lessons and quizzes, and delete what could not be deleted before.
        """
        for lesson in self.held():
            if self._left_s(lesson.started_utc) <= 0:
                await self.end(lesson.guild, lesson.channel)
        await self._delete_rest()
        for quiz in tuple(self._quizzes.values()):
            if self._left_s(quiz.started_utc) <= 0:
                await self.abandon(quiz.id)
            elif quiz.is_over(self._now_ms()):
                await self.advance(quiz.id, quiz.step)
        return tuple(step for quiz in self._quizzes.values() for step in quiz.untold)

    async def wait(self) -> None:
        """Wait until something may be due: a time has come, something was begun, or a failure can be tried again."""
        live = self._quizzes.values()
        times_s = [(quiz.deadline_ms - self._now_ms()) / 1000 for quiz in live if quiz.deadline_ms is not None]
        times_s += [self._left_s(quiz.started_utc) for quiz in live]
        times_s += [self._left_s(lesson.started_utc) for lesson in self._lessons.values()]
        if self._undeleted:
            times_s.append(RETRY_S)
        try:
            async with asyncio.timeout(min(times_s, default=None)):
                await self._changed.wait()
        except TimeoutError:
            pass
        self._changed.clear()

    def _left_s(self, started_utc: str) -> float:
        """Return the seconds until a lesson or quiz ends by itself."""
        return (datetime.fromisoformat(started_utc) + LONGEST - self._clock.now_utc()).total_seconds()

    def _noted(self, quiz_id: str, quiz: HeldQuiz | None) -> HeldQuiz:
        """Remember a quiz's state, or forget one that is gone (UserError)."""
        if quiz is None:
            self._quizzes.pop(quiz_id, None)
        return self._note(_found(quiz))

    def _note(self, quiz: HeldQuiz) -> HeldQuiz:
        """Remember a quiz's state as long as there is anything to do about it."""
        if quiz.ended and not quiz.untold:
            self._quizzes.pop(quiz.id, None)
        else:
            self._quizzes[quiz.id] = quiz
        self._changed.set()
        return quiz

    async def _summed_up(self, lesson: Lesson, *, named: bool) -> LessonSummary:
        found = await read(self._log, partial(lessons.gathered, lesson=lesson, beside=self._beside))
        # Looking for quotes in the answers takes a while.
        pack = self._library.held(lesson.pack)
        return await asyncio.to_thread(summary_of, pack, found, self._random, named=named)

    def _known(self, pack: str | None) -> Pack:
        """Return a pack, the default for None. Raises AwayError."""
        return self._library.default if pack is None else self._library.pack(pack)

    async def _delete_rest(self) -> None:
        """Delete what ended lessons gathered that are not logged; what cannot be deleted now is tried again later."""
        for lesson in tuple(self._undeleted.values()):
            try:
                await self._delete(lesson)
            except DilemmaError as error:
                logger(__name__).warning("a lesson that is not logged is not deleted yet", reason=str(error))
            else:
                self._undeleted.pop(lesson.id, None)

    async def _delete(self, lesson: Lesson) -> None:
        """Delete what a lesson gathered except counts, without a trace. Raises UserError, Fault."""
        kept = (await self._summed_up(lesson, named=False)).tally
        period = lessons.period_of(lesson)

        def asked_meanwhile(rows: Rows) -> bool:
            here: bool = rows.conversation["place"] == period.place
            return here and period.since <= rows.turn["asked_utc"] <= period.until

        deletion = partial(lessons.delete_gathered, lesson=lesson, kept=kept)
        await asyncio.wrap_future(turned_on(self._log).delete(deletion, asked_meanwhile))

    def _now_utc(self) -> str:
        return self._clock.now_utc().isoformat()

    def _now_ms(self) -> int:
        return self._begun_ms + round(self._clock.monotonic_s() * 1000)


def _found(quiz: HeldQuiz | None) -> HeldQuiz:
    if quiz is None:
        raise UserError("This quiz is no longer kept: begin a new one.")
    return quiz
