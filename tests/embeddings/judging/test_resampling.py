from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.judging.resampling import NOTHING, Figure, Ratio, Resampling

ALL = np.ones(4, dtype=bool)
HITS = Ratio.mean(np.array([1, 1, 0, 0]), ALL)


def test_a_mean_is_taken_among_some() -> None:
    """The others count neither above nor below."""
    ratio = Ratio.mean(np.array([1, 0, 1, 1]), np.array([True, True, False, False]))
    assert Resampling(["a", "b", "c", "d"], 1).figure(ratio).value == 0.5
    assert Resampling(["a", "b", "c", "d"], 1).figure(ratio).count == 2


def test_questions_of_one_intent_are_drawn_together() -> None:
    """When all of them are one intent, every draw is the same."""
    assert Resampling(["a"] * 4, 1).figure(HITS) == Figure(0.5, 0.5, 0.5, 4)


def test_two_intents_give_the_interval_of_two_draws() -> None:
    """One all right, one all wrong: a quarter of the draws has the one twice, a quarter the other."""
    assert Resampling(["a", "a", "b", "b"], 1).figure(HITS) == Figure(0.5, 0.0, 1.0, 4)


def test_the_interval_of_independent_questions_is_that_of_a_binomial() -> None:
    """100 questions, half right: 0.5 with a standard error of 0.05."""
    ratio = Ratio.mean(np.arange(100) % 2, np.ones(100, dtype=bool))
    figure = Resampling([str(number) for number in range(100)], 1).figure(ratio)
    assert figure.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.015)
    assert figure.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.015)


def test_a_figure_over_nothing_has_no_value() -> None:
    """And no interval."""
    assert Resampling(["a"] * 4, 1).figure(Ratio.mean(ALL, ~ALL)) == NOTHING


def test_a_seed_gives_the_same_interval_again() -> None:
    """Another one may not."""
    clusters = ["a", "b", "c", "d"]
    assert Resampling(clusters, 7).figure(HITS) == Resampling(clusters, 7).figure(HITS)


def test_a_difference_is_paired() -> None:
    """A system compared with itself differs by nothing, whatever is drawn."""
    assert Resampling(["a", "b", "c", "d"], 1).difference(HITS, HITS) == Figure(0.0, 0.0, 0.0, 4)


def test_a_difference_with_nothing_is_nothing() -> None:
    """It cannot be known."""
    assert Resampling(["a"] * 4, 1).difference(HITS, Ratio.mean(ALL, ~ALL)) == NOTHING


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 5))
def test_the_interval_of_a_share_is_one_of_shares(hits: list[bool], intents: int) -> None:
    """Between 0 and 1, and in order."""
    clusters = [str(number % intents) for number in range(len(hits))]
    figure = Resampling(clusters, 3).figure(Ratio.mean(np.array(hits), np.ones(len(hits), dtype=bool)))
    assert figure.low is not None
    assert figure.high is not None
    assert 0 <= figure.low <= figure.high <= 1
