"""The time, as something that is handed in, and waiting for a moment or a change, whichever comes first."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# Linux's usual monotonic clock stands still while a laptop is shut; the one of other systems does not.
_GOES_ON: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Tells the time; tests bring their own."""

    def now_utc(self) -> datetime:
        """Return the date and time in UTC, for people and records."""

    def monotonic_s(self) -> float:
        """Return seconds that only ever grow, for durations."""


class SystemClock:
    """The machine's own clocks."""

    def now_utc(self) -> datetime:
        """Return the date and time in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return the seconds of the monotonic clock, those in which the machine slept among them."""
        return time.clock_gettime(_GOES_ON)


class Waking:
    """Wakes everybody who rests. Belongs to one event loop."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Let time pass by `sleep` (seconds)."""
        self._sleep = sleep
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Wake whoever rests now."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def rest(self, longest_s: float | None) -> None:
        """Wait to be woken, `longest_s` at most; None: for as long as it takes.

        What is looked at right before is not missed: nothing else runs between that and the waiting.
        """
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
