"""Answers without examples: how far to trust a passage by vectors and words alone, and when examples do better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.index.nearby import near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.index.dense import VoiceIndex
    from knowledge.model import Pack

DENSE_WEIGHT: Final = 0.6
"""Share of the dense score in the fused one; the lexical score has the rest."""

# The fused score at which the odds are even, and how steeply they turn.
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
    return float(1 / (1 + np.exp(-_STEEPNESS * (score - _EVEN_SCORE))))


def compared(pack: Pack) -> NDArray[np.int64]:
    """Return the numbers of the examples by which it is decided: evenly spread over all."""
    count = len(pack.questions)
    return np.arange(0, count, max(1, -(-count // COMPARED)))


def untaught_points(
    pack: Pack,
    rows: NDArray[np.int64],
    dense: Mapping[str, VoiceIndex],
    vectors: Vectors,
    lexical: Sequence[Mapping[int, float]],
) -> NDArray[np.bool_]:
    """Return the points that each side earns without examples by the questions `rows`; shape (rows, sides).

    A point is for a first quote that is gold, and for silence where the side has no gold. `vectors` and `lexical` are
    those of these questions.
    """
    points = np.zeros((len(rows), len(pack.side_ids)), dtype=bool)
    for column, side in enumerate(pack.side_ids):
        own = frozenset(pack.passages[row].id for row in dense[side].rows.tolist())
        for place, candidates in enumerate(near(dense[side], vectors, lexical)):
            gold = own & pack.questions[rows[place]].gold.keys()
            scores = [(fused(cosine, lexical[place].get(row, 0.0)), row) for row, cosine in candidates]
            score, best = max(scores, default=(0.0, -1))
            quoted = untaught_confidence(score) >= UNTAUGHT_THRESHOLD
            points[place, column] = pack.passages[best].id in gold if quoted else not gold
    return points
