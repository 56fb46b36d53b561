"""Lessons and the prompts in them as they are held: kept in the log, and gone on with after a restart.

Every act is committed before anybody hears of it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.lesson import (
    CHOICES,
    LONGEST_ANSWER,
    LONGEST_TITLE,
    Lesson,
    LessonSummary,
    Posting,
    StudentAnswer,
    summary_of,
)
from bot.lesson.rules.prompt import prompt_of
from bot.lesson.rules.report import answers_csv, answers_markdown
from bot.lesson.service.quizzes import Quizzes
from bot.lesson.store import lessons, postings
from bot.log.access import read, turned_on, write
from bot.process.journal import logger
from bot.values.text import is_blank
from knowledge.errors import DilemmaError, UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.lesson.rules.quiz_run import QuizStep
    from bot.log.log import ConversationLog
    from bot.log.turns import Rows
    from bot.process.clock import Clock
    from knowledge.model import Pack

LONGEST_NAME: Final = 100
"""Characters of a name that are kept; no name on Discord has more."""


class Lessons(Quizzes):
    """Lessons in channels, with their prompts and quizzes. All belongs to one event loop; `ready` comes first.

    A guild is Discord's id, or "dm" outside guilds; a person is a pseudonym; `log` is None where nothing is logged.
    Everything raises UserError when it cannot be kept or read just now.
    """

    def __init__(
        self,
        log: ConversationLog | None,
        pack: Pack,
        *,
        clock: Clock,
        random: Random | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        """Read nothing yet. `random` draws the codes that stand for people, None: as the system does."""
        super().__init__(log, clock=clock, new_id=new_id)
        self._pack = pack
        self._random = random or SystemRandom()
        self._lessons: dict[tuple[str, int], Lesson] = {}
        self._undeleted: dict[str, Lesson] = {}
        self._loaded = False
        self._loading = asyncio.Lock()

    async def ready(self) -> None:
        """Load, unless that was done. Raises UserError when the log cannot be read just now.

        Whoever could not answer while the program was down is given a moment to.
        """
        async with self._loading:
            if not self._loaded:
                await self._give_time()
                await self.reread()
                self._loaded = True

    async def reread(self) -> None:
        """Take up what is being held from the log: at the start, and when people or guilds were deleted."""
        if self._log is None:
            return
        # In the thread that writes, so that nothing comes in between.
        held = await write(self._log, lessons.held)
        self._lessons = {(lesson.guild, lesson.channel): lesson for lesson in held.lessons}
        self._quizzes = {quiz.id: quiz for quiz in held.quizzes}
        self._undeleted = {lesson.id: lesson for lesson in held.undeleted}
        self._changed.set()

    async def begin(
        self, teacher: str, guild: str, channel: int, *, title: str | None = None, logged: bool = True, names: bool
    ) -> Lesson:
        """Begin a lesson in a channel. With `names` classmates see who wrote an answer.

        Of one that is not `logged` only counts stay when it ends: even what was asked in the channel meanwhile goes.
        Raises UserError when there is one in the channel already.
        """
        title = None if title is None or is_blank(title) else title.strip()[:LONGEST_TITLE]
        lesson = Lesson(self._new_id(), guild, channel, teacher, title, logged, names, self._now_utc(), None)
        if not await write(self._log, partial(lessons.begin, lesson=lesson)):
            raise UserError("A lesson is already running in this channel: end it first.")
        self._lessons[guild, channel] = lesson
        self._changed.set()
        return lesson

    def current(self, guild: str, channel: int) -> Lesson | None:
        """Return the lesson that is held in a channel."""
        return self._lessons.get((guild, channel))

    def held(self) -> tuple[Lesson, ...]:
        """List the lessons that are being held."""
        return tuple(self._lessons.values())

    async def end(self, guild: str, channel: int, *, named: bool = False) -> LessonSummary:
        """End the lesson in a channel with everything that is open in it, and sum it up; see `summary`.

        Of one that is not logged this is the only time that there is more than counts.
        """
        lesson = self._lessons.get((guild, channel))
        if lesson is None:
            raise UserError("No lesson is running in this channel.")
        ended_utc = self._now_utc()
        ended = replace(lesson, ended_utc=ended_utc)
        for quiz in await write(self._log, partial(lessons.end, lesson_id=ended.id, now=ended_utc)):
            self._note(quiz)
        self._lessons.pop((guild, channel), None)
        summary = await self._summed_up(ended, named=named)
        if not ended.logged:
            self._undeleted[ended.id] = ended
            await self._delete_rest()
        return summary

    async def summary(self, guild: str, lesson_id: str, *, named: bool = False) -> LessonSummary:
        """Sum a lesson up as far as it has come, with fresh codes for people, or with `named` their names beside them.

        Raises UserError for one that the guild does not have (any more).
        """
        lesson = await read(self._log, partial(lessons.lesson, guild=guild, lesson_id=lesson_id))
        if lesson is None:
            raise UserError("This lesson is no longer kept.")
        return await self._summed_up(lesson, named=named)

    async def put_in(self, lesson: Lesson) -> tuple[Posting, ...]:
        """List the prompts that were put in a lesson, in their order."""
        return await read(self._log, partial(lessons.put_in, lesson_id=lesson.id))

    async def recent(self, guild: str, limit: int) -> tuple[Lesson, ...]:
        """List a guild's lessons, the latest first."""
        return await read(self._log, partial(lessons.recent, guild=guild, limit=limit))

    async def post(self, guild: str, channel: int, prompt_id: str) -> Posting:
        """Put a prompt to the people of a channel, in the lesson that is held there, if there is one.

        Raises UserError for a prompt that the pack does not have.
        """
        prompt_of(self._pack, prompt_id)
        posting = new_posting(self._new_id(), guild, channel, prompt_id, self._now_utc())
        return await write(self._log, partial(postings.post, posting=posting))

    async def settle(self, posting_id: str, message: int) -> None:
        """Note in which message a prompt is shown."""
        await write(self._log, partial(postings.settle, posting_id=posting_id, message=message))

    async def posting(self, posting_id: str) -> Posting | None:
        """Return a prompt that was put to people as it stands; None when it is not kept (any more)."""
        return await read(self._log, partial(postings.posting, posting_id=posting_id))

    async def reveal(self, posting_id: str, side: str) -> Posting:
        """Note that a side's quote is shown to all: votes from now on count as cast after. Raises UserError."""
        return _kept(await write(self._log, partial(postings.reveal, posting_id=posting_id, side=side)))

    async def vote(self, posting_id: str, person: str, choice: str) -> Posting:
        """Keep a person's vote, one of CHOICES, before the reveal or after it; it replaces their last one.

        Raises UserError when voting is closed, ValueError for what is no choice.
        """
        if choice not in CHOICES:
            raise ValueError(f"{choice!r} cannot be voted")
        job = partial(postings.vote, posting_id=posting_id, person=person, choice=choice, now=self._now_utc())
        return _open(await write(self._log, job))

    async def answer(self, posting_id: str, person: str, name: str, text: str) -> tuple[Posting, StudentAnswer]:
        """Keep what a person wrote on a prompt, under the name that the teacher sees; further ones come beside it.

        Raises UserError when the prompt is closed, and for a text that is empty or too long.
        """
        if is_blank(text):
            raise UserError("Your answer is empty: write something.")
        if len(text) > LONGEST_ANSWER:
            raise UserError(
                "An answer can have at most {limit} characters; yours has {size}.",
                limit=LONGEST_ANSWER,
                size=len(text),
            )
        name = name.strip()[:LONGEST_NAME]
        job = partial(postings.answer, posting_id=posting_id, person=person, name=name, text=text, now=self._now_utc())
        posting, answer = await write(self._log, job)
        posting = _open(posting)
        assert answer is not None  # noqa: S101 - an open prompt takes answers
        return posting, answer

    async def close(self, posting_id: str) -> Posting:
        """Close a prompt: `result` is there from now on. Closing it again changes nothing. Raises UserError."""
        return _kept(await write(self._log, partial(postings.close, posting_id=posting_id, now=self._now_utc())))

    async def answers(
        self, guild: str, *, posting_id: str | None = None, lesson_id: str | None = None
    ) -> tuple[StudentAnswer, ...]:
        """List what was written on a prompt, or in a lesson, oldest first, for the teacher's eyes."""
        return await read(self._log, partial(postings.answers, guild=guild, posting_id=posting_id, lesson_id=lesson_id))

    async def exported(
        self, guild: str, form: str, *, posting_id: str | None = None, lesson_id: str | None = None, named: bool = False
    ) -> str:
        """Write the answers as a file, "csv" or "md", with fresh codes in place of people, with `named` names, too."""
        found = await self.answers(guild, posting_id=posting_id, lesson_id=lesson_id)
        written = {"csv": answers_csv, "md": answers_markdown}[form]
        return written(self._pack, found, self._random, named=named)

    async def untold(self) -> QuizStep:
        """Wait for a step to be announced, the next of its quiz, and hand it out; do meanwhile what is due.

        Nothing more of that quiz is handed out before this is `told`; other quizzes do not wait for it.
        """
        while True:
            for step in await self.due():
                if step.quiz.id not in self._handed_out:
                    self._handed_out.add(step.quiz.id)
                    return step
            await self.wait()

    async def due(self) -> tuple[QuizStep, ...]:
        """Do what is due, and give what is to be announced: the steps of each quiz in order, and not one without them.

        Close the items whose time is over, end the lessons that somebody forgot, delete what had to stay when it should
        have gone.
        """
        for lesson in tuple(self._lessons.values()):
            if self._left_s(lesson.started_utc) <= 0:
                await self.end(lesson.guild, lesson.channel)
        await self._delete_rest()
        return await self._steps_due()

    async def wait(self) -> None:
        """Wait until something may be due: a time has come, something was begun, or a failure can be tried again."""
        times_s = [self._left_s(lesson.started_utc) for lesson in self._lessons.values()]
        await self._wait(times_s, failed=bool(self._undeleted))

    async def _summed_up(self, lesson: Lesson, *, named: bool) -> LessonSummary:
        found = await read(self._log, partial(lessons.gathered, lesson=lesson))
        # Looking for quotes in the answers takes a while.
        return await asyncio.to_thread(summary_of, self._pack, found, self._random, named=named)

    async def _delete_rest(self) -> None:
        """Delete what lessons gathered that are not logged; what cannot be deleted now is tried again later."""
        for lesson in tuple(self._undeleted.values()):
            try:
                await self._delete(lesson)
            except DilemmaError as error:
                logger(__name__).warning("a lesson that is not logged is not deleted yet", reason=str(error))
            else:
                self._undeleted.pop(lesson.id, None)

    async def _delete(self, lesson: Lesson) -> None:
        """Delete what a lesson gathered but for counts, without a trace. Raises UserError, Fault."""
        kept = (await self._summed_up(lesson, named=False)).tally

        period = lessons.period_of(lesson)

        def asked_meanwhile(rows: Rows) -> bool:
            here: bool = rows.conversation["place"] == period.place
            return here and period.since <= rows.turn["asked_utc"] <= period.until

        deletion = partial(lessons.delete_gathered, lesson=lesson, kept=kept)
        await asyncio.wrap_future(turned_on(self._log).delete(deletion, asked_meanwhile))


def new_posting(
    posting_id: str, guild: str, channel: int, prompt_id: str, now_utc: str, due_utc: str | None = None
) -> Posting:
    """Make a prompt that is not shown yet; `due_utc` is when a schedule wanted it. Whoever keeps it adds the lesson."""
    return Posting(
        id=posting_id,
        guild=guild,
        channel=channel,
        message=None,
        prompt=prompt_id,
        lesson=None,
        names=True,
        revealed=(),
        posted_utc=now_utc,
        due_utc=due_utc,
        closed_utc=None,
        voters=0,
        answers=0,
        result=None,
    )


def _kept(posting: Posting | None) -> Posting:
    """Refuse a prompt that is not there (UserError)."""
    if posting is None:
        raise UserError("This prompt is no longer kept: ask for a new one.")
    return posting


def _open(posting: Posting | None) -> Posting:
    """Refuse a prompt that is closed, or not there (UserError)."""
    posting = _kept(posting)
    if posting.closed_utc is not None:
        raise UserError("This prompt is closed: it takes no more votes or answers.")
    return posting
