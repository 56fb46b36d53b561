"""The parts of `bench` about what grows: the index, with the number of passages, and the log, with every turn."""

from __future__ import annotations

import asyncio
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.lab.bench.answers import ASKER
from bot.lab.bench.figures import Must, Part, Plotted, Row, Section
from bot.lab.bench.turns import TOGETHER, times_as_fast, writes
from bot.lab.bench.vectors import SIZES, scales
from bot.log.turns import TurnEntry
from embeddings.index.index import passage_vectors

if TYPE_CHECKING:
    from bot.lab.bench.ground import Ground
    from bot.lab.bench.turns import Writes

LARGE: Final = 100_000
"""Passages above which a size is tried only on request."""

QUICK_LARGEST: Final = 1_000

MILLION: Final = 1_000_000

TURNS: Final = (100, 1000)
"""Turns a round that are written with a commit each, and together."""

QUICK_TURNS: Final = (5, 20)

_MB: Final = 1_000_000


def measure_index(ground: Ground) -> Part:
    """Search more and more vectors, made from the pack's own."""
    largest = MILLION if ground.plan.scale else QUICK_LARGEST if ground.plan.quick else LARGE
    sizes = [size for size in SIZES if size <= largest]
    index = ground.index
    real = np.concatenate([passage_vectors(index, voice) for voice in index.layout.voices])
    rows, musts = [], []
    for size in sizes:
        ground.tell(f"searching {size:,} vectors")
        (scale,) = scales(real, ground.folder, [size])
        memory_mb = None if scale.memory_bytes is None else scale.memory_bytes / _MB
        figures = (scale.median_ms, scale.p95_ms, scale.recall, memory_mb, scale.build_s)
        rows.append(Row(str(size), f"{size:,}", figures))
        if size == MILLION:
            musts.append(Must("million_ms", "a million passages: search p50, ms", scale.median_ms, 0.5))
            musts.append(Must("million_recall", "a million: recall@10", scale.recall, 0.98, at_least=True))
            if memory_mb is not None:
                musts.append(Must("million_mb", "a million: extra memory, MB", memory_mb, 600.0))
    columns = (
        ("median_ms", "median ms"),
        ("p95_ms", "p95 ms"),
        ("recall", "recall@10"),
        ("memory_mb", "MB"),
        ("build_s", "build s"),
    )
    plotted = Plotted("median_ms", "p95_ms", "milliseconds", logarithmic=True)
    section = Section("index", "Searching one voice of so many passages", columns, tuple(rows), plotted)
    notes = () if ground.plan.scale else (f"The index above {largest:,} passages is tried with --scale.",)
    made = "The index's vectors are made from the pack's own, near to each other as paraphrases are."
    return Part((section,), tuple(musts), (made, *notes))


def measure_log(ground: Ground) -> Part:
    """Log an answer again and again: with a commit each, and while many wait together."""
    ground.tell("writing turns to a log")
    answer = asyncio.run(ground.asking(ground.encoder).ask(ASKER, ground.questions[0])).answer
    now = ground.clock.now_utc().isoformat()
    entry = TurnEntry(answer, "bench", ASKER.person, ASKER.place, number=1, asked_utc=now, duration_ms=1.0)
    counts = QUICK_TURNS if ground.plan.quick else TURNS
    alone, together = writes(ground.log("writes"), entry, counts, ground.plan.rounds, ground.clock)
    rows = (
        _log_row("alone", "a commit each", alone),
        _log_row("together", f"{TOGETHER} wait together", together),
    )
    columns = (("per_second", "turns a second"), ("turns_a_commit", "turns a commit"))
    plotted = Plotted("per_second", None, "turns a second")
    section = Section("log", "The log: turns that are on the disk for good", columns, rows, plotted)
    per_second = median(one.per_second for one in together)
    times = times_as_fast(alone, together, ground.rng)
    note = (
        f"The log wrote {times.value:.1f} times as many turns when they waited together ({times.low:.1f} to "
        f"{times.high:.1f}). It lay in {ground.folder.parent}; TMPDIR names another disk to measure with."
    )
    must = Must("log", "durable turns a second, many at once", per_second, 1000.0, at_least=True)
    return Part((section,), (must,), (note,))


def _log_row(key: str, label: str, runs: tuple[Writes, ...]) -> Row:
    return Row(key, label, (median(one.per_second for one in runs), median(one.turns_a_commit for one in runs)))
