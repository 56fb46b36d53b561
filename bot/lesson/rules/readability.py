"""How hard a text is to read, by two formulas that every teacher can look up.

Sources: R. Flesch, "A new readability yardstick" (1948), for the reading ease and the words for it; J. P. Kincaid and
others, "Derivation of new readability formulas" (1975), for the school grade. Both count syllables, which are taken
here from the letters: a word may come out one off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END: Final = re.compile(r"[.!?…]+[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z])")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_PARTED: Final = re.compile(
    r"(?<![tscgln])i[ao]|gian|(?<=[tc])ia(?=te|n?$|ns$|ti)|(?<![tc])ien[ct]|(?<!t)iet|iu|(?<![gq])ua|ea(?=t[ei]|li)|deas?$"
    r"|react|eo(?!us|ple|n$)|[aeo]ing|yi|yone|[aeo]y(?=[aou]|er)|suic|[sd]n't$|(?:is|th)ms?$"
)
"""Where vowels that stand side by side are spoken one by one, and ends that are spoken with a vowel and have none."""
_SILENT: Final = re.compile(
    r"(?<=[^aeiouy])e$|(?<=[aiouy])[lr]e$|(?<=[^aeiouyszxc])(?<!sh|ch|[^r]g)es$|(?<=[^aeioutdy])ed$"
    r"|(?<=[^aeiou])e(?=ment|ful|less|ly$|book|body|thing|where|one$|how|time|line|ball)|busi(?=ness)|(?<=ev)e(?=ry|ni)"
)
"""An e, or an i, that is written and not spoken."""
_SPOKEN_LE: Final = re.compile(r"[^aeiouylr]les?$")

_BANDS: Final = (
    (90.0, "very easy"),
    (80.0, "easy"),
    (70.0, "fairly easy"),
    (60.0, "standard"),
    (50.0, "fairly difficult"),
    (30.0, "difficult"),
)
"""Flesch's words, each from the reading ease up."""
_HARDEST: Final = "very difficult"


@dataclass(frozen=True, slots=True)
class ReadingLevel:
    """How hard a text is to read, with what it was counted from.

    `ease` is Flesch's reading ease, from 100 (easy) down past 0; `grade` the school grade of the United States in which
    it is read with ease.
    """

    words: int
    sentences: int
    syllables: int
    ease: float
    grade: float

    @property
    def band(self) -> str:
        """Flesch's words for the reading ease."""
        return next((name for least, name in _BANDS if self.ease >= least), _HARDEST)


def reading_level(texts: Sequence[str]) -> ReadingLevel | None:
    """Measure texts as one, each of at least one sentence; None where there is no word. Numbers are not counted."""
    spoken = [text for text in texts if _WORD.search(text)]
    if not spoken:
        return None
    words = [word for text in spoken for word in _WORD.findall(text)]
    sentences = sum(1 + len(_SENTENCE_END.findall(text)) for text in spoken)
    syllables = sum(map(syllables_in, words))
    length, weight = len(words) / sentences, syllables / len(words)
    ease = 206.835 - 1.015 * length - 84.6 * weight
    grade = 0.39 * length + 11.8 * weight - 15.59
    return ReadingLevel(len(words), sentences, syllables, ease, grade)


def syllables_in(word: str) -> int:
    """Count the syllables of an English word by its letters, at least one."""
    letters = word.casefold().replace("’", "'").removesuffix("'s")
    groups = len(_VOWELS.findall(letters)) + len(_PARTED.findall(letters)) - len(_SILENT.findall(letters))
    return max(1, groups + bool(_SPOKEN_LE.search(letters)))
