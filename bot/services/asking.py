"""Asking: from what a person typed to an answer that is verified, logged and remembered.

It must not know where the person is (a terminal, a chat) or how the answer is shown.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import structlog

from bot.core import conversation as talk
from bot.core import replying
from bot.core.conversation import Conversation
from bot.core.verification import verify
from bot.store.entry import TurnEntry
from bot.store.recording import Outcome
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.answer import Answer
    from bot.services.clock import Clock
    from bot.store.log import ConversationLog
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

CONVERSATIONS: Final = 10_000
"""Conversations kept in memory; the one that was silent longest is let go first and read from the log when needed."""

LOG_PATIENCE_S: Final = 5.0
"""How long an answer waits for its turn to be on disk before it goes out with a note that it is not."""

NOT_LOGGED: Final = (
    "This turn is not logged yet: the log cannot be written. It is kept, and written when that is possible."
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as a pseudonym, and where: one conversation is kept for each pair."""

    person: str
    place: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with what goes beside it: its turn (from 1), how long it took, and notes for the person."""

    answer: Answer
    turn: int
    duration_ms: float
    notices: tuple[str, ...]


class Asking:
    """Answers questions and remembers conversations. All methods belong to one event loop."""

    def __init__(
        self,
        pack: Pack,
        retriever: Retriever,
        log: ConversationLog | None,
        *,
        clock: Clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        longest_question: int = 500,
    ) -> None:
        """Join the parts. `new_id` names conversations and faults; longer questions are cut, with a note."""
        self._pack = pack
        self._retriever = retriever
        self._record = log
        self._clock = clock
        self._new_id = new_id
        self._longest_question = longest_question
        self._conversations: OrderedDict[Asker, Conversation] = OrderedDict()
        self._turns: dict[Asker, asyncio.Lock] = {}

    async def ask(self, asker: Asker, text: str) -> Reply:
        """Answer what a person says, as the next turn of their conversation.

        Raises UserError when there is nothing in the text, or when it cannot be answered at all.
        """
        text, notices = self._within_limits(text)
        started_s = self._clock.monotonic_s()
        async with self._turn_of(asker):
            conversation = await self._conversation_of(asker)
            answer = await asyncio.to_thread(self._answer, conversation, text)
            return await self._finish(asker, conversation, answer, started_s, notices)

    async def rebut(self, asker: Asker, statement: str) -> Reply:
        """Hold the other side's quotes against a claim. Raises UserError when there is nothing in it."""
        statement, notices = self._within_limits(statement)
        started_s = self._clock.monotonic_s()
        async with self._turn_of(asker):
            conversation = await self._conversation_of(asker)
            answer = await asyncio.to_thread(self._rebut, conversation, statement)
            return await self._finish(asker, conversation, answer, started_s, notices)

    async def forget_conversation(self, asker: Asker) -> None:
        """Begin a new conversation with the next turn. What is logged stays logged."""
        async with self._turn_of(asker):
            self._conversations[asker] = Conversation(self._new_id())

    def _within_limits(self, text: str) -> tuple[str, tuple[str, ...]]:
        text = " ".join(text.replace("\x00", " ").split())
        if not text:
            raise UserError("There is no question: type one, for example “Does Facebook sell my data?”.")
        if len(text) <= self._longest_question:
            return text, ()
        notice = f"The question was longer than {self._longest_question} characters; the rest was not read."
        return text[: self._longest_question], (notice,)

    def _turn_of(self, asker: Asker) -> asyncio.Lock:
        """Give the lock by which one person's turns in one place follow each other; others are not held up."""
        return self._turns.setdefault(asker, asyncio.Lock())

    async def _conversation_of(self, asker: Asker) -> Conversation:
        kept = self._conversations.get(asker)
        if kept is not None:
            return kept
        if self._record is not None:
            stored = await asyncio.to_thread(self._recall, asker)
            if stored is not None:
                return stored
        return Conversation(self._new_id())

    def _recall(self, asker: Asker) -> Conversation | None:
        """Read a conversation back from the log; None when there is none, or when the log cannot be read."""
        assert self._record is not None  # noqa: S101 - only called with a log
        try:
            stored = self._record.conversation(asker.person, asker.place)
            if stored is None:
                return None
            turns = self._record.turns(stored.id)
        except UserError as error:
            _log.warning("conversation not recalled", reason=str(error))
            return None
        return replying.recalled(stored.id, [(turn.question, turn.answer) for turn in turns])

    def _answer(self, conversation: Conversation, text: str) -> Answer:
        reading = talk.read(self._pack, conversation, text)
        findings = talk.choose(reading, self._retriever.find_many(reading.questions)) if reading.questions else None
        return replying.reply(self._pack, conversation, reading, findings, text)

    def _rebut(self, conversation: Conversation, statement: str) -> Answer:
        from bot.core import rebuttal  # noqa: PLC0415

        return rebuttal.rebut(self._pack, self._retriever.stance(statement), statement, conversation)

    async def _finish(
        self, asker: Asker, conversation: Conversation, answer: Answer, started_s: float, notices: tuple[str, ...]
    ) -> Reply:
        """Verify, remember, log, and only then let the answer go."""
        answer, faults = verify(self._pack, answer)
        for fault in faults:
            _log.error("quote dropped", fault_id=self._new_id()[:8], fault=fault)
        duration_ms = (self._clock.monotonic_s() - started_s) * 1000
        conversation = conversation.after(answer)
        self._conversations[asker] = conversation
        self._conversations.move_to_end(asker)
        while len(self._conversations) > CONVERSATIONS:
            gone, _ = self._conversations.popitem(last=False)
            self._turns.pop(gone, None)
        if not await self._logged(asker, conversation, answer, duration_ms):
            notices = (*notices, NOT_LOGGED)
        return Reply(answer, conversation.number, duration_ms, notices)

    async def _logged(self, asker: Asker, conversation: Conversation, answer: Answer, duration_ms: float) -> bool:
        """Wait until the turn is on disk; tell whether it is. Without a log there is nothing to wait for."""
        if self._record is None:
            return True
        entry = TurnEntry(
            answer=answer,
            conversation_id=conversation.id,
            person=asker.person,
            place=asker.place,
            number=conversation.number,
            asked_utc=self._clock.now_utc().isoformat(),
            duration_ms=duration_ms,
        )
        try:
            async with asyncio.timeout(LOG_PATIENCE_S):
                outcome = await asyncio.shield(asyncio.wrap_future(self._record.record(entry)))
        except TimeoutError:
            return False
        except Fault as fault:
            _log.exception("turn not logged", fault_id=self._new_id()[:8], fault=str(fault))
            return False
        return outcome is Outcome.LOGGED
