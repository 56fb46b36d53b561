from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quote.rules.cite.written import LOST, differences, places, same, tokens, words_of


def test_words_are_told_from_what_stands_around_them() -> None:
    """Apostrophes and figures keep their marks; signs that are read aloud are words."""
    assert words_of("“It” – isn’t $7.05, 94% of ads-supported users’ data & more…") == (
        *("it", "isn't", "$", "7.05", "94", "%", "of", "ads", "supported", "users", "data", "&", "more"),
    )


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ﬁrst", "first"),  # a ligature
        ("cafe\u0301", "caf\u00e9"),  # a letter in two parts
        ("\U0001d5ea\U0001d5f2", "we"),  # letters of another style
        ("\uff57\uff45", "we"),  # full width
        ("se\u00adll", "sell"),
        ("don`t", "don't"),
        ("डेटा", "डेटा"),
    ],
)
def test_letters_have_one_form(written: str, plain: str) -> None:
    """Whatever program wrote them."""
    assert words_of(written) == words_of(plain)
    assert len(words_of(written)) == 1


@given(st.text(max_size=60))
def test_each_word_knows_where_it_stands(text: str) -> None:
    """In order, without overlap; what stands there is the same word."""
    found = tokens(text)
    for token in found:
        assert words_of(text[token.start : token.end]) == (token.text,)
    ends = [place for token in found for place in (token.start, token.end)]
    assert ends == sorted(ends)


def test_a_hole_stands_for_up_to_three_characters() -> None:
    """As many as the bytes of one may have become."""
    assert [same(f"don{LOST}t", word) for word in ("don't", "dont", "donut", "don1234t", "do")] == [
        *(True, True, True, False, False),
    ]


def test_places_count_words() -> None:
    """Overlapping ones too, and from a start on."""
    assert list(places(("a", "b", "a", "b", "a"), ("a", "b", "a"))) == [0, 2]
    assert list(places(("a", "b", "a", "b", "a"), ("a", "b", "a"), 1)) == [2]


@pytest.mark.parametrize(
    ("first", "second", "ways"),
    [
        ("It is so.", "“It is so”", ()),
        ("It “is” so", "It 'is' so", ("quotation marks",)),
        ("It – is", "It - is", ("dashes",)),
        ("ads-supported it", "ads supported it", ("dashes",)),
        ("It… is", "It... is", ("dots",)),
        ("sell it", "se\u00adll it", ("invisible characters",)),
        ("first one", "ﬁrst one", ("letter forms",)),
        ("a, b", "a b", ("punctuation",)),
        ("It Is", "it is", ("case",)),
        ("a b", "a\u00a0b", ("spaces",)),
        ("A – “b”", "a - 'B' c"[:-2], ("quotation marks", "dashes", "case")),
    ],
)
def test_ways_of_writing_are_named_each_for_itself(first: str, second: str, ways: tuple[str, ...]) -> None:
    """What stands before the first word and behind the last does not count."""
    assert differences(first, second) == ways
