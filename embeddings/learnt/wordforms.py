"""Texts as sparse weights of their letters and words, which stay alike when a word is misspelt or inflected.

The weighting is tf-idf by Salton and Buckley (1988), with 1 + log(tf) and smoothed idf.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scipy import sparse

Unit = Literal["letters", "words"]

_WORD: Final = re.compile(r"\w+")
_SHORTEST, _LONGEST = 2, 5
SEEN_AT_LEAST: Final = 2
"""Texts in which a form must stand: one text's own forms connect it to no other."""

_MOST_CHARACTERS: Final = 2000
"""Characters of a text that are looked at; more would only cost time."""


def letter_runs(text: str) -> list[str]:
    """Return the runs of 2 to 5 characters of each word, with the space on either side."""
    return [run for word in _letters_of(text) for run in _runs_of(word)]


def _letters_of(text: str) -> list[str]:
    return text[:_MOST_CHARACTERS].split()


def _runs_of(word: str) -> list[str]:
    runs: list[str] = []
    padded = f" {word} "
    for length in range(_SHORTEST, _LONGEST + 1):
        if length >= len(padded):
            runs.append(padded)
            break
        runs.extend(padded[at : at + length] for at in range(len(padded) - length + 1))
    return runs


def words_and_pairs(text: str) -> list[str]:
    """Return the words of a text and each two that follow one another."""
    words = _WORD.findall(text[:_MOST_CHARACTERS])
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def _bytes_of(form: str) -> bytes:
    return form.encode(errors="surrogatepass")


_DENSE: Final = 256
"""Forms that are multiplied as dense columns: those that stand in most texts."""

JUST_READ: Final = 64
"""Texts of which it is remembered how they were read: until they are answered."""

_REMEMBERED: Final = 10_000
"""Words whose runs are remembered."""


@dataclass(frozen=True)
class WordForms:
    """A vocabulary of forms in UTF-8, each a column, ascending; `idf` weights them (one number a column).

    They are searched where they lie: as texts in a dict, 85,000 of them took 10 MB.
    """

    unit: Unit
    forms: NDArray[np.bytes_]
    idf: NDArray[np.float32]

    @classmethod
    def learn(cls, unit: Unit, texts: Sequence[str]):  # type: ignore[no-untyped-def]  # noqa: ANN206 - scipy ships no types
        """Return the forms that stand in at least two of the texts, in alphabetical order, and the texts' weights.

        These are a sparse matrix (scipy CSR), one row a text, as `weigh` gives it.
        """
        from scipy import sparse  # noqa: PLC0415 - needed for training alone

        numbers: defaultdict[str, int] = defaultdict(lambda: len(numbers))
        standing, starts = array("i"), [0]
        for forms in _numbered(unit, texts, numbers):
            standing.extend(forms)
            starts.append(len(standing))
        columns = np.frombuffer(standing, np.int32) if standing else np.zeros(0, np.int32)
        rows = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=(len(texts), len(numbers)))
        rows.sum_duplicates()
        seen = np.bincount(rows.indices, minlength=len(numbers))
        kept = sorted(form for form, number in numbers.items() if seen[number] >= SEEN_AT_LEAST)
        own = np.array([numbers[form] for form in kept], dtype=np.int64)
        idf = (np.log((1 + len(texts)) / (1 + seen[own])) + 1).astype(np.float32)
        rows = rows[:, own]
        rows.data = (1 + np.log(rows.data)) * idf[rows.indices]
        lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
        rows.data /= np.repeat(np.where(lengths, lengths, 1), np.diff(rows.indptr)).astype(np.float32)
        return cls(unit, np.array([_bytes_of(form) for form in kept], np.bytes_), idf), rows

    def weigh(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the columns and weights of a text's known forms; the weights have length 1, or are none."""
        counts = Counter(self._known_in(text))
        where = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        weights = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        np.log(weights, out=weights)
        weights += 1
        weights *= self.idf[where]
        length = math.sqrt(weights @ weights)
        if length:
            weights /= length
        return where, weights

    def __contains__(self, form: str) -> bool:
        """Return whether a form stands in the vocabulary."""
        return bool(self._columns_of([form]))

    def _known_in(self, text: str) -> Iterable[int]:
        if self.unit == "letters":
            return chain.from_iterable(map(self._known_runs, _letters_of(text)))
        return self._columns_of(words_and_pairs(text))

    @cached_property
    def _known_runs(self) -> Callable[[str], tuple[int, ...]]:
        """The function from a word to the columns of its known runs; most words come again."""
        return lru_cache(_REMEMBERED)(lambda word: tuple(self._columns_of(_runs_of(word))))

    def _columns_of(self, forms: Iterable[str]) -> list[int]:
        """Return the columns of those forms that are known, in order."""
        encoded = map(_bytes_of, forms)
        # Of one width with the vocabulary: else all of that would be copied.
        asked = np.array([form for form in encoded if len(form) <= self.forms.itemsize], self.forms.dtype)
        places = np.searchsorted(self.forms, asked)
        there = places < len(self.forms)
        places, asked = places[there], asked[there]
        found: list[int] = places[self.forms[places] == asked].tolist()
        return found


class FormProducts:
    """How alike texts are by their forms: the products of their weights, a row of a sparse matrix each.

    A few forms stand in most texts. As dense columns they are multiplied in half the time.
    """

    def __init__(self, rows: sparse.csr_matrix) -> None:
        from scipy import sparse  # noqa: PLC0415 - needed for training alone

        often = np.sort(np.argsort(-np.bincount(rows.indices, minlength=rows.shape[1]), kind="stable")[:_DENSE])
        left = np.ones(rows.shape[1], dtype=np.float32)
        left[often] = 0
        self._often: NDArray[np.float32] = rows[:, often].toarray()
        self._seldom = (rows @ sparse.diags_array(left, dtype=np.float32)).tocsr()
        self._seldom.eliminate_zeros()

    def between(self, some: slice, others: slice) -> NDArray[np.float32]:
        """Return the products of some texts with others; shape (some, others)."""
        products: NDArray[np.float32] = (self._seldom[some] @ self._seldom[others].T).toarray()
        products += self._often[some] @ self._often[others].T
        return products


def _numbered(unit: Unit, texts: Iterable[str], numbers: Mapping[str, int]) -> Iterator[Iterable[int]]:
    """Yield the forms of each text by their numbers."""
    if unit == "words":
        for text in texts:
            yield map(numbers.__getitem__, words_and_pairs(text))
        return
    runs: dict[str, list[int]] = {}
    for text in texts:
        words = _letters_of(text)
        for word in words:
            if word not in runs:
                runs[word] = [numbers[run] for run in _runs_of(word)]
        yield chain.from_iterable(map(runs.__getitem__, words))


def weighed(
    text: str, vocabularies: Iterable[WordForms], weights: NDArray[np.float16] | NDArray[np.float32]
) -> Iterator[NDArray[np.float32]]:
    """Yield what the forms of a text come to, a row of numbers for each vocabulary.

    `weights` (forms, numbers) has those of the first vocabulary, then those of the next.
    """
    start = 0
    for forms in vocabularies:
        where, values = forms.weigh(text)
        yield values @ weights[start + where]
        start += len(forms.forms)
