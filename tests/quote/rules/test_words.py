from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quote.rules.words import forms_of, words_of


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("What's that?", ("what", "is", "that")),
        ("whats fbs excuse", ("what", "is", "fbs", "excuse")),
        ("Facebook's ads don't count", ("facebook", "ads", "do", "not", "count")),
        ("can’t u see", ("can", "not", "you", "see")),
        ("they'll say I'm wrong", ("they", "will", "say", "i", "am", "wrong")),
        ("dunno, gimme the sauce", ("do", "not", "know", "give", "me", "the", "source")),
        ("point 2 of 4", ("point", "2", "of", "4")),
        ("  ?! ", ()),
    ],
)
def test_short_forms_and_contractions_become_plain_words(text: str, forms: tuple[str, ...]) -> None:
    """A figure stays one, although "2" may stand for "to" in a chat."""
    assert forms_of(text) == forms


def test_a_word_knows_where_it_stands() -> None:
    """The words of a contraction share the place of the whole."""
    text = "so, what's up"
    assert [text[word.start : word.end] for word in words_of(text)] == ["so", "what's", "what's", "up"]


@given(st.text())
def test_any_text_has_words_in_order(text: str) -> None:
    """No word is empty, none lies outside the text, and none stands before the one that comes before it."""
    words = words_of(text)
    assert all(word.form and 0 <= word.start < word.end <= len(text) for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
