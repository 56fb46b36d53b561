"""The reader's pointer to a quote: which article, which paragraph, which characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.errors import Message

if TYPE_CHECKING:
    from knowledge.model import Pack, Span


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands. `author` is None where the article names none; `paragraph` counts from 1."""

    article_id: str
    title: str
    author: str | None
    paragraph: int
    start: int
    end: int

    def __str__(self) -> str:
        return str(self.place)

    @property
    def place(self) -> Message:
        """The one-line form."""
        if not self.author:
            return Message("{title}, paragraph {paragraph}", title=self.title, paragraph=self.paragraph)
        return Message(
            "{title} by {author}, paragraph {paragraph}",
            title=self.title,
            author=self.author,
            paragraph=self.paragraph,
        )

    @property
    def precise(self) -> Message:
        """The one-line form with the characters too (from 0, end excluded)."""
        return Message("{where}, characters {start} to {end}", where=self.place, start=self.start, end=self.end)


def cite(pack: Pack, span: Span) -> Citation:
    """Return the citation of a span. Raises KeyError without its article, ValueError when it crosses paragraphs."""
    article = pack.article(span.article_id)
    return Citation(
        article_id=article.id,
        title=article.title,
        author=article.author,
        paragraph=article.paragraph_number(span),
        start=span.start,
        end=span.end,
    )
