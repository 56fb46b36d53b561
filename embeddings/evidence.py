"""What speaks for and against each passage, for many questions at once: the features that calibration turns into trust.

Training and answering both take their features from here, so that they mean the same in both. It must not know any
threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.calibration import features, wording_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.lexical import LexicalIndex
    from embeddings.ranker import Layout
    from embeddings.wordforms import WordForms
    from knowledge.model import Pack


@dataclass(frozen=True)
class Taught:
    """What the examples say of a voice, example by example: shape (examples,) each.

    `speaks` tells whether the voice answers the example, `unanswerable` whether nobody does.
    """

    speaks: dict[str, NDArray[np.bool_]]
    unanswerable: NDArray[np.bool_]

    @classmethod
    def by(cls, pack: Pack, layout: Layout) -> Taught:
        """Read it off the pack's questions."""
        speaks = {}
        for voice in layout.voices:
            own = frozenset(layout.passages[voice])
            speaks[voice] = np.array([not own.isdisjoint(question.gold) for question in pack.questions], dtype=bool)
        unanswerable = np.array([not question.gold for question in pack.questions], dtype=bool)
        return cls(speaks, unanswerable)

    def among(self, examples: NDArray[np.bool_]) -> Taught:
        """Give what some of the examples say, as if there were no others."""
        return Taught({voice: speaks[examples] for voice, speaks in self.speaks.items()}, self.unanswerable[examples])

    def near(self, cosines: NDArray[np.floating], voice: str) -> NDArray[np.float64]:
        """Give the cosines of the nearest example with, without and quite without an answer, shape (questions, 3).

        `cosines` has shape (questions, examples); where there is no such example the value is -1.
        """
        masks = (self.speaks[voice], ~self.speaks[voice], self.unanswerable)
        return np.column_stack(
            [cosines[:, mask].max(axis=1) if mask.any() else np.full(len(cosines), -1.0) for mask in masks]
        )


def known_words(words: WordForms) -> frozenset[str]:
    """List the single words that stand in at least two examples."""
    return frozenset(form for form in words.columns if " " not in form)


def lexical_table(words: LexicalIndex, texts: Sequence[str], passages: int) -> NDArray[np.float64]:
    """Give the lexical score of every passage for every question, shape (questions, passages)."""
    table = np.zeros((len(texts), passages))
    for row, text in enumerate(texts):
        for passage, score in words.scores(text).items():
            table[row, passage] = score
    return table


def wording_table(texts: Sequence[str], known: frozenset[str]) -> NDArray[np.float64]:
    """Give the three features of wording of every question, shape (questions, 3)."""
    return np.array([wording_features(text, known) for text in texts], dtype=float).reshape(len(texts), 3)


def voice_evidence(
    layout: Layout,
    voice: str,
    scores: NDArray[np.floating],
    dense: NDArray[np.floating],
    lexical: NDArray[np.floating],
    near: NDArray[np.floating],
    wording: NDArray[np.floating],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pick a voice's candidates and give their features, as `calibration.features` does.

    `scores` (questions, width) are the ranker's rows; `dense` and `lexical` stand for the voice's taught passages.
    """
    part = scores[:, layout.columns[voice]]
    return features(part[:, :-1], part[:, -1], dense, lexical, near, wording)
