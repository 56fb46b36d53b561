"""Moments as numbers: milliseconds since 1970-01-01 00:00 UTC, without leap seconds, and how they are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

SECOND_MS: Final = 1000
MINUTE_MS: Final = 60 * SECOND_MS
DAY_MS: Final = 24 * 60 * MINUTE_MS

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def iso_utc(at_ms: int) -> str:
    """Return a moment to the second, as in 2026-03-01T19:00:00Z."""
    return f"{_EPOCH + timedelta(milliseconds=at_ms):%Y-%m-%dT%H:%M:%SZ}"


def local_time(moment: str, form: str = "%Y-%m-%d %H:%M %Z") -> str:
    """Return an ISO 8601 moment as this machine's clock shows it, with the zone's name unless `form` says otherwise."""
    return datetime.fromisoformat(moment).astimezone().strftime(form)
