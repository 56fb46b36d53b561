"""How near two vectors of one text must be, and fewer digits of numbers where the last ones say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors

LEAST_COSINE: Final = 0.99999
"""How near a vector must be to the reference's, or to the one that the model at hand makes."""

_BITS: Final = 24
"""Significant bits of single precision."""

WEIGHT_BITS: Final = 17
"""Those of a model's weights that are kept. Its vectors differ from the reference's by 5e-6 at most, and are proven."""

EXAMPLE_BITS: Final = 11
"""Those of vectors that examples are compared by, as many as half precision has: a cosine changes by 2e-5."""


def rounded(numbers: NDArray[np.floating[Any]], bits: int) -> NDArray[np.float32]:
    """Return numbers in single precision, rounded to some significant bits."""
    left = _BITS - bits
    whole = np.ascontiguousarray(numbers, np.float32).view(np.uint32)
    return ((whole + np.uint32(1 << left >> 1)) & np.uint32(2**32 - (1 << left))).view(np.float32)


def least_cosine(vectors: Vectors, others: Vectors) -> float:
    """Return the least cosine of two vectors in the same row; NaN where one has no direction."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(others, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((np.einsum("ij,ij->i", vectors, others) / lengths).min())
