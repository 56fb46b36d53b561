"""Texts inside articles: where they stand, and what is most like them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Final

from knowledge.reading.nearest import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.model import Article

_SENTENCE_END: Final = re.compile(r"(?<=[.!?”\"])\s+")

_LONGEST_RUN: Final = 3
"""How many sentences a passage has at most."""

_BEFORE: Final = 20
_AFTER: Final = 30
"""How many characters of two texts are shown around their first difference."""


def occurrences(text: str, article: Article) -> tuple[int, ...]:
    """Find every offset at which a text begins in an article, those that overlap included."""
    starts = []
    start = article.text.find(text)
    while start >= 0:
        starts.append(start)
        start = article.text.find(text, start + 1)
    return tuple(starts)


def nearest_text(text: str, article: Article) -> str | None:
    """Find the one to three sentences of a paragraph that are most like a text; None when nothing is much like it.

    Sentences are cut by their punctuation alone, which is good enough for a hint.
    """
    near = get_close_matches(text, _sentence_runs(article), n=1)
    return near[0] if near else None


def _sentence_runs(article: Article) -> Iterable[str]:
    for paragraph in article.paragraphs:
        ends = [match.start() for match in _SENTENCE_END.finditer(article.text, paragraph.start, paragraph.end)]
        starts = [match.end() for match in _SENTENCE_END.finditer(article.text, paragraph.start, paragraph.end)]
        ends.append(paragraph.end)
        for first, start in enumerate((paragraph.start, *starts)):
            for end in islice(ends, first, first + _LONGEST_RUN):
                yield article.text[start:end]


def around_difference(first: str, second: str) -> tuple[str, str]:
    """Cut two texts to what stands around their first difference, cuts shown as "…", unseen characters as escapes."""
    differing = (index for index, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1])
    at = next(differing, min(len(first), len(second)))
    start, end = max(at - _BEFORE, 0), at + _AFTER

    def cut(text: str) -> str:
        return f"{'…' if start else ''}{escaped(text[start:end])}{'…' if end < len(text) else ''}"

    return cut(first), cut(second)
