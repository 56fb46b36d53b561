"""Counting secret ballots: shares, who switched, and how far each side moved the room.

Only sums leave this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Round(Enum):
    """Which of the two ballots."""

    BEFORE = "before"
    AFTER = "after"


Choice = str | None
"""A vote: the id of a side, None for undecided."""

Counts = tuple[int, int, int]
"""Ballots for the first side, for the second, and undecided."""

SMALL_N: Final = 30
"""Paired ballots below which a warning says how much each one weighs."""

LOW_START: Final = 20.0
"""Per cent at the start below which a side is the easier one to win people for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of two ballots. `matrix` counts who voted both times, [choice before][choice after] as in `Counts`."""

    sides: tuple[str, str]
    matrix: tuple[Counts, Counts, Counts]
    only_before: Counts
    only_after: Counts

    @property
    def paired(self) -> int:
        """How many voted both times."""
        return sum(map(sum, self.matrix))

    @property
    def before(self) -> Counts:
        """The paired ballots as they were before."""
        first, second, undecided = self.matrix
        return sum(first), sum(second), sum(undecided)

    @property
    def after(self) -> Counts:
        """The same people's ballots after."""
        first, second, undecided = zip(*self.matrix, strict=True)
        return sum(first), sum(second), sum(undecided)

    @property
    def voted_once(self) -> int:
        """How many voted only before or only after: they count for no swing."""
        return sum(self.only_before) + sum(self.only_after)

    @property
    def winner(self) -> str | None:
        """The side that moved the room further; None for a draw, and where nobody voted both times."""
        if not self.paired:
            return None
        first, second = (gained(self, side) for side in self.sides)
        if first == second:
            return None
        return self.sides[0] if first > second else self.sides[1]


def count(sides: tuple[str, str], choices: Iterable[Choice]) -> Counts:
    """Return the ballots counted."""
    counts = [0, 0, 0]
    for choice in choices:
        counts[_place(sides, choice)] += 1
    return counts[0], counts[1], counts[2]


def outcome_of(sides: tuple[str, str], before: Mapping[str, Choice], after: Mapping[str, Choice]) -> Outcome:
    """Compare two ballots; each maps a voter to their choice."""
    voters = before.keys() & after.keys()

    def row(choice: Choice) -> Counts:
        return count(sides, (after[voter] for voter in voters if before[voter] == choice))

    return Outcome(
        sides,
        (row(sides[0]), row(sides[1]), row(None)),
        count(sides, (choice for voter, choice in before.items() if voter not in after)),
        count(sides, (choice for voter, choice in after.items() if voter not in before)),
    )


def shares(counts: Counts) -> tuple[float, float, float]:
    """Return each count in per cent of all (0..100). Raises ValueError when there are none."""
    total = sum(counts)
    if not total:
        raise ValueError("nobody voted, so there are no shares")
    first, second, undecided = (100 * part / total for part in counts)
    return first, second, undecided


def gained(outcome: Outcome, side: str) -> int:
    """Return how many paired ballots a side gained; negative for a loss."""
    place = _place(outcome.sides, side)
    return outcome.after[place] - outcome.before[place]


def net_swing(outcome: Outcome, side: str) -> float:
    """Change of a side's share of paired ballots, in percentage points (-100..100).

    Only people who voted both times count. Raises ValueError when nobody did.
    Source: Intelligence Squared's Oxford-style rule: the side that gains the more points has won.
    """
    if not outcome.paired:
        raise ValueError("nobody voted both times, so there is no swing")
    return 100 * gained(outcome, side) / outcome.paired


def warnings(outcome: Outcome, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return a line for each reason to take the swing with care; `names` are the sides'."""
    paired = outcome.paired
    if not paired:
        return ("Nobody voted both times, so there is no swing to compare.",)
    lines = []
    if paired < SMALL_N:
        people = "Only one person" if paired == 1 else f"Only {paired} people"
        lines.append(f"{people} voted both times: one changed mind moves a share by {100 / paired:.1f} points.")
    lines += [
        f"{names[side]} started at {share:.1f} %, under {LOW_START:.0f} %: swing favours it, as it had more to gain."
        for side, share in zip(outcome.sides, shares(outcome.before), strict=False)
        if share < LOW_START
    ]
    return tuple(lines)


def _place(sides: tuple[str, str], choice: Choice) -> int:
    return len(sides) if choice is None else sides.index(choice)
