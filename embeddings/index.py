"""The index of a pack: vectors, words, and what was learnt from the examples, built once and kept on disk.

It must not know how a question is answered from it; that is `retriever.py`.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Final

import faiss
import numpy as np

from embeddings import lexical
from embeddings.calibration import Curve
from embeddings.evidence import Taught
from embeddings.phrasing import spelt_out
from embeddings.ranker import Layout, Ranker, Regression
from embeddings.stance import ClaimReader
from embeddings.stance_files import read_stance, write_stance
from embeddings.stance_training import Lesson
from embeddings.storage import IndexStore, Inputs, default_folder
from embeddings.training import train_curves
from embeddings.vectors import VectorCache
from embeddings.wordforms import WordForms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from embeddings.encoder import Encoder, Vectors
    from embeddings.stance import StanceModel
    from knowledge.model import Pack

FORMAT: Final = 2
"""Raised whenever an index that an earlier version built would give other answers."""

_LIBRARIES: Final = ("faiss-cpu", "numpy", "scikit-learn", "scipy", "sentence-transformers", "sqlite-utils")

LEXICAL: Final = "lexical.sqlite3"
RANKER: Final = "ranker.npz"
FORMS: Final = "forms.json"
CURVES: Final = "calibration.json"


@dataclass(frozen=True)
class Index:
    """An opened index.

    `rows` lists, for each voice, its passages as row numbers in the pack's order; the voice's FAISS index holds their
    vectors in the same order. `ranker` and `curves` are absent (None, empty) for a pack without example questions,
    `stance` is None for one without example statements.
    """

    layout: Layout
    rows: dict[str, tuple[int, ...]]
    dense: dict[str, faiss.Index]
    words: lexical.LexicalIndex
    ranker: Ranker | None
    curves: dict[str, Curve]
    stance: StanceModel | None

    def close(self) -> None:
        """Close its files."""
        self.words.close()


def inputs_of(pack: Pack, encoder: Encoder) -> Inputs:
    """List everything that an index of this pack depends on."""
    versions = {name: metadata.version(name) for name in _LIBRARIES} | {"sqlite": sqlite3.sqlite_version}
    return Inputs(FORMAT, pack.id, pack.sha256, encoder.fingerprint, versions)


def rows_of(pack: Pack, layout: Layout) -> dict[str, tuple[int, ...]]:
    """List the row numbers of each voice's passages: their places in the pack, from 0."""
    return {
        voice: tuple(row for row, passage in enumerate(pack.passages) if passage.voice == voice)
        for voice in layout.voices
    }


def open_index(
    pack: Pack,
    encoder: Encoder,
    folder: Path | None = None,
    *,
    say: Callable[[str], None] = lambda _line: None,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> Index:
    """Open the pack's index in a cache folder (None: the platform's own), building it first where it must be.

    A missing, stale, damaged or half-written index is built anew; `say` hears one line that names the reason, and
    `report(done, total)` the progress in texts encoded. Raises UserError when the folder cannot be written.
    """
    root = folder or default_folder()
    store = IndexStore(root, pack.id)
    inputs = inputs_of(pack, encoder)
    fault = store.fault_of(inputs)
    if fault is not None:
        say(f"building the index: {fault}")
        store.build(inputs, lambda place: _write(place, pack, vector_cache(pack, encoder, root), report))
    return _read(store.place_of(inputs), pack)


def vector_cache(pack: Pack, encoder: Encoder, folder: Path | None = None) -> VectorCache:
    """Open the vectors that lie beside a pack's index in a cache folder (None: the platform's own)."""
    return VectorCache(encoder, (folder or default_folder()) / pack.id)


def _write(place: Path, pack: Pack, cache: VectorCache, report: Callable[[int, int], None]) -> None:
    """Fill an empty folder with the index of a pack."""
    texts = [passage.text for passage in pack.passages]
    asked = [spelt_out(question.text) for question in pack.questions]
    claimed = [spelt_out(statement.text) for statement in pack.statements]
    vectors = cache.encode(texts + asked + claimed, report)
    cache.keep_only(texts + asked + claimed)
    passages, examples, claims = np.split(vectors, [len(texts), len(texts) + len(asked)])
    layout = Layout.of(pack)
    for number, rows in enumerate(rows_of(pack, layout).values()):
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(passages[list(rows)])
        faiss.write_index(flat, str(place / f"voice-{number}.faiss"))
    lexical.build(place / LEXICAL, pack.passages)
    ranker = None
    if pack.questions:
        words = lexical.LexicalIndex(place / LEXICAL)
        regression = Regression.train(pack, examples)
        curves = train_curves(pack, regression, passages, words)
        words.close()
        ranker = regression.ranker
        _write_learnt(place, ranker, curves)
    if pack.statements:
        own = {side: passages[list(rows)] for side, rows in rows_of(pack, layout).items() if side in pack.side_ids}
        reader = ClaimReader(layout, ranker, Taught.by(pack, layout), own)
        write_stance(place, Lesson.of(pack, reader.read(claimed, claims)).model())


def _write_learnt(place: Path, ranker: Ranker, curves: dict[str, Curve]) -> None:
    np.savez(
        place / RANKER,
        examples=ranker.examples,
        by_meaning=ranker.by_meaning,
        by_letters=ranker.by_letters,
        by_words=ranker.by_words,
        base=ranker.base,
        letters_idf=ranker.letters.idf,
        words_idf=ranker.words.idf,
    )
    forms = {"letters": list(ranker.letters.columns), "words": list(ranker.words.columns)}
    (place / FORMS).write_text(json.dumps(forms), encoding="utf-8")
    listed = {
        voice: {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in asdict(curve).items()}
        for voice, curve in curves.items()
    }
    (place / CURVES).write_text(json.dumps(listed, indent=2), encoding="utf-8")


def _read(place: Path, pack: Pack) -> Index:
    """Open the files of a whole index."""
    layout = Layout.of(pack)
    rows = rows_of(pack, layout)
    ranker, curves = None, {}
    if pack.questions:
        ranker = _read_ranker(place)
        curves = {
            voice: Curve(
                mean=np.array(curve["mean"]),
                scale=np.array(curve["scale"]),
                weights=np.array(curve["weights"]),
                bias=curve["bias"],
                threshold=curve["threshold"],
            )
            for voice, curve in json.loads((place / CURVES).read_bytes()).items()
        }
    return Index(
        layout=layout,
        rows=rows,
        dense={voice: faiss.read_index(str(place / f"voice-{number}.faiss")) for number, voice in enumerate(rows)},
        words=lexical.LexicalIndex(place / LEXICAL),
        ranker=ranker,
        curves=curves,
        stance=read_stance(place) if pack.statements else None,
    )


def _read_ranker(place: Path) -> Ranker:
    forms: dict[str, list[str]] = json.loads((place / FORMS).read_bytes())
    with np.load(place / RANKER, allow_pickle=False) as arrays:
        return Ranker(
            letters=WordForms("letters", _numbered(forms["letters"]), arrays["letters_idf"]),
            words=WordForms("words", _numbered(forms["words"]), arrays["words_idf"]),
            examples=arrays["examples"],
            by_meaning=arrays["by_meaning"],
            by_letters=arrays["by_letters"],
            by_words=arrays["by_words"],
            base=arrays["base"],
        )


def _numbered(forms: list[str]) -> dict[str, int]:
    return {form: column for column, form in enumerate(forms)}


def passage_vectors(index: Index, voice: str) -> Vectors:
    """Give the vectors of a voice's passages, one a row, in the order of `index.rows[voice]`."""
    flat = index.dense[voice]
    vectors: Vectors = flat.reconstruct_n(0, flat.ntotal)
    return vectors
