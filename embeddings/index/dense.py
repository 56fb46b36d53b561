"""The vectors of passages: kept in one SQLite file a model, and searched with one FAISS index a voice.

A text that did not change is not encoded again. Search is exact while passages are few, approximate when many.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal

import faiss
import numpy as np

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

    Gather = Callable[[NDArray[np.int64]], Vectors]
    """Returns the vectors in some rows of a store, in the order asked for."""


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

_WORTH_REWRITING: Final = 4 / 3
"""The file is written anew when it holds this many times the rows that are still used."""


class VectorCache:
    """The kept vectors of one model. Memory does not grow with their number.

    A damaged vector counts as none, and is made anew.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._path = folder.absolute() / f"{VECTORS}{encoder.fingerprint[:16]}.db"
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
        total = int((self._rows_of(list(dict.fromkeys(_hashes_of([*chain(*groups)])))) < 0).sum())
        before = 0

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


def _seal_of(text: bytes, numbers: bytes) -> bytes:
    return hashlib.sha256(text + numbers).digest()


def _hashes_of(texts: Sequence[str]) -> list[bytes]:
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]


EXACT_UP_TO: Final = 10_000
"""Passages of a voice that are compared one by one. That takes 0.3 ms for so many, and grows with their number."""

NEIGHBOURS: Final = 10
"""The recall that is measured: how many of the ten nearest vectors a search finds."""

WANTED_RECALL: Final = 0.99

_HELD_BACK: Final = 512
"""Vectors that the approximate index is measured with before it takes them in."""

_ROUNDS: Final = 8
_SAMPLES_PER_LIST: Final = 32
"""How long and on how many vectors the lists are trained, which is nearly all that building costs."""

_MOST_CODE_BYTES: Final = 400 * 2**20
"""Two bytes a dimension are kept of each vector as long as all take no more than this; above that, one byte."""

_SPREAD: Final = 4.0
"""Standard deviations on either side of the mean that the 256 steps of one byte cover.

Measured on 200,000 vectors: recall 0.993 at best; 0.992 when they cover all that occurs, 0.977 with 3. Two bytes: 1.
"""

_PROBES: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
"""Numbers of lists that a search may look into."""

_GOOD_AS_BEST: Final = 0.002
"""Where the wanted recall is out of reach, the fewest lists whose recall comes this near to the best one are taken."""

_BLOCK: Final = 16_384
"""Vectors that are held at a time while an index is built."""

_MATRICES_FROM, _NEVER = 20, 2**31 - 1
"""Questions from which on FAISS multiplies matrices: what it takes by itself, and a number that is never reached."""

_own: Final = threading.local()
"""What each thread has told FAISS."""

_TIE: Final = 1e-6
"""Cosines closer than this are equal: passages with the same words take either place among the nearest."""


@dataclass(frozen=True, slots=True)
class Build:
    """What an index came out as. `recall` (0..1) is that of the ten nearest, `probes` of its `lists` being looked into.

    An exact index has one list and a recall of 1.
    """

    vectors: int
    lists: int
    probes: int
    recall: float

    @property
    def exact(self) -> bool:
        """Whether every vector is compared."""
        return self.lists == 1


class VoiceIndex:
    """The vectors of one voice's passages, read from a file by memory map; several threads may search it at once.

    `rows` are its passages' row numbers in the pack, ascending, in the order of the vectors.
    """

    def __init__(self, path: Path, rows: NDArray[np.int64]) -> None:
        self.rows = rows
        self._places = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        if self._places.ntotal != len(rows):
            raise ValueError(f"{path.name} has {self._places.ntotal} vectors instead of {len(rows)}")
        if len(rows) <= EXACT_UP_TO and not np.isfinite(self.vectors()).all():
            raise ValueError(f"{path.name} has numbers that are none")

    def search(self, vectors: Vectors, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and cosines of the passages nearest to each question, best first; shape (questions, count).

        At most what the voice has; an approximate search that finds fewer fills up with row -1. What a question finds
        does not depend on the others, to the last bit.
        """
        count = min(count, len(self.rows))
        if not count:
            return np.zeros((len(vectors), 0), np.int64), np.zeros((len(vectors), 0), np.float32)
        if not getattr(_own, "searches_one_by_one", False):
            _search_one_by_one()
        cosines, places = self._places.search(vectors, count)
        return np.where(places >= 0, self.rows[places], -1), cosines

    def own(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of some rows of the pack are this voice's."""
        places = np.searchsorted(self.rows, rows)
        inside = places < len(self.rows)
        inside[inside] = self.rows[places[inside]] == rows[inside]
        return inside

    def cosines_of(self, rows: NDArray[np.int64], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosines of some of the voice's own passages with one question, in order."""
        if not len(rows):
            return np.zeros(0, np.float32)
        cosines: NDArray[np.float32] = self._places.reconstruct_batch(np.searchsorted(self.rows, rows)) @ vector
        return cosines

    def vectors(self) -> Vectors:
        """Return all vectors in order, as precise as they are kept: a copy in memory."""
        vectors: Vectors = self._places.reconstruct_n(0, len(self.rows))
        return vectors


def write_voice(path: Path, dimensions: int, kept: NDArray[np.int64], gather: Gather) -> Build:
    """Write the index of the vectors `kept` in these rows, in order, and measure it; equal vectors, equal index."""
    with all_threads():
        if len(kept) > EXACT_UP_TO:
            lists, build = _approximate(dimensions, kept, gather)
            faiss.write_index(lists, str(path))
            return build
        flat = faiss.IndexFlatIP(dimensions)
        if len(kept):
            flat.add(gather(kept))
        faiss.write_index(flat, str(path))
        return Build(len(kept), 1, 1, 1.0)


def lists_for(count: int) -> int:
    """Return the number of lists for so many vectors.

    Source: FAISS's "Guidelines to choose an index", which asks for 4 to 16 times the square root.
    """
    return int(4 * count**0.5)


def _approximate(dimensions: int, kept: NDArray[np.int64], gather: Gather) -> tuple[faiss.IndexIVF, Build]:
    """Sort the vectors into lists, shortened, and look into as many lists as the wanted recall needs."""
    order = np.random.default_rng(0).permutation(len(kept))
    held, rest = np.sort(order[:_HELD_BACK]), np.sort(order[_HELD_BACK:])
    lists = lists_for(len(kept))
    small = 2 * dimensions * len(kept) <= _MOST_CODE_BYTES
    code = faiss.ScalarQuantizer.QT_fp16 if small else faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimensions), dimensions, lists, code, faiss.METRIC_INNER_PRODUCT
    )
    index.sq.rangestat, index.sq.rangestat_arg = faiss.ScalarQuantizer.RS_meanstd, _SPREAD
    index.cp.niter, index.cp.min_points_per_centroid = _ROUNDS, 1
    index.train(gather(kept[np.sort(order[_HELD_BACK:][: lists * _SAMPLES_PER_LIST])]))
    questions = gather(kept[held])
    nearest = none_near(len(held))
    for start in range(0, len(rest), _BLOCK):
        places = rest[start : start + _BLOCK]
        vectors = gather(kept[places])
        index.add_with_ids(vectors, places)
        nearest = with_nearer(nearest, questions, vectors)
    probes, recall = _probes_for(index, questions, nearest[:, -1], lambda places: gather(kept[places]))
    index.nprobe = probes
    index.add_with_ids(questions, held)
    index.make_direct_map()
    return index, Build(len(kept), lists, probes, recall)


def _probes_for(
    index: faiss.IndexIVF, questions: Vectors, tenth: NDArray[np.float32], gather: Gather
) -> tuple[int, float]:
    """Return how many lists to look into, and the recall with that; `tenth` as for `recall_of`."""
    recalls: dict[int, float] = {}
    for probes in (probes for probes in _PROBES if probes <= index.nlist):
        index.nprobe = probes
        _, places = index.search(questions, NEIGHBOURS)
        recalls[probes] = recall_of(places, tenth, questions, gather)
        if recalls[probes] >= WANTED_RECALL:
            break
    enough = min(WANTED_RECALL, max(recalls.values()) - _GOOD_AS_BEST)
    return next((probes, recall) for probes, recall in recalls.items() if recall >= enough)


def none_near(questions: int) -> NDArray[np.float32]:
    """Return the start for `with_nearer`; shape (questions, 10)."""
    return np.full((questions, NEIGHBOURS), -1.0, np.float32)


def with_nearer(nearest: NDArray[np.float32], questions: Vectors, vectors: Vectors) -> NDArray[np.float32]:
    """Return the exact ten best cosines of each question, those of further vectors included, best first."""
    cosines, _ = faiss.knn(questions, vectors, NEIGHBOURS, metric=faiss.METRIC_INNER_PRODUCT)
    found: NDArray[np.float32] = -np.sort(-np.hstack([nearest, cosines]), axis=1)[:, :NEIGHBOURS]
    return found


def recall_of(found: NDArray[np.int64], tenth: NDArray[np.float32], questions: Vectors, gather: Gather) -> float:
    """Return the share (0..1) of the ten nearest that were found; `found` (questions, 10) has -1 for nothing.

    `tenth` (questions,) is the exact cosine of each one's tenth nearest vector. What is at least as near counts.
    """
    vectors = gather(np.maximum(found, 0).ravel()).reshape(*found.shape, -1)
    cosines = np.einsum("qd,qnd->qn", questions, vectors)
    return float(((cosines >= tenth[:, None] - _TIE) & (found >= 0)).mean())


def _search_one_by_one() -> None:
    """Make FAISS search on the calling thread, and compare each question by itself."""
    # OpenMP keeps this number for each thread. A second one would only wait for the first.
    faiss.omp_set_num_threads(1)
    _own.searches_one_by_one = True
    # From 20 questions on FAISS would multiply matrices, which rounds otherwise than comparing one by one does.
    faiss.cvar.distance_compute_blas_threshold = _NEVER


@contextlib.contextmanager
def all_threads() -> Iterator[None]:
    """Let FAISS use every core, and multiply matrices, as building takes minutes where searching takes microseconds."""
    _own.searches_one_by_one = False
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    faiss.cvar.distance_compute_blas_threshold = _MATRICES_FROM
    try:
        yield
    finally:
        _search_one_by_one()
