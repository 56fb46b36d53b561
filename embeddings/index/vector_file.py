"""Vectors on disk, each under the hash of its text, in two files that only grow.

One file holds the hashes, the other the rows of numbers; both are read by memory map. A row counts when both files
hold it whole: whatever a killed process left behind it is cut off by the next one that writes.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from embeddings.index.storage import locked

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors

    Hashes = NDArray[np.uint64]
    """SHA-256 of texts, four numbers each: shape (texts, 4)."""

_MAGIC: Final = b"dilemma keys"
_HEADER: Final = struct.Struct("<12sI")
"""The magic bytes and the number of dimensions."""

_KEY: Final = np.dtype([("hash", "<u8", (4,)), ("check", "<u4")])
"""What the first file holds of each row: the hash of its text, and a checksum of its numbers."""

_LOOSE: Final = 65_536
"""Rows that are looked up in a dictionary before they are sorted in among the others."""

_COPIED: Final = 4096
"""Rows copied at a time."""


class VectorFile:
    """The rows of one model; `dimensions` is the length of each, 0 while there is none.

    Only rows that are appended here, or that other processes have appended before, are seen.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Read what is there; files that cannot be read count as empty."""
        self._keys_path, self._rows_path = folder / f"{name}.keys", folder / f"{name}.rows"
        self._lock_path = folder / f"{name}.lock"
        self._forget()
        self._refresh()

    def __len__(self) -> int:
        """Count the rows."""
        return self._count

    def rows_of(self, hashes: Hashes) -> NDArray[np.int64]:
        """Give the row of each text, in order; -1 where there is none, or one that is damaged."""
        rows = np.full(len(hashes), -1, dtype=np.int64)
        if len(self._starts):
            places = np.searchsorted(self._starts, hashes[:, 0], side="right") - 1
            likely = self._order[np.maximum(places, 0)]
            same = (places >= 0) & (self._keys["hash"][likely] == hashes).all(axis=1)
            rows[same] = likely[same]
        if self._loose:
            rows = np.array(
                [self._loose.get(key.tobytes(), row) for key, row in zip(hashes, rows, strict=True)], np.int64
            )
        checks = self._keys["check"]
        for place in np.flatnonzero(rows >= 0).tolist():
            if zlib.crc32(self._rows[rows[place]].data) != checks[rows[place]]:
                rows[place] = -1
        return rows

    def at(self, rows: NDArray[np.int64]) -> Vectors:
        """Give the vectors of some rows, in the order asked for."""
        vectors: Vectors = self._rows[rows]
        return vectors

    def append(self, hashes: Hashes, vectors: Vectors) -> None:
        """Add rows, and see to it that they are on disk. Raises OSError when they cannot be written."""
        self._keys_path.parent.mkdir(parents=True, exist_ok=True)
        with locked(self._lock_path):
            self._refresh()
            if self.dimensions != vectors.shape[1]:
                self._forget()
                self._keys_path.write_bytes(_HEADER.pack(_MAGIC, vectors.shape[1]))
            # The numbers first: a hash on disk then always has its numbers.
            _append(self._rows_path, self._count * vectors.shape[1] * 4, np.ascontiguousarray(vectors, "<f4"))
            _append(self._keys_path, _HEADER.size + self._count * _KEY.itemsize, _keys(hashes, vectors))
            self._refresh()

    def keep_only(self, rows: NDArray[np.int64]) -> None:
        """Write the files anew with these rows alone, which are numbered from 0 then. Raises OSError."""
        with locked(self._lock_path):
            parts = [path.with_name(path.name + ".part") for path in (self._rows_path, self._keys_path)]
            try:
                with parts[0].open("wb") as numbers, parts[1].open("wb") as keys:
                    keys.write(_HEADER.pack(_MAGIC, self.dimensions))
                    for start in range(0, len(rows), _COPIED):
                        own = rows[start : start + _COPIED]
                        numbers.write(self._rows[own].tobytes())
                        keys.write(self._keys[own].tobytes())
                    for stream in (numbers, keys):
                        stream.flush()
                        os.fsync(stream.fileno())
                # Between the two steps the old hashes stand beside the new numbers: the checksums tell them apart.
                parts[0].replace(self._rows_path)
                parts[1].replace(self._keys_path)
            finally:
                for part in parts:
                    part.unlink(missing_ok=True)
            self._refresh()

    def _forget(self) -> None:
        self._identity: tuple[int, int] | None = None
        self.dimensions = self._count = 0
        self._keys = np.zeros(0, _KEY)
        self._rows = np.zeros((0, 0), np.float32)
        self._starts, self._order = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        self._loose: dict[bytes, int] = {}

    def _refresh(self) -> None:
        """Map what the files hold now."""
        try:
            with self._keys_path.open("rb") as keys, self._rows_path.open("rb") as numbers:
                count = self._map(keys, numbers)
        except (OSError, ValueError, struct.error):
            self._forget()
        else:
            self._number(self._count, count)
            self._count = count

    def _map(self, keys: BinaryIO, numbers: BinaryIO) -> int:
        """Map the two open files, and count their rows; ValueError when they are none of ours."""
        magic: bytes
        dimensions: int
        magic, dimensions = _HEADER.unpack(keys.read(_HEADER.size))
        if magic != _MAGIC or not dimensions:
            raise ValueError(f"{self._keys_path}: not a file of hashes")
        key_file, row_file = os.fstat(keys.fileno()), os.fstat(numbers.fileno())
        count = min((key_file.st_size - _HEADER.size) // _KEY.itemsize, row_file.st_size // (4 * dimensions))
        identity = key_file.st_ino, row_file.st_ino
        if identity != self._identity or count < self._count:
            self._forget()
            self._identity, self.dimensions = identity, dimensions
        if count > self._count:
            self._keys = np.memmap(keys, _KEY, "r", _HEADER.size, (count,)).view(np.ndarray)
            self._rows = np.memmap(numbers, "<f4", "r", 0, (count, dimensions)).view(np.ndarray)
        return count

    def _number(self, start: int, end: int) -> None:
        """Make new rows findable; of two with one hash the later is found."""
        new = self._keys["hash"][start:end]
        if len(self._loose) + len(new) <= _LOOSE:
            self._loose |= {key.tobytes(): row for row, key in enumerate(new, start)}
            return
        starts = self._keys["hash"][:end, 0]
        self._order = np.argsort(starts, kind="stable")
        self._starts = starts[self._order]
        self._loose = {}


def _keys(hashes: Hashes, vectors: Vectors) -> NDArray[np.void]:
    keys = np.empty(len(hashes), _KEY)
    keys["hash"] = hashes
    keys["check"] = [zlib.crc32(vector.tobytes()) for vector in np.ascontiguousarray(vectors, "<f4")]
    return keys


def _append(path: Path, end: int, values: NDArray[np.generic]) -> None:
    """Write values at the end of the whole rows, over whatever a killed process left there."""
    with path.open("r+b" if path.exists() else "w+b") as stream:
        stream.truncate(end)
        stream.seek(end)
        stream.write(values.tobytes())
        stream.flush()
        os.fsync(stream.fileno())
