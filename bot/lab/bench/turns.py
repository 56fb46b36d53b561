"""The part of `bench` about the log: turns a second that are on the disk for good, a commit each and many together."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from bot.answer.store.turns import TurnEntry, rows_of
from bot.lab.bench.answers import ASKER
from bot.lab.bench.figures import MeasuredPart, Plotted, Row, Section, Target
from bot.lab.bench.timing import ratio
from bot.log.recorder import RecordOutcome
from knowledge.errors import UserError

if TYPE_CHECKING:
    from concurrent.futures import Future
    from random import Random

    from bot.lab.bench.ground import Ground
    from bot.lab.bench.timing import Estimate
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock

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
