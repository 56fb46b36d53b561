"""Asking: from what a person typed to an answer that is verified, logged and remembered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4
from weakref import WeakValueDictionary

from bot.answer.rules import reply as replying
from bot.answer.rules.blame import aligned
from bot.answer.rules.talk.history import Conversation
from bot.answer.store.turns import TurnEntry, rows_of
from bot.log.recorder import RecordOutcome
from bot.process.figures import Durations, Figures
from bot.process.journal import logger
from bot.quote.rules.verification import answer_without, stance_without, verify
from bot.values.asker import TurnRef
from bot.values.passage import of_pack
from embeddings.batching import Batching, Plan
from knowledge.errors import Fault, Message, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bot.answer.rules.sparring import Move, Sparring
    from bot.log.log import ConversationLog
    from bot.log.reader import StoredTurn
    from bot.process.clock import Clock
    from bot.process.feature import Parts
    from bot.quote.rules.quote import Answer
    from bot.values.asker import Asker
    from bot.values.passage import PassageRef
    from embeddings.hits import Findings
    from embeddings.library import Library, Shelf
    from knowledge.model import Pack

    Checked = tuple[Answer, tuple[str, ...]]
    """A verified answer, with a line for the log about each quote that was dropped."""

CONVERSATIONS: Final = 10_000
"""Conversations kept in memory; the one that was silent longest is let go first and read from the log when needed."""

LOG_PATIENCE_S: Final = 5.0
"""How long an answer waits for its turn to be on disk; then it goes out with a note that it is not."""

NOT_LOGGED: Final = Message(
    "This turn is not logged yet: the log cannot be written. It is kept, and written when that is possible."
)


NOT_KEPT: Final = Message("This turn may be lost: the log cannot be written just now.")


class Gone(UserError):  # noqa: N818 - "gone" is the word: the person did nothing wrong
    """The answer that somebody returns to is not in the log, or no longer."""

    def __init__(self) -> None:
        super().__init__(Message("This answer is no longer in the log: ask again, and I will look it up."))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with what goes beside it: its pack, its turn (from 1), how long it took, and notes for the person.

    `ref` is how the answer is found again; None where nothing is logged.
    """

    answer: Answer
    pack: Pack
    turn: int
    duration_ms: float
    notices: tuple[Message, ...]
    ref: TurnRef | None = None


@dataclass(frozen=True, slots=True)
class _Going:
    """A conversation, and the pack that it is about with what searches it."""

    shelf: Shelf
    conversation: Conversation

    @property
    def at(self) -> tuple[str, int]:
        """The id of the conversation and the number of its last turn."""
        return self.conversation.id, self.conversation.number


class Asking:
    """Answers questions and remembers conversations. All methods belong to one event loop."""

    def __init__(
        self,
        library: Library,
        log: ConversationLog | None,
        *,
        clock: Clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        longest_question: int = 500,
        took: Durations | None = None,
    ) -> None:
        """Join the parts. `new_id` names conversations and faults; longer questions are cut, with a note.

        How long each answer took is counted in `took`.
        """
        self._library = library
        self._batching = {pack.id: Batching(library.shelf(pack.id).retriever) for pack in library}
        self._record = log
        self._clock = clock
        self._new_id = new_id
        self._longest_question = longest_question
        self._took = took or Durations()
        self._conversations: OrderedDict[Asker, _Going] = OrderedDict()
        # A lock is there for as long as somebody has it or waits for it.
        self._turns: WeakValueDictionary[Asker, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    def of(cls, parts: Parts) -> Asking:
        """Join the parts of a program, which close it."""
        # They import numpy and sqlite_utils: a bot does that in the thread that opens it.
        from bot.log.log import ConversationLog  # noqa: PLC0415
        from embeddings.library import Library  # noqa: PLC0415

        log, longest = parts.find(ConversationLog), parts.config.answer.max_question_chars
        figures = parts.find(Figures)
        took = None if figures is None else figures.answers
        asking = cls(parts.get(Library), log, clock=parts.clock, longest_question=longest, took=took)
        parts.closing.callback(asking.close)
        return asking

    async def ask(
        self,
        asker: Asker,
        text: str,
        *,
        excluded: Collection[PassageRef] = (),
        pack: str | None = None,
        after: TurnRef | None = None,
        fresh: bool = False,
    ) -> Reply:
        """Answer what a person says, as the next turn of their conversation, without quoting `excluded` passages.

        A `pack` (None: the default) begins a new conversation where they talked about another. With `after` it is said
        to the answer of that turn, whose pack answers, in a conversation of their own that branches off there unless
        the turn is their last; with `fresh` it begins a new one. Raises UserError when there is nothing in the text,
        when too many ask at once, or when it cannot be answered at all; AwayError for a pack that was not loaded; Gone
        when the log does not hold the turn.
        """
        text, notices = self._within_limits(text)
        started_s = self._clock.monotonic_s()
        async with self._turn_of(asker):
            kept = await self._kept(asker)
            if after is not None and (kept is None or kept.at != (after.conversation_id, after.number)):
                going = await self._branched_from(after)
            else:
                going = kept if kept is not None and after is not None else self._on(pack, None if fresh else kept)
                after = None
            plan = partial(self._plan, going, text, of_pack(excluded, going.shelf.pack.id))
            return await self._finish(asker, going, plan, started_s, notices, branched_from=after)

    async def rebut(
        self, asker: Asker, statement: str, *, excluded: Collection[PassageRef] = (), pack: str | None = None
    ) -> Reply:
        """Hold the other sides' quotes against a claim, but no `excluded` ones. UserError: there is nothing in it."""
        statement, notices = self._within_limits(statement)
        started_s = self._clock.monotonic_s()
        async with self._turn_of(asker):
            going = self._on(pack, await self._kept(asker))
            plan = partial(self._plan_rebuttal, going, statement, of_pack(excluded, going.shelf.pack.id))
            return await self._finish(asker, going, plan, started_s, notices)

    def sparring(self, side: str, pack: str | None = None) -> Sparring:
        """Begin a sparring of a pack (None: the default) against a side, by its id or one of its names (UserError)."""
        from bot.answer.rules.sparring import begun  # noqa: PLC0415 - a question needs none of it

        return begun(self._shelf(pack).pack, side)

    async def spar(
        self,
        asker: Asker,
        sparring: Sparring,
        text: str,
        *,
        excluded: Collection[PassageRef] = (),
        pack: str | None = None,
        move: Move | None = None,
    ) -> tuple[Reply, Sparring]:
        """Reply to a turn of a sparring for the side held, and return the sparring with that turn, too (UserError).

        A `move` was chosen instead of said.
        """
        from bot.answer.rules.sparring import Opponent  # noqa: PLC0415 - as above

        text, notices = self._within_limits(text)
        started_s = self._clock.monotonic_s()
        shelf = self._shelf(pack)
        opponent, after = Opponent(shelf.pack, shelf.retriever, of_pack(excluded, shelf.pack.id)), [sparring]

        def answer(found: list[Findings]) -> Checked:
            made, after[0] = opponent.reply(sparring, text, found, move)
            return verify(shelf.pack, made)

        def plan() -> Plan[Checked]:
            if language := shelf.retriever.language(text):
                return self._plan_foreign(going, text, language)
            return Plan((text, *sparring.questions), answer)

        async with self._turn_of(asker):
            going = self._on(pack, await self._kept(asker))
            reply = await self._finish(asker, going, plan, started_s, notices)
        return reply, after[0]

    async def forget_conversation(self, asker: Asker) -> None:
        """Begin a new conversation with the next turn. What is logged stays logged."""
        async with self._turn_of(asker):
            self._conversations[asker] = self._on(None, None)

    async def forget_people(self, people: Collection[str]) -> None:
        """Wait until what people have asked is answered and handed to the log, and let go of their conversations."""
        for turn in [turn for asker, turn in self._turns.items() if asker.person in people]:
            async with turn:
                pass
        for asker in [asker for asker in self._conversations if asker.person in people]:
            del self._conversations[asker]

    def forget_everything(self) -> None:
        """Let go of all conversations; the log holds them."""
        self._conversations.clear()

    def close(self) -> None:
        """Answer those who wait, and no one after that."""
        for batching in self._batching.values():
            batching.close()

    def _within_limits(self, text: str) -> tuple[str, tuple[Message, ...]]:
        text = " ".join(text.replace("\x00", " ").split())
        if not text:
            raise UserError("There is no question: type one.")
        if len(text) <= self._longest_question:
            return text, ()
        limit = self._longest_question
        notice = Message("The question was longer than {limit} characters; the rest was not read.", limit=limit)
        return text[:limit], (notice,)

    def _turn_of(self, asker: Asker) -> asyncio.Lock:
        """Return the lock by which one person's turns in one place follow each other."""
        return self._turns.setdefault(asker, asyncio.Lock())

    def _shelf(self, pack: str | None) -> Shelf:
        """Return a pack, the default for None. Raises AwayError."""
        return self._library.shelf(self._library.default.id if pack is None else pack)

    def _on(self, pack: str | None, kept: _Going | None) -> _Going:
        """Return a conversation about a pack: the one that is kept, or a new one (AwayError)."""
        shelf = self._shelf(pack)
        if kept is not None and kept.shelf.pack.id == shelf.pack.id:
            return kept
        return _Going(shelf, Conversation(self._new_id()))

    async def _kept(self, asker: Asker) -> _Going | None:
        """Return the conversation that somebody continued last in a place; None where its pack is away."""
        if asker in self._conversations or self._record is None:
            return self._conversations.get(asker)
        recalled = await asyncio.to_thread(_recall, self._record, asker)
        if recalled is None or self._library.find(recalled[0]) is None:
            return None
        return _Going(self._library.shelf(recalled[0]), recalled[1])

    async def _branched_from(self, ref: TurnRef) -> _Going:
        """Begin a conversation with what was said up to a turn.

        Raises Gone, AwayError, and UserError when the log cannot be read.
        """
        if self._record is None:
            raise Gone
        turns = await asyncio.to_thread(self._record.lineage, ref.conversation_id, ref.number)
        if not turns or (turns[-1].conversation_id, turns[-1].number) != (ref.conversation_id, ref.number):
            raise Gone
        return _Going(self._library.shelf(turns[-1].pack), _recalled(self._new_id(), turns))

    def _plan(self, going: _Going, text: str, excluded: Collection[str]) -> Plan[Checked]:
        """Read a turn; runs in a thread like its answer, for both are Python's work and would hold up the loop."""
        pack, retriever = going.shelf.pack, going.shelf.retriever
        if language := retriever.language(text):
            return self._plan_foreign(going, text, language)
        speaker = replying.Speaker(pack, excluded, logged=self._record is not None)
        answering = replying.turn(speaker, retriever, going.conversation, text)

        def go_on(findings: list[Findings]) -> Checked | Plan[Checked]:
            try:
                return Plan(answering.send(findings), go_on)
            except StopIteration as made:
                return verify(pack, answer_without(pack, made.value, excluded))

        return Plan(next(answering), go_on)

    def _plan_rebuttal(self, going: _Going, statement: str, excluded: Collection[str]) -> Plan[Checked]:
        pack, retriever = going.shelf.pack, going.shelf.retriever
        if language := retriever.language(statement):
            return self._plan_foreign(going, statement, language)

        def answer(findings: list[Findings]) -> Checked:
            found = stance_without(aligned(pack, retriever.stance_of(findings[0])), excluded)
            return verify(pack, replying.rebut(pack, found, statement, going.conversation))

        return Plan((statement,), answer)

    def _plan_foreign(self, going: _Going, text: str, language: str) -> Plan[Checked]:
        pack, conversation = going.shelf.pack, going.conversation
        return Plan((), lambda _nothing: (replying.foreign(pack, conversation, text, language), ()))

    async def _finish(
        self,
        asker: Asker,
        going: _Going,
        plan: Callable[[], Plan[Checked]],
        started_s: float,
        notices: tuple[Message, ...],
        *,
        branched_from: TurnRef | None = None,
    ) -> Reply:
        pack = going.shelf.pack
        answer, faults = await asyncio.wrap_future(self._batching[pack.id].submit(plan))
        for fault in faults:
            logger(__name__).error("quote dropped", fault_id=self._new_id()[:8], fault=fault)
        duration_ms = (self._clock.monotonic_s() - started_s) * 1000
        conversation = going.conversation.after(answer)
        self._conversations[asker] = replace(going, conversation=conversation)
        self._conversations.move_to_end(asker)
        while len(self._conversations) > CONVERSATIONS:
            self._conversations.popitem(last=False)
        if self._record is None:
            self._took.note(duration_ms / 1000)
            return Reply(answer, pack, conversation.number, duration_ms, notices)
        entry = TurnEntry(
            answer=answer,
            conversation_id=conversation.id,
            person=asker.person,
            place=asker.place,
            number=conversation.number,
            asked_utc=self._clock.now_utc().isoformat(),
            duration_ms=duration_ms,
            branched_from=branched_from,
            pack=pack.id,
        )
        match await self._logged(self._record, entry):
            case RecordOutcome.LOGGED:
                pass
            case RecordOutcome.WAITING:
                notices = (*notices, NOT_LOGGED)
            case _:
                notices = (*notices, NOT_KEPT)
        self._took.note(self._clock.monotonic_s() - started_s)
        ref = TurnRef(conversation.id, conversation.number)
        return Reply(answer, pack, conversation.number, duration_ms, notices, ref)

    async def _logged(self, record: ConversationLog, entry: TurnEntry) -> RecordOutcome:
        try:
            async with asyncio.timeout(LOG_PATIENCE_S):
                return await asyncio.shield(asyncio.wrap_future(record.record(rows_of(entry))))
        except TimeoutError:
            return RecordOutcome.HELD
        except Fault as fault:
            logger(__name__).exception("turn not logged", fault_id=self._new_id()[:8], fault=str(fault))
            return RecordOutcome.DROPPED


def _recall(record: ConversationLog, asker: Asker) -> tuple[str, Conversation] | None:
    """Read a conversation back from the log with the id of its pack; None when there is none, or it cannot be read."""
    try:
        stored = record.conversation(asker.person, asker.place)
        return None if stored is None else (stored.pack, _recalled(stored.id, record.lineage(stored.id)))
    except UserError as error:
        logger(__name__).warning("conversation not recalled", reason=str(error))
        return None


def _recalled(conversation_id: str, turns: Sequence[StoredTurn]) -> Conversation:
    conversation = replying.recalled(conversation_id, [(turn.question, turn.answer) for turn in turns])
    # Earlier turns may be deleted: the next one must not take the number of one that is not.
    return replace(conversation, number=turns[-1].number) if turns else conversation
