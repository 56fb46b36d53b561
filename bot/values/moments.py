"""Moments as numbers: milliseconds since 1970-01-01 00:00 UTC, without leap seconds, and how they are written."""

from __future__ import annotations

from typing import Final

SECOND_MS: Final = 1000
MINUTE_MS: Final = 60 * SECOND_MS
DAY_MS: Final = 24 * 60 * MINUTE_MS

_ERA_DAYS: Final = 146_097
"""Days of 400 years."""
_TO_1970_DAYS: Final = 719_468
"""Days from 0000-03-01 to 1970-01-01."""


def iso_utc(at_ms: int) -> str:
    """Write a moment to the second, as in 2026-03-01T19:00:00Z.

    Source: H. Hinnant, chrono-compatible low-level date algorithms, civil_from_days: years begin in March there, so
    that a leap day is the last of its year.
    """
    days, rest_ms = divmod(at_ms, DAY_MS)
    era, day_of_era = divmod(days + _TO_1970_DAYS, _ERA_DAYS)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    march_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * march_month + 2) // 5 + 1
    month = (march_month + 2) % 12 + 1
    year = year_of_era + 400 * era + (march_month + 2) // 12
    minutes, seconds = divmod(rest_ms // SECOND_MS, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z"
