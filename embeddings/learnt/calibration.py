"""From scores to decisions: the probability that a passage answers, and the line below which a voice keeps silent.

Logistic regressions (Platt, 1999) over a handful of features of a question and a passage, trained for each voice on
scores of examples that the ranker had not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

CANDIDATES: Final = 6
"""Passages of a voice that are judged for one question: the best ones by the ranker's score."""

FEATURES: Final = (
    "score",  # the ranker's score of the passage
    "rival",  # the best score of the voice's other passages
    "voice",  # the sum of the voice's positive scores
    "silence",  # the ranker's score of the voice's silence
)
"""What a voice's scores say of a candidate.

What the other voices say, cosines, lexical scores, the nearest examples and counts of words were tried beside these and
told nothing more: 0.2 points at most.
"""

_SURE: Final = 50.0
"""Log odds beyond which nothing changes any more; more would only overflow."""

_CONSTANT: Final = 1e-5
"""Spread below which a feature says nothing: what varies less is the rounding of its arithmetic."""

_GRID: Final = np.linspace(0.15, 0.75, 61)
_PLATEAU: Final = 0.002
"""Thresholds that score this near to the best one count as equally good; their mean is taken."""


def features(own: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pick each question's candidates in one voice and put their features side by side.

    `own` are the ranker's scores of the voice, shape (questions, passages + 1), silence last. Gives the candidates'
    columns, shape (questions, candidates), best score first, and their features, shape (questions, candidates,
    len(FEATURES)).
    """
    scores, silence = own[:, :-1], own[:, -1]
    order = np.argsort(-scores, axis=1, kind="stable")[:, :CANDIDATES]
    chosen = scores[np.arange(len(scores))[:, None], order]
    table = np.empty((*order.shape, len(FEATURES)))
    table[..., 0] = chosen
    table[..., 1] = chosen[:, :1]
    table[:, 0, 1] = chosen[:, 1] if order.shape[1] > 1 else 0.0
    table[..., 2] = np.maximum(scores, 0).sum(axis=1)[:, None]
    table[..., 3] = silence[:, None]
    return order, table


@dataclass(frozen=True)
class Curve:
    """A logistic curve over standardised features, and the threshold from which on its probability is enough."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    threshold: float

    @cached_property
    def _line(self) -> tuple[NDArray[np.float64], float]:
        """Return the log odds as a linear function of the features as they are: its slopes, and its value at 0."""
        slopes = self.weights / self.scale
        return slopes, self.bias - float(slopes @ self.mean)

    def log_odds(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log odds that each candidate answers; `table` has the features on its last axis."""
        slopes, at_zero = self._line
        odds: NDArray[np.float64] = table @ slopes + at_zero
        return odds

    def confidence(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that each candidate answers; `table` has the features on its last axis."""
        return _probability(self.log_odds(table))


@dataclass(frozen=True)
class Calibration:
    """How far to trust a voice's candidates: `first` is for the best of them, `further` for the rest.

    Whether the best one answers is another question than whether the third one does too, and the one that silence hangs
    on: one curve for both would be wrong about the first by up to ten points.
    """

    first: Curve
    further: Curve

    @property
    def threshold(self) -> float:
        """The probability below which the voice keeps silent."""
        return self.first.threshold

    def confidence(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that each candidate answers; `table` as `features` gives it, for any questions.

        No candidate is trusted more than the best one.
        """
        odds = self.further.log_odds(table)
        odds[:, 0] = self.first.log_odds(table[:, 0])
        trust = _probability(odds)
        capped: NDArray[np.float64] = np.minimum(trust, trust[:, :1])
        return capped


def _probability(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn log odds into probabilities."""
    # Not np.clip, which takes several times as long over a handful of numbers.
    certain: NDArray[np.float64] = np.minimum(np.maximum(odds, -_SURE), _SURE)
    return 1 / (1 + np.exp(-certain))


def calibrate(table: NDArray[np.float64], answers: NDArray[np.bool_], speaks: NDArray[np.bool_]) -> Calibration:
    """Fit a voice's calibration and choose its threshold; shapes as for `features` and `best_threshold`."""
    first, further = fit_curve(table[:, :1], answers[:, :1]), fit_curve(table[:, 1:], answers[:, 1:])
    line = best_threshold(first.confidence(table[:, :1]), answers[:, :1], speaks)
    return Calibration(replace(first, threshold=line), further)


def fit_curve(table: NDArray[np.float64], answers: NDArray[np.bool_]) -> Curve:
    """Fit a curve; `answers` (questions, candidates) says which candidates are gold. The threshold is 0.5."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - seconds to import, needed for training alone

    rows, labels = table.reshape(-1, table.shape[-1]), answers.ravel()
    if not len(rows):
        return Curve(np.zeros(table.shape[-1]), np.ones(table.shape[-1]), np.zeros(table.shape[-1]), 0.0, 0.5)
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale < _CONSTANT] = 1.0
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
