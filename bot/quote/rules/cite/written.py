"""How the same words may be written: the words of a text one by one, and what two ways of writing them differ in."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

QUOTES: Final = (
    "\"'`\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u2018\u2019\u201a\u201b\u00b4\u2032\u2033\u2035\u2036"
    "\u300c\u300d\u300e\u300f\u300a\u300b\u3008\u3009\u301d\u301e\u301f\ufe41\ufe42\ufe43\ufe44\uff02\uff07\uff62\uff63"
    "\u275b\u275c\u275d\u275e\u2e42"
)
"""As escapes, for many look alike: quotation marks of any language, apostrophes, primes, the lone accents."""
_DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_INVISIBLE: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff"
_SIGNS: Final = "%&+=@"
"""Signs that are read aloud: they count as words, as those of currencies do."""

LOST: Final = "\ufffd"
"""Stands in a text for characters that were lost: up to three, for one may have had as many bytes."""
ANY_ENDING: Final = "\ue000"
"""Stands in a text for letters that are marked as changed by whoever quotes."""

_WILD: Final = {LOST: r".{0,3}", ANY_ENDING: r"\w{0,6}"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign as it is compared (lower case, one kind of apostrophe), and where it stands."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=2048)
def tokens(text: str) -> tuple[Token, ...]:
    """Take a text apart into its words, numbers and signs; punctuation, quotation marks and dashes are none."""
    found: list[Token] = []
    letters: list[str] = []
    begin = end = 0
    for place, character in enumerate(text):
        if character in _INVISIBLE:
            continue
        folded = _folded(character)
        if _belongs(folded) or (letters and _joins(character, text, place, letters)):
            begin = begin if letters else place
            letters.append(folded)
            end = place + 1
            continue
        if letters:
            found.append(Token("".join(letters), begin, end))
            letters = []
        if character in _SIGNS or unicodedata.category(character) == "Sc":
            found.append(Token(character, place, place + 1))
    if letters:
        found.append(Token("".join(letters), begin, end))
    return tuple(token for token in found if token.text.strip(LOST))


def words_of(text: str) -> tuple[str, ...]:
    """List the words of a text as they are compared."""
    return tuple(token.text for token in tokens(text))


def same(wanted: str, word: str) -> bool:
    """Tell whether a word is the one that is wanted, which may have holes."""
    if wanted == word:
        return True
    if LOST not in wanted and ANY_ENDING not in wanted:
        return False
    pattern = "".join(_WILD.get(character) or re.escape(character) for character in wanted)
    return re.fullmatch(pattern, word) is not None


def places(have: Sequence[str], wanted: Sequence[str], start: int = 0) -> Iterator[int]:
    """Return where wanted words stand one after the other in a text, from `start` on: the number of the first."""
    for place in range(start, len(have) - len(wanted) + 1):
        if same(wanted[0], have[place]) and all(map(same, wanted[1:], have[place + 1 : place + len(wanted)])):
            yield place


def differences(original: str, quotation: str) -> tuple[str, ...]:
    """Name the ways in which two writings of the same words differ between the first and the last of them."""
    first, second = _inner(original), _inner(quotation)
    return tuple(way for way, look in _LOOKS.items() if look(first) != look(second))


def _folded(character: str) -> str:
    """Write a character as it is compared; one that stands for several (a ligature) becomes these."""
    if character in QUOTES:
        return "'"
    return unicodedata.normalize("NFKD", character).casefold()


def _belongs(folded: str) -> bool:
    """Tell whether what a character became is part of a word."""
    return folded != "" and all(part in _WILD or unicodedata.category(part)[0] in "LMN" for part in folded)


def _joins(character: str, text: str, place: int, letters: Sequence[str]) -> bool:
    """Tell whether a mark inside a word belongs to it: an apostrophe (don't), a sign inside a number (7.05)."""
    following = next((each for each in text[place + 1 :] if each not in _INVISIBLE), "")
    if character in QUOTES:
        return letters[-1] != "'" and _belongs(_folded(following)) if following else False
    return character in ".," and letters[-1].isdigit() and following.isdigit()


def _inner(text: str) -> str:
    """Take a text from its first word to its last."""
    found = tokens(text)
    return text[found[0].start : found[-1].end] if found else text.strip()


def _marks(marks: re.Pattern[str], text: str) -> list[str]:
    """List the marks of one sort, each behind the number of the words that begin before it."""
    starts = [token.start for token in tokens(text)]
    return [f"{bisect_right(starts, found.start())} {found[0]}" for found in marks.finditer(text)]


def _punctuation(text: str) -> list[str]:
    """List the marks that belong to no other sort."""
    return _marks(_OTHER_MARKS, _ELLIPSIS.sub(lambda found: " " * len(found[0]), text))


def _letters(text: str, shown: Callable[[str], str]) -> list[str]:
    """List the words, each written so that it shows one thing about its letters."""
    written = (text[token.start : token.end] for token in tokens(text))
    return ["".join(shown(letter) for letter in word if _belongs(_folded(letter))) for word in written]


def _spaces(text: str) -> list[str]:
    """List the white space before each word; where there is none, a mark stands instead, and that is no space."""
    found = tokens(text)
    between = (text[one.end : other.start] for one, other in pairwise(found))
    return ["".join(filter(str.isspace, gap)) or " " for gap in between]


def _class(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(characters)}]")


_ELLIPSIS: Final = re.compile("\\.{3}|\u2026")
_OTHER_MARKS: Final = re.compile(f"[^\\w\\s{re.escape(QUOTES + _DASHES + _INVISIBLE + _SIGNS + LOST)}]|_")
_LOOKS: Final[Mapping[str, Callable[[str], list[str]]]] = {
    "quotation marks": partial(_marks, _class(QUOTES)),
    "dashes": partial(_marks, _class(_DASHES)),
    "dots": partial(_marks, _ELLIPSIS),
    "invisible characters": partial(_marks, _class(_INVISIBLE)),
    "letter forms": partial(_letters, shown=str.lower),
    "punctuation": _punctuation,
    "case": partial(_letters, shown=partial(unicodedata.normalize, "NFKD")),
    "spaces": _spaces,
}
"""What shows of each way in which the same words may be written differently."""
