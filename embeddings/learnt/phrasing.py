"""Bring how people write nearer to how articles are written: short forms spelt out, signs made plain.

Quotes never pass through here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - the codec reads the annotations
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

# Short forms that stand for one thing in any text. What could be two things stays as it is.
_SHORT_FORMS: Final = {
    "2": "to",
    "4": "for",
    "abt": "about",
    "b4": "before",
    "bc": "because",
    "bout": "about",
    "cant": "cannot",
    "cuz": "because",
    "da": "the",
    "dis": "this",
    "dont": "do not",
    "gonna": "going to",
    "im": "i am",
    "info": "information",
    "n": "and",
    "pls": "please",
    "plz": "please",
    "ppl": "people",
    "r": "are",
    "thx": "thanks",
    "u": "you",
    "ur": "your",
    "w": "with",
    "wanna": "want to",
    "wat": "what",
    "wut": "what",
    "y": "why",
}


@dataclass(frozen=True)
class Phrasing:
    """The short forms that are spelt out: those of any text, and a pack's `own`."""

    own: Mapping[str, str]

    def spelt_out(self, text: str) -> str:
        """Return a question in lower case, with short forms spelt out and curly apostrophes made straight."""
        forms = self._forms
        return self._pattern.sub(lambda match: forms[match[1]], text.lower().replace("’", "'"))

    @cached_property
    def _forms(self) -> dict[str, str]:
        return {**_SHORT_FORMS, **self.own}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        listed = "|".join(sorted(map(re.escape, self._forms), key=len, reverse=True))
        return re.compile(rf"(?<!\w)({listed})(?!\w)")


COMMON: Final = Phrasing(MappingProxyType({}))
"""How texts on any subject are spelt out."""
