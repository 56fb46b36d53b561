"""Hands: numbers as they are typed, and how far a room moved."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lesson.rules.hands import Shift, hands_in

CHOICES = ("agree", "disagree", "unsure")
HANDS = st.tuples(*[st.integers(0, 9999)] * 3)


@pytest.mark.parametrize("text", ["12 9 7", " 12, 9,7 ", "12/9/7", "12;9; 7", "0012 9 07", "12\u00a09\t7"])
def test_numbers_are_read_however_they_are_parted(text: str) -> None:
    """A teacher types in a hurry."""
    assert hands_in(text, 3) == (12, 9, 7)


@pytest.mark.parametrize("text", ["", "12 9", "12 9 7 1", "12 -9 7", "1.5 2 3", "a b c", "1 2 ٣", "1 2 ²", "10000 0 0"])
def test_anything_else_is_no_hands(text: str) -> None:
    assert hands_in(text, 3) is None


@settings(max_examples=100, deadline=None, derandomize=True)
@given(hands=HANDS)
def test_hands_written_are_hands_read(hands: tuple[int, int, int]) -> None:
    assert hands_in(" ".join(map(str, hands)), 3) == hands


def test_shift_is_in_points_of_the_hands_raised_each_time() -> None:
    """Worked out by hand: 10 of 20 are 50 %, 15 of 25 are 60 %."""
    shift = Shift(CHOICES, (10, 6, 4), (15, 5, 5))
    assert shift.shares_before == pytest.approx((50, 30, 20))
    assert shift.shares_after == pytest.approx((60, 20, 20))
    assert shift.points == pytest.approx((10, -10, 0))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(before=HANDS, after=HANDS)
def test_what_one_choice_gains_the_others_lose(before: tuple[int, int, int], after: tuple[int, int, int]) -> None:
    points = Shift(CHOICES, before, after).points
    if sum(before) and sum(after):
        assert points is not None
        assert sum(points) == pytest.approx(0, abs=1e-9)
        assert all(-100 <= point <= 100 for point in points)
    else:
        assert points is None


@pytest.mark.parametrize(("before", "after"), [((0, 0, 0), (1, 0, 0)), ((1, 0, 0), (0, 0, 0))])
def test_no_hands_have_no_share(before: tuple[int, ...], after: tuple[int, ...]) -> None:
    shift = Shift(CHOICES, before, after)
    assert None in {shift.shares_before, shift.shares_after}
    assert shift.points is None
