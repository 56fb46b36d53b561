"""What the examples and the wording say about questions, many at once.

Training and answering both take it from here, so that it means the same in both. It must not know any threshold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.index.lexical import content_words
from embeddings.learnt.calibration import features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.index.lexical import LexicalIndex
    from embeddings.learnt.ranker import Layout
    from embeddings.learnt.wordforms import WordForms
    from knowledge.model import Pack

_ASKS_NUMBER: Final = re.compile(r"how (?:many|much|long|often|big)|percent|percentage|number|figure|\d")


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


def wording_features(text: str, known: frozenset[str]) -> tuple[float, float, float]:
    """Count a question's content words and the unknown ones, and tell whether it asks for a figure."""
    content = content_words(text)
    unknown = sum(word not in known for word in content)
    return float(len(content)), float(unknown), float(bool(_ASKS_NUMBER.search(text)))


def wording_table(texts: Sequence[str], known: frozenset[str]) -> NDArray[np.float64]:
    """Give the three features of wording of every question, shape (questions, 3)."""
    return np.array([wording_features(text, known) for text in texts], dtype=float).reshape(len(texts), 3)


def voice_evidence(
    layout: Layout, voice: str, scores: NDArray[np.floating], taught: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pick a voice's candidates and give their features, as `calibration.features` does.

    `scores` (questions, width) are the ranker's rows. `taught` are the columns of the voice's passages to choose from,
    None for all; the candidates' columns count among those.
    """
    own = scores[:, layout.columns[voice]]
    if taught is not None:
        own = own[:, [*taught, -1]]
    return features(own)
