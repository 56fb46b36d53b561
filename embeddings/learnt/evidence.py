"""What the examples and the wording say about questions: for training and answering alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.index.lexical import content_words
from embeddings.learnt.calibration import features
from knowledge.model import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from numpy.typing import NDArray

    from embeddings.index.lexical import LexicalIndex
    from embeddings.learnt.ranker import Layout
    from embeddings.learnt.wordforms import WordForms
    from knowledge.model import Pack


@dataclass(frozen=True)
class Taught:
    """Whether each voice `speaks` to each example, which are `unanswerable`, which from `outside`; (examples,) each."""

    speaks: dict[str, NDArray[np.bool_]]
    unanswerable: NDArray[np.bool_]
    outside: NDArray[np.bool_]

    @classmethod
    def by(cls, pack: Pack, layout: Layout) -> Taught:
        """Return what the pack's questions say."""
        speaks = {}
        for voice in layout.voices:
            own = frozenset(layout.passages[voice])
            speaks[voice] = np.array([not own.isdisjoint(question.gold) for question in pack.questions], dtype=bool)
        unanswerable = np.array([not question.gold for question in pack.questions], dtype=bool)
        return cls(
            speaks, unanswerable, np.array([question.kind == OUTSIDE for question in pack.questions], dtype=bool)
        )

    def nearest_unanswerable(self, cosines: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the highest of each question's `cosines` (questions, examples) with unanswerable examples, or -1."""
        nearest: NDArray[np.floating] = cosines[:, self.unanswerable].max(axis=1, initial=-1.0)
        return nearest


@dataclass(frozen=True)
class KnownWords:
    """The single words that stand in at least two examples, and some `others`; each is looked up where it lies.

    Of single letters only those in `letters` count; None: all.
    """

    examples: WordForms
    others: frozenset[str] = frozenset()
    letters: str | None = None

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._is_known(word)

    @cached_property
    def _is_known(self) -> Callable[[str], bool]:
        def is_known(word: str) -> bool:
            counts = self.letters is None or len(word) > 1 or word in self.letters
            return counts and (word in self.others or word in self.examples)

        return lru_cache(_REMEMBERED)(is_known)


_REMEMBERED: Final = 10_000
"""Words of which it is remembered whether they are known."""


def lexical_table(words: LexicalIndex, texts: Sequence[str], passages: int) -> NDArray[np.float64]:
    """Return the lexical score of every passage for every question, shape (questions, passages)."""
    table = np.zeros((len(texts), passages))
    for row, text in enumerate(texts):
        for passage, score in words.scores(text).items():
            table[row, passage] = score
    return table


def wording_table(texts: Sequence[str], known: Container[str]) -> NDArray[np.float64]:
    """Return the number of content words of every text, and of unknown ones; shape (texts, 2)."""
    content = [content_words(text) for text in texts]
    return np.array([[len(own), sum(word not in known for word in own)] for own in content], float).reshape(-1, 2)


def lengths_of(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return how long texts are, as the logarithm of their words; shape (texts,)."""
    lengths: NDArray[np.float64] = np.log1p(np.array([len(text.split()) for text in texts], dtype=float))
    return lengths


def voice_evidence(
    layout: Layout,
    voice: str,
    scores: NDArray[np.floating],
    lengths: NDArray[np.floating],
    taught: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a voice's candidates and their features, as `calibration.features` does.

    `scores` (questions, width) are the ranker's rows, `lengths` (questions,) as from `lengths_of`; `taught` the columns
    to choose from (None: all), in which the candidates' columns count.
    """
    own = scores[:, layout.columns[voice]]
    if taught is not None:
        own = own[:, [*taught, -1]]
    return features(own, lengths)
