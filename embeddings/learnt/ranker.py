"""Ranking passages by what the example questions teach: kernel ridge regression.

A question is compared with every example, by meaning (vectors) and by form (letters and words). A voice's passages, and
its silence, score near 1 where similar examples have that answer, near 0 elsewhere. Source: Saunders, Gammerman and
Vovk, "Ridge regression learning algorithm in dual variables" (1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

from embeddings.index.halves import HalfVectors
from embeddings.learnt.wordforms import JUST_READ, FormProducts, WordForms, weighed
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from embeddings.encoders.reference import Vectors
    from knowledge.model import Pack

    Further = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.floating]]
    """Compares some examples with others, given by their rows; shape (some, others)."""

# How fast the likeness of two meanings falls off, and the ridge. These and the weights below were chosen by
# leave-group-out cross-validation on the shipped pack; the optimum is flat, a third more or less changes nothing.
MEANING_WIDTH: Final = 0.3
RIDGE: Final = 0.3


_BLOCK: Final = 256
"""Rows of the kernel matrix that are worked on at a time."""


@dataclass(frozen=True, slots=True)
class KernelWeights:
    """How much each part of the kernel counts: the likeness of meanings, of letters, of words. 0 leaves a part out."""

    meaning: float = 1.5
    letters: float = 0.35
    words: float = 0.5


WEIGHTS: Final = KernelWeights()


def likeness(cosines: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the part of the kernel for meaning: 1 at equality, falling fast."""
    near: NDArray[np.floating] = cosines - 1
    # In place: these may be megabytes, and fetching memory takes longer than the arithmetic.
    near /= MEANING_WIDTH
    np.exp(near, out=near)
    return near


@dataclass(frozen=True)
class Layout:
    """The columns of a score row: for each voice its taught passages (those of the examples), then its silence."""

    voices: tuple[str, ...]
    passages: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, pack: Pack) -> Layout:
        """Return the layout of the pack's sides, then the writer."""
        voices = (*pack.side_ids, CONTEXT)
        return cls(
            voices,
            {voice: tuple(p.id for p in pack.of_voice(voice) if p.id in pack.taught) for voice in voices},
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
        """Return what each example should score, shape (examples, width).

        The grades of a voice's passages are shared out so that their squares sum to 1: a passage is worth more where it
        stands alone, yet several together are worth more than one. A voice without any has its silence at 1.
        """
        rows = np.zeros((len(pack.questions), self.width))
        for row, question in zip(rows, pack.questions, strict=True):
            for voice in self.voices:
                part = row[self.columns[voice]]
                part[:-1] = [question.gold.get(passage, 0) for passage in self.passages[voice]]
                length = np.linalg.norm(part[:-1])
                if length:
                    part[:-1] /= length
                else:
                    part[-1] = 1
        return rows


@dataclass(frozen=True)
class Ranker:
    """The trained regression, ready for questions.

    `examples` are the n examples' vectors; `by_meaning` (n, width) their weights; `by_letters` and
    `by_words` (forms, width) the weights of forms, in half precision, for they are many; `base` (width,) is the mean
    over the examples.
    """

    letters: WordForms
    words: WordForms
    examples: HalfVectors
    by_meaning: NDArray[np.float32]
    by_letters: NDArray[np.float16]
    by_words: NDArray[np.float16]
    base: NDArray[np.float32]

    def scores_of(self, texts: Sequence[str], cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Score questions, given as they are read; `cosines` (questions, examples), the result (questions, width)."""
        scores: NDArray[np.float32] = self.base + likeness(cosines).astype(np.float32, copy=False) @ self.by_meaning
        for row, text in zip(scores, texts, strict=True):
            for part in self.by_forms(text):
                row += part  # noqa: PLW2901 - the row of the table itself grows
        return scores

    @cached_property
    def by_forms(self) -> Callable[[str], tuple[NDArray[np.float32], ...]]:
        """The function from a text to what its letters and its words come to; of the last ones it is remembered."""
        vocabularies = ((self.letters, self.by_letters), (self.words, self.by_words))
        return lru_cache(JUST_READ)(
            lambda text: tuple(part for forms, own in vocabularies for part in weighed(text, (forms,), own))
        )


def _regularised_kernel(
    vectors: Vectors,
    forms: FormProducts,
    meaning: float,
    further: Further | None,
    order: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return the kernel matrix of the examples with its ridge: the lower triangle, block by block to save memory.

    `forms` and the matrix have the examples in this `order`, the rest as they were given.
    """
    count = len(vectors)
    vectors = vectors[order]
    kernel = np.zeros((count, count), dtype=np.float32)
    for start in range(0, count, _BLOCK):
        own, up_to = slice(start, start + _BLOCK), slice(0, min(start + _BLOCK, count))
        block = kernel[own, up_to]
        block += meaning * likeness(vectors[own] @ vectors[up_to].T)
        block += forms.between(own, up_to)
        if further is not None:
            block += further(order[own], order[up_to])
    kernel[np.diag_indices(count)] += RIDGE
    return kernel


def _solved(matrix: NDArray[np.float32], targets: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a symmetric positive definite matrix makes `targets` of, and put its factor in its place.

    Its lower triangle is enough, and single precision: the condition number is about 10^4, and scores are read to two
    digits.
    """
    from scipy.linalg import lapack  # noqa: PLC0415 - takes 0.3 s to import, and only training needs it

    # LAPACK counts by columns: what is our lower triangle is its upper one, and nothing has to be copied.
    factor, failed = lapack.spotrf(matrix.T, lower=False, overwrite_a=True, clean=False)
    if failed:  # the ridge keeps the matrix positive definite; only broken vectors can get here
        raise ArithmeticError("the kernel matrix of the example questions cannot be inverted")
    solved: NDArray[np.float32] = lapack.spotrs(factor, targets, lower=False)[0]
    return solved


def _inverted(factor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inverse of the matrix with this lower factor, in its place."""
    from scipy.linalg import lapack  # noqa: PLC0415 - as above

    inverse, failed = lapack.spotri(factor.T, lower=False, overwrite_c=True)
    if failed:
        raise ArithmeticError("the kernel matrix of the example questions cannot be inverted")
    matrix: NDArray[np.float32] = inverse.T
    for start in range(0, len(matrix), _BLOCK):
        own = slice(start, start + _BLOCK)
        block = np.tril(matrix[own, own])
        matrix[own, own] = block + np.tril(block, -1).T
        matrix[: own.start, own] = matrix[own, : own.start].T
    return matrix


@dataclass
class Regression:
    """A training run: the ranker, and what it would have said without some examples.

    `dual` (examples, width) are the weights of the examples. What is needed to judge an example unseen is there for the
    rows `judged`, ascending: `inverse` (judged, judged) is that part of the inverse of the kernel matrix with the ridge
    on its diagonal, `sums` (judged,) are the sums of its whole rows.
    """

    targets: NDArray[np.float64]
    judged: NDArray[np.int64]
    inverse: NDArray[np.float32]
    sums: NDArray[np.float32]
    dual: NDArray[np.float64]
    ranker: Ranker

    @classmethod
    def train(
        cls,
        pack: Pack,
        vectors: Vectors,
        *,
        weights: KernelWeights = WEIGHTS,
        read: Callable[[str], str],
        judged: NDArray[np.bool_] | None = None,
    ) -> Regression:
        """Fit the pack's example questions; `vectors` (n, dimensions) are those of their texts as they are `read`."""
        texts = [read(question.text) for question in pack.questions]
        return cls.fit(texts, Layout.of(pack).targets(pack), vectors, weights=weights, judged=judged)

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        targets: NDArray[np.float64],
        vectors: Vectors,
        *,
        weights: KernelWeights = WEIGHTS,
        further: Further | None = None,
        judged: NDArray[np.bool_] | None = None,
    ) -> Regression:
        """Fit texts, as they are read, to their targets (n, width); `vectors` (n, dimensions) are theirs.

        What `further` says is added to the kernel; its part of a score must be added to the ranker's. Only examples
        that are `judged` (n,) can be scored unseen (None: all, which takes three times as long). Takes seconds, and
        4 n^2 bytes; deterministic.
        """
        from scipy import sparse  # noqa: PLC0415 - takes 0.3 s to import, and only training needs it

        judged = np.ones(len(texts), dtype=bool) if judged is None else judged
        (letters, letter_rows), (words, word_rows) = WordForms.learn("letters", texts), WordForms.learn("words", texts)
        # Last come the judged: the inverse of their part of the matrix follows from their part of its factor.
        order = np.argsort(judged, kind="stable")
        rows = sparse.hstack([weights.letters**0.5 * letter_rows, weights.words**0.5 * word_rows], format="csr")
        matrix = _regularised_kernel(vectors, FormProducts(rows[order]), weights.meaning, further, order)
        base = targets.mean(axis=0)
        solved = np.empty((len(texts), targets.shape[1] + 1), dtype=np.float32)
        solved[order] = _solved(
            matrix, np.column_stack([targets - base, np.ones(len(texts))])[order].astype(np.float32)
        )
        start = len(texts) - int(judged.sum())
        inverse = _inverted(matrix if not start else matrix[start:, start:].copy())
        del matrix
        dual = solved[:, :-1].astype(np.float64)
        ranker = Ranker(
            letters=letters,
            words=words,
            examples=HalfVectors.of(vectors),
            by_meaning=(weights.meaning * dual).astype(np.float32),
            by_letters=(weights.letters * (letter_rows.T @ dual)).astype(np.float16),
            by_words=(weights.words * (word_rows.T @ dual)).astype(np.float16),
            base=base.astype(np.float32),
        )
        return cls(targets, np.flatnonzero(judged), inverse, solved[judged, -1], dual, ranker)

    def left_out(self, folds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score the `judged` as if what is judged of their fold had not been trained on; shape (judged, width).

        `folds` (n,) are those of all examples, by their numbers.
        """
        scores = np.empty((len(self.judged), self.targets.shape[1]))
        for fold in np.unique(folds[self.judged]):
            places = np.flatnonzero(folds[self.judged] == fold)
            scores[places] = self.without(self.judged[places])
        return scores

    def without(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score the examples `rows`, all of them `judged`, as if none had been trained on; shape (len(rows), width).

        Exact for given word weights, without training again: for the rows I the prediction is
        y_I - (inverse_II)^-1 dual_I, where dual is first shifted to the mean target of the other examples. Source:
        Pahikkala, Boberg and Salakoski, "Fast n-fold cross-validation for regularized least-squares" (2006).
        """
        others = max(len(self.targets) - len(rows), 1)
        total = self.targets.sum(axis=0)
        base = (total - self.targets[rows].sum(axis=0)) / others
        shift = total / len(self.targets) - base
        places = np.searchsorted(self.judged, rows)
        dual = self.dual[rows] + np.outer(self.sums[places].astype(np.float64), shift)
        block = self.inverse[np.ix_(places, places)]
        scores: NDArray[np.float64] = self.targets[rows] - np.linalg.solve(block, dual.astype(np.float32))
        return scores
