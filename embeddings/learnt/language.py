"""Which language a question is in, for the model and the articles know English alone.

py3langid (Lui and Baldwin, "langid.py", 2012) tells languages apart by runs of bytes, and takes slang and slips for
other languages now and then. So it is asked only where most words are none that the examples or articles use, and heard
only where it is sure.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from py3langid.langid import LanguageIdentifier

_ENGLISH: Final = "en"

_TOLD_APART: Final = (
    "ar bg bn ca cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sv ta th tr uk ur vi zh"
)
"""The languages among which it decides: more of them only take more English slang for theirs."""

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


def other_language(text: str, known: Collection[str]) -> str | None:
    """Return the language of a text (ISO 639-1) that is surely not English, else None; `known` words are English."""
    letters = [letter for letter in text if letter.isalpha()]
    strange = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if len(letters) > 1 and strange / len(letters) >= _FOREIGN_LETTERS:
        return _likeliest(text, -math.inf)
    if _SPANISH_SIGNS.search(text):
        return "es"
    words = _WORD.findall(text.casefold())
    return None if _is_english(words, known) else _likeliest(text, _margin_of(words))


def _is_english(words: Sequence[str], known: Collection[str]) -> bool:
    familiar = sum(word in known for word in words)
    if len(set(words)) < _FEW:  # a repeated word is a sound rather than a sentence
        return len(words) != len(set(words)) or len(words) < _PAIR or familiar > 0
    return familiar / len(words) > _KNOWN


def _margin_of(words: Sequence[str]) -> float:
    if len(words) >= _SEVERAL:
        return _MARGIN
    return _MARGIN_OF_THREE if len(words) == _FEW else _MARGIN_OF_TWO


def _likeliest(text: str, margin: float) -> str | None:
    """Return the likeliest other language where it is likelier than English by a margin."""
    scores = dict(_identifier().rank(text))
    english = scores.pop(_ENGLISH)
    likeliest = max(scores, key=scores.__getitem__)
    sure = scores[likeliest] - english >= margin * math.sqrt(len(text.encode()))
    return likeliest if sure else None


@cache
def _identifier() -> LanguageIdentifier:
    """Load the model, half a second once: hardly any question needs it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - see above

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(_TOLD_APART.split())
    return identifier
