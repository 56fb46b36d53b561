"""What is counted while the program runs, for whoever watches it: how long answers took, and where things stand now."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BOUNDS_S: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Durations are counted up to each of these."""


class Durations:
    """How long things took, counted by BOUNDS_S."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0

    def note(self, duration_s: float) -> None:
        """Count one."""
        self._counts[bisect_left(BOUNDS_S, duration_s)] += 1
        self.sum_s += duration_s

    def up_to(self) -> list[tuple[str, int]]:
        """Return how many took no longer than each bound, the last of which is `+Inf`."""
        total, found = 0, []
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), self._counts, strict=True):
            total += count
            found.append((bound, total))
        return found


@dataclass(frozen=True, slots=True)
class Figures:
    """A part that the others fill: `gauges` return, by name, what holds now; the key says what it is."""

    answers: Durations = field(default_factory=Durations)
    gauges: dict[str, Callable[[], float]] = field(default_factory=dict)
