"""Vectors that come with the program: of the examples of its own packs, by the model that comes with it.

Encoding them takes more than half of the time of a build. They are data like any other: whoever uses them compares some
with the model at hand first, and encodes all by itself where they differ or are not there.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors

FOLDER: Final = Path(__file__).parents[1] / "shipped"

_KEY_BYTES: Final = 8


@dataclass(frozen=True)
class ShippedVectors:
    """Vectors (texts, dimensions), each under the first eight bytes of its text's SHA-256; `hashes` are ascending."""

    hashes: NDArray[np.uint64]
    vectors: NDArray[np.float16]

    @classmethod
    def of(cls, fingerprint: str, folder: Path = FOLDER) -> Self | None:
        """Return those of the encoder with this fingerprint; None where there are none, or their file is damaged."""
        try:
            with _path_of(fingerprint, folder).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                return cls(file["hashes"], file["vectors"])
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    @classmethod
    def from_texts(cls, texts: Sequence[str], vectors: Vectors) -> Self:
        """Return those of distinct texts with their vectors, in any one order."""
        keys = _keys_of(hashes_of(texts))
        order = np.argsort(keys)
        return cls(keys[order], vectors[order].astype(np.float16))

    def save(self, fingerprint: str, folder: Path = FOLDER) -> Path:
        """Write the file for the encoder with this fingerprint, and return its path. Raises OSError."""
        path = _path_of(fingerprint, folder)
        folder.mkdir(exist_ok=True)
        np.savez(path, hashes=self.hashes, vectors=self.vectors)
        return path

    def rows_of(self, hashes: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the row of each text, by its hash; -1 for none."""
        keys = _keys_of(hashes)
        rows = np.searchsorted(self.hashes, keys)
        rows[rows == len(self.hashes)] = 0
        return np.where(self.hashes[rows] == keys, rows, -1) if len(self.hashes) else np.full(len(keys), -1)

    def at(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the vectors in some rows, in the order asked for."""
        return self.vectors[rows].astype(np.float32)


def hashes_of(texts: Sequence[str]) -> list[bytes]:
    """Return the SHA-256 of each text."""
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]


def _path_of(fingerprint: str, folder: Path) -> Path:
    return folder / f"vectors-{fingerprint[:16]}.npz"


def _keys_of(hashes: Sequence[bytes]) -> NDArray[np.uint64]:
    return np.frombuffer(b"".join(each[:_KEY_BYTES] for each in hashes), "<u8").astype(np.uint64)
