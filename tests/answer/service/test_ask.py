from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
import structlog
from structlog.testing import capture_logs

from bot.answer.service.ask import NOT_KEPT, NOT_LOGGED, Asking
from bot.app import tables
from bot.log.log import ConversationLog
from bot.log.recorder import RecordOutcome
from bot.quote.rules.quote import Act
from bot.values.asker import Asker
from embeddings.library import Library
from embeddings.retriever import Encoded
from knowledge.errors import Fault, Message, UserError
from tests.quote.rules.findings import Leaning, found, pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from bot.answer.store.turns import TurnEntry
    from bot.config.sections import Server
    from embeddings.hits import Findings
    from embeddings.retriever import Retriever

ANNA = Asker("anna", "room")
BERT = Asker("bert", "room")


@dataclass
class ScriptedRetriever(Leaning):
    """Finds one passage of each side for anything with "data" in it, nothing else; keeps what it was asked.

    While `gate` is not set, it does not find anything.
    """

    batches: list[list[str]] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    busy: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def asked(self) -> list[str]:
        """Everything that it was asked, in order."""
        return [question for batch in self.batches for question in batch]

    def language(self, text: str) -> None:
        """Take everything for English."""

    def encoded(self, questions: Sequence[str]) -> Encoded:
        """Wait for the gate."""
        self.batches.append(list(questions))
        self.threads.add(threading.get_ident())
        self.busy.set()
        assert self.gate.wait(30)
        return Encoded(tuple(questions), tuple(questions), np.zeros((len(questions), 1), np.float32))

    def found(self, encoded: Encoded) -> list[Findings]:
        """Find for several."""
        known = {"everything_tracked": 0.9, "no_selling_information": 0.9}
        return [found(question, **(known if "data" in question else {})) for question in encoded.questions]


class FixedClock:
    """A clock that stands in for the machine's; every look takes a quarter of a second."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def now_utc(self) -> datetime:
        return datetime(2026, 1, 1, 12, tzinfo=UTC)

    def monotonic_s(self) -> float:
        """Give a quarter of a second more than before."""
        self._seconds += 0.25
        return self._seconds


@dataclass
class StubbornLog:
    """A log whose disk is full: every turn has the same outcome."""

    entries: list[TurnEntry] = field(default_factory=list)
    outcome: RecordOutcome = RecordOutcome.WAITING

    def record(self, entry: TurnEntry) -> Future[RecordOutcome]:
        self.entries.append(entry)
        done: Future[RecordOutcome] = Future()
        done.set_result(self.outcome)
        return done

    def conversation(self, person: str, place: str) -> None:
        """Know nobody."""

    def turns(self, conversation_id: str) -> tuple[()]:
        return ()


def asking(log: ConversationLog | StubbornLog | None = None, retriever: ScriptedRetriever | None = None) -> Asking:
    """Put a service together around a script."""
    names = iter(f"conversation-{number}" for number in range(1000))
    return Asking(
        Library.of(pack(), cast("Retriever", retriever or ScriptedRetriever())),
        cast("ConversationLog | None", log),
        clock=FixedClock(),
        new_id=lambda: next(names),
        longest_question=80,
    )


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    opened = ConversationLog.open(place, tables, holder="test", now="2026-01-01T12:00:00+00:00")
    yield opened
    opened.close()


async def test_a_question_is_answered_with_both_sides() -> None:
    """Quotes, the turn, the time it took, and nothing to note."""
    reply = await asking().ask(ANNA, "is my data sold")
    assert sorted(quote.passage_id for quote in reply.answer.quotes) == ["everything-tracked", "no-selling-information"]
    assert (reply.turn, reply.duration_ms, reply.notices) == (1, 250.0, ())


async def test_the_turn_is_on_disk_before_the_answer_is_out(log: ConversationLog) -> None:
    """With its question, its answer and its number."""
    reply = await asking(log).ask(ANNA, "is my data sold")
    (stored,) = log.recent(5)
    assert (stored.question, stored.number, stored.person) == ("is my data sold", 1, "anna")
    assert stored.asked_utc == "2026-01-01T12:00:00+00:00"
    assert {side for side, quotes in stored.answer["sides"].items() if quotes} == {"film", "facebook"}
    assert reply.turn == 1


@pytest.mark.parametrize(
    ("outcome", "notice"),
    [
        (RecordOutcome.WAITING, NOT_LOGGED),
        (RecordOutcome.HELD, NOT_KEPT),
        (RecordOutcome.DROPPED, NOT_KEPT),
    ],
)
async def test_a_turn_that_cannot_be_logged_is_answered_and_said(outcome: RecordOutcome, notice: Message) -> None:
    """A full disk never stops an answer; "it is kept" is said of what is on a disk, and of nothing else."""
    stubborn = StubbornLog(outcome=outcome)
    reply = await asking(stubborn).ask(ANNA, "is my data sold")
    assert reply.answer.quotes
    assert reply.notices == (notice,)
    assert len(stubborn.entries) == 1


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00", "\u00a0"])
async def test_nothing_is_no_question(text: str) -> None:
    with pytest.raises(UserError, match="There is no question: type one"):
        await asking().ask(ANNA, text)


async def test_a_long_question_is_cut_and_said() -> None:
    """At the number of characters that config sets."""
    retriever = ScriptedRetriever()
    reply = await asking(retriever=retriever).ask(ANNA, "data " * 20_000)
    assert all(len(question) <= 80 for question in retriever.asked)
    assert [*map(str, reply.notices)] == ["The question was longer than 80 characters; the rest was not read."]


async def test_two_people_in_one_place_never_change_each_others_answers() -> None:
    """Interleaved turns give what each would have got alone."""
    together, alone = asking(), asking()
    questions = ["is my data sold", "and the other side?", "why?"]
    mixed = []
    for text in questions:
        mixed.append(await together.ask(ANNA, text))
        await together.ask(BERT, "who won the football match")
    apart = [await alone.ask(ANNA, text) for text in questions]
    assert [reply.answer for reply in mixed] == [reply.answer for reply in apart]
    assert [reply.turn for reply in mixed] == [1, 2, 3]


async def test_turns_of_one_person_follow_each_other() -> None:
    """Asked at once, they are numbered without a gap."""
    service = asking()
    replies = await asyncio.gather(*(service.ask(ANNA, f"data {number}") for number in range(8)))
    assert sorted(reply.turn for reply in replies) == list(range(1, 9))


async def test_the_event_loop_is_never_used_to_search() -> None:
    retriever = ScriptedRetriever()
    await asking(retriever=retriever).ask(ANNA, "is my data sold")
    assert threading.get_ident() not in retriever.threads


async def test_people_who_ask_at_once_share_the_model() -> None:
    """Whoever asks while it is busy goes through it together, and nobody gets another's answer."""
    retriever = ScriptedRetriever()
    retriever.gate.clear()
    service = asking(retriever=retriever)
    texts = [f"is my data sold in year {year}" for year in range(20)]
    replies = asyncio.gather(*(service.ask(Asker(text, "room"), text) for text in texts))
    assert await asyncio.to_thread(retriever.busy.wait, 30)
    # The other thread reads the rest meanwhile; the last of them is asked when the loop has come to it.
    retriever.gate.set()
    assert [reply.answer.question for reply in await replies] == texts
    assert sorted(retriever.asked) == sorted(texts)
    assert len(retriever.batches) < len(texts)


async def test_whoever_goes_away_is_not_searched_for() -> None:
    """And their conversation goes on when they come back."""
    retriever = ScriptedRetriever()
    retriever.gate.clear()
    service = asking(retriever=retriever)
    service._batching[pack().id]._most = 1
    first = asyncio.create_task(service.ask(BERT, "first data"))
    assert await asyncio.to_thread(retriever.busy.wait, 30)
    others = [asyncio.create_task(service.ask(Asker(f"person {number}", "room"), "data")) for number in range(2)]
    gone = asyncio.create_task(service.ask(ANNA, "data of the one who goes"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait([gone])
    retriever.gate.set()
    await asyncio.gather(first, *others)
    assert (await service.ask(ANNA, "is my data sold")).turn == 1
    assert "data of the one who goes" not in retriever.asked


async def test_too_many_at_once_are_told_so() -> None:
    """With one sentence, and those before them are answered."""
    retriever = ScriptedRetriever()
    retriever.gate.clear()
    service = asking(retriever=retriever)
    service._batching[pack().id]._most = service._batching[pack().id]._capacity = 1
    texts = [f"data {number}" for number in range(6)]
    asked = [asyncio.create_task(service.ask(Asker(text, "room"), text)) for text in texts]
    assert await asyncio.to_thread(retriever.busy.wait, 30)
    retriever.gate.set()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, UserError)]
    assert refused
    assert {str(one) for one in refused} == {"Too many ask at once (1 wait): please try again in 1 s."}
    assert len(retriever.asked) == len(texts) - len(refused)


async def test_a_closed_service_answers_nobody() -> None:
    service = asking()
    await service.ask(ANNA, "is my data sold")
    service.close()
    with pytest.raises(Fault, match="closed"):
        await service.ask(ANNA, "is my data sold")


async def test_a_conversation_comes_back_from_the_log(log: ConversationLog) -> None:
    """A new process goes on where the old one stopped, with the same conversation and the next number."""
    await asking(log).ask(ANNA, "is my data sold")
    reply = await asking(log).ask(ANNA, "source?")
    assert reply.turn == 2
    assert reply.answer.act is Act.SOURCE
    assert {quote.passage_id for quote in reply.answer.quotes} == {"everything-tracked", "no-selling-information"}
    assert len({turn.conversation_id for turn in log.recent(5)}) == 1


async def test_a_forgotten_conversation_begins_anew(log: ConversationLog) -> None:
    """With turn 1, and what was logged stays logged."""
    service = asking(log)
    await service.ask(ANNA, "is my data sold")
    await service.forget_conversation(ANNA)
    assert (await service.ask(ANNA, "is my data sold")).turn == 1
    assert len(log.recent(5)) == 2


async def test_sides_take_turns_to_stand_first() -> None:
    service = asking()
    first = [(await service.ask(ANNA, f"is my data sold in year {year}")).answer.blocks[0].side for year in range(4)]
    assert first in (["film", "facebook"] * 2, ["facebook", "film"] * 2)


@pytest.fixture
def _messages_as_before() -> Iterator[None]:
    """Find no messages that an earlier test set up, and leave none to a later one."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("_messages_as_before")
async def test_an_unsound_quote_is_dropped_and_logged_with_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bot.quote.rules.verification.fault_of",
        lambda _pack, quote, _block: "made up" if quote.passage_id == "everything-tracked" else None,
    )
    with capture_logs() as lines:
        reply = await asking().ask(ANNA, "is my data sold")
    assert [quote.passage_id for quote in reply.answer.quotes] == ["no-selling-information"]
    (line,) = lines
    assert (line["event"], line["fault"], len(line["fault_id"])) == ("quote dropped", "made up", 8)


async def test_whoever_deletes_waits_for_their_own_turns_under_way() -> None:
    """Not for those of others, and nothing of either is kept for that afterwards."""
    retriever = ScriptedRetriever()
    retriever.gate.clear()
    service = asking(retriever=retriever)
    asked = asyncio.create_task(service.ask(ANNA, "is my data sold"))
    assert await asyncio.to_thread(retriever.busy.wait, 30)
    await service.forget_people({BERT.person})
    waiting = asyncio.create_task(service.forget_people({ANNA.person}))
    await asyncio.sleep(0)
    assert not waiting.done()
    retriever.gate.set()
    await waiting
    assert asked.done()
    await asked
    assert dict(service._turns) == {}
