"""Vectors that were computed once are kept: a text that did not change is not encoded again.

One pair of files a model, see `vector_file.py`.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.index.vector_file import VectorFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Encoder, Vectors
    from embeddings.index.vector_file import Hashes

    Report = Callable[[int, int], None]
    """Hears how many of the new texts are encoded, and how many there are."""

_PIECE: Final = 256
"""Texts encoded between two reports of progress; what an interrupted run loses at most."""

_WORTH_REWRITING: Final = 4 / 3
"""The files are written anew when they hold this many times the rows that are still used."""


def hashes_of(texts: Sequence[str]) -> Hashes:
    """Give the content hashes under which the vectors of texts are kept."""
    digests = b"".join(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return np.frombuffer(digests, "<u8").reshape(len(texts), 4)


class VectorCache:
    """The kept vectors of one model. Memory does not grow with their number, but for 16 bytes each."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        """Read what is kept; files that cannot be read count as empty."""
        self._encoder = encoder
        self._folder = folder
        self._name = f"vectors-{encoder.fingerprint[:16]}"
        self._file = VectorFile(folder, self._name)
        self._passing: dict[bytes, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str], report: Report = lambda _done, _total: None) -> Vectors:
        """Give one unit vector a text, in order, in memory; shape (len(texts), dimensions).

        Only new texts are encoded. They are remembered while the program runs; `keep` is what writes.
        """
        hashes = hashes_of(texts)
        rows = self._file.rows_of(hashes)
        keys = [key.tobytes() for key in hashes]
        new = [place for place in np.flatnonzero(rows < 0).tolist() if keys[place] not in self._passing]
        for places, encoded in self._encoded(texts, hashes, new, report):
            self._passing.update(zip((keys[place] for place in places), encoded, strict=True))
        if not keys:
            return np.zeros((0, 0), dtype=np.float32)
        kept = rows >= 0
        if kept.all():
            return self._file.at(rows)
        passing = np.stack(
            [self._passing[key] for key, is_kept in zip(keys, kept.tolist(), strict=True) if not is_kept]
        )
        vectors = np.empty((len(texts), passing.shape[1]), dtype=np.float32)
        vectors[~kept] = passing
        if kept.any():
            vectors[kept] = self._file.at(rows[kept])
        return vectors

    def keep(self, texts: Sequence[str], report: Report = lambda _done, _total: None) -> NDArray[np.int64]:
        """Encode the new texts, writing their vectors piece by piece, and give the row of each text, in order.

        A run that is interrupted keeps what it has written. Raises OSError when the folder cannot be written.
        """
        hashes = hashes_of(texts)
        rows = self._file.rows_of(hashes)
        new = np.flatnonzero(rows < 0)
        for places, vectors in self._encoded(texts, hashes, new.tolist(), report):
            self._file.append(hashes[places], vectors)
        if len(new):
            rows[new] = self._file.rows_of(hashes[new])
        return rows

    @property
    def dimensions(self) -> int:
        """The length of a vector; 0 while none is kept."""
        return self._file.dimensions

    def at(self, rows: NDArray[np.int64]) -> Vectors:
        """Give the vectors of rows that `keep` has given, in the order asked for."""
        return self._file.at(rows)

    def forget_others(self, rows: NDArray[np.int64]) -> None:
        """Drop all rows but these when they are worth the space. Row numbers that were given mean nothing after that.

        Raises OSError when the folder cannot be written.
        """
        used = np.unique(rows)
        if len(self._file) > _WORTH_REWRITING * len(used):
            self._file.keep_only(used)
        with contextlib.suppress(OSError):
            (self._folder / f"{self._name}.npz").unlink(missing_ok=True)  # what version 0.1 kept them in

    def _encoded(
        self, texts: Sequence[str], hashes: Hashes, new: Sequence[int], report: Report
    ) -> Iterator[tuple[list[int], Vectors]]:
        """Encode the texts at some places, each text once, piece by piece."""
        distinct = list({hashes[place].tobytes(): place for place in reversed(new)}.values())[::-1]
        distinct.sort(key=lambda place: len(texts[place]))  # texts of one length share a batch without padding
        report(0, len(distinct))
        for start in range(0, len(distinct), _PIECE):
            places = distinct[start : start + _PIECE]
            yield places, self._encoder.encode([texts[place] for place in places])
            report(start + len(places), len(distinct))
