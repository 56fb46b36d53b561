"""Whether a text has words of the articles in it at all, told quickly."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.carriers import mended
from bot.quote.rules.cite.written import words_of

if TYPE_CHECKING:
    from knowledge.model import Article, Pack

_IN_A_ROW: Final = 4


def has_words_of(pack: Pack, text: str) -> bool:
    """Tell whether so many words in a row stand in an article too."""
    return not _rows(words_of(mended(text))).isdisjoint(_known(pack.articles))


@lru_cache(maxsize=8)
def _known(articles: tuple[Article, ...]) -> frozenset[tuple[str, ...]]:
    return frozenset(row for article in articles for row in _rows(words_of(article.text)))


def _rows(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    return {words[place : place + _IN_A_ROW] for place in range(len(words) - _IN_A_ROW + 1)}
