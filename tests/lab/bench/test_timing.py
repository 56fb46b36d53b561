"""Statistics of times, worked out by hand, and the order in which times are taken."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lab.bench import timing
from bot.lab.bench.timing import Estimate, bootstrapped, nearest_rank, ratio, ratio_of_p95s, spread_out

# The randomness only has to be the same each time.
# ruff: noqa: S311


TIMES = st.floats(min_value=0.001, max_value=1e6)
PAIRS = st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=12)


# Statistics


@pytest.mark.parametrize(
    ("count", "share", "rank"),
    [(1, 0.95, 1), (10, 0.95, 10), (20, 0.95, 19), (21, 0.95, 20), (200, 0.95, 190), (2000, 0.025, 50), (4, 0.5, 2)],
)
def test_nearest_rank_counts_up_to_the_share(count: int, share: float, rank: int) -> None:
    """Of the numbers from 1, each is its own rank, in whatever order they come; 0.95 of 20 is 19 and no more."""
    samples = [float(number) for number in range(1, count + 1)]
    Random(1).shuffle(samples)
    assert nearest_rank(samples, share) == rank


def test_ratio_is_that_of_the_medians() -> None:
    """Medians 2 and 6, whatever the pairs are."""
    assert ratio([1, 2, 3], [10, 6, 3], Random(0)).value == 3.0


def test_constant_ratio_has_no_width() -> None:
    """Whatever is drawn, three times is three times: a machine that is slow for a while takes nothing away from it."""
    times = [4.0, 1.0, 2.0, 8.0]
    assert ratio(times, [3 * time for time in times], Random(0)) == Estimate(3.0, 3.0, 3.0)


def test_interval_of_two_pairs_reaches_both() -> None:
    """Of two pairs drawn, a quarter has the first one twice, a quarter the second: more than 2.5 % on each side."""
    assert ratio([1, 1], [1, 11], Random(0)) == Estimate(value=6.0, low=1.0, high=11.0)


def test_interval_leaves_out_what_is_rare() -> None:
    """One odd pair in nine is the median of nine drawn if it is drawn five times, as in 0.15 % of the draws."""
    assert ratio([1.0] * 9, [2.0] * 8 + [900.0], Random(0)) == Estimate(2.0, 2.0, 2.0)


def test_interval_of_many_samples_is_as_wide_as_theory_says() -> None:
    """The median of n normal samples has the standard error 1.2533 / sqrt(n): for 400, 1.96 times that is 0.123."""
    rng = Random(7)
    found = ratio([1.0] * 400, [rng.gauss(15, 1) for _ in range(400)], rng)
    assert found.low < 15 < found.high
    assert (found.high - found.low) / 2 == pytest.approx(0.123, rel=0.35)


def test_ratio_of_95th_percentiles() -> None:
    """Of the numbers up to 20 it is 19, and of their doubles 38: twice; the highest ones do not matter."""
    base = [float(number) for number in range(1, 21)]
    other = [2 * number for number in base[:-1]] + [1000.0]
    assert ratio_of_p95s(tuple(zip(base, other, strict=True))) == 2.0


@settings(max_examples=15, deadline=None)
@given(PAIRS)
def test_bounds_lie_in_order_among_what_was_measured(pairs: list[tuple[float, float]]) -> None:
    """No resample's ratio lies beyond that of the extremes."""
    base, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for found in (ratio(base, other, Random(0)), bootstrapped(pairs, ratio_of_p95s, Random(0))):
        assert min(other) / max(base) <= found.low <= found.high <= max(other) / min(base)
        assert min(other) / max(base) <= found.value <= max(other) / min(base)


def test_equal_times_give_equal_intervals() -> None:
    """The randomness is handed in."""
    base, other = [1.0, 5.0, 2.0, 4.0], [2.0, 9.0, 3.0, 4.5]
    assert ratio(base, other, Random(3)) == ratio(base, other, Random(3))


def test_pairs_must_be_whole() -> None:
    """A time without its partner is a mistake in the program."""
    with pytest.raises(ValueError, match="shorter"):
        ratio([1, 2], [1], Random(0))


# Choosing questions


def test_questions_come_from_all_over() -> None:
    """Three of nine: from each third its first."""
    assert spread_out("abcdefghi", 3) == ("a", "d", "g")


def test_each_question_is_chosen_once() -> None:
    """Repeated ones count as one, and more than there are cannot be chosen."""
    assert spread_out(["a", "b", "a", "c"], 10) == ("a", "b", "c")
    assert spread_out([], 10) == ()


# Measuring


async def test_every_question_goes_every_way_once() -> None:
    """The times come back in the questions' order, whatever the order of the ways was."""
    seen: list[str] = []

    def way(name: str, factor: float) -> timing.Way:
        async def take(question: str) -> float:
            seen.append(name + question)
            return factor * int(question)

        return take

    ways = {"a": way("a", 1), "b": way("b", 10), "c": way("c", 100)}
    taken = await timing.in_turns(ways, ["1", "2", "3"], Random(0))
    assert taken == {"a": (1, 2, 3), "b": (10, 20, 30), "c": (100, 200, 300)}
    assert [sorted(seen[at : at + 3]) for at in (0, 3, 6)] == [[f"a{n}", f"b{n}", f"c{n}"] for n in (1, 2, 3)]


async def test_order_of_the_ways_changes() -> None:
    """In thirty questions each of two ways has gone first."""
    firsts: list[str] = []

    def way(name: str) -> timing.Way:
        async def take(question: str) -> float:
            firsts.append(name)
            return 1.0

        return take

    await timing.in_turns({"a": way("a"), "b": way("b")}, ["?"] * 30, Random(0))
    assert set(firsts[::2]) == {"a", "b"}
