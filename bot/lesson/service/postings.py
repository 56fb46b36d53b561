"""Prompts that were posted in channels, with their votes and written answers; each act is committed first."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.lesson import CHOICES, LONGEST_ANSWER, Posting, StudentAnswer
from bot.lesson.rules.prompt import prompt_of
from bot.lesson.rules.report import answers_csv, answers_markdown
from bot.lesson.store import postings
from bot.log.access import read, timely, write
from bot.values.separated import PLAIN, Separators
from bot.values.text import is_blank
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from embeddings.library import Library

LONGEST_NAME: Final = 100
"""Characters of a name that are kept; no name on Discord has more."""


class Postings:
    """The prompts of all channels. Nothing of them is kept in memory; see `Lessons` for the arguments and errors."""

    def __init__(
        self,
        log: ConversationLog | None,
        library: Library,
        clock: Clock,
        random: Random,
        new_id: Callable[[], str],
        least: int,
    ) -> None:
        """Read nothing."""
        self._log = log
        self._library = library
        self._clock = clock
        self._random = random
        self._new_id = new_id
        self._least = least

    @timely
    async def post(self, guild: str, channel: int, prompt_id: str, *, pack: str | None = None) -> Posting:
        """Keep a prompt of a pack (None: the default) posted in a channel, in the lesson on it there, if any."""
        known = self._library.default if pack is None else self._library.pack(pack)
        prompt_of(known, prompt_id)
        posting = Posting(self._new_id(), guild, channel, prompt_id, self._clock.now_utc().isoformat(), pack=known.id)
        return await write(self._log, partial(postings.post, posting=posting))

    async def settle(self, posting_id: str, message: int) -> None:
        """Note the message that shows a prompt."""
        await write(self._log, partial(postings.settle, posting_id=posting_id, message=message))

    async def posting(self, posting_id: str) -> Posting | None:
        """Return a posted prompt; None if it is not kept (any more)."""
        return await read(self._log, partial(postings.posting, posting_id=posting_id))

    @timely
    async def reveal(self, posting_id: str, side: str) -> Posting:
        """Note that everybody sees a side's quote: from now on votes count as cast after the reveal."""
        return _posted(await write(self._log, partial(postings.reveal, posting_id=posting_id, side=side)))

    @timely
    async def vote(self, posting_id: str, person: str, choice: str) -> Posting:
        """Keep a person's vote, one of CHOICES (ValueError), in place of their last one before or after the reveal.

        Raises UserError if the prompt is closed.
        """
        if choice not in CHOICES:
            raise ValueError(f"{choice!r} cannot be voted")
        job = partial(postings.vote, posting_id=posting_id, person=person, choice=choice)
        return _open(await write(self._log, job))

    @timely
    async def answer(self, posting_id: str, person: str, name: str, text: str) -> tuple[Posting, StudentAnswer]:
        """Keep one more answer of a person, under the name that the teacher sees.

        Raises UserError if the prompt is closed, and for a text that is empty or too long.
        """
        if is_blank(text):
            raise UserError("Your answer is empty: write something.")
        if len(text) > LONGEST_ANSWER:
            raise UserError(
                "An answer can have at most {limit} characters; yours has {size}.", limit=LONGEST_ANSWER, size=len(text)
            )
        name = name.strip()[:LONGEST_NAME]
        job = partial(
            postings.answer,
            posting_id=posting_id,
            person=person,
            name=name,
            text=text,
            now=self._clock.now_utc().isoformat(),
        )
        posting, answer = await write(self._log, job)
        posting = _open(posting)
        assert answer is not None  # noqa: S101 - an open prompt takes answers
        return posting, answer

    @timely
    async def close(self, posting_id: str) -> Posting:
        """Close a prompt, which has a `result` from now on; a second time nothing changes."""
        job = partial(postings.close, posting_id=posting_id, now=self._clock.now_utc().isoformat(), least=self._least)
        return _posted(await write(self._log, job))

    async def answers(
        self, guild: str, *, posting_id: str | None = None, lesson_id: str | None = None
    ) -> tuple[StudentAnswer, ...]:
        """Return the answers to a prompt, or in a lesson, oldest first, with names: for the teacher's eyes."""
        return await read(self._log, partial(postings.answers, guild=guild, posting_id=posting_id, lesson_id=lesson_id))

    async def exported(
        self,
        guild: str,
        form: str,
        separators: Separators = PLAIN,
        *,
        posting_id: str | None = None,
        lesson_id: str | None = None,
        named: bool = False,
    ) -> str:
        """Return the answers as a file, "csv" or "md", with fresh codes for people, and with `named` their names."""
        found = await self.answers(guild, posting_id=posting_id, lesson_id=lesson_id)
        # All are of one pack: that of the lesson, or of the prompt.
        posting = None if not found else await self.posting(found[0].posting)
        pack = self._library.default if posting is None else self._library.held(posting.pack)
        if form == "md":
            written = partial(answers_markdown, pack, found, self._random, named=named)
        else:
            written = partial(answers_csv, pack, found, self._random, separators, named=named)
        # Every quotation in them is checked, which takes a while for many.
        return await asyncio.to_thread(written)


def _posted(posting: Posting | None) -> Posting:
    if posting is None:
        raise UserError("This prompt is no longer kept: ask for a new one.")
    return posting


def _open(posting: Posting | None) -> Posting:
    posting = _posted(posting)
    if posting.closed_utc is not None:
        raise UserError("This prompt is closed: it takes no more votes or answers.")
    return posting
