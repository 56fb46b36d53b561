"""Learning stances and rebuttals from the example statements, and judging each statement as if it had never been seen.

Runs when an index is built, and when rebuttals are evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.learnt.calibration import fit_curve
from embeddings.learnt.ranker import Layout, Regression
from embeddings.learnt.stance import (
    ClaimRanker,
    Rebutter,
    StanceCurve,
    StanceModel,
    found_stance,
    reply_features,
    shares_of,
    stance_features,
    turned_kernel,
)
from embeddings.learnt.trust import folds_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.hits import Findings, StanceFinding
    from embeddings.learnt.calibration import Curve
    from embeddings.learnt.stance import Claims
    from knowledge.model import Pack

_INVERSE_PENALTY: Final = 0.3
"""How freely the stance's calibration may fit: few statements, and features that say much the same."""

_LINES: Final = np.linspace(0.2, 0.8, 61)
_PLATEAU: Final = 0.003
"""How near to the best score a threshold counts as equally good; the mean of these is taken."""

_NEVER: Final = -30.0
"""The bias of a class of which there is no statement."""


@dataclass(frozen=True)
class Trained:
    """A regression over claims, with the fold of each; `ranker` is what it makes for new claims."""

    regression: Regression
    ranker: ClaimRanker
    folds: NDArray[np.int64]

    @classmethod
    def by(cls, claims: Claims, targets: NDArray[np.float64], folds: NDArray[np.int64]) -> Trained:
        """Train it."""

        def turned(some: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.floating]:
            return turned_kernel(
                claims.vectors[some] @ claims.vectors[others].T,
                claims.topics[some] @ claims.topics[others].T,
                np.outer(claims.signs[some], claims.signs[others]),
                np.outer(claims.tones[some], claims.tones[others]),
            )

        regression = Regression.fit(claims.texts, targets, claims.vectors, further=turned)
        ranker = ClaimRanker(
            regression.ranker, regression.dual.astype(np.float32), claims.topics, claims.signs, claims.tones
        )
        return cls(regression, ranker, folds)

    def unseen(self, missing: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Score each claim as if neither its fold nor those `missing` had been trained on; shape (claims, width)."""
        scores = np.empty_like(self.regression.targets)
        for fold in np.unique(self.folds[~missing]):
            rows = np.flatnonzero(missing | (self.folds == fold))
            own = ~missing[rows]
            scores[rows[own]] = self.regression.without(rows)[own]
        if missing.any():
            scores[missing] = self.regression.without(np.flatnonzero(missing))
        return scores


@dataclass(frozen=True)
class Replies:
    """What one voice holds against the statements of other sides.

    `rows` are those statements; `passages` the voice's that some of them name, `places` their columns in a claim's
    topics (-1: untaught); `shares` (rows, passages) how far each statement is about each, `gold` which are right.
    """

    rows: NDArray[np.int64]
    passages: tuple[str, ...]
    places: NDArray[np.int64]
    shares: NDArray[np.float64]
    taught: Trained
    gold: NDArray[np.bool_]

    def curve(self, scores: NDArray[np.float64], trained: NDArray[np.bool_]) -> Curve:
        """Fit the curve and its threshold to the scores (rows, passages + 1) of the rows `trained` (rows,) on."""
        columns, table = reply_features(scores[trained], self.shares[trained])
        answers = np.take_along_axis(self.gold[trained], columns, axis=1)
        silent = ~self.gold[trained].any(axis=1)
        curve = fit_curve(table, answers)
        confidence = curve.confidence(table)
        best = confidence.argmax(axis=1)
        rows = np.arange(len(best))
        top, right = confidence[rows, best], answers[rows, best]
        return replace(curve, threshold=_best_line([np.where(top >= line, right, silent).mean() for line in _LINES]))

    def rebutter(self) -> Rebutter:
        """Return what replies to new claims."""
        every = np.ones(len(self.rows), dtype=bool)
        curve = self.curve(self.taught.unseen(~every), every)
        return Rebutter(self.passages, self.places, self.taught.ranker, curve)


@dataclass(frozen=True)
class Lesson:
    """Everything that is learnt from the statements.

    `labels` (statements,) numbers the sides in order and then none.
    """

    sides: tuple[str, ...]
    claims: Claims
    labels: NDArray[np.int64]
    stances: Trained
    replies: dict[str, Replies]

    @classmethod
    def of(cls, pack: Pack, claims: Claims) -> Lesson:
        """Learn from the pack's statements, read as `claims`."""
        sides, folds = pack.side_ids, folds_of(pack.statements)
        golds = [statement.gold for statement in pack.statements]
        labels = np.array([sides.index(s.stance) if s.stance else len(sides) for s in pack.statements], dtype=np.int64)
        replies = {
            voice: learnt
            for number, voice in enumerate(sides)
            if (learnt := replies_of(pack, claims, golds, folds, voice, (labels != number) & (labels != len(sides))))
            is not None
        }
        return cls(sides, claims, labels, Trained.by(claims, np.eye(len(sides) + 1)[labels], folds), replies)

    def model(self) -> StanceModel:
        """Return what answers new claims."""
        nothing = np.zeros(len(self.labels), dtype=bool)
        rebutters = {voice: part.rebutter() for voice, part in self.replies.items()}
        return StanceModel(
            self.sides, self.stances.ranker, self._stance_curve(self._table(nothing), ~nothing), rebutters
        )

    def unseen(self, findings: Sequence[Findings]) -> list[StanceFinding]:
        """Judge every statement as if its fold did not exist; `findings` are those of a plain search, in order.

        The calibration and thresholds have not seen its fold either.
        """
        found: dict[int, StanceFinding] = {}
        for fold in np.unique(self.stances.folds):
            missing = self.stances.folds == fold
            table = self._table(missing)
            curve = self._stance_curve(table, ~missing)
            shares = curve.probabilities(table)
            replies: dict[int, dict[str, tuple[tuple[str, ...], NDArray[np.float64]]]] = {}
            lines = {}
            for voice, part in self.replies.items():
                scores = part.taught.unseen(missing[part.rows])
                reply_curve = part.curve(scores, ~missing[part.rows])
                lines[voice] = reply_curve.threshold
                columns, features = reply_features(scores, part.shares)
                for row, places, confidence in zip(
                    part.rows.tolist(), columns, reply_curve.confidence(features), strict=True
                ):
                    replies.setdefault(row, {})[voice] = tuple(part.passages[place] for place in places), confidence
            for row in np.flatnonzero(missing).tolist():
                # Its own side has no reply here, for its own side's words are never held against a claim.
                found[row] = found_stance(
                    self.sides, shares[row], curve.threshold, replies.get(row, {}), lines, findings[row]
                )
        return [found[row] for row in range(len(self.labels))]

    def _table(self, missing: NDArray[np.bool_]) -> NDArray[np.float64]:
        return stance_features(self.stances.unseen(missing), self.claims)

    def _stance_curve(self, table: NDArray[np.float64], trained: NDArray[np.bool_]) -> StanceCurve:
        """Fit the calibration of stances, and its threshold, to the rows `trained` on."""
        labels = self.labels[trained]
        curve = _fit_stances(table[trained], labels, len(self.sides) + 1)
        shares = curve.probabilities(table[trained])[:, :-1]
        right, nobody = shares.argmax(axis=1) == labels, labels == len(self.sides)
        top = shares.max(axis=1)
        return replace(curve, threshold=_best_line([np.where(top >= line, right, nobody).mean() for line in _LINES]))


def replies_of(
    pack: Pack,
    claims: Claims,
    golds: Sequence[Mapping[str, int]],
    folds: NDArray[np.int64],
    voice: str,
    opposed: NDArray[np.bool_],
) -> Replies | None:
    """Return what a voice holds against the claims `opposed` to it; None when they name none of it.

    `golds` grade the passages that are replies to each claim.
    """
    rows = np.flatnonzero(opposed)
    own = [golds[row] for row in rows.tolist()]
    named = {passage_id for gold in own for passage_id in gold}
    passages = tuple(passage.id for passage in pack.of_voice(voice) if passage.id in named)
    if not passages:
        return None
    grades = np.array([[gold.get(id_, 0) for id_ in passages] for gold in own], dtype=float)
    targets = np.column_stack([grades / np.maximum(grades.sum(axis=1, keepdims=True), 1), ~grades.any(axis=1)])
    places = _places(pack, voice, passages, claims.topics.shape[1])
    taught = Trained.by(claims.among(rows), targets, folds[rows])
    return Replies(rows, passages, places, shares_of(claims.topics[rows], places), taught, grades > 0)


def _places(pack: Pack, voice: str, passages: tuple[str, ...], width: int) -> NDArray[np.int64]:
    """Return the passages' columns among the `width` topics of claims, -1 for none."""
    layout = Layout.of(pack)
    start = layout.columns[voice].start
    column_of = {passage: start + place for place, passage in enumerate(layout.passages[voice])} if width else {}
    return np.array([column_of.get(passage, -1) for passage in passages], dtype=np.int64)


def _fit_stances(table: NDArray[np.float64], labels: NDArray[np.int64], classes: int) -> StanceCurve:
    """Fit the regression, with the threshold 0.5; a class without statements gets hardly any probability."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - seconds to import, needed for training alone

    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-9
    weights, bias = np.zeros((table.shape[1], classes)), np.full(classes, _NEVER)
    present = np.unique(labels)
    if len(present) == 1:
        bias[present] = 0.0
        return StanceCurve(mean, scale, weights, bias, 0.5)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=5000).fit((table - mean) / scale, labels)
    if len(present) == 2:  # noqa: PLR2004 - for two classes scikit-learn gives the weights of the second alone
        weights[:, present[1]], bias[present[1]], bias[present[0]] = model.coef_[0], model.intercept_[0], 0.0
    else:
        weights[:, present], bias[present] = model.coef_.T, model.intercept_
    return StanceCurve(mean, scale, weights, bias, 0.5)


def _best_line(right: list[np.floating]) -> float:
    """Return the mean of the thresholds that score best, or nearly; `right` has the share for each."""
    shares = np.array(right)
    return float(_LINES[shares >= shares.max() - _PLATEAU].mean())
