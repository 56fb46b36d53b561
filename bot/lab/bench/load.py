"""The part of `bench` that asks many questions at once: through the service, naively, and beside the bare model.

Every asker asks again as soon as the last answer is there. The ways of answering take turns, round by round, for other
programs slow everything down for a while. One way answers in a process of its own as one does at first: the reference
encoder, one call of the executor a question, no calm.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import astuple, dataclass
from functools import partial
from itertools import cycle, islice
from statistics import median
from typing import TYPE_CHECKING, Final, cast

from bot.answer.rules import reply as replying
from bot.answer.rules.talk.history import Conversation
from bot.lab.bench.answers import check_usual
from bot.lab.bench.figures import MeasuredPart, Plotted, Row, Section, Target
from bot.lab.bench.timing import nearest_rank, ratio, spread_out
from bot.process.clock import SystemClock
from bot.quote.rules.verification import verify
from bot.values.asker import Asker
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from random import Random

    from bot.answer.service.ask import Asking
    from bot.config.sections import Config
    from bot.lab.bench.ground import Ground
    from bot.lab.bench.timing import Estimate
    from bot.process.clock import Clock
    from embeddings.encoders.reference import Encoder
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

    Way = Callable[[int, str], Awaitable[object]]
    """Answers a question of the asker with a number (from 0)."""

    Run = Callable[[Sequence[str], int], Awaitable["Load"]]
    """Has questions answered, so many at once, in the process that answers naively."""

AT_ONCE: Final = (1, 8, 64, 256)

RAW_BATCH: Final = 64
"""Texts that the bare model gets at once at most; more are no faster a piece."""

_LOOK_S: Final = 0.005
"""How often the event loop is asked whether it is free."""

_PATIENCE_S: Final = 5.0

RAW: Final = "raw"
SERVICE: Final = "service"
NAIVE: Final = "naive"
NAIVE_REFERENCE: Final = "naive_reference"

LABELS: Final = {
    RAW: "bare model",
    SERVICE: "service",
    NAIVE: "a call each",
    NAIVE_REFERENCE: "a call each, reference",
}

JUDGED: Final = 64
"""So many at once are judged."""

QUESTIONS_EACH: Final = 2
JUDGED_EACH: Final = 4
"""Questions of each asker in a round. With fewer it is the beginning and the end of a round that are measured."""

FEW_ROUNDS: Final = 2
"""Rounds of what is not judged: once forwards, once backwards."""

QUICK_AT_ONCE: Final = (1, 8, JUDGED)


def measure_load(ground: Ground) -> MeasuredPart:
    """Have questions answered, more and more at once."""
    with ExitStack() as stack:
        ground.tell("starting a process that answers naively")
        naive = stack.enter_context(naive_process(ground.session.config))
        texts = dict(
            zip(ground.questions, ground.retriever(ground.encoder).encoded(ground.questions).texts, strict=True)
        )
        found = asyncio.run(_loaded(ground, texts, naive))
    rows = tuple(
        Row(f"{name}_{at_once}", f"{at_once}: {LABELS[name]}", astuple(Load.typical(own)))
        for at_once, runs in found.items()
        for name, own in runs.items()
    )
    columns = (("per_second", "a second"), ("p50_ms", "p50 ms"), ("p99_ms", "p99 ms"), ("lag_p99_ms", "loop lag p99"))
    section = Section("at_once", "So many at once", columns, rows, Plotted("per_second", None, "questions a second"))
    return MeasuredPart((section,), _musts(ground, found[JUDGED]))


async def _loaded(ground: Ground, texts: Mapping[str, str], naive: Run) -> dict[int, dict[str, tuple[Load, ...]]]:
    """Load every way; `texts` are the questions as they are encoded."""
    clock, retriever = ground.clock, ground.retriever(ground.encoder)
    service, alone = through_service(ground.asking(ground.encoder)), one_call_each(ground.pack, retriever)
    await loaded(service, ground.warm_up, len(ground.warm_up), clock)
    await naive(ground.warm_up, len(ground.warm_up))
    found = {}
    for at_once in QUICK_AT_ONCE if ground.plan.quick else AT_ONCE:
        each = JUDGED_EACH if at_once == JUDGED and not ground.plan.quick else QUESTIONS_EACH
        count = max(len(ground.questions) // FEW_ROUNDS, at_once * each)
        rounds = ground.plan.rounds if at_once == JUDGED else min(FEW_ROUNDS, ground.plan.rounds)
        ground.tell(f"asking {count} questions, {at_once} at once, in {rounds} rounds")
        questions = list(islice(cycle(spread_out(ground.questions, count)), count))
        bare = [texts[question] for question in questions]
        runs: dict[str, Callable[[], Awaitable[Load]]] = {
            RAW: partial(raw, ground.encoder, bare, min(at_once, RAW_BATCH), clock),
            SERVICE: partial(loaded, service, questions, at_once, clock),
            NAIVE: partial(loaded, alone, questions, at_once, clock),
        }
        if at_once == JUDGED:
            runs[NAIVE_REFERENCE] = partial(naive, questions, at_once)
        found[at_once] = await in_rounds(runs, rounds)
    return found


def _musts(ground: Ground, runs: Mapping[str, tuple[Load, ...]]) -> tuple[Target, ...]:
    over_raw = times_as_many(runs[RAW], runs[SERVICE], ground.rng)
    over_naive = times_as_many(runs[NAIVE_REFERENCE], runs[SERVICE], ground.rng)
    lag_ms = Load.typical(runs[SERVICE]).lag_p99_ms
    return (
        Target("service_over_raw", f"{JUDGED} at once: throughput over the bare model", over_raw, 0.9, at_least=True),
        Target("service_over_naive", f"{JUDGED} at once: over a call each, reference", over_naive, 4.0, at_least=True),
        Target("lag", f"{JUDGED} at once: loop lag p99, ms", lag_ms, 5.0),
    )


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
        return cls(*map(median, zip(*map(astuple, runs), strict=True)))


def through_service(asking: Asking) -> Way:
    """Answer through the service, each question as the first of a conversation.

    Its retriever's encoder must remember nothing, where questions come more than once. Raises UserError when an answer
    is no usual one.
    """

    async def way(number: int, question: str) -> None:
        asker = Asker(f"asker {number}", "bench")
        await asking.forget_conversation(asker)
        reply = await asking.ask(asker, question)
        check_usual(reply)

    return way


def one_call_each(pack: Pack, retriever: Retriever) -> Way:
    """Answer as one does at first: each question by itself, in whichever thread is free."""

    def answer(question: str) -> None:
        turn = replying.turn(replying.Speaker(pack), retriever, Conversation("bench"), question)
        questions = next(turn)
        try:
            while True:
                questions = turn.send(retriever.find_many(questions))
        except StopIteration as made:
            verify(pack, made.value)

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
    """Return how many times as many questions a second the second way gets through, by its median round."""
    return ratio([run.per_second for run in base], [run.per_second for run in other], rng)


@contextmanager
def naive_process(config: Config) -> Iterator[Run]:
    """Start the process, which takes seconds, and end it. What it cannot do raises Fault."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, config), name="naive", daemon=True)
    process.start()
    there.close()

    def received() -> Load | str:
        try:
            found: Load | str = here.recv()
        except EOFError as error:
            raise Fault("the process that answers naively died") from error
        if isinstance(found, str) and found:
            raise Fault(f"the process that answers naively broke: {found}")
        return found

    async def run(questions: Sequence[str], at_once: int) -> Load:
        here.send((tuple(questions), at_once))
        return cast("Load", await asyncio.to_thread(received))

    try:
        received()
        yield run
    finally:
        here.close()
        process.join(_PATIENCE_S)
        if process.is_alive():
            process.kill()
            process.join()


def serve(connection: Connection, config: Config) -> None:
    """Be the process: open, then run what comes through the pipe until its other end is closed."""
    # What is used imports torch: not before this process is started.
    from bot import opening  # noqa: PLC0415
    from embeddings.index.index import open_index  # noqa: PLC0415
    from embeddings.index.storage import default_folder  # noqa: PLC0415
    from embeddings.retriever import Retriever  # noqa: PLC0415

    # Ctrl-C is meant for the other process, which then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # OpenMP's own choice, which whoever does not know of it gets.
    os.environ["GOMP_SPINCOUNT"] = "300000"
    with contextlib.suppress(EOFError, OSError):
        try:
            pack = opening.open_pack(config)
            encoder = opening.load_reference(config)
            index = open_index(pack, encoder, config.index.folder or default_folder())
            way = one_call_each(pack, Retriever(pack, encoder, index))
            connection.send("")
            while True:
                questions, at_once = connection.recv()
                connection.send(asyncio.run(loaded(way, questions, at_once, SystemClock())))
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - it belongs to the other process
            connection.send(f"{type(error).__name__}: {error}")
