"""Web pages: the article without menus, adverts and comments."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from bot.authoring.sources.document import Document, Kind, Paragraph, plain
from knowledge.distribution import adding_extra
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTE: Final = re.compile(
    rb"<sup\b[^>]*>\s*(?:<a\b[^>]*>)?\s*[\[(]?(?:\d+|[*\xe2\x80\xa0])[\])]?\s*(?:</a>)?\s*</sup>", re.IGNORECASE
)
"""The number of a note, set high."""

_KINDS: Final = {"head": Kind.HEADING, "item": Kind.ITEM}


def read_page(content: bytes) -> Document:
    """Read a saved web page. Raises UserError where it has no article."""
    try:
        import trafilatura  # noqa: PLC0415 - takes a second
    except ImportError as error:
        raise UserError(f"reading web pages needs another package: {adding_extra('pack')}") from error
    shorn, notes = _NOTE.subn(b"", content)
    found: Any = trafilatura.bare_extraction(
        shorn,
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        favor_precision=True,
        # A date that stands nowhere in words is not guessed at.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if found is None or found.body is None:
        raise UserError("there is no article on this page: save the page of one, or copy its text into a .txt file")
    paragraphs = list(_paragraphs(found.body))
    title, author, date, publisher = (
        plain(fact) if fact else None for fact in (found.title, found.author, found.date, found.sitename)
    )
    if paragraphs and paragraphs[0].text == title:
        paragraphs.pop(0)
    dropped = Counter({"number of a note": notes, "menu, advert or comment around the article": 1})
    return Document(tuple(paragraphs), title, author, date, publisher, dropped)


def _paragraphs(body: Any) -> Iterator[Paragraph]:  # noqa: ANN401 - lxml has no types
    for element in body:
        if element.tag in {"quote", "list"} and len(element) and not plain(element.text or ""):
            yield from _paragraphs(element)
        elif text := plain("".join(element.itertext())):
            yield Paragraph(text, _KINDS.get(element.tag, Kind.BODY))
