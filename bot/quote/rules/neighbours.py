"""The sentences around a quote, as exact slices of its article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.model import Span

if TYPE_CHECKING:
    from knowledge.model import Article

SENTENCES: Final = 2
"""Sentences shown on each side of a quote, where its article has as many."""

_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[A-Z0-9])")
"""Where a sentence ends: a full stop before white space and a capital or a figure."""

_SHORT: Final = re.compile(
    r"(?:^|[\s(“\"])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|cf|Nos?|Vol|Fig|pp?|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Inc|"
    r"Ltd|Corp|approx|e\.g|i\.e|(?:[A-Z]\.)*[A-Z])\.$"
)
"""What is written with a full stop and ends no sentence by it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A quote between what stands before and after it: texts of the article, an empty line where a paragraph ends.

    Both may be empty, at the beginning and at the end of an article.
    """

    before: str
    quote: str
    after: str


def around(article: Article, span: Span, sentences: int = SENTENCES) -> Surroundings:
    """Return the quote of a span with its neighbouring sentences, from other paragraphs too."""
    before: list[Span] = []
    after: list[Span] = []
    for sentence in _sentences(article):
        if sentence.start < span.start:
            before.append(Span(article.id, sentence.start, min(sentence.end, span.start)))
        if sentence.end > span.end:
            after.append(Span(article.id, max(sentence.start, span.end), sentence.end))
    return Surroundings(
        before=_text(article, before[-sentences:]),
        quote=article.text[span.start : span.end],
        after=_text(article, after[:sentences]),
    )


def sentence_at(article: Article, span: Span) -> Span:
    """Return the whole sentences that a span begins and ends in, one of a single paragraph."""
    touched = [sentence for sentence in _sentences(article) if sentence.overlaps(span)]
    return Span(article.id, min(span.start, touched[0].start), max(span.end, touched[-1].end)) if touched else span


def ends_of_sentences(text: str, start: int, end: int) -> list[int]:
    """List where sentences end inside a stretch of text before its own end."""
    ends = (match.end() for match in _END.finditer(text, start, end))
    return [place for place in ends if not _SHORT.search(text, start, place)]


def _sentences(article: Article) -> list[Span]:
    """Divide an article into sentences, in order; none goes over the end of a paragraph."""
    found: list[Span] = []
    for paragraph in article.paragraphs:
        start = paragraph.start
        for end in (*ends_of_sentences(article.text, paragraph.start, paragraph.end), paragraph.end):
            found.append(Span(article.id, start, end))
            start = end + len(article.text[end : paragraph.end]) - len(article.text[end : paragraph.end].lstrip())
    return found


def _text(article: Article, spans: list[Span]) -> str:
    """Join neighbouring spans as the article has them; what lies between two paragraphs becomes an empty line."""
    text, end = "", None
    for span in spans:
        if end is not None:
            between = article.text[end : span.start]
            text += "\n\n" if "\n" in between else between
        text += article.text[span.start : span.end]
        end = span.end
    return text.strip()
