"""Formats of debates: phases in their order, with who speaks in each, and what people may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Speaks(Enum):
    """Whose phase it is, by the order of the sides: a format suits any controversy of as many."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    BOTH = "both"
    """Every side, as formats for two say it."""
    ALL = "all"
    NONE = "none"

    def among(self, sides: Sequence[T]) -> tuple[T, ...]:
        """Return those of the sides that speak; none where there are fewer than the phase is for."""
        if self in _ALONE:
            place = _ALONE.index(self)
            return tuple(sides[place : place + 1])
        return () if self is Speaks.NONE else tuple(sides)

    @property
    def alone(self) -> bool:
        """Whether one side speaks."""
        return self in _ALONE


_ALONE: Final = (Speaks.FIRST, Speaks.SECOND, Speaks.THIRD, Speaks.FOURTH)

LEAST_SIDES: Final = 2
MOST_SIDES: Final = len(_ALONE)
"""Sides of a pack: with one button more, to watch or to be undecided, they fill a row."""


class Allowed(Enum):
    """What people may do in a phase."""

    POINTS = "points"
    """People on a side that speaks may make points."""
    FLOOR = "floor"
    """Anybody may raise a hand, and make points when called."""
    EVIDENCE = "evidence"
    """Anybody may have a side's quotes shown to all."""
    BALLOT_BEFORE = "ballot_before"
    """The ballot before the debate is open."""
    BALLOT_AFTER = "ballot_after"
    """The ballot after the debate is open."""


BALLOTS: Final = (Allowed.BALLOT_BEFORE, Allowed.BALLOT_AFTER)


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a debate. `minutes` is how long it lasts unless it is extended, to the second."""

    id: str
    name: str
    speaks: Speaks
    minutes: float
    allows: tuple[Allowed, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """The phases of a debate, in their order.

    Each side has `preparation` minutes to take between speeches. With `by_itself`, a phase begins when the time of the
    one before is up. For a planned debate, as many people as `seats` can sign up for a side; None: any number. `sides`
    are the numbers of sides that it takes.
    """

    id: str
    name: str
    phases: tuple[Phase, ...]
    preparation: float = 0
    by_itself: bool = False
    seats: int | None = None
    sides: tuple[int, ...] = (2,)

    def among(self, number: int) -> Format:
        """Return the format as so many sides debate by it: without the phases of sides that are not there."""
        there = range(number)
        phases = tuple(phase for phase in self.phases if not phase.speaks.alone or phase.speaks.among(there))
        return replace(self, phases=phases, sides=(number,))

    @property
    def minutes(self) -> float:
        """How long the whole debate lasts unless it is extended or paused."""
        return sum(phase.minutes for phase in self.phases)
