from __future__ import annotations

import pytest

from bot.quote.rules.composition import around
from knowledge.model import Article, Passage, Span
from tests.quote.rules.findings import pack

TEXT = "A title\n\nOne comes first. Two follows it! Three says “so.” Four ends\n\nFive is apart. Six ends it all."
ARTICLE = Article("a", "A title", None, None, None, "", TEXT)


def span(text: str) -> Span:
    """Give the span of a text of the article."""
    start = TEXT.index(text)
    return Span("a", start, start + len(text))


def test_two_sentences_stand_on_each_side() -> None:
    """In the article's own characters; a paragraph's end is an empty line."""
    found = around(ARTICLE, span("Three says “so.”"))
    assert (found.before, found.quote) == ("One comes first. Two follows it!", "Three says “so.”")
    assert found.after == "Four ends\n\nFive is apart."


def test_the_rest_of_a_sentence_that_is_quoted_in_part_stands_too() -> None:
    """It is the nearest of the neighbours."""
    found = around(ARTICLE, span("follows"), 1)
    assert (found.before, found.quote, found.after) == ("Two", "follows", "it!")


def test_the_number_of_an_item_is_no_sentence() -> None:
    """It stands with the one that it numbers."""
    text = "One is so. Two is so.\n\n3. Three is so. Four ends."
    numbered = Article("a", "A title", None, None, None, "", text)
    assert around(numbered, Span("a", 0, 10)).after == "Two is so.\n\n3. Three is so."
    place = text.index("Three")
    assert around(numbered, Span("a", place, place + 12)).before == "Two is so.\n\n3."


def test_there_is_nothing_before_the_beginning_and_after_the_end() -> None:
    """The title is a sentence as well."""
    assert around(ARTICLE, span("A title")).before == ""
    assert around(ARTICLE, span("Six ends it all.")).after == ""


def test_neighbours_end_before_a_hidden_sentence() -> None:
    """What lies behind it is not shown either: it would read as if nothing were missing."""
    hidden = (span("Two follows"), span("apart"))
    found = around(ARTICLE, span("Three says “so.”"), hidden=hidden)
    assert (found.before, found.quote, found.after) == ("", "Three says “so.”", "Four ends")
    assert around(ARTICLE, span("follows"), hidden=(span("it!"), span("One"))).before == "Two"
    assert around(ARTICLE, span("follows"), hidden=(span("it!"), span("One"))).after == ""


@pytest.mark.parametrize("passage", pack().passages, ids=lambda passage: passage.id)
def test_every_passage_s_surroundings_are_the_article_s(passage: Passage) -> None:
    """Text before, quote and text after follow one another there but for white space."""
    article = pack().article(passage.span.article_id)
    found = around(article, passage.span)
    joined = "".join(f"{found.before}{found.quote}{found.after}".split())
    assert found.quote == passage.text
    assert joined in "".join(article.text.split())
    assert found.before or found.after
