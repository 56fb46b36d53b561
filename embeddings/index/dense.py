"""The vectors of passages, one FAISS index a voice: searched exactly while they are few, approximately when many."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import faiss
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors

    Gather = Callable[[NDArray[np.int64]], Vectors]
    """Returns the vectors in some rows of a store, in the order asked for."""


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
