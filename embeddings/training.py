"""Learning how far to trust the ranker, from examples that it had not seen when it scored them.

Runs when an index is built, and fold by fold when retrieval is evaluated. It must not know how a question is answered.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.calibration import Curve, best_threshold, fit_curve
from embeddings.examples import Examples, Unseen
from embeddings.phrasing import spelt_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from embeddings.encoder import Vectors
    from embeddings.lexical import LexicalIndex
    from embeddings.ranker import Regression
    from knowledge.model import Pack

    Scorer = Callable[[NDArray[np.int64]], NDArray[np.float64]]
    """Scores the examples whose numbers it gets as if none of them had been trained on; shape (their number, width)."""

FOLDS: Final = 5


def question_folds(pack: Pack) -> NDArray[np.int64]:
    """Deal the questions into five folds by a hash of their text, so that a new question moves no other."""
    digests = [hashlib.sha256(question.text.encode()).digest() for question in pack.questions]
    return np.array([int.from_bytes(digest[:4], "big") % FOLDS for digest in digests], dtype=np.int64)


def group_folds(labels: list[str]) -> NDArray[np.int64]:
    """Give each distinct label a fold of its own, numbered in order of appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


def curves_of(
    examples: Examples, without: Scorer, folds: NDArray[np.int64], trained: NDArray[np.bool_]
) -> dict[str, Curve]:
    """Fit the curve of every voice that the examples `trained` on teach anything about.

    Each of them is judged as if its whole fold did not exist, and none is compared with one that is not `trained` on.
    """
    columns, known = examples.taught_by(trained), examples.known_without(np.flatnonzero(~trained))
    found: dict[str, list[Unseen]] = {}
    for fold in np.unique(folds[trained]):
        missing = np.flatnonzero(~trained | (folds == fold))
        judged = trained[missing]
        rest = trained & (folds != fold)
        pieces = examples.evidence(missing[judged], without(missing)[judged], rest, known, columns)
        for voice, piece in pieces.items():
            found.setdefault(voice, []).append(piece)
    return {voice: fit(Unseen.joined(pieces)) for voice, pieces in found.items()}


def fit(unseen: Unseen) -> Curve:
    """Fit a voice's curve, and choose its threshold."""
    curve = fit_curve(unseen.table, unseen.answers)
    return replace(curve, threshold=best_threshold(curve.confidence(unseen.table), unseen.answers, unseen.speaks))


def train_curves(pack: Pack, regression: Regression, passages: Vectors, words: LexicalIndex) -> dict[str, Curve]:
    """Fit the curve of every voice that the examples teach anything about."""
    texts = [spelt_out(question.text) for question in pack.questions]
    examples = Examples.of(pack, texts, regression.ranker.examples, passages, words)
    return curves_of(examples, regression.without, question_folds(pack), np.ones(len(texts), dtype=bool))
