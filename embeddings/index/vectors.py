"""Vectors that were computed once are kept: a text that did not change is not encoded again.

One SQLite file a model, in which each vector stands under the hash of its text.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Encoder, Vectors

    Report = Callable[[int, int], None]
    """Hears how many of the new texts are encoded, and how many there are."""

_SCHEMA: Final = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS vector (row INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, numbers BLOB NOT NULL);
"""
"""`numbers` are little-endian floats of four bytes; a page of 8 KiB holds five vectors of 384 with little waste."""

_EARLIER: Final = (".npz", ".keys", ".rows", ".lock")
"""Endings of the files in which earlier versions kept vectors."""

_PIECE: Final = 256
"""Texts encoded between two reports of progress; what an interrupted run loses at most."""

_WORTH_REWRITING: Final = 4 / 3
"""The file is written anew when it holds this many times the rows that are still used."""


class VectorCache:
    """The kept vectors of one model. Memory does not grow with their number."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._path = folder.absolute() / f"vectors-{encoder.fingerprint[:16]}.sqlite3"
        self._passing: dict[bytes, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str], report: Report = lambda _done, _total: None) -> Vectors:
        """Return one unit vector a text, in order; shape (len(texts), dimensions). New ones are not written to disk."""
        hashes = _hashes_of(texts)
        rows = self._rows_of(hashes)
        new = [place for place in np.flatnonzero(rows < 0).tolist() if hashes[place] not in self._passing]
        for places, encoded in self._encoded(texts, hashes, new, report):
            self._passing.update(zip((hashes[place] for place in places), encoded, strict=True))
        if not hashes:
            return np.zeros((0, 0), dtype=np.float32)
        kept = rows >= 0
        if kept.all():
            return self.at(rows)
        passing = np.stack([self._passing[hashes[place]] for place in np.flatnonzero(~kept).tolist()])
        vectors = np.empty((len(texts), passing.shape[1]), dtype=np.float32)
        vectors[~kept] = passing
        if kept.any():
            vectors[kept] = self.at(rows[kept])
        return vectors

    def keep(self, texts: Sequence[str], report: Report = lambda _done, _total: None) -> NDArray[np.int64]:
        """Return the row of each text, in order; vectors of new texts are written piece by piece. Raises OSError."""
        hashes = _hashes_of(texts)
        rows = self._rows_of(hashes)
        new = np.flatnonzero(rows < 0).tolist()
        if not new:
            return rows
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._opened("rwc") as db:
            db.executescript(_SCHEMA)
            for places, vectors in self._encoded(texts, hashes, new, report):
                numbers = (vector.tobytes() for vector in np.ascontiguousarray(vectors, "<f4"))
                own = zip((hashes[place] for place in places), numbers, strict=True)
                db.executemany("INSERT OR IGNORE INTO vector (hash, numbers) VALUES (?, ?)", own)
                db.commit()
        rows[new] = self._rows_of([hashes[place] for place in new])
        return rows

    @property
    def dimensions(self) -> int:
        """The length of a vector; 0 while none is kept."""
        with contextlib.suppress(OSError), self._opened() as db:
            for (length,) in db.execute("SELECT length(numbers) FROM vector LIMIT 1"):
                return int(length) // 4
        return 0

    def at(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the vectors of rows of `keep`, in the order asked for. Raises OSError."""
        found = [b""] * len(rows)
        with self._opened() as db:
            wanted = (json.dumps(rows.tolist()),)
            for place, numbers in db.execute(
                "SELECT key, numbers FROM json_each(?) JOIN vector ON row = value", wanted
            ):
                found[place] = numbers
        return np.frombuffer(bytearray().join(found), "<f4").reshape(len(rows), -1)

    def forget_others(self, rows: NDArray[np.int64]) -> None:
        """Delete all rows but these when they are worth the space. Raises OSError."""
        used = np.unique(rows)
        for ending in _EARLIER:
            self._path.with_suffix(ending).unlink(missing_ok=True)
        if not len(used):
            return
        with self._opened() as db:
            ((count,),) = db.execute("SELECT count(*) FROM vector")
            if count > _WORTH_REWRITING * len(used):
                db.execute("CREATE TEMP TABLE used (row INTEGER PRIMARY KEY)")
                db.executemany("INSERT INTO used VALUES (?)", ((row,) for row in used.tolist()))
                db.execute("DELETE FROM vector WHERE row NOT IN (SELECT row FROM used)")
                db.commit()
                db.execute("VACUUM")

    def _rows_of(self, hashes: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the row of each text, -1 for none; a file that cannot be read counts as empty."""
        rows = np.full(len(hashes), -1, dtype=np.int64)
        with contextlib.suppress(OSError), self._opened() as db:
            for place, own in enumerate(hashes):
                for (row,) in db.execute("SELECT row FROM vector WHERE hash = ?", (own,)):
                    rows[place] = row
            return rows
        return np.full(len(hashes), -1, dtype=np.int64)

    @contextlib.contextmanager
    def _opened(self, mode: Literal["rw", "rwc"] = "rw") -> Iterator[sqlite3.Connection]:
        """Open the file. Raises OSError; a damaged file is deleted, to be filled anew.

        Readers too open it for writing: the last to close it clears up beside it.
        """
        try:
            with contextlib.closing(sqlite3.connect(f"{self._path.as_uri()}?mode={mode}", uri=True)) as db, db:
                yield db
        except sqlite3.OperationalError as error:
            raise OSError(None, str(error), str(self._path)) from error
        except sqlite3.DatabaseError as error:
            self._path.unlink(missing_ok=True)
            raise OSError(None, "it was damaged and is taken away: try again", str(self._path)) from error

    def _encoded(
        self, texts: Sequence[str], hashes: Sequence[bytes], new: Sequence[int], report: Report
    ) -> Iterator[tuple[list[int], Vectors]]:
        distinct = list({hashes[place]: place for place in reversed(new)}.values())[::-1]
        distinct.sort(key=lambda place: len(texts[place]))  # texts of one length share a batch without padding
        report(0, len(distinct))
        for start in range(0, len(distinct), _PIECE):
            places = distinct[start : start + _PIECE]
            yield places, self._encoder.encode([texts[place] for place in places])
            report(start + len(places), len(distinct))


def _hashes_of(texts: Sequence[str]) -> list[bytes]:
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
