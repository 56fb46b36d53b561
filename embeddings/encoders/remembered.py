"""Vectors of recent questions, so that one that is asked again is not encoded again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Encoder, Vectors

KEPT: Final = 4096
"""Vectors that are kept: 6 MB of 384 dimensions. The least recently used goes first."""

_LONGEST: Final = 1000
"""Characters of a text that is remembered: longer ones seldom come twice, and would fill the memory."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How often a vector was at hand (`hits`) and how often not, since the start, and how many are kept."""

    hits: int
    misses: int
    kept: int


class RememberingEncoder:
    """An encoder that encodes only what it does not remember. Several threads may use it at once."""

    def __init__(self, encoder: Encoder, kept: int = KEPT) -> None:
        self._encoder = encoder
        self._most = kept
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._guard = threading.Lock()
        self._hits = self._misses = 0

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self._encoder.fingerprint

    @property
    def recall(self) -> Recall:
        """How well it has remembered so far."""
        with self._guard:
            return Recall(self._hits, self._misses, len(self._kept))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order; each new text is encoded once."""
        distinct = dict.fromkeys(texts)
        with self._guard:
            known = {text: self._kept[text] for text in distinct if text in self._kept}
            for text in known:
                self._kept.move_to_end(text)
            new = [text for text in distinct if text not in known]
            self._hits += len(texts) - len(new)
            self._misses += len(new)
        if new or not texts:
            vectors = self._encoder.encode(new)
            if len(new) == len(texts):
                self._keep(new, vectors)
                return vectors
            known.update(zip(new, vectors, strict=True))
            self._keep(new, vectors)
        return np.stack([known[text] for text in texts])

    def _keep(self, texts: Sequence[str], vectors: Vectors) -> None:
        with self._guard:
            for text, vector in zip(texts, vectors, strict=True):
                if len(text) <= _LONGEST:
                    # A copy, for a row would hold all the others of its batch in memory.
                    self._kept[text] = vector.copy()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
