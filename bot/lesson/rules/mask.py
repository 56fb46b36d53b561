"""Hiding in a quote who says it, so that people can be asked.

What names a side stands in the pack: its names and aliases, the speakers, and the cues by which a reader tells who
speaks.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.model import Pack, Passage

MASK: Final = "[…]"

_LEAST_SHARE: Final = 0.5
"""Share of its letters that a quote must keep to be worth asking about."""
_LEAST_WORDS: Final = 4

_WORD: Final = re.compile(r"\w+")
_QUOTED: Final = {"“": "”", "‘": "’", '"': '"'}
"""Opening quotation marks with the closing ones."""


def masked(pack: Pack, passage: Passage) -> str:
    """Return a passage's text with MASK for whatever tells who speaks; all other characters are the article's."""
    pieces = []
    at = 0
    for start, end in _hidden(pack, passage):
        pieces += [passage.text[at:start], MASK]
        at = end
    return "".join((*pieces, passage.text[at:]))


def says_enough(pack: Pack, passage: Passage) -> bool:
    """Return whether enough of a passage is left once it is masked for anybody to think about who says it."""
    left = masked(pack, passage).replace(MASK, " ")
    return len(_WORD.findall(left)) >= _LEAST_WORDS and _letters(left) >= _LEAST_SHARE * _letters(passage.text)


def _letters(text: str) -> int:
    return sum(map(len, _WORD.findall(text)))


def _hidden(pack: Pack, passage: Passage) -> Iterator[tuple[int, int]]:
    """Return the half-open ranges to hide, in order; what lies next to each other becomes one."""
    text = passage.text
    found = [match.span() for name in _names(pack) for match in name.finditer(text)]
    if passage.cue:
        found += [match.span() for match in re.finditer(re.escape(passage.cue), text)]
    start = end = 0
    for here in sorted(_with_marks(text, *span) for span in found):
        if start < end and (here[0] <= end or text[end : here[0]].isspace()):
            end = max(end, here[1])
            continue
        if start < end:
            yield start, end
        start, end = here
    if start < end:
        yield start, end


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Take the quotation marks in as well where they hold nothing but what is hidden: a title, for example."""
    if start and _QUOTED.get(text[start - 1]) == text[end : end + 1]:
        return start - 1, end + 1
    return start, end


def _names(pack: Pack) -> tuple[re.Pattern[str], ...]:
    """Return a pattern for each name of a side or a speaker."""
    sides = (name for side in pack.sides for name in (side.name, side.short_name, *side.aliases))
    speakers = (passage.speaker for passage in pack.passages if passage.speaker)
    return _patterns(tuple(dict.fromkeys((*sides, *speakers, pack.title))))


@lru_cache(maxsize=8)
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){_spelt(name)}(?!\w)", re.IGNORECASE) for name in names)


def _spelt(name: str) -> str:
    """Write a name as a pattern: whatever white space or apostrophe it has, and in the plural too.

    The s of a genitive is left standing, for it tells nothing.
    """
    words = [re.sub("['’]", "['’]", re.escape(word)) for word in name.split()]
    words[-1] = f"{words[-1][:-1]}(?:y|ies)" if words[-1].endswith("y") else f"{words[-1]}(?:e?s)?"
    return r"\s+".join(words)
