"""The index of a pack: vectors, words, and what was learnt from the examples, built once and kept on disk."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from threadpoolctl import threadpool_limits

import embeddings.learnt
from embeddings.encoders.exported import ExportError
from embeddings.encoders.precision import EXAMPLE_BITS, rounded
from embeddings.encoders.reference import check_library
from embeddings.index import lexical
from embeddings.index.dense import VoiceIndex, write_voice
from embeddings.index.learnt_files import read_learnt, write_learnt
from embeddings.index.storage import IndexStore, Inputs, default_folder, installed_version
from embeddings.index.vectors import VectorCache
from embeddings.learnt.calibration import Calibration
from embeddings.learnt.expansion import Expansions, Views
from embeddings.learnt.gate import Gatekeeper
from embeddings.learnt.language import Languages, learn_languages
from embeddings.learnt.ranker import Layout, Ranker
from embeddings.learnt.spelling import Spelling
from embeddings.learnt.topics import TopicWords
from embeddings.learnt.turn_classifier import Example, TurnReader, examples_of, train_turns, wording_of
from knowledge.cache import check_private
from knowledge.errors import UserError

# What builds, and what claims need, is imported where it is used: most starts want an answer to a question.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from embeddings.encoders.exported import ExportedModel
    from embeddings.encoders.reference import Encoder, Vectors
    from embeddings.learnt.sparring import SparringModel
    from embeddings.learnt.stance import StanceModel
    from knowledge.model import Pack, Question
    from knowledge.sparring import Argued


FORMAT: Final = 24
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

_CLAIMS: Final = "{pack}_claims"
"""The folder beside those of indexes for what claims are answered by; no pack's id holds an underscore."""


@dataclass(frozen=True)
class Learnt:
    """What a pack taught, but for its claims; None or empty where it has no such examples.

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
    """An opened index. `dense` has the vectors of each voice's passages; `place` is the folder of its files.

    `claims` is that of what claims taught; `make_claims` makes it where it is missing (UserError).
    """

    place: Path
    claims: Path
    make_claims: Callable[[], None]
    layout: Layout
    dense: dict[str, VoiceIndex]
    words: lexical.LexicalIndex

    @cached_property
    def stance(self) -> StanceModel | None:
        """What the example statements taught, read when the first claim is made; None for a pack without any."""
        from embeddings.learnt.stance import StanceModel

        self.make_claims()
        there = (self.claims / f"{STANCE}.json").exists()
        return read_learnt(self.claims, STANCE, StanceModel) if there else None

    def languages(self) -> Languages:
        """Return what tells languages apart, where there are examples.

        It is mapped anew for each of the few texts that need it, in 1 ms: 4 MB would stay in memory otherwise.
        """
        return read_learnt(self.place, LANGUAGES, Languages)

    @cached_property
    def sparring(self) -> SparringModel:
        """What the claims against each side taught, read when the first sparring begins."""
        from embeddings.learnt.sparring import SparringModel

        self.make_claims()
        return read_learnt(self.claims, SPARRING, SparringModel)

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


def found_index(
    pack: Pack, encoder: Encoder, folder: Path, *, claims: bool = True, thorough: bool = False
) -> Index | str:
    """Return the pack's index in a cache folder, opened, or why there is none that can be used.

    Without `claims`, what claims are answered by may be missing, and is made when it is needed. With `thorough` all of
    it is hashed and read. Raises UserError for a folder that others can write.
    """
    store, of_claims, inputs = IndexStore(folder, pack.id), _store_of_claims(folder, pack), inputs_of(pack, encoder)
    fault = store.fault_of(inputs, thorough=thorough)
    if fault is None and claims:
        fault = of_claims.fault_of(inputs, thorough=thorough)
    if fault is not None:
        return fault
    try:
        make = lambda: None if claims else _build_claims(pack, encoder, folder)  # noqa: E731 - it is said in a line
        index = read_index(store.place_of(inputs), pack, of_claims.place_of(inputs), make)
        if thorough:
            _ = index.stance, index.sparring, index.ranker and index.languages()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it can be made anew
        return f"the index is damaged: it cannot be read ({type(error).__name__})"
    store.mark_used(inputs)
    if claims:
        of_claims.mark_used(inputs)
    return index


def _store_of_claims(folder: Path, pack: Pack) -> IndexStore:
    return IndexStore(folder, _CLAIMS.format(pack=pack.id))


def open_index(
    pack: Pack,
    encoder: Encoder,
    folder: Path | None = None,
    *,
    claims: bool = True,
    say: Callable[[str], None] = lambda _line: None,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Index:
    """Return the pack's index in a cache folder (None: the platform's own), built first where it must be.

    Without `claims`, what claims are answered by is left until it is needed. `say` hears the reason for a build, and
    `report(done, total)` the texts encoded. An interrupted build keeps its vectors for the next one. Raises UserError
    when the folder cannot be written, or does not give back what was.
    """
    root = folder or default_folder()
    found = found_index(pack, encoder, root, claims=claims)
    if isinstance(found, Index):
        return found
    say(f"building the index: {found}")
    _build(pack, encoder, root, say, report)
    if claims:
        _build_claims(pack, encoder, root, report)
    return _opened(pack, encoder, root, claims=claims)


def _opened(pack: Pack, encoder: Encoder, root: Path, *, claims: bool) -> Index:
    """Return an index that was just built (UserError)."""
    found = found_index(pack, encoder, root, claims=claims)
    if isinstance(found, Index):
        return found
    raise UserError(
        f"the index was built, and yet {found}: check the disk of {root}, or set `folder` under [index] in config.toml"
    )


def _build(
    pack: Pack,
    encoder: Encoder,
    root: Path,
    say: Callable[[str], None],
    report: Callable[[int, int], None],
    prove: Callable[[], None] = lambda: None,
) -> None:
    """Build the index, but for what claims are answered by, unless another process did so meanwhile (UserError).

    `prove` is called once the first vectors are there; what it raises ends the build, and nothing is left of it.
    """
    check_library()

    def usable() -> bool:
        there = found_index(pack, encoder, root, claims=False)
        if isinstance(there, str):
            return False
        there.close()
        return True

    IndexStore(root, pack.id).build(
        inputs_of(pack, encoder),
        lambda place: _write(place, pack, vector_cache(pack, encoder, root), say, report, prove),
        usable,
    )


def _build_claims(
    pack: Pack, encoder: Encoder, root: Path, report: Callable[[int, int], None] = lambda _done, _total: None
) -> None:
    """Build what claims are answered by, unless that is there, beside an index that is (UserError)."""
    store, inputs = _store_of_claims(root, pack), inputs_of(pack, encoder)
    if store.fault_of(inputs) is not None:
        check_library()
        cache = vector_cache(pack, encoder, root)
        with contextlib.closing(_opened(pack, encoder, root, claims=False)) as index:
            store.build(inputs, lambda place: _write_claims(place, pack, index, cache, report))
    store.mark_used(inputs)


def forget_index(pack: Pack, encoder: Encoder, folder: Path) -> None:
    """Delete the pack's index from a cache folder, with its vectors (UserError)."""
    check_private(folder, folder / pack.id)
    for store in (IndexStore(folder, pack.id), _store_of_claims(folder, pack)):
        store.forget(inputs_of(pack, encoder))


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
    from embeddings.learnt.sparring import argued_in
    from embeddings.learnt.trust import taught_by_questions

    spelling, taught, expansions = Spelling.of(pack), examples_of(pack), Expansions.of(pack)
    texts = [passage.text for passage in pack.passages]
    asked, typed = _as_read(spelling, pack.questions), _as_read(spelling, taught)
    layout = Layout.of(pack)
    rows = rows_of(pack, layout)
    with cache.keeping([texts + expansions.texts + asked, typed], report) as (first, second):
        passages, expanded, examples = np.split(first.result(), np.cumsum([len(texts), len(expansions.texts)]))
        prove()
        measured = _write_dense(place, cache, {voice: passages[own] for voice, own in rows.items()}, say)
        lexical.build(place / LEXICAL, pack.passages)
        views = expansions.views(cache.at(expanded)) if len(expanded) else None
        keeper = Gatekeeper(pack, layout, views, shipped_gate()) if views else None
        ranker, calibrations = taught_by_questions(pack, spelling, _examples(cache, examples), asked, keeper)
        # One want alone is nothing to tell apart.
        several = len({turn.wants for turn in pack.turns}) > 1
        turns = train_turns(taught, _examples(cache, second.result()), wording_of(pack)) if several else None
        topics = TopicWords.of(pack)
        write_learnt(place, LEARNT, Learnt(spelling, ranker, calibrations, turns, views, topics))
        if ranker:
            # Last, for what it is learnt from takes much memory.
            write_learnt(place, LANGUAGES, learn_languages())
    against = _as_read(spelling, argued_in(pack))
    cache.forget_others([*texts, *expansions.texts, *asked, *typed, *against])
    return {"voices": measured}


def _write_claims(
    place: Path, pack: Pack, index: Index, cache: VectorCache, report: Callable[[int, int], None]
) -> dict[str, object]:
    """Fill an empty folder with what claims are answered by, and return nothing measured."""
    from embeddings.learnt.sparring import SparringModel, argued_in, train_moves, train_replies
    from embeddings.learnt.stance import ClaimReader
    from embeddings.learnt.stance_training import Lesson

    argued = argued_in(pack)
    against = _as_read(index.spelling, argued)
    vectors = _examples(cache, cache.keep(against, report))
    own = {side: passage_vectors(index, side) for side in pack.side_ids}
    read = ClaimReader.of(pack, index.layout, index.ranker, own).read(against, vectors) if argued else None
    made = read.among(np.arange(len(pack.statements))) if read and pack.statements else None
    # Thousands of small products follow, over which two threads only wait for each other: each has work of its own.
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(1) as beside:
        moves = beside.submit(train_moves, pack)
        stances = None if made is None else beside.submit(lambda: Lesson.of(pack, made).model())
        rebutters = train_replies(pack, argued, read) if read else {}
        write_learnt(place, SPARRING, SparringModel(rebutters, moves.result()))
        if stances is not None:
            write_learnt(place, STANCE, stances.result())
    return {}


def _examples(cache: VectorCache, kept: NDArray[np.int64]) -> Vectors:
    """Return the vectors of examples as they are learnt from and written: of shorter numbers than those of passages."""
    return rounded(cache.at(kept), EXAMPLE_BITS)


def _as_read(spelling: Spelling, examples: Iterable[Question | Argued | Example]) -> list[str]:
    return [spelling.read(example.text) for example in examples]


def example_texts(pack: Pack) -> list[str]:
    """Return every example of a pack as it is read and encoded, each once."""
    from embeddings.learnt.sparring import argued_in

    read = partial(_as_read, Spelling.of(pack))
    return list(dict.fromkeys([*read(pack.questions), *read(argued_in(pack)), *read(examples_of(pack))]))


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


def read_index(place: Path, pack: Pack, claims: Path, make_claims: Callable[[], None] = lambda: None) -> Index:
    """Open the files of an index of this pack; libraries raise anything where they are not sound.

    What claims taught lies in the folder `claims`, or is made there when it is needed.
    """
    layout = Layout.of(pack)
    return Index(
        **vars(read_learnt(place, LEARNT, Learnt)),
        place=place,
        claims=claims,
        make_claims=make_claims,
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
    """Export a model to `target`, and build the index with it where it must be, once it is proven, but for claims.

    Raises UserError when the index cannot be built, ExportError when the export fails; then there is no new index.
    """
    from embeddings.encoders.export import exporting

    with exporting(target, pack) as export:
        fast = export.encoder()
        cache = vector_cache(pack, fast, folder)
        found = found_index(pack, fast, folder, claims=False)
        if isinstance(found, Index):
            found.close()
            export.finish(fast.encode)
            return
        say(f"building the index: {found}")
        try:
            # Not by the cache, which may hold vectors of an earlier encoder.
            _build(pack, fast, folder, say, report, lambda: export.finish(fast.encode))
            if not export.kept:  # another process built the index meanwhile
                export.finish(fast.encode)
        except ExportError:
            cache.forget()
            raise
