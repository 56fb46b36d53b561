"""Learning stances and rebuttals from the example statements, and judging each statement as if it had never been seen.

Runs when an index is built, and when rebuttals are evaluated. It must not know how a claim is answered.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.calibration import fit_curve
from embeddings.ranker import Regression
from embeddings.stance import (
    ClaimRanker,
    Rebutter,
    StanceCurve,
    StanceModel,
    found_stance,
    reply_features,
    stance_features,
    turned_kernel,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.calibration import Curve
    from embeddings.hits import Findings, StanceFinding
    from embeddings.stance import Claims
    from knowledge.model import Pack

FOLDS: Final = 5

_INVERSE_PENALTY: Final = 0.3
"""How freely the stance's calibration may fit: few statements, and features that say much the same."""

_LINES: Final = np.linspace(0.2, 0.8, 61)
_PLATEAU: Final = 0.003
"""Thresholds that score this near to the best one count as equally good; their mean is taken."""

_NEVER: Final = -30.0
"""The bias of a class of which there is no statement."""


def statement_folds(pack: Pack) -> NDArray[np.int64]:
    """Deal the statements into five folds by a hash of their text, so that a new one moves no other."""
    digests = [hashlib.sha256(statement.text.encode()).digest() for statement in pack.statements]
    return np.array([int.from_bytes(digest[:4], "big") % FOLDS for digest in digests], dtype=np.int64)


@dataclass(frozen=True)
class Replies:
    """One voice's part of the lesson: what it holds against the statements of other sides.

    `rows` are those statements; `passages` the voice's that some of them name; `scores` (rows, passages + 1) what the
    regression gives each as if its fold had not been trained on, silence last; `gold` (rows, passages) tells which are
    right.
    """

    rows: NDArray[np.int64]
    passages: tuple[str, ...]
    claims: ClaimRanker
    scores: NDArray[np.float64]
    gold: NDArray[np.bool_]

    def curve(self, trained: NDArray[np.bool_]) -> Curve:
        """Fit the curve and its threshold on the statements `trained` (all statements,) on."""
        kept = trained[self.rows]
        columns, table = reply_features(self.scores[kept])
        answers = np.take_along_axis(self.gold[kept], columns, axis=1)
        curve = fit_curve(table, answers)
        confidence = curve.confidence(table)
        best = confidence.argmax(axis=1)
        rows = np.arange(len(best))
        right = np.array(
            [
                np.where(confidence[rows, best] >= line, answers[rows, best], ~self.gold[kept].any(axis=1)).mean()
                for line in _LINES
            ]
        )
        return replace(curve, threshold=_middle_of_best(right))


@dataclass(frozen=True)
class Lesson:
    """Everything learnt from the statements, with each of them judged as if its fold had not been trained on.

    `labels` (statements,) numbers the sides in order and then none; `table` has the features of stances.
    """

    sides: tuple[str, ...]
    folds: NDArray[np.int64]
    labels: NDArray[np.int64]
    stances: ClaimRanker
    table: NDArray[np.float64]
    replies: dict[str, Replies]

    @classmethod
    def of(cls, pack: Pack, claims: Claims) -> Lesson:
        """Learn from the pack's statements, read as `claims`."""
        sides, folds = pack.side_ids, statement_folds(pack)
        labels = np.array([sides.index(s.stance) if s.stance else len(sides) for s in pack.statements], dtype=np.int64)
        stances, scores = _taught(claims, np.eye(len(sides) + 1)[labels], folds)
        replies = {
            voice: learnt
            for number, voice in enumerate(sides)
            if (learnt := _replies(pack, claims, folds, voice, (labels != number) & (labels != len(sides)))) is not None
        }
        return cls(sides, folds, labels, stances, stance_features(scores, claims), replies)

    def model(self) -> StanceModel:
        """Give what answers new claims."""
        everything = np.ones(len(self.labels), dtype=bool)
        rebutters = {
            voice: Rebutter(part.passages, part.claims, part.curve(everything)) for voice, part in self.replies.items()
        }
        return StanceModel(self.sides, self.stances, self.stance_curve(everything), rebutters)

    def stance_curve(self, trained: NDArray[np.bool_]) -> StanceCurve:
        """Fit the calibration of stances, and its threshold, on the statements `trained` (statements,) on."""
        table, labels = self.table[trained], self.labels[trained]
        curve = _fit_stances(table, labels, len(self.sides) + 1)
        shares = curve.probabilities(table)[:, :-1]
        likeliest = shares.argmax(axis=1)
        top = shares.max(axis=1)
        right = np.array(
            [np.where(top >= line, likeliest == labels, labels == len(self.sides)).mean() for line in _LINES]
        )
        return replace(curve, threshold=_middle_of_best(right))

    def unseen(self, findings: Sequence[Findings]) -> list[StanceFinding]:
        """Judge every statement as if its fold did not exist; `findings` are those of a plain search, in order."""
        found: dict[int, StanceFinding] = {}
        for fold in np.unique(self.folds):
            trained = self.folds != fold
            curve = self.stance_curve(trained)
            reply_curves = {voice: part.curve(trained) for voice, part in self.replies.items()}
            for row in np.flatnonzero(~trained).tolist():
                (shares,) = curve.probabilities(self.table[[row]])
                replies = {}
                for voice, part in self.replies.items():
                    place = np.flatnonzero(part.rows == row)
                    if not len(place):
                        continue  # its own side's words are never held against it
                    (columns,), (table,) = reply_features(part.scores[place])
                    ids = tuple(part.passages[column] for column in columns)
                    replies[voice] = ids, reply_curves[voice].confidence(table)
                lines = {voice: reply_curve.threshold for voice, reply_curve in reply_curves.items()}
                found[row] = found_stance(self.sides, shares, curve.threshold, replies, lines, findings[row])
        return [found[row] for row in range(len(self.labels))]


def _taught(
    claims: Claims, targets: NDArray[np.float64], folds: NDArray[np.int64]
) -> tuple[ClaimRanker, NDArray[np.float64]]:
    """Train a regression on claims; give it, and the scores of each claim without its fold."""
    further = turned_kernel(
        claims.vectors @ claims.vectors.T, claims.topics @ claims.topics.T, np.outer(claims.signs, claims.signs)
    )
    regression = Regression.fit(claims.texts, targets, claims.vectors, further=further)
    ranker = ClaimRanker(regression.ranker, regression.dual.astype(np.float32), claims.topics, claims.signs)
    return ranker, regression.left_out(folds)


def _replies(
    pack: Pack, claims: Claims, folds: NDArray[np.int64], voice: str, opposed: NDArray[np.bool_]
) -> Replies | None:
    """Learn what a voice holds against the statements `opposed` to it; None when no statement names any of it."""
    rows = np.flatnonzero(opposed)
    named = {passage_id for row in rows for passage_id in pack.statements[row].gold}
    passages = tuple(passage.id for passage in pack.of_voice(voice) if passage.id in named)
    if not passages:
        return None
    grades = np.array([[pack.statements[row].gold.get(id_, 0) for id_ in passages] for row in rows], dtype=float)
    targets = np.column_stack([grades / np.maximum(grades.sum(axis=1, keepdims=True), 1), ~grades.any(axis=1)])
    ranker, scores = _taught(claims.among(rows), targets, folds[rows])
    return Replies(rows, passages, ranker, scores, grades > 0)


def _fit_stances(table: NDArray[np.float64], labels: NDArray[np.int64], classes: int) -> StanceCurve:
    """Fit the regression; a class without statements gets no probability worth the name. The threshold is 0.5."""
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


def _middle_of_best(right: NDArray[np.float64]) -> float:
    """Give the middle of the thresholds that score best, or as good as best."""
    return float(_LINES[right >= right.max() - _PLATEAU].mean())
