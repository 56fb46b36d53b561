"""Plain ways to answer, for comparison: silence, one kind of score with a tuned threshold, two kinds mixed.

They use example questions only to tune their thresholds and weights, never those that they are judged by. It must not
know how a figure is worked out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.judging.answer_key import AnswerKey, Ranking, SystemSheet
from embeddings.learnt.untaught import DENSE_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Scores = NDArray[np.floating]
    """Shape (questions, passages of one voice)."""

    Way = Callable[[Scores, Scores], Scores]
    """From the dense and the lexical scores of passages to those that they are ranked by; -inf leaves one out."""

SHARES: Final = tuple(round(0.05 * step, 2) for step in range(21))
"""Shares of the dense score among which the best is looked for."""

RANK_CONSTANT: Final = 60
"""What reciprocal rank fusion adds to a rank. Source: Cormack, Clarke and Büttcher (2009)."""


@dataclass(frozen=True)
class PlainScores:
    """The plain scores of every passage for some questions, shape (questions, passages) each, and what is right.

    `nearest` (questions,) is the cosine of each question's nearest example.
    """

    key: AnswerKey
    dense: Scores
    lexical: Scores
    nearest: NDArray[np.floating]

    def among(self, rows: NDArray[np.bool_]) -> PlainScores:
        """Return those of some of the questions."""
        return PlainScores(self.key.among(rows), self.dense[rows], self.lexical[rows], self.nearest[rows])


def convex(dense: Scores, lexical: Scores, share: float) -> Scores:
    """Mix two scores, `share` of the dense one."""
    return share * dense + (1 - share) * lexical


def rank_fusion(dense: Scores, lexical: Scores) -> Scores:
    """Add up what the ranks in both orders are worth; a passage that shares no word has none in the lexical one."""
    by_words = np.where(lexical > 0, 1 / (RANK_CONSTANT + _ranks(lexical)), 0.0)
    return 1 / (RANK_CONSTANT + _ranks(dense)) + by_words


def _ranks(scores: Scores) -> NDArray[np.int64]:
    """Return the rank of each passage among those of its question, from 1 for the best."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks: NDArray[np.int64] = np.argsort(order, axis=1, kind="stable") + 1
    return ranks


WAYS: Final[Mapping[str, Way]] = {
    "silence": lambda dense, _: np.full_like(dense, -np.inf),
    "dense": lambda dense, _: dense,
    "bm25": lambda _, lexical: np.where(lexical > 0, lexical, -np.inf),
    "hybrid": partial(convex, share=DENSE_WEIGHT),
    "rank_fusion": rank_fusion,
}
"""The plain systems by name. A sixth, "hybrid_tuned", mixes by the share that is best where the others are tuned."""


def tuned_threshold(best: NDArray[np.floating], right: NDArray[np.bool_], speaks: NDArray[np.bool_]) -> float:
    """Find the threshold at which a voice earns most points; shape (questions,) each.

    `best` is the score of the best passage, `right` whether that is gold. Where several do, the highest is taken.
    """
    order = np.argsort(-best, kind="stable")
    # With the threshold at the k-th best score the first k questions are answered; ties are answered together.
    earned = np.concatenate([[0], np.cumsum(right[order])]) + (~speaks).sum()
    earned[1:] -= np.cumsum(~speaks[order])
    ends = np.concatenate([[True], best[order][1:] < best[order][:-1], [True]]) if len(best) else np.array([True])
    count = int(np.argmax(np.where(ends, earned, -1)))
    return float(best[order[count - 1]]) if count else np.inf


def _tuned(plain: PlainScores, way: Way, voice: str) -> tuple[float, int]:
    """Return the threshold of a voice, and how many points it earns with it."""
    places = plain.key.places[voice]
    scores = way(plain.dense[:, places], plain.lexical[:, places])
    ranking = Ranking.of(scores, places, -np.inf)
    ranked, right = ranking.shown[:, 0], plain.key.graded(ranking)[:, 0] > 0
    best = np.where(ranked, ranking.confidence[:, 0], -np.inf)
    speaks = plain.key.speaks[voice]
    threshold = tuned_threshold(best, right, speaks)
    return threshold, int(np.where(ranked & (best >= threshold), right, ~speaks).sum())


def best_share(plain: PlainScores) -> float:
    """Find the share of the dense score at which the sides earn most points together; the lowest of several."""
    earned = [sum(_tuned(plain, partial(convex, share=share), side)[1] for side in plain.key.sides) for share in SHARES]
    return SHARES[int(np.argmax(earned))]


def answered(tuning: PlainScores, asked: PlainScores, way: Way) -> SystemSheet:
    """Answer questions in a plain way whose thresholds are tuned on other questions."""
    rankings = {}
    for voice, places in asked.key.places.items():
        scores = way(asked.dense[:, places], asked.lexical[:, places])
        rankings[voice] = Ranking.of(scores, places, _tuned(tuning, way, voice)[0])
    return SystemSheet(rankings, asked.nearest, calibrated=False)


def plain_systems(tuning: PlainScores, asked: PlainScores) -> tuple[dict[str, SystemSheet], float]:
    """Answer questions in every plain way, tuned on other questions; also give the share for "hybrid_tuned"."""
    share = best_share(tuning)
    ways: dict[str, Way] = {**WAYS, "hybrid_tuned": partial(convex, share=share)}
    return {name: answered(tuning, asked, way) for name, way in ways.items()}, share


def cross_validated(plain: PlainScores, folds: NDArray[np.int64]) -> tuple[dict[str, SystemSheet], tuple[float, ...]]:
    """Answer every question in every plain way, tuned on the other folds; also give the share of each fold."""
    parts = [plain_systems(plain.among(folds != fold), plain.among(folds == fold)) for fold in np.unique(folds)]
    back = np.argsort(np.concatenate([np.flatnonzero(folds == fold) for fold in np.unique(folds)]))
    sheets = {}
    for name in parts[0][0]:
        pieces = [systems[name] for systems, _ in parts]
        rankings = {
            voice: Ranking.joined([piece.rankings[voice] for piece in pieces], back) for voice in plain.key.places
        }
        sheets[name] = replace(pieces[0], rankings=rankings, nearest=plain.nearest)
    return sheets, tuple(share for _, share in parts)
