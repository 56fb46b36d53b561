"""Measuring how many turns a second are on the disk for good: one commit each, and when many wait together.

It must not know how figures are shown.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from bot.lab.bench.timing import ratio
from bot.log.recorder import Outcome
from knowledge.errors import UserError

if TYPE_CHECKING:
    from concurrent.futures import Future
    from random import Random

    from bot.lab.bench.timing import Estimate
    from bot.log.log import ConversationLog
    from bot.log.turns import TurnEntry
    from bot.process.clock import Clock

TOGETHER: Final = 64
"""Turns that wait for the disk at any time."""


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
    waiting: deque[Future[Outcome]] = deque()
    started_s = clock.monotonic_s()
    for one in entries:
        if len(waiting) == together:
            _check(waiting.popleft())
        waiting.append(log.record(one))
    for future in waiting:
        _check(future)
    taken_s = clock.monotonic_s() - started_s
    return Writes(count / taken_s, count / max(log.commits - commits, 1))


def _check(future: Future[Outcome]) -> None:
    outcome = future.result()
    if outcome is not Outcome.LOGGED:
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
    """Give how many times as many turns a second are written when they wait together."""
    return ratio([one.per_second for one in alone], [one.per_second for one in together], rng)
