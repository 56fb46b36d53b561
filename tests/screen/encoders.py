"""An encoder that needs no model, for commands that only have to have one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings.encoders.reference import Vectors


class HashEncoder:
    """Unit vectors out of a hash of the text: always the same, near to nothing else."""

    fingerprint = hashlib.sha256(b"hash encoder").hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, of 16 dimensions."""
        rows = [np.frombuffer(hashlib.sha512(text.encode()).digest()[:16], dtype=np.uint8) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 16) - 127.5
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit
