"""Measuring many askers at once: how many are answered a second, how long each waits, and how free the event loop is.

Every asker asks again as soon as the last answer is there. The ways of answering take turns, round by round, for other
programs slow everything down for a while. It must not know how figures are shown.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from bot.answer.rules import reply as replying
from bot.answer.rules.talk import conversation as talk
from bot.answer.rules.talk.history import Conversation
from bot.lab.bench.timing import nearest_rank, ratio
from bot.quote.rules.verification import verify
from bot.values.asker import Asker
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
    from random import Random

    from bot.answer.service.ask import Asking
    from bot.lab.bench.timing import Estimate
    from bot.process.clock import Clock
    from embeddings.encoders.reference import Encoder
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

    Way = Callable[[int, str], Awaitable[object]]
    """Answers a question of the asker with a number (from 0)."""

AT_ONCE: Final = (1, 8, 64, 256)

RAW_BATCH: Final = 64
"""Texts that the bare model gets at once at most; more are no faster a piece."""

_LOOK_S: Final = 0.005
"""How often the event loop is asked whether it is free."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one run. `median_ms` and `p99_ms` are the askers' waits.

    `lag_p99_ms` is how much later than it wanted a task came to its turn on the event loop.
    """

    per_second: float
    median_ms: float
    p99_ms: float
    lag_p99_ms: float

    @classmethod
    def typical(cls, runs: Sequence[Load]) -> Load:
        """Take the median of several runs, figure by figure."""
        return cls(
            median(run.per_second for run in runs),
            median(run.median_ms for run in runs),
            median(run.p99_ms for run in runs),
            median(run.lag_p99_ms for run in runs),
        )


def through_service(asking: Asking) -> Way:
    """Answer through the service, each question as the first of a conversation.

    Its retriever's encoder must remember nothing, where questions come more than once. Raises UserError when an answer
    comes with a note: it was no usual one.
    """

    async def way(number: int, question: str) -> None:
        asker = Asker(f"asker {number}", "bench")
        await asking.forget_conversation(asker)
        reply = await asking.ask(asker, question)
        if reply.notices:
            raise UserError(f"nothing can be measured, for an answer came with a note: {reply.notices[0]}")

    return way


def one_call_each(pack: Pack, retriever: Retriever) -> Way:
    """Answer as one does at first: each question by itself, in whichever thread is free."""

    def answer(question: str) -> None:
        conversation = Conversation("bench")
        reading = talk.read(pack, conversation, question, retriever.lean)
        findings = talk.choose(reading, retriever.find_many(reading.questions)) if reading.questions else None
        verify(pack, replying.reply(pack, conversation, reading, findings, question))

    async def way(_number: int, question: str) -> None:
        await asyncio.to_thread(answer, question)

    return way


async def loaded(way: Way, questions: Sequence[str], at_once: int, clock: Clock) -> Load:
    """Have questions answered, `at_once` of them at any time."""
    waits_ms: list[float] = []
    lags_ms: list[float] = []
    left = iter(questions)
    async with watched(lags_ms, clock):
        started_s = clock.monotonic_s()
        async with asyncio.TaskGroup() as askers:
            for number in range(at_once):
                askers.create_task(_ask_on(way, number, left, waits_ms, clock))
        taken_s = clock.monotonic_s() - started_s
    return _load(waits_ms, lags_ms, taken_s)


def _load(waits_ms: Sequence[float], lags_ms: Sequence[float], taken_s: float) -> Load:
    # A loop that never came to the watch was held up all the time.
    lag_ms = nearest_rank(lags_ms, 0.99) if lags_ms else taken_s * 1000
    return Load(len(waits_ms) / taken_s, median(waits_ms), nearest_rank(waits_ms, 0.99), lag_ms)


async def _ask_on(way: Way, number: int, left: Iterator[str], waits_ms: list[float], clock: Clock) -> None:
    """Be one asker, until no question is left."""
    for question in left:
        started_s = clock.monotonic_s()
        await way(number, question)
        waits_ms.append((clock.monotonic_s() - started_s) * 1000)


async def _watch(lags_ms: list[float], clock: Clock) -> None:
    """Note again and again, until cancelled, how much too late this task comes to its turn."""
    while True:
        started_s = clock.monotonic_s()
        await asyncio.sleep(_LOOK_S)
        lags_ms.append((clock.monotonic_s() - started_s - _LOOK_S) * 1000)


@asynccontextmanager
async def watched(lags_ms: list[float], clock: Clock) -> AsyncIterator[None]:
    """Note, for as long as this lasts, how late the event loop is."""
    task = asyncio.create_task(_watch(lags_ms, clock))
    try:
        yield
    finally:
        task.cancel()


async def raw(encoder: Encoder, texts: Sequence[str], at_once: int, clock: Clock) -> Load:
    """Have the bare model encode texts that all are at hand, `at_once` of them a time: what no service can outdo.

    A text waits for its batch.
    """

    def timed(batch: Sequence[str]) -> float:
        started_s = clock.monotonic_s()
        encoder.encode(batch)
        return (clock.monotonic_s() - started_s) * 1000

    waits_ms: list[float] = []
    lags_ms: list[float] = []
    async with watched(lags_ms, clock):
        started_s = clock.monotonic_s()
        for start in range(0, len(texts), at_once):
            batch = texts[start : start + at_once]
            waits_ms += [await asyncio.to_thread(timed, batch)] * len(batch)
        taken_s = clock.monotonic_s() - started_s
    return _load(waits_ms, lags_ms, taken_s)


async def in_rounds(runs: Mapping[str, Callable[[], Awaitable[Load]]], rounds: int) -> dict[str, tuple[Load, ...]]:
    """Do each of the runs once a round, in turns, and give what came of each, round by round."""
    found: dict[str, list[Load]] = {name: [] for name in runs}
    order = tuple(runs)
    for number in range(rounds):
        # Every other round backwards, so that none gains by what it comes after.
        for name in reversed(order) if number % 2 else order:
            found[name].append(await runs[name]())
    return {name: tuple(own) for name, own in found.items()}


def times_as_many(base: Sequence[Load], other: Sequence[Load], rng: Random) -> Estimate:
    """Give how many times as many questions a second the second way gets through, by its median round."""
    return ratio([run.per_second for run in base], [run.per_second for run in other], rng)
