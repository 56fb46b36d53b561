"""Texts inside articles; every stretch of the shipped articles that no passage covers, with the reason."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Article, Mode, Passage, Span
from knowledge.reading.passages import around_difference, nearest_text, occurrences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

UNMARKED: Final = {
    ("simultaneous-utopia", 1): "title",
    ("simultaneous-utopia", 4): "number in a list",
    ("simultaneous-utopia", 5): "number in a list",
    ("simultaneous-utopia", 6): "number in a list",
    ("simultaneous-utopia", 7): "number in a list",
    ("simultaneous-utopia", 8): "number in a list",
    ("simultaneous-utopia", 9): "number in a list",
    ("simultaneous-utopia", 10): "number in a list",
    ("simultaneous-utopia", 12): "comment box",
    ("simultaneous-utopia", 13): "comment box",
    ("popular-documentary", 1): "title",
    ("popular-documentary", 2): "author",
    ("popular-documentary", 3): "date and reading time",
    ("popular-documentary", 4): "image caption",
    ("popular-documentary", 5): "image caption",
    ("popular-documentary", 16): "publisher's name and motto",
    ("popular-documentary", 17): "publisher's name and motto",
    ("popular-documentary", 18): "publisher's advert",
    ("popular-documentary", 19): "publisher's advert",
    ("popular-documentary", 20): "publisher's advert",
    ("popular-documentary", 21): "app advert",
    ("popular-documentary", 22): "app advert",
    ("popular-documentary", 23): "app advert",
}
"""Why a paragraph of an article has a stretch without a passage: one such stretch in each."""


def unmarked(article: Article, passages: Iterable[Passage]) -> tuple[Span, ...]:
    marked = sorted(
        (passage.span.start, passage.span.end) for passage in passages if passage.span.article_id == article.id
    )
    spans: list[Span] = []
    for paragraph in article.paragraphs:
        inside = [(start, end) for start, end in marked if paragraph.start <= start and end <= paragraph.end]
        ends = (paragraph.start, *(end for _, end in inside))
        starts = (*(start for start, _ in inside), paragraph.end)
        for start, end in zip(ends, starts, strict=True):
            stretch = article.text[start:end]
            if bare := stretch.strip():
                offset = start + stretch.index(bare)
                spans.append(Span(article.id, offset, offset + len(bare)))
    return tuple(spans)


def test_every_unmarked_stretch_has_its_reason(shipped: Pack) -> None:
    found = [
        (article.id, article.paragraph_number(span))
        for article in shipped.articles
        for span in unmarked(article, shipped.passages)
    ]
    assert found == list(UNMARKED)


def test_the_reasons_fit_the_stretches(shipped: Pack) -> None:
    whole: set[tuple[str, int]] = set()
    for article in shipped.articles:
        for span in unmarked(article, shipped.passages):
            number = article.paragraph_number(span)
            text = article.text[span.start : span.end]
            if span == article.paragraphs[number - 1]:
                whole.add((article.id, number))
            match UNMARKED[article.id, number]:
                case "title":
                    assert text == article.title
                case "author":
                    assert text == article.author
                case "number in a list":
                    points = {
                        p.point for p in shipped.passages if p.span.article_id == article.id and p.paragraph == number
                    }
                    assert text == f"{number - 3}."
                    assert points == {number - 3}
                case "date and reading time":
                    assert text.startswith(article.published or "?")
                case "image caption":
                    assert text.startswith("Image")
    assert whole == {place for place, reason in UNMARKED.items() if reason != "number in a list"}


def test_unmarked_stretches_of_the_tiny_pack(tiny: TinyPack) -> None:
    pack = tiny.load()
    found = {
        article.id: [article.text[span.start : span.end] for span in unmarked(article, pack.passages)]
        for article in pack.articles
    }
    assert found == {
        "club-paper": ["Why cats are better", "1. A cat is quiet.", "Share this page"],
        "park-paper": ["In praise of dogs", "by A. Barker", "Woof. Woof."],
    }


def article_of(text: str) -> Article:
    return Article("a", "A", None, None, None, "", text)


def passage_of(start: int, end: int) -> Passage:
    return Passage("p", Span("a", start, end), 1, "", "x", Mode.DIRECT, None, None, (), None)


@given(cuts=st.sets(st.integers(0, 20)))
def test_marked_and_unmarked_make_the_whole(cuts: set[int]) -> None:
    article = article_of("x" * 20)
    edges = sorted(cuts | {0, 20})
    stretches = list(pairwise(edges))
    found = unmarked(article, [passage_of(start, end) for start, end in stretches[::2]])
    assert [(span.start, span.end) for span in found] == stretches[1::2]


def test_occurrences_may_overlap() -> None:
    assert occurrences("aa", article_of("aaa aa")) == (0, 1, 4)
    assert occurrences("b", article_of("aaa")) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One cat slept.", "One cat sleeps."),
        ("One cat slept. Two dogs barked!", "One cat sleeps. Two dogs bark!"),
        ("Three birds are singing", "Three birds sing."),
        ("0123456789", None),
    ],
)
def test_the_nearest_text_is_made_of_whole_sentences(text: str, found: str | None) -> None:
    assert nearest_text(text, article_of("One cat sleeps. Two dogs bark!\n\nThree birds sing.\n")) == found


def test_two_texts_are_cut_to_their_first_difference() -> None:
    before, after = "b" * 40, "a" * 40
    first, second = around_difference(f"{before}1{after}", f"{before}2")
    assert first == f"…{'b' * 20}1{'a' * 29}…"
    assert second == f"…{'b' * 20}2"


def test_a_text_that_is_only_longer_differs_at_its_end() -> None:
    assert around_difference("cat", "cats") == ("cat", "cats")
