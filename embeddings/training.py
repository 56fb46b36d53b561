"""Learning how far to trust the ranker, from examples that it had not seen when it scored them.

Runs when an index is built, and fold by fold when retrieval is evaluated. It must not know how a question is answered.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.calibration import Curve, best_threshold, fit_curve
from embeddings.evidence import Taught, known_words, lexical_table, voice_evidence, wording_table
from embeddings.phrasing import spelt_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoder import Vectors
    from embeddings.lexical import LexicalIndex
    from embeddings.ranker import Layout, Regression
    from knowledge.model import Pack

FOLDS: Final = 5


def question_folds(pack: Pack) -> NDArray[np.int64]:
    """Deal the questions into five folds by a hash of their text, so that a new question moves no other."""
    digests = [hashlib.sha256(question.text.encode()).digest() for question in pack.questions]
    return np.array([int.from_bytes(digest[:4], "big") % FOLDS for digest in digests], dtype=np.int64)


def group_folds(labels: list[str]) -> NDArray[np.int64]:
    """Give each distinct label a fold of its own, numbered in order of appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


@dataclass(frozen=True)
class Unseen:
    """One voice's candidates for every example, judged without the example's own fold.

    `columns` (examples, candidates) are places in `layout.passages[voice]`; `table` their features; `answers` whether
    they are gold; `speaks` (examples,) whether the voice has any gold.
    """

    columns: NDArray[np.int64]
    table: NDArray[np.float64]
    answers: NDArray[np.bool_]
    speaks: NDArray[np.bool_]


def unseen_evidence(
    pack: Pack,
    layout: Layout,
    regression: Regression,
    passages: Vectors,
    words: LexicalIndex,
    folds: NDArray[np.int64],
) -> dict[str, Unseen]:
    """Gather, for every voice, the evidence on each example as if its fold did not exist.

    `passages` are the vectors of the pack's passages in the pack's order.
    """
    examples = regression.ranker.examples
    texts = [spelt_out(question.text) for question in pack.questions]
    taught = Taught.by(pack, layout)
    scores = regression.left_out(folds)
    cosines = examples @ examples.T
    cosines[folds[:, None] == folds[None, :]] = -1.0
    wording = wording_table(texts, known_words(regression.ranker.words))
    lexical = lexical_table(words, texts, len(pack.passages))
    dense = examples @ passages.T
    row_of = {passage.id: row for row, passage in enumerate(pack.passages)}
    found = {}
    for voice in layout.voices:
        own = layout.passages[voice]
        if not own:
            continue
        rows = [row_of[passage_id] for passage_id in own]
        columns, table = voice_evidence(
            layout, voice, scores, dense[:, rows], lexical[:, rows], taught.near(cosines, voice), wording
        )
        gold = np.array([[passage_id in question.gold for passage_id in own] for question in pack.questions])
        found[voice] = Unseen(columns, table, np.take_along_axis(gold, columns, axis=1), taught.speaks[voice])
    return found


def fit(unseen: Unseen, rows: NDArray[np.bool_] | slice = slice(None)) -> Curve:
    """Fit a voice's curve and choose its threshold on the given examples."""
    table, answers = unseen.table[rows], unseen.answers[rows]
    curve = fit_curve(table, answers)
    return replace(curve, threshold=best_threshold(curve.confidence(table), answers, unseen.speaks[rows]))


def train_curves(
    pack: Pack, layout: Layout, regression: Regression, passages: Vectors, words: LexicalIndex
) -> dict[str, Curve]:
    """Fit the curve of every voice that the examples teach anything about."""
    unseen = unseen_evidence(pack, layout, regression, passages, words, question_folds(pack))
    return {voice: fit(evidence) for voice, evidence in unseen.items()}
