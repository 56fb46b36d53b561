"""The clock that is passed in, waiting for a moment or a change, and how late an event loop is.

Measuring that costs about a hundredth of a core.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn, Protocol

# Linux's usual monotonic clock stops while a laptop sleeps; those of other systems do not.
_GOES_ON: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Tells the time; tests bring their own."""

    def now_utc(self) -> datetime:
        """Return the date and time in UTC, for people and records."""

    def monotonic_s(self) -> float:
        """Return seconds that never decrease, for durations."""


class SystemClock:
    """The machine's own clocks."""

    def now_utc(self) -> datetime:
        """Return the date and time in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return the seconds of the monotonic clock, including sleep of the machine."""
        return time.clock_gettime(_GOES_ON)


class Waking:
    """Wakes all that rest. Belongs to one event loop; time passes by `sleep` (seconds)."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Wake all that rest now."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def rest(self, longest_s: float | None) -> None:
        """Wait to be woken, `longest_s` at most (None: for ever). No change since the last `await` is missed."""
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._changed.wait())]
        if longest_s is not None:
            waiting.append(asyncio.create_task(self._slept(longest_s)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()

    async def _slept(self, duration_s: float) -> None:
        await self._sleep(duration_s)


BEAT_S: Final = 0.005
REPORT_EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Lateness:
    """What was measured between two reports.

    `worst_ms` is the longest time between two beats, `worked_ms` the most CPU time of the loop's own thread in one: the
    rest of a long wait went to other threads and programs.
    """

    beats: int
    worst_ms: float
    worked_ms: float


class Pulse:
    """Collects beats, from a time and the CPU time of the loop's thread."""

    def __init__(self, now_s: float, worked_s: float) -> None:
        self._now_s = now_s
        self._worked_s = worked_s
        self._beats = 0
        self._worst_s = self._most_worked_s = 0.0

    def beat(self, now_s: float, worked_s: float) -> None:
        """Note a beat."""
        self._beats += 1
        self._worst_s = max(self._worst_s, now_s - self._now_s)
        self._most_worked_s = max(self._most_worked_s, worked_s - self._worked_s)
        self._now_s, self._worked_s = now_s, worked_s

    def taken(self) -> Lateness:
        """Return what was measured, and start again."""
        found = Lateness(self._beats, self._worst_s * 1000, self._most_worked_s * 1000)
        self._beats = 0
        self._worst_s = self._most_worked_s = 0.0
        return found


async def listen(
    clock: Clock, report: Callable[[Lateness], None], *, report_every_s: float = REPORT_EVERY_S
) -> NoReturn:
    """Beat for ever, and report every few seconds."""
    pulse = Pulse(clock.monotonic_s(), time.thread_time())
    reported_s = clock.monotonic_s()
    while True:
        await asyncio.sleep(BEAT_S)
        now_s = clock.monotonic_s()
        pulse.beat(now_s, time.thread_time())
        if now_s - reported_s >= report_every_s:
            reported_s = now_s
            report(pulse.taken())
