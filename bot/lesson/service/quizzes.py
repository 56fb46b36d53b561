"""Quizzes as they are held: kept in the log, timed, and gone on with after a restart.

Every act is committed before anybody hears of it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from bot.lesson.rules.quiz_run import HeldItem, HeldQuiz, QuizCounts, QuizStep, check_seconds, counts_of
from bot.lesson.store import quizzes
from bot.log.access import read, write
from bot.process.feature import Memory
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.lesson.rules.quiz import QuizItem
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock

LONGEST: Final = timedelta(hours=12)
"""After so long a quiz, or a lesson, ends by itself: somebody forgot it."""

GIVEN_MS: Final = 10_000
"""How long an item is left after a restart, at least."""

RETRY_S: Final = 15.0
"""How long to wait before trying again what failed."""


class Quizzes(Memory):
    """Quizzes in channels, one at a time in each. All coroutines belong to one event loop.

    A guild is Discord's id, or "dm" outside guilds; a person is a pseudonym; `log` is None where nothing is logged.
    Everything raises UserError when it cannot be kept or read just now.
    """

    def __init__(self, log: ConversationLog | None, *, clock: Clock, new_id: Callable[[], str] | None = None) -> None:
        """Read nothing yet; `logged` is false where nothing can be kept.

        `new_id` names what is begun, None: with 32 random hex digits.
        """
        self._log = log
        self.logged = log is not None
        self._clock = clock
        self._new_id = new_id or (lambda: uuid4().hex)
        # A clock that is set while the program runs must close nothing too early or late: it is counted on from here.
        self._begun_ms = round(clock.now_utc().timestamp() * 1000 - clock.monotonic_s() * 1000)
        self._quizzes: dict[str, HeldQuiz] = {}
        self._handed_out: set[str] = set()
        self._changed = asyncio.Event()

    async def begin_quiz(
        self, guild: str, channel: int, items: Sequence[QuizItem], seconds: int | None = None
    ) -> HeldQuiz:
        """Begin a quiz in a channel, in the lesson that is held there, if there is one; its first item is due at once.

        Each item is open for so many seconds from when it was announced, None: until somebody goes on. Raises UserError
        for a time that is too short or long, for no items, and when a quiz is held in the channel already.
        """
        check_seconds(seconds)
        if not items:
            raise UserError("A quiz needs at least one question.")
        quiz = HeldQuiz(
            id=self._new_id(),
            guild=guild,
            channel=channel,
            lesson=None,
            items=tuple(HeldItem(item.passage, item.options, item.answer) for item in items),
            seconds=seconds,
            step=1,
            told=0,
            message=None,
            deadline_ms=None,
            started_utc=self._now_utc(),
        )
        begun = await write(self._log, partial(quizzes.begin, quiz=quiz))
        if begun is None:
            raise UserError("A quiz is already running in this channel: end it first.")
        return self._note(begun)

    async def quiz(self, quiz_id: str) -> HeldQuiz | None:
        """Return a quiz as it stands, also one that has ended; None when it is not kept (any more)."""
        return self._quizzes.get(quiz_id) or await read(self._log, partial(quizzes.quiz, quiz_id=quiz_id))

    def quiz_in(self, guild: str, channel: int) -> HeldQuiz | None:
        """Return the quiz that is held in a channel."""
        here = (quiz for quiz in self._quizzes.values() if (quiz.guild, quiz.channel) == (guild, channel))
        return next((quiz for quiz in here if not quiz.ended), None)

    def running(self) -> tuple[HeldQuiz, ...]:
        """List the quizzes that are being held."""
        return tuple(quiz for quiz in self._quizzes.values() if not quiz.ended)

    async def choose(self, quiz_id: str, number: int, person: str, choice: str) -> HeldQuiz:
        """Keep what a person chose for the open item; it replaces what they chose for it before.

        Raises UserError when the item is not open, ValueError for what is none of its options.
        """
        quiz = _kept(await self.quiz(quiz_id))
        if not 1 <= number <= len(quiz.items) or choice not in quiz.items[number - 1].options:
            raise ValueError(f"item {number} of the quiz {quiz_id} cannot be answered with {choice!r}")
        now_ms = self._now_ms()
        job = partial(
            quizzes.choose,
            quiz_id=quiz_id,
            number=number,
            person=person,
            choice=choice,
            now=self._now_utc(),
            now_ms=now_ms,
        )
        quiz = _kept(await write(self._log, job))
        if quiz.ended:
            raise UserError("This quiz has ended.")
        if quiz.open_item != number or quiz.is_over(now_ms):
            raise UserError("Time is up for this question.")
        return quiz

    async def advance(self, quiz_id: str, number: int) -> HeldQuiz:
        """Close an item and go on to the next one, or to the end; nothing changes when somebody was quicker."""
        return await self._advanced(quiz_id, number, last=False)

    async def break_off(self, quiz_id: str) -> HeldQuiz:
        """End a quiz now, with what was chosen so far. Raises UserError."""
        return await self._advanced(quiz_id, _kept(await self.quiz(quiz_id)).step, last=True)

    async def told(self, quiz_id: str, number: int, message: int | None) -> HeldQuiz:
        """Note that a step was announced, in which message; the time of the item that it opens begins. UserError."""
        job = partial(quizzes.told, quiz_id=quiz_id, step=number, message=message, now_ms=self._now_ms())
        after = await write(self._log, job)
        self._handed_out.discard(quiz_id)
        return self._noted(quiz_id, after)

    async def abandon(self, quiz_id: str) -> None:
        """End a quiz that cannot be shown any more, without announcing it."""
        quiz = await self.break_off(quiz_id)
        await self.told(quiz_id, quiz.step, quiz.message)

    async def choices_of(self, quiz_id: str, person: str) -> Mapping[int, str]:
        """Return what a person chose in a quiz, by the numbers of the items; `score_of` counts it."""
        return (await read(self._log, partial(quizzes.choices, quiz_id=quiz_id))).get(person, {})

    async def counts(self, quiz_id: str) -> QuizCounts:
        """Count what everybody chose so far, and of a quiz that has ended, in all. Raises UserError."""
        quiz = _kept(await self.quiz(quiz_id))
        if quiz.counts is not None:
            return quiz.counts
        chosen = await read(self._log, partial(quizzes.choices, quiz_id=quiz_id))
        return counts_of(quiz, chosen.values())

    async def _give_time(self) -> None:
        """Leave every open item for a moment from now, at least."""
        if self._log is not None:
            await write(self._log, partial(quizzes.lengthen, until_ms=self._now_ms() + GIVEN_MS))

    async def _steps_due(self) -> tuple[QuizStep, ...]:
        """Close the items whose time is over, let go of what was forgotten, and give all steps to be announced."""
        for quiz in tuple(self._quizzes.values()):
            if self._left_s(quiz.started_utc) <= 0:
                await self.abandon(quiz.id)
            elif quiz.is_over(self._now_ms()):
                await self.advance(quiz.id, quiz.step)
        return tuple(step for quiz in self._quizzes.values() for step in quiz.untold)

    def _left_s(self, started_utc: str) -> float:
        """Return the seconds until something that was begun ends by itself."""
        return (datetime.fromisoformat(started_utc) + LONGEST - self._clock.now_utc()).total_seconds()

    async def _wait(self, others_s: Iterable[float], *, failed: bool) -> None:
        """Wait until an item's time is over, or another's (in seconds from now), or until something changes.

        What `failed` can be tried again soon.
        """
        live = self._quizzes.values()
        times_s = [(quiz.deadline_ms - self._now_ms()) / 1000 for quiz in live if quiz.deadline_ms is not None]
        times_s += [self._left_s(quiz.started_utc) for quiz in live]
        times_s += others_s
        if failed:
            times_s.append(RETRY_S)
        try:
            async with asyncio.timeout(min(times_s, default=None)):
                await self._changed.wait()
        except TimeoutError:
            pass
        self._changed.clear()

    async def _advanced(self, quiz_id: str, step: int, *, last: bool) -> HeldQuiz:
        job = partial(quizzes.advance, quiz_id=quiz_id, step=step, now=self._now_utc(), last=last)
        return self._noted(quiz_id, await write(self._log, job))

    def _noted(self, quiz_id: str, quiz: HeldQuiz | None) -> HeldQuiz:
        """Remember where a quiz stands; one that is not there any more is forgotten (UserError)."""
        if quiz is None:
            self._quizzes.pop(quiz_id, None)
        return self._note(_kept(quiz))

    def _note(self, quiz: HeldQuiz) -> HeldQuiz:
        """Remember where a quiz stands, for as long as there is anything to do about it."""
        if quiz.ended and not quiz.untold:
            self._quizzes.pop(quiz.id, None)
        else:
            self._quizzes[quiz.id] = quiz
        self._changed.set()
        return quiz

    def _now_utc(self) -> str:
        return self._clock.now_utc().isoformat()

    def _now_ms(self) -> int:
        return self._begun_ms + round(self._clock.monotonic_s() * 1000)


def _kept(quiz: HeldQuiz | None) -> HeldQuiz:
    """Refuse a quiz that is not there (UserError)."""
    if quiz is None:
        raise UserError("This quiz is no longer kept: begin a new one.")
    return quiz
