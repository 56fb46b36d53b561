"""What comes out of an evaluation: a system's figures with their intervals, its reliability, and its worst misses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.judging.metrics import points, ratios, reliability
from embeddings.judging.resampling import Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embeddings.judging.evaluation import Evaluation
    from embeddings.judging.metrics import AnswerKey, Bin, Sheet
    from embeddings.judging.resampling import Figure, Ratio
    from knowledge.model import Pack

SEED: Final = 20
"""What the resamples of the questions are drawn from."""


@dataclass(frozen=True)
class Report:
    """A system's figures by section and name; how reliable its confidence is, on all "sides" and in each voice."""

    figures: Mapping[str, Mapping[str, Figure]]
    reliability: Mapping[str, tuple[Bin, ...]]


def report_of(key: AnswerKey, sheet: Sheet, resampling: Resampling) -> Report:
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


def misses(pack: Pack, key: AnswerKey, sheet: Sheet, most: int) -> list[Miss]:
    """List the lost points of all sides, at most so many, beginning with those that the system was surest of."""
    found = []
    for side in key.sides:
        ranking = sheet.rankings[side]
        for row in np.flatnonzero(~points(key, sheet, side)):
            grades = key.grades[row, key.places[side]]
            gold = key.places[side][np.argsort(-grades, kind="stable")[: (grades > 0).sum()]]
            asked = key.questions[row]
            found.append(
                Miss(
                    side,
                    asked.text,
                    asked.kind,
                    asked.intent,
                    pack.passages[ranking.places[row, 0]].id if ranking.shown[row, 0] else None,
                    tuple(pack.passages[place].id for place in gold),
                    float(ranking.confidence[row, 0]),
                )
            )
    return sorted(found, key=lambda miss: -miss.certainty)[:most]


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


def score_of(key: AnswerKey, sheet: Sheet) -> Ratio:
    """Give the both-sides score."""
    return ratios(key, sheet)["overall"]["both_sides"]
