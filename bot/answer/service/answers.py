"""Answers in a chat: shown again, with their context, voted on and disputed; and quotations checked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.answer.rules.suggestions import Offering
from bot.answer.service.ask import Gone
from bot.answer.service.introductions import Introductions
from bot.answer.store import opinions
from bot.log.access import timely, write
from bot.process.feature import Memory
from bot.quote.rules.cite.check import with_meaning
from bot.quote.rules.cite.prose import check_text
from bot.quote.rules.cite.verdict import Verdict
from bot.quote.rules.composition import around
from bot.quote.rules.contract import restored
from bot.values.asker import NO_GUILD
from bot.values.passage import of_pack
from knowledge.errors import UserError
from knowledge.model import Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.answer.service.ask import Asking
    from bot.log.log import ConversationLog
    from bot.log.reader import StoredTurn
    from bot.process.clock import Clock
    from bot.quote.rules.cite.verdict import CiteCheck
    from bot.quote.rules.composition import Surroundings
    from bot.quote.rules.quote import Answer, Quote
    from bot.values.asker import TurnRef
    from bot.values.passage import PassageRef
    from embeddings.library import Library
    from knowledge.model import Pack


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given, and the pack that it quotes."""

    pack: Pack
    answer: Answer


@dataclass(frozen=True, slots=True)
class Around:
    """A quote of an answer under the number that people see, and the sentences around it in its article."""

    number: int
    quote: Quote
    surroundings: Surroundings


class Answers(Memory):
    """What can be done with the answers of `asking`. All coroutines belong to one event loop.

    `excluded` are passages that must not be quoted where the answer is shown.
    """

    def __init__(self, library: Library, asking: Asking, log: ConversationLog | None, *, clock: Clock) -> None:
        """Join the parts; without a log no answer can be come back to."""
        self.library = library
        self.asking = asking
        self.introductions = Introductions(clock)
        self._offerings = {pack.id: Offering.of(pack) for pack in library}
        self._log = log
        self._clock = clock

    async def forget(self, people: Collection[str]) -> None:
        """Wait until what people have asked so far is answered, and let go of their conversations."""
        await self.asking.forget_people(people)
        self.introductions.forget(people)

    async def take_over(self) -> None:
        """Let go of all conversations: other processes go on with some, and begin others."""
        self.asking.forget_everything()

    async def stored(self, ref: TurnRef) -> StoredTurn | None:
        """Return a turn as the log holds it; None when it does not. Raises UserError when the log cannot be read."""
        log = self._log
        return None if log is None else await asyncio.to_thread(log.turn, ref.conversation_id, ref.number)

    def offering(self, pack: Pack) -> Offering:
        """Return the questions of a pack that can be offered."""
        return self._offerings[pack.id]

    async def given(self, ref: TurnRef) -> Given:
        """Return the answer of a turn as it was given, with its pack. Raises Gone, UserError.

        A pack that is away is stood in for by one that knows no passage: the answer itself can still be shown.
        """
        turn = await self.stored(ref)
        if turn is None:
            raise Gone
        pack = self.library.held(turn.pack, turn.answer["sides"])
        answer = restored(pack, turn.answer, turn.message)
        if answer is None:
            raise Gone
        return Given(pack, answer)

    async def context(self, ref: TurnRef, *, excluded: Collection[PassageRef] = ()) -> tuple[Around, ...]:
        """Return each quote of an answer with its neighbouring sentences, in the order shown.

        Raises Gone, AwayError, UserError.

        Neither excluded quotes are, nor those that the articles no longer have in their place; nor is an excluded
        sentence shown beside another.
        """
        given = await self.given(ref)
        pack, gone = self.library.pack(given.pack.id), of_pack(excluded, given.pack.id)
        hidden = [passage.span for passage in pack.passages if passage.id in gone]
        found = []
        for number, quote in enumerate(given.answer.quotes, start=1):
            cited = quote.citation
            article = next((article for article in pack.articles if article.id == cited.article_id), None)
            kept = quote.passage_id not in gone
            if kept and article is not None and article.text[cited.start : cited.end] == quote.text:
                place = Span(article.id, cited.start, cited.end)
                found.append(Around(number, quote, around(article, place, hidden=hidden)))
        return tuple(found)

    @timely
    async def vote(self, person: str, guild: str, ref: TurnRef, *, helpful: bool) -> None:
        """Keep a person's vote on an answer; a second one replaces the first. Raises Gone, UserError."""
        now = self._clock.now_utc().isoformat()
        job = partial(opinions.vote, person=person, guild=guild, ref=ref, now=now, helpful=helpful)
        if not await write(self._log, job):
            raise Gone

    @timely
    async def dispute(self, person: str, guild: str, ref: TurnRef, passage_id: str, reason: str) -> None:
        """Put a quote of an answer before a guild's moderators. Raises Gone, UserError also where there are none."""
        if guild == NO_GUILD:
            raise UserError("There are no moderators here: dispute a quote where it is shown in a server.")
        now = self._clock.now_utc().isoformat()
        quote = partial(opinions.dispute, person=person, guild=guild, ref=ref, passage_id=passage_id)
        if not await write(self._log, partial(quote, reason=reason, now=now)):
            raise Gone

    async def check(self, text: str, pack: str) -> tuple[CiteCheck, ...]:
        """Check the quotations of a text by their words in a pack and, if need be, by their meaning (UserError)."""
        shelf = self.library.shelf(pack)

        def meant(checked: CiteCheck) -> CiteCheck:
            absent = checked.verdict is Verdict.ABSENT
            return with_meaning(shelf.pack, checked, shelf.retriever.find(checked.text)) if absent else checked

        def checked() -> tuple[CiteCheck, ...]:
            return tuple(map(meant, check_text(shelf.pack, text)))

        return await asyncio.to_thread(checked)
