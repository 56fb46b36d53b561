"""An encoder that needs no model: words become directions, so that texts with common words lie near each other."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from embeddings.index.lexical import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings.encoders.reference import Vectors


class WordEncoder:
    """Adds up one random direction a word, the same for the same word; keeps what it was asked to encode."""

    def __init__(self, name: str = "words", dimensions: int = 32) -> None:
        self.fingerprint = hashlib.sha256(name.encode()).hexdigest()
        self.encoded: list[str] = []
        self._dimensions = dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        rows = np.array([sum(map(self._direction, words(text) or [""])) for text in texts], dtype=np.float32)
        rows = rows.reshape(len(texts), self._dimensions)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def _direction(self, word: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).standard_normal(self._dimensions)
