"""Ranking passages by what the example questions teach: kernel ridge regression.

A question is compared with every example, by meaning (vectors) and by form (letters and words). Each voice's passages,
and that voice's silence, get a score that is near 1 where the examples like it have that answer and near 0 elsewhere.
Source of the method: Saunders, Gammerman and Vovk, "Ridge regression learning algorithm in dual variables" (1998).
It must not know how a score becomes a decision; that is `calibration.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.phrasing import spelt_out
from embeddings.wordforms import WordForms
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from embeddings.encoder import Vectors
    from knowledge.model import Pack

# The kernel: weights of its three parts, and how fast the likeness of two meanings falls off. Chosen by
# leave-group-out cross-validation on the shipped pack; the optimum is flat, a third more or less changes nothing.
MEANING_WEIGHT: Final = 1.5
MEANING_WIDTH: Final = 0.3
LETTERS_WEIGHT: Final = 0.7
WORDS_WEIGHT: Final = 1.0
RIDGE: Final = 0.3


def likeness(cosines: NDArray[np.floating]) -> NDArray[np.floating]:
    """Turn cosines of vectors into the part of the kernel that speaks of meaning: 1 at equality, falling fast."""
    near: NDArray[np.floating] = np.exp((cosines - 1) / MEANING_WIDTH)
    return near


@dataclass(frozen=True)
class Layout:
    """Which column of a score row means what: for each voice its taught passages, then its silence.

    Taught are the passages that answer at least one example; of the others the examples say nothing.
    """

    voices: tuple[str, ...]
    passages: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, pack: Pack) -> Layout:
        """Take the voices of the pack's sides, then the writer's."""
        voices = (*pack.side_ids, CONTEXT)
        taught = {passage_id for question in pack.questions for passage_id in question.gold}
        return cls(
            voices,
            {voice: tuple(p.id for p in pack.of_voice(voice) if p.id in taught) for voice in voices},
        )

    @cached_property
    def columns(self) -> dict[str, slice]:
        """The columns of each voice; the last of them is its silence."""
        found, start = {}, 0
        for voice in self.voices:
            end = start + len(self.passages[voice]) + 1
            found[voice] = slice(start, end)
            start = end
        return found

    @cached_property
    def width(self) -> int:
        """The number of columns."""
        return sum(len(ids) + 1 for ids in self.passages.values())

    def targets(self, pack: Pack) -> NDArray[np.float64]:
        """Give what each example should score, shape (examples, width).

        The grades of a voice's passages are shared out so that they sum to 1; a voice without any has its silence at 1.
        """
        rows = np.zeros((len(pack.questions), self.width))
        for row, question in zip(rows, pack.questions, strict=True):
            for voice in self.voices:
                part = row[self.columns[voice]]
                part[:-1] = [question.gold.get(passage, 0) for passage in self.passages[voice]]
                total = part[:-1].sum()
                if total:
                    part[:-1] /= total
                else:
                    part[-1] = 1
        return rows


@dataclass(frozen=True)
class Ranker:
    """The trained regression, ready for questions.

    `examples` (n, dimensions) are the examples' vectors; `by_meaning` (n, width) their weights; `by_letters` and
    `by_words` (forms, width) the weights of forms; `base` (width,) is the mean over the examples.
    """

    letters: WordForms
    words: WordForms
    examples: Vectors
    by_meaning: NDArray[np.float32]
    by_letters: NDArray[np.float32]
    by_words: NDArray[np.float32]
    base: NDArray[np.float32]

    def scores(self, text: str, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score one question from its text as `spelt_out` and its cosines with the examples; shape (width,)."""
        scores = self.base + likeness(cosines).astype(np.float32) @ self.by_meaning
        for forms, weights in ((self.letters, self.by_letters), (self.words, self.by_words)):
            where, values = forms.weigh(text)
            scores = scores + values @ weights[where]
        return scores


@dataclass
class Regression:
    """A training run: it makes the ranker, and tells what it would have said had some examples been missing.

    `inverse` is that of the kernel matrix with the ridge on its diagonal, `dual` the weights of the examples.
    """

    targets: NDArray[np.float64]
    inverse: NDArray[np.float64]
    dual: NDArray[np.float64]
    ranker: Ranker

    @classmethod
    def train(cls, pack: Pack, vectors: Vectors) -> Regression:
        """Fit the pack's example questions; `vectors` (n, dimensions) are those of their texts as `spelt_out`.

        Takes a few seconds and about 16 n^2 bytes for n examples; the same input gives the same result.
        """
        from scipy.linalg import lapack  # noqa: PLC0415 - takes 0.3 s to import, and only training needs it

        texts = [spelt_out(question.text) for question in pack.questions]
        letters, words = WordForms.learn("letters", texts), WordForms.learn("words", texts)
        letter_rows, word_rows = letters.rows(texts), words.rows(texts)
        kernel = MEANING_WEIGHT * likeness((vectors @ vectors.T).astype(np.float64))
        kernel += LETTERS_WEIGHT * (letter_rows @ letter_rows.T).toarray()
        kernel += WORDS_WEIGHT * (word_rows @ word_rows.T).toarray()
        kernel[np.diag_indices_from(kernel)] += RIDGE
        factor, failed = lapack.dpotrf(kernel, lower=True, overwrite_a=True)
        inverse, failed_too = lapack.dpotri(factor, lower=True, overwrite_c=True)
        if failed or failed_too:  # the ridge keeps the matrix positive definite; only broken vectors can get here
            raise ArithmeticError("the kernel matrix of the example questions cannot be inverted")
        inverse = np.tril(inverse) + np.tril(inverse, -1).T
        targets = Layout.of(pack).targets(pack)
        base = targets.mean(axis=0)
        dual = inverse @ (targets - base)
        ranker = Ranker(
            letters=letters,
            words=words,
            examples=vectors,
            by_meaning=(MEANING_WEIGHT * dual).astype(np.float32),
            by_letters=(LETTERS_WEIGHT * (letter_rows.T @ dual)).astype(np.float32),
            by_words=(WORDS_WEIGHT * (word_rows.T @ dual)).astype(np.float32),
            base=base.astype(np.float32),
        )
        return cls(targets, inverse, dual, ranker)

    def left_out(self, folds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score every example as if its whole fold had not been trained on; shape (examples, width).

        `folds` (examples,) numbers the fold of each. Exact for given word weights, without training again: for the
        rows I of a fold the prediction is y_I - (inverse_II)^-1 dual_I. Source: Pahikkala, Boberg and Salakoski, "Fast
        n-fold cross-validation for regularized least-squares" (2006).
        """
        scores = np.empty_like(self.targets)
        for fold in np.unique(folds):
            rows = np.flatnonzero(folds == fold)
            block = self.inverse[np.ix_(rows, rows)]
            scores[rows] = self.targets[rows] - np.linalg.solve(block, self.dual[rows])
        return scores
