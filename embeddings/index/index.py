"""The index of a pack: vectors, words, and what was learnt from the examples, built once and kept on disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

import embeddings.learnt
from embeddings.encoders.export import exporting
from embeddings.encoders.exported import ExportError
from embeddings.encoders.precision import EXAMPLE_BITS, rounded
from embeddings.encoders.reference import check_library
from embeddings.index import lexical
from embeddings.index.dense import VoiceIndex, write_voice
from embeddings.index.storage import IndexStore, Inputs, default_folder, installed_version
from embeddings.index.vectors import VectorCache
from embeddings.learnt.calibration import Calibration
from embeddings.learnt.expansion import Expansions, Views
from embeddings.learnt.gate import Gatekeeper
from embeddings.learnt.language import Languages, learn_languages
from embeddings.learnt.ranker import Layout, Ranker, Regression
from embeddings.learnt.sparring import SparringModel, argued_in, train_moves, train_replies
from embeddings.learnt.spelling import Spelling
from embeddings.learnt.stance import ClaimReader, StanceModel
from embeddings.learnt.stance_training import Lesson
from embeddings.learnt.topics import TopicWords
from embeddings.learnt.trust import folds_of, judged_of, train_calibrations
from embeddings.learnt.turn_classifier import Example, TurnReader, examples_of, train_turns, wording_of
from embeddings.learnt.untaught import ENOUGH, compared
from knowledge.cache import check_private
from knowledge.codec import read_as, written
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.exported import ExportedModel
    from embeddings.encoders.reference import Encoder, Vectors
    from knowledge.model import Pack
    from knowledge.sparring import Argued


T = TypeVar("T")

_SMALL: Final = 64
"""Numbers of an array that stand in the JSON itself."""


def write_learnt(place: Path, name: str, learnt: object) -> None:
    """Write a dataclass into a folder under a name. Raises TypeError for a value that cannot be written."""
    numbers = count()

    def beside(array: object) -> dict[str, Any]:
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name}: {type(array).__name__} cannot be written")
        if array.size <= _SMALL and array.dtype.kind != "S":
            return {"dtype": array.dtype.str, "shape": array.shape, "values": array.ravel().tolist()}
        file = f"{name}-{next(numbers)}.npy"
        np.save(place / file, array, allow_pickle=False)
        return {"array": file}

    (place / f"{name}.json").write_text(json.dumps(written(learnt), default=beside), encoding="utf-8")


def read_learnt(place: Path, name: str, kind: type[T]) -> T:
    """Return what `write_learnt` wrote, with arrays mapped, not copied. Raises OSError, and ValueError."""

    def whole(part: dict[str, Any]) -> Any:  # noqa: ANN401 - an array, or the object as it is
        if part.keys() == {"array"}:
            return np.asarray(np.load(place / part["array"], mmap_mode="r", allow_pickle=False))
        if part.keys() == {"dtype", "shape", "values"}:
            return np.array(part["values"], dtype=part["dtype"]).reshape(part["shape"])
        return part

    return read_as(kind, json.loads((place / f"{name}.json").read_bytes(), object_hook=whole), name)


FORMAT: Final = 23
"""Raised whenever an index that an earlier version built would give other answers."""

_LIBRARIES: Final = (
    "faiss-cpu",
    "numpy",
    "py3langid",
    "scikit-learn",
    "scipy",
    "sentence-transformers",
    "sqlite-utils",
)

LEXICAL: Final = "lexical.sqlite3"
LEARNT: Final = "learnt"
STANCE: Final = "stance"
LANGUAGES: Final = "languages"
SPARRING: Final = "sparring"
GATE: Final = "gate"


@dataclass(frozen=True)
class Learnt:
    """What a pack taught, but for its statements; None or empty where it has no such examples.

    Without calibrations, the ranker is only heard by the gate. `views` are None for a pack of very many passages.
    """

    spelling: Spelling
    ranker: Ranker | None
    calibrations: Mapping[str, Calibration]
    turns: TurnReader | None
    views: Views | None
    topics: TopicWords


@dataclass(frozen=True)
class Index(Learnt):
    """An opened index. `dense` has the vectors of each voice's passages; `place` is the folder of its files."""

    place: Path
    layout: Layout
    dense: dict[str, VoiceIndex]
    words: lexical.LexicalIndex

    @cached_property
    def stance(self) -> StanceModel | None:
        """What the example statements taught, read when the first claim is made; None for a pack without any."""
        there = (self.place / f"{STANCE}.json").exists()
        return read_learnt(self.place, STANCE, StanceModel) if there else None

    def languages(self) -> Languages:
        """Return what tells languages apart, where there are examples.

        It is mapped anew for each of the few texts that need it, in 1 ms: 4 MB would stay in memory otherwise.
        """
        return read_learnt(self.place, LANGUAGES, Languages)

    @cached_property
    def sparring(self) -> SparringModel:
        """What the claims against each side taught, read when the first sparring begins."""
        return read_learnt(self.place, SPARRING, SparringModel)

    def close(self) -> None:
        """Close its files."""
        self.words.close()


def inputs_of(pack: Pack, encoder: Encoder) -> Inputs:
    """Return everything that an index of this pack depends on."""
    versions = {name: installed_version(name) for name in _LIBRARIES} | {"sqlite": sqlite3.sqlite_version}
    return Inputs(FORMAT, pack.id, pack.sha256, encoder.fingerprint, versions)


def rows_of(pack: Pack, layout: Layout) -> dict[str, NDArray[np.int64]]:
    """Return the row numbers of each voice's passages, ascending: their places in the pack, from 0."""
    rows: dict[str, list[int]] = {voice: [] for voice in layout.voices}
    for row, passage in enumerate(pack.passages):
        rows[passage.voice].append(row)
    return {voice: np.array(own, dtype=np.int64) for voice, own in rows.items()}


def found_index(pack: Pack, encoder: Encoder, folder: Path, *, thorough: bool = False) -> Index | str:
    """Return the pack's index in a cache folder, opened, or why there is none that can be used.

    With `thorough` all of it is hashed and read. Raises UserError for a folder that others can write.
    """
    store = IndexStore(folder, pack.id)
    inputs = inputs_of(pack, encoder)
    fault = store.fault_of(inputs, thorough=thorough)
    if fault is not None:
        return fault
    try:
        index = read_index(store.place_of(inputs), pack)
        if thorough:
            _ = index.stance, index.sparring, index.ranker and index.languages()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it can be made anew
        return f"the index is damaged: it cannot be read ({type(error).__name__})"
    store.mark_used(inputs)
    return index


def open_index(
    pack: Pack,
    encoder: Encoder,
    folder: Path | None = None,
    *,
    say: Callable[[str], None] = lambda _line: None,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Index:
    """Return the pack's index in a cache folder (None: the platform's own), built first where it must be.

    `say` hears the reason for a build, and `report(done, total)` the texts encoded. An interrupted build keeps its
    vectors for the next one. Raises UserError when the folder cannot be written, or does not give back what was.
    """
    root = folder or default_folder()
    found = found_index(pack, encoder, root)
    if isinstance(found, Index):
        return found
    say(f"building the index: {found}")
    return _built(pack, encoder, root, say, report)


def _built(
    pack: Pack,
    encoder: Encoder,
    root: Path,
    say: Callable[[str], None],
    report: Callable[[int, int], None],
    prove: Callable[[], None] = lambda: None,
) -> Index:
    """Return the index, built unless another process did so meanwhile; see `open_index` (UserError).

    `prove` is called once the first vectors are there; what it raises ends the build, and nothing is left of it.
    """
    check_library()

    def usable() -> bool:
        there = found_index(pack, encoder, root)
        if isinstance(there, str):
            return False
        there.close()
        return True

    IndexStore(root, pack.id).build(
        inputs_of(pack, encoder),
        lambda place: _write(place, pack, vector_cache(pack, encoder, root), say, report, prove),
        usable,
    )
    found = found_index(pack, encoder, root)
    if isinstance(found, Index):
        return found
    raise UserError(
        f"the index was built, and yet {found}: check the disk of {root}, or set `folder` under [index] in config.toml"
    )


def forget_index(pack: Pack, encoder: Encoder, folder: Path) -> None:
    """Delete the pack's index from a cache folder, with its vectors (UserError)."""
    check_private(folder, folder / pack.id)
    IndexStore(folder, pack.id).forget(inputs_of(pack, encoder))


def vector_cache(pack: Pack, encoder: Encoder, folder: Path | None = None) -> VectorCache:
    """Return the vectors beside a pack's index in a cache folder (None: the platform's own)."""
    return VectorCache(encoder, (folder or default_folder()) / pack.id)


def _write(
    place: Path,
    pack: Pack,
    cache: VectorCache,
    say: Callable[[str], None],
    report: Callable[[int, int], None],
    prove: Callable[[], None],
) -> dict[str, object]:
    """Fill an empty folder with the index of a pack, and return what was measured.

    The vectors of all passages are never in memory at once.
    """
    spelling = Spelling.of(pack)
    argued, taught = argued_in(pack), examples_of(pack)
    expansions = Expansions.of(pack)
    texts = [passage.text for passage in pack.passages]
    asked, against, typed = _examples_as_read(pack, spelling, argued, taught)
    layout = Layout.of(pack)
    rows = rows_of(pack, layout)
    with cache.keeping([texts + expansions.texts + asked, typed, against], report) as (first, second, third):
        passages, expanded, examples = np.split(first.result(), np.cumsum([len(texts), len(expansions.texts)]))
        prove()
        measured = _write_dense(place, cache, {voice: passages[own] for voice, own in rows.items()}, say)
        lexical.build(place / LEXICAL, pack.passages)
        views = expansions.views(cache.at(expanded)) if len(expanded) else None
        keeper = Gatekeeper(pack, layout, views, shipped_gate()) if views else None
        ranker, calibrations = _taught_by_questions(pack, spelling, _examples(cache, examples), asked, keeper)
        # Thousands of small products follow, over which two threads only wait for each other.
        with threadpool_limits(limits=1, user_api="blas"):
            # One want alone is nothing to tell apart.
            several = len({turn.wants for turn in pack.turns}) > 1
            turns = train_turns(taught, _examples(cache, second.result()), wording_of(pack)) if several else None
            topics = TopicWords.of(pack)
            write_learnt(place, LEARNT, Learnt(spelling, ranker, calibrations, turns, views, topics))
            rebutters = {}
            if argued:
                own = {side: cache.at(passages[rows[side]]) for side in pack.side_ids}
                reader = ClaimReader.of(pack, layout, ranker, own)
                read = reader.read(against, _examples(cache, third.result()))
                rebutters = train_replies(pack, argued, read)
                if pack.statements:
                    made = read.among(np.arange(len(pack.statements)))
                    write_learnt(place, STANCE, Lesson.of(pack, made).model())
            write_learnt(place, SPARRING, SparringModel(rebutters, train_moves(pack)))
        if ranker:
            # Last, for what it is learnt from takes much memory.
            write_learnt(place, LANGUAGES, learn_languages())
        cache.forget_others(np.concatenate([kept.result() for kept in (first, second, third)]))
    return {"voices": measured}


def _examples(cache: VectorCache, kept: NDArray[np.int64]) -> Vectors:
    """Return the vectors of examples as they are learnt from and written: of shorter numbers than those of passages."""
    return rounded(cache.at(kept), EXAMPLE_BITS)


def _taught_by_questions(
    pack: Pack, spelling: Spelling, vectors: Vectors, asked: Sequence[str], keeper: Gatekeeper | None
) -> tuple[Ranker | None, dict[str, Calibration]]:
    """Return what the example questions teach; `asked` are their texts as they are read, with their vectors."""
    if not pack.questions:
        return None, {}
    folds = folds_of(pack.questions)
    judged = judged_of(pack.questions, folds)
    regression = Regression.train(pack, vectors, read=spelling.read, judged=judged)
    return regression.ranker, _worth_having(pack, regression, folds, vectors, asked, keeper)


def _examples_as_read(
    pack: Pack, spelling: Spelling, argued: Sequence[Argued], taught: Sequence[Example]
) -> tuple[list[str], ...]:
    """Return the example questions, claims and turns as they are read, the statements first among the claims."""
    return tuple([spelling.read(each.text) for each in examples] for examples in (pack.questions, argued, taught))


def example_texts(pack: Pack) -> list[str]:
    """Return every example of a pack as it is read and encoded, each once."""
    read = _examples_as_read(pack, Spelling.of(pack), argued_in(pack), examples_of(pack))
    return list(dict.fromkeys(chain.from_iterable(read)))


def _worth_having(
    pack: Pack,
    regression: Regression,
    folds: NDArray[np.int64],
    vectors: Vectors,
    asked: Sequence[str],
    keeper: Gatekeeper | None,
) -> dict[str, Calibration]:
    """Return how far to trust the ranker alone; nothing where the gate answers its examples, unseen, better.

    `asked` are the examples as they are read, `vectors` theirs.
    """
    if len(pack.questions) < ENOUGH:
        return {}
    rows, scores = regression.judged, regression.left_out(folds)
    calibrations, taught = train_calibrations(pack, [asked[row] for row in rows], scores, rows)
    if keeper is None:
        return calibrations
    some = compared(rows)
    chosen = rows[some].tolist()
    questions, texts = [pack.questions[row] for row in chosen], [asked[row] for row in chosen]
    gated = keeper.points(questions, texts, vectors[chosen], scores[some] - regression.ranker.base)
    return calibrations if taught[some].mean() > gated.mean() else {}


@cache
def shipped_gate() -> Calibration:
    """Return the gate that comes with the program."""
    return read_learnt(Path(embeddings.learnt.__path__[0]), GATE, Calibration)


def _dense(place: Path, rows: Mapping[str, NDArray[np.int64]]) -> dict[str, VoiceIndex]:
    return {voice: VoiceIndex(place / _dense_name(number), own) for number, (voice, own) in enumerate(rows.items())}


def _write_dense(
    place: Path, cache: VectorCache, kept: dict[str, NDArray[np.int64]], say: Callable[[str], None]
) -> dict[str, object]:
    measured: dict[str, object] = {}
    some = next((own[:1] for own in kept.values() if len(own)), None)
    dimensions = 0 if some is None else cache.at(some).shape[1]
    for number, (voice, own) in enumerate(kept.items()):
        build = write_voice(place / _dense_name(number), dimensions, own, cache.at)
        measured[voice] = asdict(build)
        if not build.exact:
            say(
                f"{voice}: {build.vectors:,} passages are searched approximately; {build.recall:.1%} of the ten "
                "nearest are found"
            )
    return measured


def _dense_name(number: int) -> str:
    return f"voice-{number}.faiss"


def read_index(place: Path, pack: Pack) -> Index:
    """Open the files of an index of this pack; libraries raise anything where they are not sound."""
    layout = Layout.of(pack)
    return Index(
        **vars(read_learnt(place, LEARNT, Learnt)),
        place=place,
        layout=layout,
        dense=_dense(place, rows_of(pack, layout)),
        words=lexical.LexicalIndex(place / LEXICAL),
    )


def passage_vectors(index: Index, voice: str) -> Vectors:
    """Return the vectors of a voice's passages, one a row, in the pack's order."""
    return index.dense[voice].vectors()


def prepare(
    pack: Pack,
    folder: Path,
    target: ExportedModel,
    *,
    say: Callable[[str], None],
    report: Callable[[int, int], None],
) -> None:
    """Export a model to `target`, and build the index with it where it must be, once it is proven.

    Raises UserError when the index cannot be built, ExportError when the export fails; then there is no new index.
    """
    with exporting(target, pack) as export:
        fast = export.encoder()
        cache = vector_cache(pack, fast, folder)
        found = found_index(pack, fast, folder)
        if isinstance(found, Index):
            found.close()
            export.finish(fast.encode)
            return
        say(f"building the index: {found}")
        try:
            # Not by the cache, which may hold vectors of an earlier encoder.
            _built(pack, fast, folder, say, report, lambda: export.finish(fast.encode)).close()
            if not export.kept:  # another process built the index meanwhile
                export.finish(fast.encode)
        except ExportError:
            cache.forget()
            raise
