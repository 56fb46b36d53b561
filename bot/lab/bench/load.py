"""The part of `bench` that asks many questions at once: through the service, naively, and beside the bare model."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final

from bot.lab.bench.crowd import (
    AT_ONCE,
    RAW_BATCH,
    Load,
    in_rounds,
    loaded,
    one_call_each,
    raw,
    through_service,
    times_as_many,
)
from bot.lab.bench.figures import Must, Part, Plotted, Row, Section
from bot.lab.bench.naive import naive_process
from bot.lab.bench.timing import spread_out

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.lab.bench.ground import Ground
    from bot.lab.bench.naive import Run

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


def measure_load(ground: Ground) -> Part:
    """Have questions answered, more and more at once."""
    with ExitStack() as stack:
        ground.tell("starting a process that answers naively")
        naive = stack.enter_context(naive_process(ground.session.config))
        texts = dict(
            zip(ground.questions, ground.retriever(ground.encoder).encoded(ground.questions).texts, strict=True)
        )
        found = asyncio.run(_loaded(ground, texts, naive))
    rows = tuple(
        Row(f"{name}_{at_once}", f"{at_once}: {LABELS[name]}", _values(Load.typical(own)))
        for at_once, runs in found.items()
        for name, own in runs.items()
    )
    columns = (("per_second", "a second"), ("p50_ms", "p50 ms"), ("p99_ms", "p99 ms"), ("lag_p99_ms", "loop lag p99"))
    section = Section("at_once", "So many at once", columns, rows, Plotted("per_second", None, "questions a second"))
    return Part((section,), _musts(ground, found[JUDGED]))


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


def _values(load: Load) -> tuple[float, ...]:
    return load.per_second, load.median_ms, load.p99_ms, load.lag_p99_ms


def _musts(ground: Ground, runs: Mapping[str, tuple[Load, ...]]) -> tuple[Must, ...]:
    over_raw = times_as_many(runs[RAW], runs[SERVICE], ground.rng)
    over_naive = times_as_many(runs[NAIVE_REFERENCE], runs[SERVICE], ground.rng)
    lag_ms = Load.typical(runs[SERVICE]).lag_p99_ms
    return (
        Must("service_over_raw", f"{JUDGED} at once: throughput over the bare model", over_raw, 0.8, at_least=True),
        Must("service_over_naive", f"{JUDGED} at once: over a call each, reference", over_naive, 4.0, at_least=True),
        Must("lag", f"{JUDGED} at once: loop lag p99, ms", lag_ms, 20.0),
    )
