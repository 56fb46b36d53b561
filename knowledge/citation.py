"""The reader's pointer to a quote: which article, which paragraph, which characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        """Give the one-line form, as a reader would write it down."""
        by = f" by {self.author}" if self.author else ""
        return f"{self.title}{by}, paragraph {self.paragraph}"

    @property
    def precise(self) -> str:
        """The one-line form with the characters too (from 0, end excluded)."""
        return f"{self}, characters {self.start} to {self.end}"


def cite(pack: Pack, span: Span) -> Citation:
    """Make the citation of a span of one of the pack's articles.

    Raises KeyError for an article that is not in the pack, ValueError for a span that crosses paragraphs.
    """
    article = pack.article(span.article_id)
    return Citation(
        article_id=article.id,
        title=article.title,
        author=article.author,
        paragraph=article.paragraph_number(span),
        start=span.start,
        end=span.end,
    )
