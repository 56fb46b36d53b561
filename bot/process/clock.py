"""The time, as something that is handed in."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final, Protocol

# Linux's usual monotonic clock stands still while a laptop is shut; the one of other systems does not.
_GOES_ON: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Tells the time; tests bring their own."""

    def now_utc(self) -> datetime:
        """Give the date and time in UTC, for people and records."""

    def monotonic_s(self) -> float:
        """Give seconds that only ever grow, for durations."""


class SystemClock:
    """The machine's own clocks."""

    def now_utc(self) -> datetime:
        """Give the date and time in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Give the seconds of the monotonic clock, those in which the machine slept among them."""
        return time.clock_gettime(_GOES_ON)
