"""Counting secret ballots: shares, who switched, and how far each side moved the room.

Only sums leave this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from knowledge.errors import Message

if TYPE_CHECKING:
    from bot.values.seal import C, Seal


class Round(Enum):
    """Which of the two ballots."""

    BEFORE = "before"
    AFTER = "after"


Choice = str | None
"""A vote: the id of a side, None for undecided."""

Counts = tuple[int, ...]
"""Ballots for each side in the debate's order, and last those of the undecided."""

SMALL_N: Final = 30
"""Paired ballots below which a warning says how much each one weighs."""

LOW_START: Final = 20.0
"""Per cent at the start below which a side is the easier one to win people for."""


Matrix = tuple[Counts, ...]
"""People by their choice before (rows) and after (columns), both in the order of `Counts`."""

LEAST: Final = 5
"""Fewest people whose ballots are told as sums, unless the settings say otherwise: from fewer, votes can be guessed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of two ballots, without sums of fewer than `least` people: those are None, and are kept nowhere.

    `voters` are how many voted before, after, and both times. `matrix` has those who voted both times, `all_before` and
    `all_after` everybody; they are left out, too, where they would tell how a few voted who are not in the matrix.
    """

    sides: tuple[str, ...]
    least: int
    voters: tuple[int, int, int]
    all_before: Counts | None
    all_after: Counts | None
    matrix: Matrix | None

    @property
    def paired(self) -> int:
        """How many voted both times."""
        return self.voters[2]

    @property
    def compared(self) -> Matrix | None:
        """The matrix, if there is anybody in it."""
        return self.matrix if self.paired else None

    @property
    def told(self) -> tuple[Counts | None, Counts | None]:
        """The votes before and after: everybody's, else those of who voted both times; None where few did."""
        paired = (None, None) if self.compared is None else (self.before, self.after)
        return self.all_before or paired[0], self.all_after or paired[1]

    @property
    def before(self) -> Counts:
        """The paired ballots as they were before (ValueError where they are withheld)."""
        return tuple(map(sum, _shown(self.matrix)))

    @property
    def after(self) -> Counts:
        """The same people's ballots after."""
        return tuple(map(sum, zip(*_shown(self.matrix), strict=True)))

    @property
    def voted_once(self) -> int:
        """How many voted only before or only after: they count for no swing."""
        before, after, both = self.voters
        return before + after - 2 * both

    @property
    def winner(self) -> str | None:
        """The side that moved the room further than all others; None for a draw, and with nothing to compare."""
        if self.compared is None:
            return None
        most = max(gained(self, side) for side in self.sides)
        first, *others = (side for side in self.sides if gained(self, side) == most)
        return None if others else first


def count(sides: Sequence[str], choices: Iterable[Choice]) -> Counts:
    """Return the ballots counted."""
    counts = Counter(choices)
    return tuple(counts[choice] for choice in (*sides, None))


def opened_ballots(seal: Seal, rows: Iterable[Mapping[str, Any]], choices: Collection[C]) -> dict[Round, dict[str, C]]:
    """Return both ballots of rows with `voter`, `round` and `choice` under seal: by the marks of voters, their choices.

    Where the secret was changed, whoever voted under the old one is gone.
    """
    cast: dict[Round, dict[str, C]] = {held: {} for held in Round}
    for row in rows:
        with suppress(ValueError):
            opened = seal.opened(row["voter"], row["round"], row["choice"], choices)
            cast[Round(row["round"])][row["voter"]] = opened
    return cast


def may_be_told(people: int, least: int) -> bool:
    """Return whether a sum of so many people gives nobody away: there are none, or enough of them."""
    return people == 0 or people >= least


def outcome_of(
    sides: tuple[str, ...], before: Mapping[str, Choice], after: Mapping[str, Choice], least: int = LEAST
) -> Outcome:
    """Compare two ballots, each a mapping from voters to their choices; sums of fewer than `least` are left out."""
    both = before.keys() & after.keys()

    def row(choice: Choice) -> Counts:
        return count(sides, (after[voter] for voter in both if before[voter] == choice))

    def everybody(ballot: Mapping[str, Choice]) -> Counts | None:
        # Whoever knows the matrix knows the rest, too.
        known = len(both) if may_be_told(len(both), least) else 0
        safe = may_be_told(len(ballot), least) and may_be_told(len(ballot) - known, least)
        return count(sides, ballot.values()) if safe else None

    return Outcome(
        sides,
        least,
        (len(before), len(after), len(both)),
        everybody(before),
        everybody(after),
        tuple(map(row, (*sides, None))) if may_be_told(len(both), least) else None,
    )


def shares(counts: Counts) -> tuple[float, ...]:
    """Return each count in per cent of all (0..100). Raises ValueError when there are none."""
    total = sum(counts)
    if not total:
        raise ValueError("nobody voted, so there are no shares")
    return tuple(100 * part / total for part in counts)


def gained(outcome: Outcome, side: str) -> int:
    """Return how many paired ballots a side gained; negative for a loss."""
    place = outcome.sides.index(side)
    return outcome.after[place] - outcome.before[place]


def net_swing(outcome: Outcome, side: str) -> float:
    """Change of a side's share of paired ballots, in percentage points (-100..100).

    Only people who voted both times count. Raises ValueError when nobody did, or it is withheld.
    Source: Intelligence Squared's Oxford-style rule: the side that gains the more points has won.
    """
    if outcome.compared is None:
        raise ValueError("there are no ballots to compare, so there is no swing")
    return 100 * gained(outcome, side) / outcome.paired


KEPT_BACK: Final = Message("kept back, as so few took part")
"""What stands where the votes of a few would."""


def too_few(outcome: Outcome) -> Message:
    """Say why a result is withheld."""
    return Message(
        "Fewer than {least} people voted both times: the result is kept back, so that votes stay secret.",
        least=outcome.least,
    )


def warnings(outcome: Outcome, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return a line for each reason to take the swing with care; `names` are the sides'."""
    paired = outcome.paired
    if not paired:
        return ("Nobody voted both times, so there is no swing to compare.",)
    if outcome.matrix is None:
        return (str(too_few(outcome)),)
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


def _shown(matrix: Matrix | None) -> Matrix:
    if matrix is None:
        raise ValueError("so few voted both times that it is not told what")
    return matrix
