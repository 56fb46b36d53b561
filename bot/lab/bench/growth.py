"""The parts of `bench` about what grows: the index, with the number of passages, and the log, with every turn.

The vectors searched are made from real ones, and lie to each other as paraphrases do. Random vectors, all as far apart
as can be, would make every approximate index look useless.
"""

from __future__ import annotations

import asyncio
import mmap
import multiprocessing
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import numpy as np

from bot.answer.store.turns import TurnEntry, rows_of
from bot.lab.bench.answers import ASKER
from bot.lab.bench.figures import MeasuredPart, Plotted, Row, Section, Target
from bot.lab.bench.timing import ratio
from bot.log.recorder import RecordOutcome
from embeddings.index.dense import NEIGHBOURS, VoiceIndex, all_threads, none_near, recall_of, with_nearer, write_voice
from embeddings.index.index import passage_vectors
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from random import Random

    from numpy.typing import NDArray

    from bot.lab.bench.ground import Ground
    from bot.lab.bench.timing import Estimate
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from embeddings.encoders.reference import Vectors

SIZES: Final = (100, 1_000, 10_000, 100_000, 1_000_000)
"""Passages of one voice that are tried."""

MILLION: Final = 1_000_000

LARGE: Final = 100_000
"""Passages above which a size is tried only on request."""

QUICK_LARGEST: Final = 1_000

QUESTIONS: Final = 500
"""Questions that each size is searched with, one at a time."""

_WARM_UP: Final = 50
"""Questions before those, which do not count: they bring the file into memory."""

DRIFT: Final = 0.3
"""How far a made vector lies from the real one that it is made from: at a cosine of about 0.9."""

_BLOCK: Final = 16_384
"""Vectors that are made at a time."""

_STATM: Final = Path("/proc/self/statm")
"""Where Linux tells the memory of a process."""

_MB: Final = 1_000_000


def measure_index(ground: Ground) -> MeasuredPart:
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
            musts.append(Target("million_ms", "a million passages: search p50, ms", scale.median_ms, 0.5))
            musts.append(Target("million_recall", "a million: recall@10", scale.recall, 0.98, at_least=True))
            if memory_mb is not None:
                musts.append(Target("million_mb", "a million: extra memory, MB", memory_mb, 600.0))
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
    return MeasuredPart((section,), tuple(musts), (made, *notes))


@dataclass(frozen=True, slots=True)
class Scale:
    """What a search in so many vectors costs. `recall` (0..1) is that of the ten nearest, with questions of its own.

    `memory_bytes` is what the process grew by, pages of the file included; None where the system does not tell. The
    build includes making the vectors. `lists` is 1 where every vector is compared.
    """

    vectors: int
    lists: int
    probes: int
    recall: float
    median_ms: float
    p95_ms: float
    memory_bytes: int | None
    build_s: float


@dataclass(frozen=True, slots=True)
class Paraphrases:
    """As many vectors as wanted, made from real ones: each is one of those, moved the way that two others differ.

    So they spread in the directions in which real vectors do. The same number always gives the same vector; nothing is
    kept.
    """

    real: Vectors

    def at(self, numbers: NDArray[np.int64]) -> Vectors:
        """Make the vectors with these numbers (from 0), in order."""
        first, second, third = (_scattered(3 * numbers + part) % np.uint64(len(self.real)) for part in range(3))
        moved = self.real[first] + np.float32(DRIFT) * (self.real[second] - self.real[third])
        made: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return made


def scales(real: Vectors, folder: Path, sizes: Sequence[int] = SIZES) -> Iterator[Scale]:
    """Measure each of the sizes in turn, with vectors made from real ones; `folder` holds one index at a time.

    A million takes two to five minutes on two cores, and 400 MB of the disk.
    """
    source = Paraphrases(real)
    for size in sizes:
        path = folder / f"{size}.faiss"
        questions = source.at(np.arange(size, size + QUESTIONS + _WARM_UP))
        start = perf_counter()
        build = write_voice(path, real.shape[1], np.arange(size), source.at)
        build_s = perf_counter() - start
        # A process of its own: what this one has allocated before would hide what the search needs.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
            found, times_ms, memory_bytes = process.submit(_search, path, size, questions).result()
        path.unlink()
        counted = questions[_WARM_UP:]
        yield Scale(
            vectors=size,
            lists=build.lists,
            probes=build.probes,
            recall=recall_of(found, _tenth(counted, size, source), counted, source.at),
            median_ms=float(np.median(times_ms)),
            p95_ms=float(np.percentile(times_ms, 95)),
            memory_bytes=memory_bytes,
            build_s=build_s,
        )


def _search(path: Path, size: int, questions: Vectors) -> tuple[NDArray[np.int64], list[float], int | None]:
    """Search for each question; give what was found and the time after the first ones, and the memory taken."""
    rows = np.arange(size)
    before = _resident_bytes()
    index = VoiceIndex(path, rows)
    found, times_ms = [], []
    for question in questions:
        start = perf_counter()
        nearest, _ = index.search(question[None, :], NEIGHBOURS)
        times_ms.append((perf_counter() - start) * 1000)
        found.append(nearest[0])
    after = _resident_bytes()
    grown = None if before is None or after is None else after - before
    return np.array(found[_WARM_UP:]), times_ms[_WARM_UP:], grown


def _tenth(questions: Vectors, size: int, source: Paraphrases) -> NDArray[np.float32]:
    """Return the exact cosine of the tenth nearest vector of each question."""
    nearest = none_near(len(questions))
    with all_threads():
        for start in range(0, size, _BLOCK):
            nearest = with_nearer(nearest, questions, source.at(np.arange(start, min(start + _BLOCK, size))))
    tenth: NDArray[np.float32] = nearest[:, -1]
    return tenth


def _resident_bytes() -> int | None:
    """Return the memory that this process has now; None where the system does not tell it so."""
    if not _STATM.exists():
        return None
    return int(_STATM.read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE


def _scattered(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return each number a fixed one that looks random. Source: SplitMix64, Steele, Lea and Flood (2014)."""
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scattered: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return scattered


TOGETHER: Final = 64
"""Turns that wait for the disk at any time."""

TURNS: Final = (100, 1000)
"""Turns a round that are written with a commit each, and together."""

QUICK_TURNS: Final = (5, 20)


def measure_log(ground: Ground) -> MeasuredPart:
    """Log an answer again and again: with a commit each, and while many wait together."""
    ground.tell("writing turns to a log")
    answer = asyncio.run(ground.asking(ground.encoder).ask(ASKER, ground.questions[0])).answer
    now = ground.clock.now_utc().isoformat()
    entry = TurnEntry(answer, "bench", ASKER.person, ASKER.place, number=1, asked_utc=now, duration_ms=1.0)
    counts = QUICK_TURNS if ground.plan.quick else TURNS
    alone, together = writes(ground.log("writes"), entry, counts, ground.plan.rounds, ground.clock)
    rows = tuple(
        Row(key, label, (median(one.per_second for one in runs), median(one.turns_a_commit for one in runs)))
        for key, label, runs in (
            ("alone", "a commit each", alone),
            ("together", f"{TOGETHER} wait together", together),
        )
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
    must = Target("log", "durable turns a second, many at once", per_second, 1000.0, at_least=True)
    return MeasuredPart((section,), (must,), (note,))


@dataclass(frozen=True, slots=True)
class Writes:
    """What came of writing turns: durable ones a second, and how many shared one commit."""

    per_second: float
    turns_a_commit: float


def written(log: ConversationLog, entry: TurnEntry, count: int, together: int, clock: Clock) -> Writes:
    """Log a turn `count` times, each as a conversation of its own, with `together` of them waiting at any time.

    Raises UserError when one of them could not be written.
    """
    entries = [replace(entry, conversation_id=uuid4().hex, number=1) for _ in range(count)]
    commits = log.commits
    waiting: deque[Future[RecordOutcome]] = deque()
    started_s = clock.monotonic_s()
    for one in entries:
        if len(waiting) == together:
            _check(waiting.popleft())
        waiting.append(log.record(rows_of(one)))
    for future in waiting:
        _check(future)
    taken_s = clock.monotonic_s() - started_s
    return Writes(count / taken_s, count / max(log.commits - commits, 1))


def _check(future: Future[RecordOutcome]) -> None:
    outcome = future.result()
    if outcome is not RecordOutcome.LOGGED:
        raise UserError(f"the log's speed cannot be measured: a turn is {outcome.value}; make room on that disk")


def writes(
    log: ConversationLog, entry: TurnEntry, counts: tuple[int, int], rounds: int, clock: Clock
) -> tuple[tuple[Writes, ...], tuple[Writes, ...]]:
    """Write in turns one by one and together, so many turns each a round; give both, round by round."""
    pairs = [
        (written(log, entry, counts[0], 1, clock), written(log, entry, counts[1], TOGETHER, clock))
        for _ in range(rounds)
    ]
    return tuple(alone for alone, _ in pairs), tuple(together for _, together in pairs)


def times_as_fast(alone: tuple[Writes, ...], together: tuple[Writes, ...], rng: Random) -> Estimate:
    """Return how many times as many turns a second are written when they wait together."""
    return ratio([one.per_second for one in alone], [one.per_second for one in together], rng)
