"""Who a quotation is put down to, by the words around it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.carriers import name_pattern, unwrapped
from bot.quote.rules.cite.written import QUOTES

if TYPE_CHECKING:
    from knowledge.model import Article, Pack, Side

_VERBS: Final = (
    r"(?:says?|said|claims?|claimed|states?|stated|argues?|argued|writes?|wrote|suggests?|suggested|explains?|explained|"
    r"believes?|told\s+us|tells\s+us|answers?|answered|replie[sd]|replies|responds?|responded|adds?|added|insists?|"
    r"insisted|admits?|admitted|warns?|warned|notes?|noted|points?\s+out|pointed\s+out|puts\s+it|declares?|declared|"
    r"announces?|announced|maintains?|maintained|remarks?|remarked|comments?|commented)"
)
_SAYING: Final = rf"(?:\s+(?:also|once|really|clearly|even|then))?\s+{_VERBS}(?:\s+that)?"
_LEAD: Final = r"[^:.!?\n]{0,60}:"
"""What may stand between a name and what is quoted, if a colon ends it."""


def introduction(pack: Pack, text: str) -> tuple[str | None, str]:
    """Read off which side a quotation is put down to by the words before it; give it with the quotation itself."""
    for name, side in _names(pack.sides):
        found = re.match(
            rf"(?:according\s+to\s+{name}\s*[,:]|{name}(?:{_LEAD}|{_SAYING}\s*[,:]?(?!\w)))\s*", text, re.IGNORECASE
        )
        if found and found.end() < len(text):
            return side, unwrapped(text[found.end() :])
    return None, text


def conclusion(pack: Pack, text: str) -> tuple[str | None, str]:
    """Read it off the words after it; give it with the quotation itself."""
    for name, side in _names(pack.sides):
        named = rf"{_VERBS}\s+{name}|according\s+to\s+{name}|(?<=[,{re.escape(QUOTES)}]\s){name}{_SAYING}"
        found = re.search(rf"[,;]?\s*(?:{named})\s*[.!]?\s*$", text, re.IGNORECASE)
        if found and text[: found.start()].strip():
            return side, unwrapped(text[: found.start()])
    return None, text


def sources_of(pack: Pack) -> frozenset[str]:
    """List the names by which a reference is known: of sides, writers, publishers and articles."""
    return _sources(pack.sides, pack.articles)


@lru_cache(maxsize=8)
def _sources(sides: tuple[Side, ...], articles: tuple[Article, ...]) -> frozenset[str]:
    names = {name for side in sides for name in (side.name, side.short_name, *side.aliases)}
    for article in articles:
        names |= {article.title, article.publisher or "", article.author or "", *(article.author or "").split()[-1:]}
    return frozenset(filter(None, names))


@lru_cache(maxsize=8)
def _names(sides: tuple[Side, ...]) -> tuple[tuple[str, str], ...]:
    """List the names of sides as patterns, longest first, each with the side's id."""
    names = [(name, side.id) for side in sides for name in {side.name, side.short_name, *side.aliases}]
    return tuple((name_pattern(name), side) for name, side in sorted(names, key=lambda each: (-len(each[0]), each[0])))
