"""Which language a question is in, for the articles of a pack, and often the model, know one alone.

py3langid (Lui and Baldwin, "langid.py", 2012) tells languages apart by runs of bytes, and takes slang and slips for
other languages now and then. So it is asked only where most words are none that the examples or articles use, and heard
only where it is sure. Its model takes 130 MB to load, and 80 MB from then on; what is needed of it is 4 MB, kept with
the index, of which a question touches little.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

from knowledge.model import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

_TOLD_APART: Final = (
    "ar bg bn ca cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sv ta th tr uk ur vi zh"
)
"""The languages among which it decides: more of them only take more English slang for theirs."""

_OF_OTHER_SCRIPTS: Final = "ar bg bn el fa he hi ja ko ru ta th uk ur zh"
"""Those that are not written in Latin letters."""

_KNOWN: Final = 0.67
"""Share of words that are known from which a text is English."""

_MARGIN: Final = 2.25
_MARGIN_OF_THREE: Final = 3.2
_MARGIN_OF_TWO: Final = 5.0
"""Log odds against English, over the root of the bytes, from which a text is in another language: the fewer words, the
more. Of two words, none may be known."""

_SEVERAL: Final = 4
_FEW: Final = 3
_PAIR: Final = 2

_FOREIGN_LETTERS: Final = 0.5
"""Share of letters from other scripts than ours from which a text is in another language."""

_SPANISH_SIGNS: Final = re.compile("[¿¡]\\w")
"""What stands before questions and exclamations in Spanish, and in no English."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def other_language(
    text: str, known: Container[str], languages: Callable[[], Languages], own: str = ENGLISH
) -> str | None:
    """Return the language of a text (ISO 639-1) that is surely not the `own`, else None; `known` words are of that.

    `languages` are called for only where the words do not tell.
    """
    if own not in _TOLD_APART.split():
        return None
    if own not in _OF_OTHER_SCRIPTS.split() and _is_in_foreign_letters(text):
        return _likeliest(text, -math.inf, languages().scores(text), own)
    if _SPANISH_SIGNS.search(text) and own != "es":
        return "es"
    words = _WORD.findall(text.casefold())
    return None if _is_known(words, known) else _likeliest(text, _margin_of(words), languages().scores(text), own)


def _is_in_foreign_letters(text: str) -> bool:
    if text.isascii():
        return False
    letters = [letter for letter in text if letter.isalpha()]
    strange = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return len(letters) > 1 and strange / len(letters) >= _FOREIGN_LETTERS


def _is_known(words: Sequence[str], known: Container[str]) -> bool:
    familiar = sum(word in known for word in words)
    if len(set(words)) < _FEW:  # a repeated word is a sound rather than a sentence
        return len(words) != len(set(words)) or len(words) < _PAIR or familiar > 0
    return familiar / len(words) > _KNOWN


def _margin_of(words: Sequence[str]) -> float:
    if len(words) >= _SEVERAL:
        return _MARGIN
    return _MARGIN_OF_THREE if len(words) == _FEW else _MARGIN_OF_TWO


def _likeliest(text: str, margin: float, scores: Mapping[str, float], own: str) -> str | None:
    """Return the likeliest other language where it is likelier than the own by a margin."""
    likeliest = max(scores.keys() - {own}, key=scores.__getitem__)
    sure = scores[likeliest] - scores[own] >= margin * math.sqrt(len(text.encode()))
    return likeliest if sure else None


@dataclass(frozen=True)
class Languages:
    """What of py3langid's model tells `names` apart: an automaton that reads bytes, and what its findings weigh.

    Its states are the beginnings of the runs that it knows, the empty one first, then by length. What a state goes on
    to by one more byte are those from `nexts[state]` to `nexts[state + 1]`, by their last bytes in `letters`, in order;
    where none fits, `shorter` has the longest of its own endings that is a state, too (Aho and Corasick, 1975). `found`
    has what is found in a state, or -1.

    A finding weighs what `usual` (languages,) says, but for the languages `rare` from `weighed[finding]` to
    `weighed[finding + 1]`, which have `weights` of their own: log likelihoods, as are the `prior` (languages,).
    """

    names: tuple[str, ...]
    prior: NDArray[np.float32]
    usual: NDArray[np.float16]
    weighed: NDArray[np.uint32]
    rare: NDArray[np.uint8]
    weights: NDArray[np.float16]
    nexts: NDArray[np.uint32]
    letters: NDArray[np.uint8]
    shorter: NDArray[np.uint32]
    found: NDArray[np.int32]

    def scores(self, text: str) -> dict[str, float]:
        """Return the log likelihood of each language, as py3langid gives it."""
        findings = Counter(self._findings(_as_read(text)))
        often = np.log1p(np.fromiter(findings.values(), np.float32, len(findings)))
        return dict(zip(self.names, (often @ self._weights_of(list(findings)) + self.prior).tolist(), strict=True))

    def _weights_of(self, findings: Sequence[int]) -> NDArray[np.float16]:
        """Return what findings weigh, shape (findings, languages)."""
        weights = np.tile(self.usual, (len(findings), 1))
        for row, finding in zip(weights, findings, strict=True):
            own = slice(self.weighed[finding], self.weighed[finding + 1])
            row[self.rare[own]] = self.weights[own]
        return weights

    def _findings(self, text: bytes) -> list[int]:
        # Single numbers come out of these in half the time.
        nexts, letters, shorter, found = self.nexts.data, self.letters.data, self.shorter.data, self.found.data

        def longer(state: int, letter: int) -> int | None:
            end = nexts[state + 1]
            place = bisect_left(letters, letter, nexts[state], end)
            return place if place < end and letters[place] == letter else None

        state, findings = 0, []
        for letter in text:
            while (place := longer(state, letter)) is None and state:
                state = shorter[state]
            state = place or 0
            if found[state] >= 0:
                findings.append(found[state])
        return findings


def _as_read(text: str) -> bytes:
    """Return a text as py3langid reads it."""
    return unicodedata.normalize("NFC", text.lower() if text.isupper() else text).encode(errors="surrogatepass")


@cache
def learn_languages() -> Languages:
    """Take from py3langid's model what is needed; takes a second, and 130 MB meanwhile."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - only building needs it

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(_TOLD_APART.split())
    states, nexts, letters, shorter = _by_length(
        np.array(model.tk_row, np.int32), np.array(model.tk_nextmove, np.int32).reshape(-1, 256)
    )
    usual = model.nb_ptc.min(axis=0)
    of_its_own = model.nb_ptc != usual
    return Languages(
        names=tuple(model.nb_classes),
        prior=model.nb_pc,
        usual=usual,
        weighed=_starts(of_its_own.sum(axis=1)),
        rare=np.nonzero(of_its_own)[1].astype(np.uint8),
        weights=model.nb_ptc[of_its_own],
        nexts=nexts,
        letters=letters,
        shorter=shorter,
        found=np.array(model.tk_output, np.int32)[states],
    )


def _by_length(
    rows: NDArray[np.int32], table: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.uint8], NDArray[np.uint32]]:
    """Return the states of an automaton by length, and its `nexts`, `letters` and `shorter`, as `Languages` has them.

    From a state, a byte leads where the state's row of the table has it.
    """
    number, shorter = np.full(len(rows), -1, np.int32), np.zeros(len(rows), np.int32)
    number[0], done = 0, 1
    levels, letters, longer = [np.zeros(1, np.int32)], [np.zeros(1, np.intp)], []
    while len(level := levels[-1]):
        after = table[rows[level]]
        is_new = number[after] < 0
        before, letter = np.nonzero(is_new)
        there = after[before, letter]
        ending = table[rows[shorter[level[before]]], letter]
        shorter[there] = np.where(ending == there, 0, ending)  # one byte has but the empty ending
        number[there] = np.arange(done, done := done + len(there))
        levels.append(there)
        letters.append(letter)
        longer.append(is_new.sum(axis=1))
    states = np.concatenate(levels)
    return (
        states,
        _starts(np.concatenate(longer)) + np.uint32(1),
        np.concatenate(letters).astype(np.uint8),
        number[shorter[states]].astype(np.uint32),
    )


def _starts(lengths: NDArray[np.intp]) -> NDArray[np.uint32]:
    """Return where each of several parts of these lengths begins, and the last one ends."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)
