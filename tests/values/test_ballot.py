"""Ballots against examples worked out by hand, one of them a published result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.values.ballot import Choice, count, gained, net_swing, outcome_of, shares, warnings

SIDES = ("for", "against")
NAMES = {"for": "The motion", "against": "The opposition"}


def voters(*groups: tuple[int, Choice, Choice]) -> tuple[dict[str, Choice], dict[str, Choice]]:
    """Make people who voted both times: how many, and their choices before and after."""
    before: dict[str, Choice] = {}
    after: dict[str, Choice] = {}
    for number, first, second in groups:
        for _ in range(number):
            before[f"p{len(before)}"] = first
            after[f"p{len(after)}"] = second
    return before, after


def test_matrix_has_rows_before_and_columns_after() -> None:
    """For, against, undecided."""
    outcome = outcome_of(SIDES, *voters((3, "for", "for"), (1, "for", "against"), (2, None, "for"), (4, None, None)))
    assert outcome.matrix == ((3, 1, 0), (0, 0, 0), (2, 0, 4))
    assert (outcome.before, outcome.after, outcome.paired) == ((4, 0, 6), (5, 1, 4), 10)
    assert shares(outcome.before) == (40.0, 0.0, 60.0)
    assert (net_swing(outcome, "for"), net_swing(outcome, "against")) == (10.0, 10.0)
    assert outcome.winner is None


def test_the_matrix_grows_with_the_sides() -> None:
    """Three sides and undecided: by hand, swings of +2, -1 and +1 of 10; a tie at the top is a draw."""
    three = ("bus", "car", "bike")
    moved = voters((2, "bus", "bus"), (2, "car", "bus"), (1, "car", "bike"), (2, None, "car"), (3, "bike", "bike"))
    outcome = outcome_of(three, *moved)
    assert outcome.matrix == ((2, 0, 0, 0), (2, 0, 1, 0), (0, 0, 3, 0), (0, 2, 0, 0))
    assert (outcome.before, outcome.after) == ((2, 3, 3, 2), (4, 2, 4, 0))
    assert [gained(outcome, side) for side in three] == [2, -1, 1]
    assert (outcome.winner, shares(outcome.before)) == ("bus", (20.0, 30.0, 30.0, 20.0))
    assert outcome_of(three, *voters((1, "car", "bus"), (1, "car", "bike")), 1).winner is None


def test_who_voted_once_counts_for_no_swing() -> None:
    """Only beside it."""
    before: dict[str, Choice] = {"a": "for", "b": "against", "c": None}
    after: dict[str, Choice] = {"b": "for", "d": "against", "e": "against"}
    outcome = outcome_of(SIDES, before, after, 1)
    assert outcome.matrix == ((0, 0, 0), (1, 0, 0), (0, 0, 0))
    assert (outcome.all_before, outcome.all_after, outcome.voted_once) == ((1, 1, 1), (1, 2, 0), 4)
    assert (net_swing(outcome, "for"), net_swing(outcome, "against"), outcome.winner) == (100.0, -100.0, "for")


@given(st.integers(0, 21), st.integers(0, 31))
def test_published_result_of_intelligence_squared(kept_for: int, kept_against: int) -> None:
    """Google Violates Its ‘Don't Be Evil’ Motto, New York, 18 November 2008 (NPR, 26 November 2008).

    Before: 21 % for, 31 % against, 48 % undecided. After: 47 %, 47 %, 6 %. By hand: for 47 - 21 = +26, against
    47 - 31 = +16, so the side for the motion has won, though both ended level. Who switched was not published, and
    matters for neither figure: any way from these shares to those, in 100 ballots, gives them.
    """
    before: list[Choice] = ["for"] * 21 + ["against"] * 31 + [None] * 48
    after: list[Choice] = ["for"] * kept_for + [None] * 6 + ["against"] * (21 + 31 + 48 - 47 - 6)
    after += ["for"] * (47 - kept_for)
    after = after[kept_against:] + after[:kept_against]
    people = [str(number) for number in range(100)]
    outcome = outcome_of(SIDES, dict(zip(people, before, strict=True)), dict(zip(people, after, strict=True)))
    assert (shares(outcome.before), shares(outcome.after)) == ((21, 31, 48), (47, 47, 6))
    assert (net_swing(outcome, "for"), net_swing(outcome, "against"), outcome.winner) == (26, 16, "for")


@given(st.dictionaries(st.text(max_size=2), st.tuples(st.sampled_from(["for", "against", None]), st.booleans())))
def test_every_ballot_is_counted_once(cast: dict[str, tuple[Choice, bool]]) -> None:
    """Paired or alone."""
    before = {voter: choice for voter, (choice, _) in cast.items()}
    after = {voter: choice for voter, (choice, again) in cast.items() if again}
    outcome = outcome_of(SIDES, before, after, 1)
    assert outcome.all_before == count(SIDES, before.values())
    assert outcome.all_after == count(SIDES, after.values())
    assert 2 * outcome.paired + outcome.voted_once == len(before) + len(after)
    assert gained(outcome, "for") + gained(outcome, "against") + outcome.after[2] - outcome.before[2] == 0


def test_small_number_is_warned_of_with_the_weight_of_one() -> None:
    """Below thirty."""
    assert warnings(outcome_of(SIDES, *voters((6, "for", "for"), (6, "against", None))), NAMES) == (
        "Only 12 people voted both times: one changed mind moves a share by 8.3 points.",
    )
    assert warnings(outcome_of(SIDES, *voters((15, "for", "for"), (15, "against", None))), NAMES) == ()
    alone = warnings(outcome_of(SIDES, *voters((1, "for", "for")), 1), NAMES)
    assert alone[0] == "Only one person voted both times: one changed mind moves a share by 100.0 points."


def test_low_start_is_warned_of() -> None:
    """Under 20 %, not at it."""
    low = outcome_of(SIDES, *voters((19, "for", "for"), (20, "against", "for"), (61, None, None)))
    assert warnings(low, NAMES) == (
        "The motion started at 19.0 %, under 20 %: swing favours it, as it had more to gain.",
    )


def test_nobody_voted_twice() -> None:
    """There is no swing, no winner, and a line that says so."""
    outcome = outcome_of(SIDES, {"a": "for"}, {})
    assert (outcome.winner, outcome.voted_once) == (None, 1)
    assert warnings(outcome, NAMES) == ("Nobody voted both times, so there is no swing to compare.",)
    with pytest.raises(ValueError, match="there are no ballots to compare"):
        net_swing(outcome, "for")
    with pytest.raises(ValueError, match="nobody voted"):
        shares(outcome.after)


FEW = "Fewer than 5 people voted both times: the result is kept back, so that votes stay secret."


def test_sums_of_a_few_are_left_out() -> None:
    """Of four who voted both times nothing is there, and a line says why; of five, all is."""
    four = outcome_of(SIDES, *voters((4, "for", "against")))
    assert (four.matrix, four.all_before, four.all_after, four.winner) == (None, None, None, None)
    assert (four.paired, four.voted_once, four.compared, four.told) == (4, 0, None, (None, None))
    assert warnings(four, NAMES) == (FEW,)
    with pytest.raises(ValueError, match="no ballots to compare"):
        net_swing(four, "for")
    five = outcome_of(SIDES, *voters((5, "for", "against")))
    assert (five.matrix, five.all_before) == (((0, 5, 0), (0, 0, 0), (0, 0, 0)), (5, 0, 0))


@given(
    st.dictionaries(st.integers(0, 30), st.sampled_from(["for", "against", None])),
    st.dictionaries(st.integers(0, 30), st.sampled_from(["for", "against", None])),
    st.integers(3, 9),
)
def test_no_difference_of_two_sums_tells_of_a_few(
    before: dict[int, Choice], after: dict[int, Choice], least: int
) -> None:
    """Whoever knows everybody's votes and the matrix knows those of people who voted once."""
    voted = [{str(voter): choice for voter, choice in ballot.items()} for ballot in (before, after)]
    outcome = outcome_of(SIDES, voted[0], voted[1], least)
    both = len(before.keys() & after.keys())
    assert outcome.voters == (len(before), len(after), both)
    groups = [both] if outcome.compared else []
    for ballot, sums in ((before, outcome.all_before), (after, outcome.all_after)):
        if sums is not None:
            groups += [len(ballot)] + ([len(ballot) - both] if outcome.compared else [])
    assert all(size == 0 or size >= least for size in groups)
