"""What a system's choices are worth: figures over questions that say what is right, and its worst misses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.judging.answer_key import DEPTH
from embeddings.judging.resampling import SEED, Ratio, Resampling
from knowledge.model import CONTEXT, OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.judging.answer_key import AnswerKey, SystemSheet
    from embeddings.judging.resampling import Figure
    from knowledge.model import Pack

NEAR: Final = 2
"""Passages that are shown as near where it is unsure whether any answers."""

UNLIKE: Final = 0.8
"""A question whose nearest example has a lower cosine than this counts as unlike any example."""

BINS: Final = 10
"""Steps of confidence in a table of reliability."""
_STRICT: Final = 2


def ratios(key: AnswerKey, sheet: SystemSheet) -> dict[str, dict[str, Ratio]]:
    """Work out every figure of a system by section ("overall", "kinds", and each voice) and name."""
    kinds, score = np.array([question.kind for question in key.questions]), both_sides(key, sheet)
    return {
        "overall": _overall(key, sheet),
        "kinds": {kind: Ratio.mean(score, kinds == kind) for kind in dict.fromkeys(kinds.tolist())},
        "outside": _of_sides(key, sheet, kinds == OUTSIDE),
        **{voice: _of_voice(key, sheet, voice) for voice in sheet.rankings},
    }


def points(key: AnswerKey, sheet: SystemSheet, voice: str) -> NDArray[np.bool_]:
    """Award a voice its point where its first quote is gold, or where nothing is shown and it has no gold."""
    shown = sheet.rankings[voice].shown[:, 0]
    right = key.graded(sheet.rankings[voice])[:, 0] > 0
    return np.where(key.speaks[voice], shown & right, ~shown)


def both_sides(key: AnswerKey, sheet: SystemSheet) -> NDArray[np.float64]:
    """Return, for each question, the mean of its sides' points, shape (questions,)."""
    score: NDArray[np.float64] = np.mean([points(key, sheet, side) for side in key.sides], axis=0)
    return score


def _overall(key: AnswerKey, sheet: SystemSheet) -> dict[str, Ratio]:
    speaking = [key.speaks[side] for side in key.sides]
    anyone, everyone = np.logical_or.reduce(speaking), np.logical_and.reduce(speaking)
    writer = ~anyone & key.speaks[CONTEXT]
    score = both_sides(key, sheet)
    # The grade of each side's first quote, 0 where it has none.
    ranked = map(sheet.rankings.__getitem__, key.sides)
    firsts = np.array([np.where(first.shown[:, 0], key.graded(first)[:, 0], 0) for first in ranked])
    strict = np.logical_and.reduce([(key.grades[:, key.places[side]] == _STRICT).any(axis=1) for side in key.sides])
    shown = [(voice, ranking.places, ranking.shown) for voice, ranking in sheet.rankings.items()]
    quotes = sum(mask.sum(axis=1) for _, _, mask in shown)
    strangers = sum((mask & ~np.isin(places, key.places[voice])).sum(axis=1) for voice, places, mask in shown)
    exact = sum((mask & key.exact[places]).sum(axis=1) for _, places, mask in shown)
    return {
        "both_sides": Ratio.mean(score, np.ones(len(score), dtype=bool)),
        "both_sides_balanced": _balanced(key, sheet, key.sides),
        "unlike_examples": Ratio.mean(score, sheet.nearest < UNLIKE),
        "two_sided": Ratio.mean(score, everyone),
        "one_sided": Ratio.mean(score, anyone & ~everyone),
        "writer_only": Ratio.mean(score, writer),
        "unanswerable": Ratio.mean(score, ~anyone & ~writer),
        "both_hit_at_1": Ratio.mean(np.logical_and.reduce(firsts > 0), strict),
        "both_hit_at_1_strict": Ratio.mean(np.logical_and.reduce(firsts == _STRICT), strict),
        "wrong_side": Ratio(np.asarray(strangers, dtype=float), np.asarray(quotes, dtype=float)),
        "verbatim": Ratio(np.asarray(exact, dtype=float), np.asarray(quotes, dtype=float)),
    }


def _balanced(key: AnswerKey, sheet: SystemSheet, voices: Sequence[str]) -> Ratio:
    """Weigh the points so that a voice's questions with gold count as much as those without, however many there are."""
    top, bottom = np.zeros(len(key.questions)), np.zeros(len(key.questions))
    for voice in voices:
        speaks = key.speaks[voice]
        weights = np.where(speaks, 1 / max(speaks.sum(), 1), 1 / max((~speaks).sum(), 1))
        top += points(key, sheet, voice) * weights
        bottom += weights
    return Ratio(top, bottom)


def _of_voice(key: AnswerKey, sheet: SystemSheet, voice: str) -> dict[str, Ratio]:
    ranking, speaks = sheet.rankings[voice], key.speaks[voice]
    grades = key.graded(ranking)
    right = grades > 0
    shown = ranking.shown[:, 0]
    silent = ~shown & ~speaks
    found = {
        "hit_at_1": Ratio.mean(right[:, 0], speaks),
        "hit_at_3": Ratio.mean(np.logical_or.reduce(right[:, :3], axis=1), speaks),
        "mrr_at_5": Ratio.mean(np.where(right.any(axis=1), 1 / (1 + right.argmax(axis=1)), 0), speaks),
        "ndcg_at_5": Ratio.mean(ndcg(grades, key.grades[:, key.places[voice]]), speaks),
        "quoted_at_1": Ratio.mean(shown & right[:, 0], speaks),
        "abstention_precision": Ratio.mean(silent, ~shown),
        "abstention_recall": Ratio.mean(silent, ~speaks),
        "abstention_f1": Ratio(2 * silent.astype(float), (~shown).astype(float) + ~speaks),
        "points": Ratio.mean(points(key, sheet, voice), np.ones(len(shown), dtype=bool)),
        "false_silence": Ratio.mean(speaks, ranking.silent),
        "silence_said": Ratio.mean(ranking.silent, silent),
        "near_right": Ratio.mean(np.logical_or.reduce(right[:, :NEAR], axis=1), speaks & ~shown & ~ranking.silent),
    }
    if sheet.calibrated:
        judged = ranking.places[:, 0] >= 0
        found["brier"] = Ratio.mean((ranking.confidence[:, 0] - right[:, 0]) ** 2, judged)
    return found


OF_SIDES: Final = ("hit_at_1", "quoted_at_1", "abstention_f1", "false_silence", "silence_said", "near_right")


def _of_sides(key: AnswerKey, sheet: SystemSheet, among: NDArray[np.bool_]) -> dict[str, Ratio]:
    """Return the both-sides score, and figures of all sides together, over some of the questions."""
    found = {"both_sides": Ratio.mean(both_sides(key, sheet), among)}
    for name in OF_SIDES:
        parts = [_of_voice(key, sheet, side)[name] for side in key.sides]
        found[name] = Ratio(
            np.where(among, np.sum([part.top for part in parts], axis=0), 0),
            np.where(among, np.sum([part.bottom for part in parts], axis=0), 0),
        )
    return found


def ndcg(grades: NDArray[np.int8], gold: NDArray[np.int8]) -> NDArray[np.float64]:
    """Return each question's discounted gain as a share of the best possible one, 0 where there is nothing to gain.

    `grades` (questions, DEPTH) are those of the ranked passages, `gold` (questions, passages) those of all. A grade g
    gains g, discounted by log2(rank + 1). Source: Järvelin and Kekäläinen (2002).
    """
    discount = 1 / np.log2(np.arange(DEPTH) + 2)
    ideal = -np.sort(-gold, axis=1)[:, :DEPTH]
    best = ideal @ discount[: ideal.shape[1]]
    share: NDArray[np.float64] = np.divide(grades @ discount, best, out=np.zeros(len(gold)), where=best > 0)
    return share


@dataclass(frozen=True, slots=True)
class Bin:
    """First passages whose confidence lies in [low, high): how many, their mean confidence, and the share of gold."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def reliability(key: AnswerKey, sheet: SystemSheet, voices: Sequence[str]) -> tuple[Bin, ...]:
    """Compare the confidence of the voices' first passages with how often they are gold; empty bins are left out."""
    ranked = [sheet.rankings[voice] for voice in voices]
    judged = np.concatenate([ranking.places[:, 0] >= 0 for ranking in ranked])
    confidence = np.concatenate([ranking.confidence[:, 0] for ranking in ranked])[judged]
    right = np.concatenate([key.graded(ranking)[:, 0] > 0 for ranking in ranked])[judged]
    number = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins = []
    for step in np.unique(number).tolist():
        inside = number == step
        means = float(confidence[inside].mean()), float(right[inside].mean())
        bins.append(Bin(step / BINS, (step + 1) / BINS, int(inside.sum()), *means))
    return tuple(bins)


@dataclass(frozen=True)
class Report:
    """A system's figures by section and name; how reliable its confidence is, on all "sides" and in each voice."""

    figures: Mapping[str, Mapping[str, Figure]]
    reliability: Mapping[str, tuple[Bin, ...]]


def report_of(key: AnswerKey, sheet: SystemSheet, resampling: Resampling) -> Report:
    """Work out a system's figures with their intervals."""
    figures = {
        section: {name: resampling.figure(ratio) for name, ratio in named.items()}
        for section, named in ratios(key, sheet).items()
    }
    if not sheet.calibrated:
        return Report(figures, {})
    bins = {"sides": reliability(key, sheet, key.sides)}
    return Report(figures, bins | {voice: reliability(key, sheet, (voice,)) for voice in sheet.rankings})


@dataclass(frozen=True, slots=True)
class Miss:
    """A side's lost point: what was asked, the passage shown (None: nothing) and those that are gold, best first.

    `confidence` is that of the side's first passage, shown or not.
    """

    side: str
    question: str
    kind: str
    intent: str
    shown: str | None
    gold: tuple[str, ...]
    confidence: float

    @property
    def certainty(self) -> float:
        """How sure the system was of its mistake (0..1)."""
        return self.confidence if self.shown else 1 - self.confidence


def misses(pack: Pack, key: AnswerKey, sheet: SystemSheet, most: int) -> list[Miss]:
    """List the lost points of all sides, at most so many, beginning with those that the system was surest of."""
    found = []
    for side in key.sides:
        ranking = sheet.rankings[side]
        for row in np.flatnonzero(~points(key, sheet, side)):
            grades = key.grades[row, key.places[side]]
            gold = key.places[side][np.argsort(-grades, kind="stable")[: (grades > 0).sum()]]
            shown = pack.passages[ranking.places[row, 0]].id if ranking.shown[row, 0] else None
            ids = tuple(pack.passages[place].id for place in gold)
            asked, confidence = key.questions[row], float(ranking.confidence[row, 0])
            found.append(Miss(side, asked.text, asked.kind, asked.intent, shown, ids, confidence))
    return sorted(found, key=lambda miss: -miss.certainty)[:most]


@dataclass(frozen=True)
class Evaluation:
    """What came of a run over some questions.

    `sheets` holds the system by scheme, the first one the plainest; `plain` the other systems by name, judged on the
    same questions. `shares` are the shares of the dense score that were best in the other folds, fold by fold.
    """

    key: AnswerKey
    sheets: Mapping[str, SystemSheet]
    plain: Mapping[str, SystemSheet]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Verdicts:
    """What an evaluation came to.

    `reports` are those of the system by scheme, then of the plain systems; `main` names the first. `differences` are
    the both-sides scores of the plain systems less that of `main`, on the same questions. `intents` counts the groups
    of questions that are resampled together.
    """

    pack: Pack
    key: AnswerKey
    reports: Mapping[str, Report]
    main: str
    differences: Mapping[str, Figure]
    shares: tuple[float, ...]
    intents: int
    misses: tuple[Miss, ...]


def verdicts_of(pack: Pack, evaluation: Evaluation, worst: int) -> Verdicts:
    """Work all figures out, and list so many of the worst misses."""
    key, resampling = evaluation.key, resampling_of(evaluation.key)
    main, sheet = next(iter(evaluation.sheets.items()))
    systems = {**evaluation.sheets, **evaluation.plain}
    return Verdicts(
        pack=pack,
        key=key,
        reports={name: report_of(key, judged, resampling) for name, judged in systems.items()},
        main=main,
        differences={
            name: resampling.difference(score_of(key, plain), score_of(key, sheet))
            for name, plain in evaluation.plain.items()
        },
        shares=evaluation.shares,
        intents=resampling.clusters,
        misses=tuple(misses(pack, key, sheet, worst)),
    )


def resampling_of(key: AnswerKey) -> Resampling:
    """Draw the intents of the questions."""
    return Resampling([question.intent for question in key.questions], SEED)


def score_of(key: AnswerKey, sheet: SystemSheet) -> Ratio:
    """Return the both-sides score."""
    return ratios(key, sheet)["overall"]["both_sides"]
