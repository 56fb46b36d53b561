"""Moments are written as the calendar has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.values.moments import iso_utc

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.datetimes(datetime(1600, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - naive bounds, aware values
def test_every_moment_is_the_calendars(moment: datetime) -> None:
    """Leap years and centuries included."""
    at_ms = (moment - EPOCH) // timedelta(milliseconds=1)
    assert iso_utc(at_ms) == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
