"""From scores to decisions: the probability that a passage answers, and the line below which a voice keeps silent.

A logistic regression (Platt, 1999) over a handful of features of a question and a passage, one for each voice, trained
on scores of examples that the ranker had not seen. It must not know how the features are found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.lexical import content_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

CANDIDATES: Final = 6
"""Passages of a voice that are judged for one question: the best ones by the ranker's score."""

FEATURES: Final = (
    "score",  # the ranker's score of the passage
    "rival",  # the best score of the voice's other passages
    "voice",  # the sum of the voice's positive scores
    "silence",  # the ranker's score of the voice's silence
    "dense",  # cosine of question and passage
    "lexical",  # BM25 of the passage, as s / (s + 5)
    "best dense",  # the highest cosine of any passage of the voice
    "near with",  # cosine of the nearest example that this voice answers
    "near without",  # cosine of the nearest example that it does not answer
    "near unanswerable",  # cosine of the nearest example that nobody answers
    "words",  # content words of the question
    "unknown words",  # those of them that no example holds
    "asks number",  # 1 when a figure is asked for
)

_ASKS_NUMBER: Final = re.compile(r"how (?:many|much|long|often|big)|percent|percentage|number|figure|\d")

_SURE: Final = 50.0
"""Log odds beyond which nothing changes any more; more would only overflow."""

_GRID: Final = np.linspace(0.15, 0.75, 61)
_PLATEAU: Final = 0.002
"""Thresholds that score this near to the best one count as equally good; their mean is taken."""


def wording_features(text: str, known: frozenset[str]) -> tuple[float, float, float]:
    """Count a question's content words and the unknown ones, and tell whether it asks for a figure."""
    content = content_words(text)
    unknown = sum(word not in known for word in content)
    return float(len(content)), float(unknown), float(bool(_ASKS_NUMBER.search(text)))


def features(
    scores: NDArray[np.floating],
    silence: NDArray[np.floating],
    dense: NDArray[np.floating],
    lexical: NDArray[np.floating],
    near: NDArray[np.floating],
    wording: NDArray[np.floating],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pick each question's candidates in one voice and put their features side by side.

    `scores`, `dense` and `lexical` have shape (questions, passages), `silence` (questions,), `near` (questions, 3) and
    `wording` (questions, 3), in the order of FEATURES. Gives the candidates' columns, shape (questions, candidates),
    best score first, and the features, shape (questions, candidates, len(FEATURES)).
    """
    order = np.argsort(-scores, axis=1, kind="stable")[:, :CANDIDATES]
    count = order.shape[1]
    chosen = np.take_along_axis(scores, order, axis=1)
    rival = np.repeat(chosen[:, :1], count, axis=1)
    rival[:, 0] = chosen[:, 1] if count > 1 else 0.0
    shared = np.column_stack([np.clip(scores, 0, None).sum(axis=1), silence, dense.max(axis=1), near, wording])[
        :, None, :
    ].repeat(count, axis=1)
    table = np.concatenate(
        [
            chosen[:, :, None],
            rival[:, :, None],
            shared[:, :, :2],
            np.take_along_axis(dense, order, axis=1)[:, :, None],
            np.take_along_axis(lexical, order, axis=1)[:, :, None],
            shared[:, :, 2:],
        ],
        axis=2,
    )
    return order, table


@dataclass(frozen=True)
class Curve:
    """One voice's calibration: a logistic curve over standardised features, and the voice's threshold."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    threshold: float

    def confidence(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability that each candidate answers; `table` has the features on its last axis."""
        odds = ((table - self.mean) / self.scale) @ self.weights + self.bias
        return 1 / (1 + np.exp(-np.clip(odds, -_SURE, _SURE)))


def fit_curve(table: NDArray[np.float64], answers: NDArray[np.bool_]) -> Curve:
    """Fit a voice's curve; `answers` (questions, candidates) says which candidates are gold. The threshold is 0.5."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - seconds to import, needed for training alone

    rows, labels = table.reshape(-1, table.shape[-1]), answers.ravel()
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    if labels.all() or not labels.any():  # nothing to separate: say what was always so
        rate = (labels.sum() + 1) / (len(labels) + 2)
        return Curve(mean, scale, np.zeros(len(mean)), float(np.log(rate / (1 - rate))), 0.5)
    model = LogisticRegression(C=1.0, max_iter=2000).fit((rows - mean) / scale, labels)
    return Curve(mean, scale, model.coef_[0], float(model.intercept_[0]), 0.5)


def best_threshold(confidence: NDArray[np.float64], answers: NDArray[np.bool_], speaks: NDArray[np.bool_]) -> float:
    """Find the threshold at which a voice speaks when it should and keeps silent when it should.

    A question earns its point when its best candidate is shown and is gold, or when nothing is shown and the voice
    does not speak. Questions of both sorts weigh half of the whole each, however many of each the examples hold: how
    often people ask what nobody answers is not known, and the examples do not say. `confidence` and `answers` have
    shape (questions, candidates), `speaks` (questions,).
    """
    best = confidence.argmax(axis=1)
    rows = np.arange(len(best))
    top, right = confidence[rows, best], answers[rows, best]
    weights = np.where(speaks, 1 / max(speaks.sum(), 1), 1 / max((~speaks).sum(), 1))
    points = np.array([(np.where(top >= line, right, ~speaks) * weights).sum() for line in _GRID]) / 2
    return float(_GRID[points >= points.max() - _PLATEAU].mean())
