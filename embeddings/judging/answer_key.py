"""What is right about questions, and what a system makes of them: one row a question, in the same order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.model import Pack, Question

DEPTH: Final = 5
"""Passages of a voice that are looked at: nobody reads on."""


@dataclass(frozen=True)
class Ranking:
    """One voice's passages for every question, best first: shape (questions, DEPTH) each.

    `places` are places in the pack (-1: no further passage), `confidence` is what they are ranked by, `shown` whether
    they lie above the voice's threshold. `silent` (questions,) tells where the voice nearly certainly has no answer.
    """

    places: NDArray[np.int64]
    confidence: NDArray[np.float64]
    shown: NDArray[np.bool_]
    silent: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        scores: NDArray[np.floating],
        places: NDArray[np.int64],
        threshold: float | NDArray[np.float64],
        second: NDArray[np.floating] | None = None,
        silent: NDArray[np.bool_] | None = None,
    ) -> Ranking:
        """Rank the passages at `places` by their scores, shape (questions, passages), and by `second` among equals.

        Then they keep the pack's order. A passage with the score -inf is not ranked. `threshold` is one for all
        questions, or one a question. Without `silent`, no silence is certain.
        """
        order = np.lexsort((np.zeros_like(scores) if second is None else -second, -scores), axis=1)[:, :DEPTH]
        missing = ((0, 0), (0, DEPTH - order.shape[1]))
        best = np.pad(np.take_along_axis(scores, order, axis=1), missing, constant_values=-np.inf)
        ranked = np.isfinite(best)
        found = np.where(ranked, np.pad(places[order], missing), -1)
        shown = ranked & (best >= np.reshape(threshold, (-1, 1)))
        certain = np.zeros(len(scores), dtype=bool) if silent is None else silent
        return cls(found, np.where(ranked, best, 0.0), shown, certain & ~shown[:, 0])

    @classmethod
    def joined(cls, pieces: Sequence[Ranking], order: NDArray[np.int64]) -> Ranking:
        """Put the rankings of several sets of questions one after the other, and then in `order`."""
        return cls(
            np.concatenate([piece.places for piece in pieces])[order],
            np.concatenate([piece.confidence for piece in pieces])[order],
            np.concatenate([piece.shown for piece in pieces])[order],
            np.concatenate([piece.silent for piece in pieces])[order],
        )


@dataclass(frozen=True)
class SystemSheet:
    """What a system makes of every question, voice by voice.

    `nearest` (questions,) is the cosine of the nearest example that the system had. `calibrated` tells whether what it
    ranks by is a probability.
    """

    rankings: Mapping[str, Ranking]
    nearest: NDArray[np.floating]
    calibrated: bool


@dataclass(frozen=True)
class AnswerKey:
    """What is right: the grades (questions, passages) of every passage as an answer, 0 for none.

    `places` gives each voice's passages by their places in the pack; `exact` (passages,) tells whether a passage's text
    equals the characters of its article.
    """

    sides: tuple[str, ...]
    questions: tuple[Question, ...]
    grades: NDArray[np.int8]
    places: Mapping[str, NDArray[np.int64]]
    exact: NDArray[np.bool_]

    @classmethod
    def of(cls, pack: Pack, questions: Sequence[Question]) -> AnswerKey:
        """Take the gold of questions about a pack, its own or others."""
        grades = [[question.gold.get(passage.id, 0) for passage in pack.passages] for question in questions]
        voices = np.array([passage.voice for passage in pack.passages])
        slices = [pack.article(p.span.article_id).text[p.span.start : p.span.end] for p in pack.passages]
        return cls(
            pack.side_ids,
            tuple(questions),
            np.array(grades, dtype=np.int8).reshape(len(questions), len(pack.passages)),
            {voice: np.flatnonzero(voices == voice) for voice in (*pack.side_ids, CONTEXT)},
            np.array([passage.text == text for passage, text in zip(pack.passages, slices, strict=True)]),
        )

    def among(self, rows: NDArray[np.bool_]) -> AnswerKey:
        """Return the key of some of the questions."""
        kept = tuple(question for question, keep in zip(self.questions, rows, strict=True) if keep)
        return replace(self, questions=kept, grades=self.grades[rows])

    @cached_property
    def speaks(self) -> dict[str, NDArray[np.bool_]]:
        """Whether a voice has gold, by question."""
        return {
            voice: np.logical_or.reduce(self.grades[:, places] > 0, axis=1) for voice, places in self.places.items()
        }

    def graded(self, ranking: Ranking) -> NDArray[np.int8]:
        """Return the grade of each ranked passage, shape (questions, DEPTH)."""
        grades = np.take_along_axis(self.grades, np.maximum(ranking.places, 0), axis=1)
        return np.where(ranking.places >= 0, grades, 0).astype(np.int8)
