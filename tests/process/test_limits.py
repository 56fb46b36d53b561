"""How much may be asked: bursts, paces, the queue, and clocks that jump."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.process.limits import Buckets, Busy, Limits, Rate
from tests.process.clocks import MovedClock


@pytest.fixture
def clock() -> MovedClock:
    """Give a clock that the test moves."""
    return MovedClock()


@pytest.fixture
def limits(clock: MovedClock) -> Limits:
    """Give the limits as they are on Discord."""
    return Limits(clock)


def ask(limits: Limits, person: str = "anna", guild: str | None = "club") -> None:
    """Ask and be answered at once."""
    with limits.admitted(person, guild):
        pass


def test_a_person_has_five_at_once_and_then_one_every_three_seconds(limits: Limits, clock: MovedClock) -> None:
    """The sixth is told to wait for three seconds, and may ask then."""
    for _ in range(5):
        ask(limits)
    with pytest.raises(Busy, match="You're asking quickly – please wait 3 s") as busy:
        ask(limits)
    assert busy.value.wait_s == 3
    clock.now_s += 2.5
    with pytest.raises(Busy) as busy:
        ask(limits)
    assert busy.value.wait_s == 1
    clock.now_s += 0.5
    ask(limits)
    with pytest.raises(Busy):
        ask(limits)


def test_another_person_is_not_held_up(limits: Limits) -> None:
    """Buckets are a person's own."""
    for _ in range(5):
        ask(limits, "anna")
    ask(limits, "ben")


def test_a_guild_has_sixty_a_minute(limits: Limits, clock: MovedClock) -> None:
    """Sixty people ask at once, the next one waits; other guilds and DMs do not."""
    for number in range(60):
        ask(limits, f"person {number}")
    with pytest.raises(Busy, match="Many people are asking – please wait 1 second") as busy:
        ask(limits, "late")
    assert busy.value.wait_s == 1
    ask(limits, "late", "other club")
    ask(limits, "late", None)
    clock.now_s += 1
    ask(limits, "late")


def test_whoever_is_turned_away_has_lost_nothing(limits: Limits, clock: MovedClock) -> None:
    """Asking too early does not make the wait longer."""
    for _ in range(5):
        ask(limits)
    for _ in range(50):
        with pytest.raises(Busy):
            ask(limits)
    clock.now_s += 3
    ask(limits)


def test_the_queue_is_bounded(clock: MovedClock) -> None:
    """Who comes when it is full is told to come again, and how soon depends on the pace of the last answers."""
    limits = Limits(clock, queue=4)
    for number in range(4):
        with limits.admitted(f"quick {number}", None):
            clock.now_s += 2
    with ExitStack() as stack:
        for number in range(4):
            stack.enter_context(limits.admitted(f"person {number}", None))
        assert limits.under_way == 4
        with pytest.raises(Busy) as busy:
            ask(limits, "late")
        # Four answers came in the six seconds since the first of them: four more take about that long.
        assert busy.value.wait_s == 6
    assert limits.under_way == 0
    ask(limits, "late")


def test_an_answer_that_fails_leaves_the_queue(limits: Limits) -> None:
    """Its place is free again."""
    with pytest.raises(ValueError, match="broken"), limits.admitted("anna", None):
        raise ValueError("broken")
    assert limits.under_way == 0


async def test_a_program_that_ends_lets_nobody_in_and_waits_for_those_inside(limits: Limits) -> None:
    """Idle comes when the last answer is given."""
    with limits.admitted("anna", None):
        limits.close(15)
        with pytest.raises(Busy, match="try again in 15 s"):
            ask(limits, "ben")
        waiting = asyncio.create_task(limits.idle())
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


def test_full_buckets_are_thrown_away(clock: MovedClock) -> None:
    """A hundred thousand people leave no trace once their buckets are full again."""
    buckets = Buckets(Rate(burst=5, every_s=3.0))
    for number in range(100_000):
        clock.now_s += 0.01
        buckets.take(str(number), clock.now_s)
    assert len(buckets) <= 10_001


@given(st.lists(st.floats(0, 10), max_size=200), st.integers(1, 10), st.floats(0.5, 10))
def test_no_window_holds_more_than_the_burst_and_the_pace_allow(
    pauses_s: list[float], burst: int, every_s: float
) -> None:
    """In any stretch of time there are at most burst + time / pace tokens."""
    buckets = Buckets(Rate(burst, every_s))
    now_s = 0.0
    taken_s = []
    for pause_s in pauses_s:
        now_s += pause_s
        if buckets.wait_s("anna", now_s) == 0:
            buckets.take("anna", now_s)
            taken_s.append(now_s)
    for first in range(len(taken_s)):
        for last in range(first, len(taken_s)):
            assert last - first + 1 <= burst + (taken_s[last] - taken_s[first]) / every_s + 1e-6


async def test_what_costs_little_has_limits_of_its_own(limits: Limits, clock: MovedClock) -> None:
    """Twenty at once and one a second, beside the questions; it is waited for at the end, and nobody comes in then."""
    with limits.pressing("anna"):
        assert limits.under_way == 1
    for _ in range(19):
        with limits.pressing("anna"):
            pass
    with pytest.raises(Busy, match="That was quick – please wait 1 s"), limits.pressing("anna"):
        pass
    ask(limits)
    clock.now_s += 1
    with limits.pressing("anna"):
        idle = asyncio.create_task(limits.idle())
        await asyncio.sleep(0)
        assert not idle.done()
        limits.close(15)
    await idle
    with pytest.raises(Busy, match="try again in 15 s"), limits.pressing("ben"):
        pass


def test_a_person_is_told_to_wait_once_in_fifteen_seconds(limits: Limits, clock: MovedClock) -> None:
    """By a message that everybody sees; others are told on their own account."""
    assert [limits.may_be_told("anna"), limits.may_be_told("anna"), limits.may_be_told("ben")] == [True, False, True]
    clock.now_s += 15
    assert limits.may_be_told("anna")
