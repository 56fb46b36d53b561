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

_OFTEN: Final = 5
"""Questions that a word must stand in before it counts as asked about."""

_SELDOM: Final = 0.1
"""Share of a word's questions that may be answered while it still counts as asked about in vain."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a pack.

    `written` stand in passages; `known` are rightly spelt; `told` stand in passages or in questions that a passage
    answers; `vain` are asked about again and again, and all but never answered; `names` are written with a capital
    wherever they stand inside a passage.
    """

    written: frozenset[str]
    known: frozenset[str]
    told: frozenset[str]
    vain: frozenset[str]
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
        asked: Counter[str] = Counter()
        spelt: Counter[str] = Counter()
        answered: Counter[str] = Counter()
        for question in questions:
            used = set(_WORD.findall(question.text.lower()))
            asked.update(used)
            if question.kind not in _CARELESS:
                spelt.update(used)
            if question.gold:
                answered.update(used)
        folded = {word.lower() for word in written}
        return cls(
            written=frozenset(folded),
            known=frozenset(folded | {word for word, uses in spelt.items() if uses >= _TWICE}),
            told=frozenset(folded | {word for word, uses in answered.items() if uses >= _TWICE}),
            vain=frozenset(
                word
                for word, uses in asked.items()
                if uses >= _OFTEN and answered[word] <= _SELDOM * uses and word not in folded
            ),
            names=frozenset(word.lower() for word in inside if word[0].isupper() and word.lower() not in written),
        )
