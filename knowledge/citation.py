"""The reader's pointer to a quote: which article, which paragraph, which characters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from knowledge.errors import Message

if TYPE_CHECKING:
    from knowledge.model import Article, Pack, Span

_LABEL: Final = re.compile(r"\[(\d{2,}:\d\d:\d\d|\d{4}-\d\d-\d\d \d\d:\d\d)\](?: .{1,120})?", re.DOTALL)
"""The paragraph above what somebody says in a transcript: when, and who."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands. `author` is None where the article names none; `paragraph` counts from 1.

    `at` is when it was said, as a transcript has it; it follows from the rest.
    """

    article_id: str
    title: str
    author: str | None
    paragraph: int
    start: int
    end: int
    at: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return str(self.place)

    @property
    def place(self) -> Message:
        """The one-line form: a place in a transcript goes by its time."""
        if self.at is not None:
            return (
                Message("{title} by {author}, at {time}", title=self.title, author=self.author, time=self.at)
                if self.author
                else Message("{title}, at {time}", title=self.title, time=self.at)
            )
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
    number = article.paragraph_number(span)
    return Citation(
        article_id=article.id,
        title=article.title,
        author=article.author,
        paragraph=number,
        start=span.start,
        end=span.end,
        at=_said_at(article, number),
    )


def _said_at(article: Article, number: int) -> str | None:
    """Return when a paragraph was said; None outside a transcript."""
    above = (article.text[place.start : place.end] for place in reversed(article.paragraphs[: number - 1]))
    return next((label[1] for text in above if (label := _LABEL.fullmatch(text))), None)
