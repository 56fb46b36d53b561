"""Texts ranked for questions without examples: by vectors of them and their sentences, by words and parts of words.

Each kind of score is held against what the question has for all texts, so that one word more counts the same whether
the question shares its words with many texts or with few. It must not know what texts are of which side.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_matrix

from embeddings.index.lexical import content_words
from embeddings.index.storage import default_folder
from embeddings.index.vectors import VectorCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Encoder, Vectors
    from embeddings.index.vectors import Report
    from knowledge.model import Pack

    Encode = Callable[[Sequence[str]], Vectors]
    Scores = NDArray[np.float64]
    """Shape (questions, texts)."""

WORDS: Final = 0.15
"""Weight of the score of words beside that of vectors, in standard deviations."""

PARTS: Final = 0.15
"""Weight of the score of parts of words."""

MARGIN: Final = 0.3
"""Share of a text's best score with another claim that is taken from its score with a claim."""

_MIDDLE, _SLOPE = 2.5, 2.0
"""The score that is shown as a half, and how slowly the others near 0 and 1, so that they still differ."""

_SHARED: Final = 0.5
"""Share of the passages under one topic from which it says nothing of any."""

_DOUBT: Final = 20
"""Texts at which what is usual of scores counts as much as those of the question."""

_USUAL: Final = ((0.13, 0.1), (0.4, 1.1), (9.0, 14.0))
"""Mean and standard deviation of the scores of a question, by vectors, words, parts of words: of several packs."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9])")
_LEAST: Final = 4
"""Words from which on a sentence is compared by itself."""

_ENDINGS: Final = (
    *("ingly", "edly", "ations", "ation", "ings", "ies", "ied", "ing", "ness", "ments", "ment", "ers", "er", "ed"),
    *("es", "ly", "s", "e"),
)
_STEM: Final = 3
"""Letters that a word keeps, at least."""

_PART_LETTERS: Final = (3, 4, 5)

_FRAME: Final = re.compile(
    r"\s*(?:this house (?:would|should|will|believes?|supports?|opposes?|regrets?|thinks?)(?: that)?|"
    r"resolved:?(?: that)?|(?:it is )?(?:be it )?resolved that|motion:)\s+",
    re.IGNORECASE,
)
"""How debaters begin a motion."""


def bare(question: str) -> str:
    """Return a question without the words by which debaters begin a motion."""
    return _FRAME.sub("", question, count=1) if _FRAME.match(question) else question


def sentences_in(text: str) -> list[str]:
    """Return the sentences of a text that are compared by themselves; the text where none is."""
    return [each for each in _SENTENCE_END.split(text) if len(each.split()) >= _LEAST] or [text]


def stem(word: str) -> str:
    """Return a word without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)] + ("y" if ending in {"ies", "ied"} else "")
    return word


def _stems(text: str) -> Iterator[str]:
    return map(stem, content_words(text))


def _parts(text: str) -> Iterator[str]:
    for word in content_words(text):
        closed = f" {word} "
        for length in _PART_LETTERS:
            yield from (closed[at : at + length] for at in range(len(closed) - length + 1))


@dataclass(frozen=True)
class _Terms:
    """BM25 of texts by terms: `weights` (texts, terms), a term's rarity included."""

    cut: Callable[[str], Iterator[str]]
    places: dict[str, int]
    weights: csr_matrix

    @classmethod
    def of(cls, texts: Sequence[str], cut: Callable[[str], Iterator[str]], k1: float, b: float) -> _Terms:
        """Count the terms of texts."""
        places: dict[str, int] = {}
        counts = [Counter(cut(text)) for text in texts]
        terms = [[places.setdefault(term, len(places)) for term in count] for count in counts]
        starts = np.cumsum([0, *map(len, terms)])
        found = np.array([number for count in counts for number in count.values()], dtype=np.float64)
        columns = np.array([place for row in terms for place in row], dtype=np.int64)
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
        norms = k1 * (1 - b + b * lengths / max(lengths.mean(), 1.0))
        in_texts = np.bincount(columns, minlength=len(places))
        rarity = np.log1p((len(texts) - in_texts + 0.5) / (in_texts + 0.5))
        share = found * (k1 + 1) / (found + np.repeat(norms, np.diff(starts)))
        weights = csr_matrix((share * rarity[columns], columns, starts), shape=(len(texts), len(places)))
        return cls(cut, places, weights)

    def scores(self, questions: Sequence[str]) -> Scores:
        """Return the scores of all texts for questions."""
        rows = [sorted({self.places[term] for term in self.cut(text) if term in self.places}) for text in questions]
        starts = np.cumsum([0, *map(len, rows)])
        columns = np.array([place for row in rows for place in row], dtype=np.int64)
        asked = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(questions), len(self.places)))
        scores: Scores = (asked @ self.weights.T).toarray()
        return scores


@dataclass(frozen=True)
class Collection:
    """Texts with their vectors, and those of their sentences: of text t the rows of `sentences` from `starts[t]` on."""

    vectors: Vectors
    sentences: Vectors
    starts: NDArray[np.int64]
    words: _Terms
    parts: _Terms

    @classmethod
    def of(cls, texts: Sequence[str], headings: Sequence[str], encode: Encode) -> Collection:
        """Make one of texts, each with its heading, which is compared like a sentence; "" for none."""
        cut = [[*filter(None, [heading]), *sentences_in(text)] for text, heading in zip(texts, headings, strict=True)]
        encoded = encode([*texts, *(sentence for own in cut for sentence in own)])
        headed = [f"{heading} {text}" for text, heading in zip(texts, headings, strict=True)]
        starts = np.cumsum([0, *map(len, cut)], dtype=np.int64)[:-1]
        words, parts = _Terms.of(headed, _stems, 0.8, 0.75), _Terms.of(headed, _parts, 1.2, 0.6)
        return cls(encoded[: len(texts)], encoded[len(texts) :], starts, words, parts)

    def scores(self, questions: Sequence[str], vectors: Vectors) -> Scores:
        """Return the scores of all texts for questions, as `bare`, with their vectors."""
        nearest = np.maximum.reduceat(vectors @ self.sentences.T, self.starts, axis=1)
        dense = (vectors @ self.vectors.T + nearest).astype(np.float64) / 2
        kinds = (dense, self.words.scores(questions), self.parts.scores(questions))
        held = [_held_against(kind, *usual) for kind, usual in zip(kinds, _USUAL, strict=True)]
        mixed: Scores = held[0] + WORDS * held[1] + PARTS * held[2]
        return mixed


def kept_collection(
    pack: Pack, encoder: Encoder, folder: Path | None = None, report: Report = lambda _done, _total: None
) -> Collection:
    """Make the collection of a pack's passages; vectors are kept in a cache folder (None: the platform's own).

    Raises OSError.
    """
    cache = VectorCache(encoder, (folder or default_folder()) / f"{pack.id}_collection")

    def encode(texts: Sequence[str]) -> Vectors:
        rows = cache.keep(texts, report)
        cache.forget_others(texts)
        return cache.at(rows)

    held = [passage.topics for passage in pack.passages]
    common = {topic.id for topic in pack.topics if sum(topic.id in own for own in held) > _SHARED * len(held)}
    headings = [", ".join(pack.topic(topic).name for topic in own if topic not in common) for own in held]
    return Collection.of([passage.text for passage in pack.passages], headings, encode)


def _held_against(scores: Scores, mean: float, spread: float) -> Scores:
    """Return scores in standard deviations of a question's own, with some doubt where the texts are few."""
    share = scores.shape[1] / (scores.shape[1] + _DOUBT)
    middle = share * scores.mean(axis=1, keepdims=True) + (1 - share) * mean
    width = share * scores.std(axis=1, keepdims=True) + (1 - share) * spread
    held: Scores = (scores - middle) / np.maximum(width, 1e-9)
    return held


def ranked(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Return the places of the best of one question's scores, best first; of equal ones the first."""
    # Rounded, as vectors differ in the last digits by what they were encoded with.
    order: NDArray[np.int64] = np.argsort(-np.round(scores, 4), kind="stable")[:count]
    return order


def matched(scores: NDArray[np.float64], texts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how well texts match the claims that they are paired with, from 0 to 1; a score and a text for each pair.

    What a text has with another claim that it is paired with speaks against this one.
    """
    # By text, the best first.
    order = np.lexsort((-scores, texts))
    own = texts[order]
    firsts = np.flatnonzero(np.concatenate([[True], own[1:] != own[:-1]]))
    counts = np.diff(np.append(firsts, len(own)))
    best, others = np.repeat(scores[order][firsts], counts), np.repeat(counts > 1, counts)
    best[firsts] = scores[order][np.minimum(firsts + 1, len(own) - 1)]
    margins = np.empty(len(scores))
    margins[order] = np.where(others, MARGIN * best, 0.0)
    shares: NDArray[np.float64] = 1 / (1 + np.exp((_MIDDLE - scores + margins) / _SLOPE))
    return shares
