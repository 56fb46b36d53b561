"""How long an event loop keeps everybody waiting, measured inside it: by a beat that comes late.

The beat costs about a hundredth of a core, so it is for whoever looks for what holds the loop up.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.process.clock import Clock

BEAT_S: Final = 0.005
REPORT_EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Lateness:
    """What was measured between two reports.

    `worst_ms` is the longest time from one beat to the next: nothing held up the loop for longer. `worked_ms` is the
    most that the loop's own thread worked from one beat to the next; the rest of a long wait went to other threads and
    other programs.
    """

    beats: int
    worst_ms: float
    worked_ms: float


class Pulse:
    """Collects beats."""

    def __init__(self, now_s: float, worked_s: float) -> None:
        """Begin with the time, and with how long the loop's thread has worked."""
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
        """Return what was measured since the last time, and begin anew."""
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
