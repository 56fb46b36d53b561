"""From scores to decisions: the probability that a passage answers, and whether a voice is quoted or surely silent.

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
    "length",  # how long the question is: a rant has something of everything, and scores lower than what is brief
)
"""A candidate's features. Other voices, cosines, lexical scores and nearest examples add nothing."""

_SURE: Final = 50.0
"""Log odds beyond which nothing changes any more; more would only overflow."""

_CONSTANT: Final = 1e-5
"""Spread below which a feature says nothing: what varies less is the rounding of its arithmetic."""

FALSE_SILENCE: Final = 0.09
"""Share of the silences said to be nearly certain that may be false."""

_GRID: Final = np.linspace(0.15, 0.75, 61)
_PLATEAU: Final = 0.002
"""How near to the best score a threshold counts as equally good; the mean of these is taken."""


def features(own: NDArray[np.floating], lengths: NDArray[np.floating]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the columns of each question's candidates in one voice, best first, and their features.

    `own` (questions, passages + 1) are the ranker's scores of the voice, silence last, `lengths` (questions,) how long
    the questions are; the columns have shape (questions, candidates), the features (questions, candidates,
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
    table[..., 4] = lengths[:, None]
    return order, table


@dataclass(frozen=True)
class Curve:
    """A logistic curve over standardised features, and the probability that is enough."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float
    threshold: float

    @cached_property
    def _line(self) -> tuple[NDArray[np.float64], float]:
        """The slopes of the log odds in the plain features, and their value at 0."""
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

    One curve for both would be wrong about the first by up to ten points. `speaks` is for whether any passage of the
    voice answers, seen from its best candidate; below its threshold, silence is nearly certain.
    """

    first: Curve
    further: Curve
    speaks: Curve

    @property
    def threshold(self) -> float:
        """The probability below which nothing of the voice is quoted."""
        return self.first.threshold

    def judged(self, table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the probability that each candidate answers, at most the best one's; `table` as from `features`.

        Beside it stands whether the voice nearly certainly has no answer, by question.
        """
        # All in one table: over a handful of numbers, each call takes longer than its arithmetic.
        odds = np.empty((len(table), table.shape[1] + 1))
        odds[:, :-1] = self.further.log_odds(table)
        odds[:, 0] = self.first.log_odds(table[:, 0])
        odds[:, -1] = self.speaks.log_odds(table[:, 0])
        trust = _probability(odds)
        silent: NDArray[np.bool_] = trust[:, -1] < self.speaks.threshold
        return np.minimum(trust[:, :-1], trust[:, :1]), silent

    def confidence(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities alone, as `judged` does."""
        return self.judged(table)[0]


def _probability(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    # Not np.clip, which takes several times as long over a handful of numbers.
    certain: NDArray[np.float64] = np.minimum(np.maximum(odds, -_SURE), _SURE)
    return 1 / (1 + np.exp(-certain))


def calibrate(
    table: NDArray[np.float64],
    answers: NDArray[np.bool_],
    speaks: NDArray[np.bool_],
    outside: NDArray[np.bool_],
) -> Calibration:
    """Fit a voice's calibration and choose its threshold; shapes as for `features` and `best_threshold`.

    `outside` (questions,) tells which were written by people who knew neither articles nor examples.
    """
    first, further = fit_curve(table[:, :1], answers[:, :1]), fit_curve(table[:, 1:], answers[:, 1:])
    line = best_threshold(first.confidence(table[:, :1]), answers[:, :1], speaks, outside)
    return Calibration(replace(first, threshold=line), further, presence(table, speaks, outside))


def presence(table: NDArray[np.float64], speaks: NDArray[np.bool_], outside: NDArray[np.bool_]) -> Curve:
    """Fit how likely a voice has an answer, with the line below which it nearly certainly has none.

    The line holds for questions from outside and for the others, each by themselves: the first are answered more often
    than their scores let expect.
    """
    curve = fit_curve(table[:, :1], speaks[:, None])
    trust = curve.confidence(table[:, 0])
    lines = [silence_line(trust[asked], speaks[asked]) for asked in (outside, ~outside) if asked.any()]
    return replace(curve, threshold=min(lines, default=0.0))


def silence_line(confidence: NDArray[np.float64], speaks: NDArray[np.bool_]) -> float:
    """Return the highest line below which at most FALSE_SILENCE of the questions have an answer, 0 without any.

    A line that leaves few questions below it counts one more of them as answered, for it may be luck.
    """
    order = np.argsort(confidence, kind="stable")
    false = (np.cumsum(speaks[order]) + 1) / np.arange(1, len(order) + 1)
    below = np.flatnonzero(false <= FALSE_SILENCE)
    return float(confidence[order[below[-1]]]) if len(below) else 0.0


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


def best_threshold(
    confidence: NDArray[np.float64],
    answers: NDArray[np.bool_],
    speaks: NDArray[np.bool_],
    outside: NDArray[np.bool_],
) -> float:
    """Return the threshold at which a voice best speaks when it should and keeps silent when it should.

    A question earns a point when its best candidate is shown and is gold, or when the voice rightly shows nothing.
    Questions from outside weigh half of the whole, and the others half. Among each, what has an answer and what has
    none weigh as the square roots of their numbers: between as often as they are asked, which nobody knows, and alike.
    `confidence` and `answers` have shape (questions, candidates), `speaks` and `outside` (questions,).
    """
    best = confidence.argmax(axis=1)
    rows = np.arange(len(best))
    top, right = confidence[rows, best], answers[rows, best]
    weights = np.zeros(len(best))
    for asked in (outside, ~outside):
        for sort in (asked & speaks, asked & ~speaks):
            weights[sort] = 1 / np.sqrt(max(sort.sum(), 1))
        weights[asked] /= max(weights[asked].sum(), 1)
    points = np.array([(np.where(top >= line, right, ~speaks) * weights).sum() for line in _GRID]) / weights.sum()
    return float(_GRID[points >= points.max() - _PLATEAU].mean())
