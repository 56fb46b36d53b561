"""The time, as something that is handed in.

It must not know what it is used for.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


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
        """Give the seconds of the monotonic clock."""
        return time.monotonic()
