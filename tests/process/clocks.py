"""A clock for tests: it stands until it is moved, and both of its times move together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class MovedClock:
    """Stands at noon of 1 January 2026, `now_s` seconds of the monotonic clock."""

    now_s: float = 1000.0
    begun: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def now_utc(self) -> datetime:
        """Give the date."""
        return self.begun + timedelta(seconds=self.now_s - 1000.0)

    def monotonic_s(self) -> float:
        """Give the seconds."""
        return self.now_s
