"""A voice's passages that a question is compared with: those nearest by vector or by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.index.dense import VoiceIndex

REACH: Final = 64
"""Passages of a voice that are looked at by vector, and as many by words."""


def near(
    own: VoiceIndex, vectors: Vectors, lexical: Sequence[Mapping[int, float]], wanted: Sequence[Iterable[int]]
) -> list[list[tuple[int, float]]]:
    """Return a voice's passages near to each question, and those `wanted` for it, by row, with their cosines.

    `lexical` has the scores of each question's words by row. Of a small voice, all passages are near.
    """
    if len(own.rows) <= REACH:
        places, passages = own.rows.tolist(), own.vectors()
        return [list(zip(places, (passages @ vector).tolist(), strict=True)) for vector in vectors]
    rows, cosines = own.search(vectors, REACH)
    found = [
        [(row, cosine) for row, cosine in zip(*pair, strict=True) if row >= 0]
        for pair in zip(rows.tolist(), cosines.tolist(), strict=True)
    ]
    for candidates, vector, words, more in zip(found, vectors, lexical, wanted, strict=True):
        if len(candidates) < len(own.rows):
            candidates.extend(_further(own, {row for row, _ in candidates}, vector, words, more))
    return found


def _further(
    own: VoiceIndex,
    seen: AbstractSet[int],
    vector: NDArray[np.float32],
    lexical: Mapping[int, float],
    wanted: Iterable[int],
) -> Iterable[tuple[int, float]]:
    """Return a voice's candidates that are not near by vector, with their cosines."""
    sharing = np.fromiter(lexical, np.int64)
    sharing = sharing[own.own(sharing)]
    by_words = np.argsort([-lexical[row] for row in sharing.tolist()], kind="stable")
    best_words = sharing[by_words[:REACH]]
    rest = np.array(sorted({*best_words.tolist(), *wanted} - seen), dtype=np.int64)
    return zip(rest.tolist(), own.cosines_of(rest, vector).tolist(), strict=True)
