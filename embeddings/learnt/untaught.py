"""Answers without examples: how far to trust a passage among very many, and when examples answer better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DENSE_WEIGHT: Final = 0.6
"""Share of the dense score in the fused one; the lexical score has the rest."""

# For packs too large for the gate: the fused score at which the odds are even, and how steeply they turn.
_EVEN_SCORE: Final = 0.42
_STEEPNESS: Final = 14.0
UNTAUGHT_THRESHOLD: Final = 0.5
UNTAUGHT_SILENCE: Final = 0.05
"""Their confidence from which a voice's silence is no longer nearly certain."""

ENOUGH: Final = 500
"""Examples from which on a pack may be answered by what they teach; fewer teach more mistakes than answers."""

COMPARED: Final = 1000
"""Examples, at most, by which it is decided which way answers better."""


def fused(dense: float, lexical: float) -> float:
    """Return the convex mix of the two scores, at most 1."""
    return DENSE_WEIGHT * dense + (1 - DENSE_WEIGHT) * lexical


def untaught_confidence(score: float) -> float:
    """Return the probability that a passage answers, from its fused score alone."""
    return 1 / (1 + math.exp(-_STEEPNESS * (score - _EVEN_SCORE)))


def compared(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places, among the examples `rows`, of those by which it is decided: evenly spread."""
    return np.arange(0, len(rows), max(1, -(-len(rows) // COMPARED)))
