"""Learning how far to trust the ranker, from examples that it had not seen when it scored them.

Runs when an index is built, and fold by fold when retrieval is evaluated.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.learnt.calibration import Calibration, calibrate
from embeddings.learnt.evidence import Taught, voice_evidence
from embeddings.learnt.examples import Unseen
from embeddings.learnt.ranker import Layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from embeddings.learnt.examples import Examples
    from embeddings.learnt.ranker import Regression
    from knowledge.model import Pack

    Scorer = Callable[[NDArray[np.int64]], NDArray[np.float64]]
    """Scores the examples whose numbers it gets as if none of them had been trained on; shape (their number, width)."""

    Fit = Callable[[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]], Calibration]
    """Fits a voice's calibration to features, answers and whether the voice speaks, as `calibrate` does."""

FOLDS: Final = 5


def question_folds(pack: Pack) -> NDArray[np.int64]:
    """Deal the questions into five folds by a hash of their text, so that a new question moves no other."""
    digests = [hashlib.sha256(question.text.encode()).digest() for question in pack.questions]
    return np.array([int.from_bytes(digest[:4], "big") % FOLDS for digest in digests], dtype=np.int64)


def group_folds(labels: list[str]) -> NDArray[np.int64]:
    """Return each distinct label a fold of its own, numbered in order of appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


def calibrations_of(
    examples: Examples,
    without: Scorer,
    folds: NDArray[np.int64],
    trained: NDArray[np.bool_],
    fit: Fit = calibrate,
) -> dict[str, Calibration]:
    """Fit the calibration of every voice that the examples `trained` on teach anything about.

    Each of them is judged as if its whole fold did not exist.
    """
    columns = examples.taught_by(trained)
    found: dict[str, list[Unseen]] = {}
    for fold in np.unique(folds[trained]):
        missing = np.flatnonzero(~trained | (folds == fold))
        judged = trained[missing]
        pieces = examples.evidence(missing[judged], without(missing)[judged], columns)
        for voice, piece in pieces.items():
            found.setdefault(voice, []).append(piece)
    joined = {voice: Unseen.joined(pieces) for voice, pieces in found.items()}
    return {voice: fit(unseen.table, unseen.answers, unseen.speaks) for voice, unseen in joined.items()}


def train_calibrations(pack: Pack, regression: Regression) -> dict[str, Calibration]:
    """Fit the calibration of every voice that the examples teach anything about, judging each without its fold."""
    layout = Layout.of(pack)
    speaks = Taught.by(pack, layout).speaks
    scores = regression.left_out(question_folds(pack))
    found = {}
    for voice, ids in layout.passages.items():
        if not ids:
            continue
        grades = np.array([[question.gold.get(id_, 0) for id_ in ids] for question in pack.questions])
        order, table = voice_evidence(layout, voice, scores)
        answers = np.take_along_axis(grades > 0, order, axis=1)
        found[voice] = calibrate(table, answers, speaks[voice])
    return found
