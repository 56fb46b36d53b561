"""Which words a pack holds: those it is written with, those it has answers for, and the names among them.

All words are in lower case. It must not know what anybody asks of it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.model import Passage, Question

_WORD: Final = re.compile(r"[^\W_]+")
_CARELESS: Final = frozenset({"misspelt", "slang", "nonnative"})
"""Kinds of questions whose spelling proves nothing."""

_TWICE: Final = 2
"""Questions that a word must stand in, for one alone may be a slip."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a pack.

    `written` stand in passages; `known` are rightly spelt; `told` stand in passages or in questions that a passage answers; `names` are written
    with a capital wherever they stand inside a passage.
    """

    written: frozenset[str]
    known: frozenset[str]
    told: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, passages: Iterable[Passage], questions: Iterable[Question]) -> Lexicon:
        """Collect the words of passages and questions."""
        written: set[str] = set()
        inside: set[str] = set()
        for passage in passages:
            words = _WORD.findall(passage.text)
            written.update(words)
            inside.update(words[1:])
        spelt: Counter[str] = Counter()
        answered: Counter[str] = Counter()
        for question in questions:
            words = set(_WORD.findall(question.text.lower()))
            if question.kind not in _CARELESS:
                spelt.update(words)
            if question.gold:
                answered.update(words)
        folded = {word.lower() for word in written}
        return cls(
            written=frozenset(folded),
            known=frozenset(folded | {word for word, uses in spelt.items() if uses >= _TWICE}),
            told=frozenset(folded | {word for word, uses in answered.items() if uses >= _TWICE}),
            names=frozenset(word.lower() for word in inside if word[0].isupper() and word.lower() not in written),
        )
