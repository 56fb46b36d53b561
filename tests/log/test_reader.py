import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from bot.log.engines.sqlite import LETTER_LIMIT, WORD_LIMIT, match_expression


def test_each_word_is_quoted_and_may_be_continued() -> None:
    """Operators and quotes are words like any other."""
    assert match_expression('NOT  a"b question:x') == '"NOT"* "a""b"* "question:x"*'


def test_text_without_words_has_no_expression() -> None:
    """White space finds nothing."""
    assert match_expression(" \n\t ") is None


def test_endless_text_is_cut() -> None:
    """Neither many words nor long ones can burden the database."""
    expression = match_expression(" ".join(["x" * 1_000] * 1_000))
    assert expression == " ".join(['"' + "x" * LETTER_LIMIT + '"*'] * WORD_LIMIT)


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_gives_rows_or_none(text: str) -> None:
    """FTS5 accepts every expression, whatever it was made of."""
    expression = match_expression(text)
    if expression is not None:
        index = sqlite3.connect(":memory:")
        index.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
        assert index.execute("SELECT * FROM words WHERE words MATCH ?", [expression]).fetchall() == []
        index.close()
