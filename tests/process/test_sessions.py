"""How long shards were silent, and how long to wait before the next try."""

from __future__ import annotations

import pytest

from bot.process.sessions import Backoff, Uptime
from tests.process.clocks import MovedClock


@pytest.fixture
def clock() -> MovedClock:
    """Give a clock that the test moves."""
    return MovedClock()


def test_the_time_before_the_first_session_counts(clock: MovedClock) -> None:
    """Also while nobody knows how many shards there are."""
    uptime = Uptime(clock)
    clock.now_s += 100
    assert uptime.silence_s() == 100
    uptime.expect([0])
    assert uptime.silence_s() == 100
    uptime.up(0)
    assert uptime.silence_s() == 0


def test_a_shard_that_is_off_counts_from_there(clock: MovedClock) -> None:
    """Until it is resumed; saying it twice changes nothing."""
    uptime = Uptime(clock)
    uptime.expect([0, 1])
    uptime.up(0)
    uptime.up(1)
    clock.now_s += 1000
    uptime.down(1)
    clock.now_s += 30
    uptime.down(1)
    assert uptime.silence_s() == 30
    uptime.up(1)
    assert uptime.silence_s() == 0


def test_shards_that_begin_one_after_the_other_are_given_time(clock: MovedClock) -> None:
    """A hundred shards need over eight minutes; each beginning is a sign of life."""
    uptime = Uptime(clock)
    uptime.expect(range(100))
    for shard in range(100):
        clock.now_s += 5
        assert uptime.silence_s() == 5
        uptime.up(shard)
    assert uptime.silence_s() == 0


def test_a_lost_connection_counts_over_further_attempts(clock: MovedClock) -> None:
    """A new client expects the same shards, and that is no sign of life."""
    uptime = Uptime(clock)
    uptime.expect([0])
    uptime.up(0)
    clock.now_s += 1000
    uptime.lost()
    for _ in range(3):
        clock.now_s += 40
        uptime.expect([0])
        uptime.lost()
    assert uptime.silence_s() == 120


def test_shards_that_are_no_more_do_not_count(clock: MovedClock) -> None:
    """Discord may say another number the next time."""
    uptime = Uptime(clock)
    uptime.expect([0, 1, 2])
    uptime.up(0)
    uptime.expect([0])
    clock.now_s += 500
    assert uptime.silence_s() == 0


def test_delays_double_up_to_a_minute() -> None:
    """Without chance they are 1, 2, 4 … 60, and 1 again after success."""
    backoff = Backoff(lambda: 1.0)
    assert [backoff.next_s() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.reset()
    assert backoff.next_s() == 1


def test_chance_takes_up_to_half_of_a_delay() -> None:
    """So that many bots do not come back at the same moment."""
    backoff = Backoff(lambda: 0.0)
    assert [backoff.next_s() for _ in range(3)] == [0.5, 1, 2]
