"""The vectors of texts, kept in one SQLite file a model: a text that did not change is not encoded again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from embeddings.encoders.precision import LEAST_COSINE, least_cosine
from embeddings.index.shipped import FOLDER, ShippedVectors, hashes_of
from embeddings.index.storage import VECTORS
from knowledge.cache import check_private, make_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Encoder, Vectors

    Report = Callable[[int, int], None]
    """Hears how many of the new texts are encoded, and how many there are."""


_SCHEMA: Final = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS vector (
    row INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, numbers BLOB NOT NULL, seal BLOB NOT NULL
);
"""
"""`hash` is that of a text, `numbers` are little-endian floats of four bytes, `seal` is a hash over the two.

A page of 8 KiB holds five vectors of 384 with little waste.
"""

_EARLIER: Final = (".npz", ".keys", ".rows", ".lock", ".sqlite3")
"""Endings of the files in which earlier versions kept vectors."""

_PIECE: Final = 1024
"""Texts encoded between two reports of progress: seconds, and what an interrupted run loses at most."""

_COMPARED: Final = 64
"""Vectors that are shipped of which the model's own are made, too, before any is used: texts of all lengths."""

_WORTH_REWRITING: Final = 4 / 3
"""The file is written anew when it holds this many times the rows that are still used."""


class VectorCache:
    """The kept vectors of one model. Memory does not grow with their number.

    A damaged vector counts as none, and is made anew.
    """

    def __init__(self, encoder: Encoder, folder: Path, shipped: Path = FOLDER) -> None:
        """`shipped` is where vectors lie that come with the program, if any."""
        self._encoder = encoder
        self._shipped_in = shipped
        self._path = folder.absolute() / f"{VECTORS}{encoder.fingerprint[:16]}.db"
        self._passing: dict[bytes, NDArray[np.float32]] = {}
        self._is_shipped_sound: bool | None = None

    def encode(self, texts: Sequence[str], report: Report = lambda _done, _total: None) -> Vectors:
        """Return one unit vector a text, in order; shape (len(texts), dimensions). New ones are not written to disk."""
        hashes = hashes_of(texts)
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
        hashes = hashes_of(texts)
        rows = self._rows_of(hashes)
        new = np.flatnonzero(rows < 0).tolist()
        if not new:
            return rows
        make_private(self._path.parent)
        with self._opened("rwc") as db:
            db.executescript(_SCHEMA)
            for places, vectors in self._encoded(texts, hashes, new, report):
                numbers = (vector.tobytes() for vector in np.ascontiguousarray(vectors, "<f4"))
                own = zip((hashes[place] for place in places), numbers, strict=True)
                db.executemany(
                    "INSERT INTO vector (hash, numbers, seal) VALUES (?, ?, ?)"
                    " ON CONFLICT (hash) DO UPDATE SET numbers = excluded.numbers, seal = excluded.seal",
                    ((text, vector, _seal_of(text, vector)) for text, vector in own),
                )
                db.commit()
        rows[new] = self._rows_of([hashes[place] for place in new])
        return rows

    @contextlib.contextmanager
    def keeping(self, groups: Sequence[Sequence[str]], report: Report) -> Iterator[list[Future[NDArray[np.int64]]]]:
        """Keep the vectors of groups of texts, one after the other, in a thread; yield the rows of each, as of `keep`.

        So something can be learnt from one group while the next is in the model. The thread ends with the block.
        """
        ended = threading.Event()
        total, before = self._to_encode([*chain(*groups)]), 0

        def keep(texts: Sequence[str]) -> NDArray[np.int64]:
            nonlocal before
            own = 0

            def told(done: int, of: int) -> None:
                nonlocal own
                if ended.is_set():
                    raise CancelledError
                own = of
                report(before + done, total)

            rows = self.keep(texts, told)
            before += own
            return rows

        pool = ThreadPoolExecutor(1, "encoding")
        try:
            yield [pool.submit(keep, texts) for texts in groups]
        finally:
            ended.set()
            pool.shutdown(cancel_futures=True)

    def at(self, rows: NDArray[np.int64]) -> Vectors:
        """Return the vectors of rows of `keep`, in the order asked for. Raises OSError."""
        if not len(rows):
            return np.zeros((0, 0), dtype=np.float32)
        found = [b""] * len(rows)
        with self._opened() as db:
            wanted = (json.dumps(rows.tolist()),)
            for place, numbers in db.execute(
                "SELECT key, numbers FROM json_each(?) JOIN vector ON row = value", wanted
            ):
                found[place] = numbers
        return np.frombuffer(bytearray().join(found), "<f4").reshape(len(rows), -1)

    def forget(self) -> None:
        """Delete every vector of the model. Raises OSError."""
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def forget_others(self, texts: Sequence[str]) -> None:
        """Delete the vectors of all other texts when they are worth the space. Raises OSError."""
        used = set(hashes_of(texts))
        for ending in _EARLIER:
            self._path.with_suffix(ending).unlink(missing_ok=True)
        if not used:
            return
        with self._opened() as db:
            ((count,),) = db.execute("SELECT count(*) FROM vector")
            if count > _WORTH_REWRITING * len(used):
                db.execute("CREATE TEMP TABLE used (hash BLOB PRIMARY KEY)")
                db.executemany("INSERT INTO used VALUES (?)", ((own,) for own in used))
                db.execute("DELETE FROM vector WHERE hash NOT IN (SELECT hash FROM used)")
                db.commit()
                db.execute("VACUUM")

    def _rows_of(self, hashes: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the row of each text, -1 for none or a damaged one; a file that cannot be read counts as empty."""
        rows = np.full(len(hashes), -1, dtype=np.int64)
        with contextlib.suppress(OSError), self._opened() as db:
            for place, own in enumerate(hashes):
                for row, numbers, seal in db.execute("SELECT row, numbers, seal FROM vector WHERE hash = ?", (own,)):
                    if seal == _seal_of(own, numbers) and np.isfinite(np.frombuffer(numbers, "<f4")).all():
                        rows[place] = row
            return rows
        return np.full(len(hashes), -1, dtype=np.int64)

    @contextlib.contextmanager
    def _opened(self, mode: Literal["rw", "rwc"] = "rw") -> Iterator[sqlite3.Connection]:
        """Open the file. Raises OSError; a damaged file is deleted, to be filled anew. UserError: others can write it.

        Readers too open it for writing: the last to close it clears up beside it.
        """
        check_private(self._path.parent, self._path)
        try:
            with contextlib.closing(sqlite3.connect(f"{self._path.as_uri()}?mode={mode}", uri=True)) as db, db:
                yield db
        except sqlite3.OperationalError as error:
            raise OSError(None, str(error), str(self._path)) from error
        except sqlite3.DatabaseError as error:
            self.forget()
            raise OSError(None, "it was damaged and is taken away: try again", str(self._path)) from error

    def _to_encode(self, texts: Sequence[str]) -> int:
        """Return how many texts have a vector neither here nor among those that are shipped."""
        distinct = list(dict.fromkeys(texts))
        hashes = hashes_of(distinct)
        new = np.flatnonzero(self._rows_of(hashes) < 0).tolist()
        return int((self._shipped_rows([distinct[place] for place in new], [hashes[place] for place in new]) < 0).sum())

    def _encoded(
        self, texts: Sequence[str], hashes: Sequence[bytes], new: Sequence[int], report: Report
    ) -> Iterator[tuple[list[int], Vectors]]:
        distinct = list({hashes[place]: place for place in reversed(new)}.values())[::-1]
        distinct.sort(key=lambda place: len(texts[place]))  # texts of one length share a batch without padding
        rows = self._shipped_rows([texts[place] for place in distinct], [hashes[place] for place in distinct])
        for piece in _pieces(np.flatnonzero(rows >= 0)):
            assert self._shipped is not None  # noqa: S101 - it has these rows
            yield [distinct[at] for at in piece], self._shipped.at(rows[piece])
        left = np.flatnonzero(rows < 0)
        done = 0
        for piece in _pieces(left):
            report(done, len(left))
            places = [distinct[at] for at in piece]
            yield places, self._encoder.encode([texts[place] for place in places])
            done += len(piece)
        if done:
            report(done, done)

    def _shipped_rows(self, texts: Sequence[str], hashes: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the rows of distinct texts among the vectors that are shipped; -1 for none, or for one of no use."""
        none = np.full(len(texts), -1, dtype=np.int64)
        if self._shipped is None or self._is_shipped_sound is False:
            return none
        rows = self._shipped.rows_of(hashes)
        found = np.flatnonzero(rows >= 0)
        if self._is_shipped_sound is None and len(found):
            some = found[:: -(-len(found) // _COMPARED)]
            own = self._encoder.encode([texts[at] for at in some.tolist()])
            self._is_shipped_sound = least_cosine(own, self._shipped.at(rows[some])) >= LEAST_COSINE
        return none if self._is_shipped_sound is False else rows

    @cached_property
    def _shipped(self) -> ShippedVectors | None:
        """The vectors that are shipped for this model, read when the first text is new; None where there are none."""
        return ShippedVectors.of(self._encoder.fingerprint, self._shipped_in)


def _pieces(places: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (places[start : start + _PIECE] for start in range(0, len(places), _PIECE))


def _seal_of(text: bytes, numbers: bytes) -> bytes:
    return hashlib.sha256(text + numbers).digest()
