from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index import lexical
from embeddings.index.lexical import LexicalIndex, build, content_words, match_expression, terms_of
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LexicalIndex]:
    path = tmp_path_factory.mktemp("lexical") / "words.sqlite3"
    build(path, drinks().passages)
    opened = LexicalIndex(path)
    yield opened
    opened.close()


def test_shared_words_score_and_others_do_not(index: LexicalIndex) -> None:
    scores = index.scores("Which drink keeps you PATIENT?")
    assert list(scores) == [1]
    assert 0 < scores[1] < 1


def test_inflected_words_meet(index: LexicalIndex) -> None:
    assert 0 in index.scores("warming")


def test_stop_words_find_nothing(index: LexicalIndex) -> None:
    assert index.scores("what is it about?") == {}


def test_content_words_keep_their_order() -> None:
    assert content_words("Does the TEA keep people calm?") == ["tea", "keep", "people", "calm"]


def test_operators_become_plain_words() -> None:
    assert match_expression(terms_of('tea" OR * NEAR(coffee) -text:')) == '"tea" OR "near" OR "coffee" OR "text"'


@pytest.mark.parametrize(
    "text",
    ["", "   ", '"', "*", "AND OR NOT", "text:tea", "NEAR(tea, 2)", "tea; DROP TABLE passage", "\x00", "\ud800", "😀"],
)
def test_syntax_is_never_an_error(index: LexicalIndex, text: str) -> None:
    assert all(0 <= score < 1 for score in index.scores(text).values())


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_is_a_query(index: LexicalIndex, text: str) -> None:
    assert set(index.scores(text)) <= set(range(5))


def test_a_hundred_thousand_characters_are_a_query(index: LexicalIndex) -> None:
    assert 0 in index.scores("warms " + "word " * 20_000)


def crowd(folder: Path) -> LexicalIndex:
    """Index 3,000 passages: all have one word, half of them another, ten a third and one a fourth."""
    (sample, *_) = drinks().passages
    texts = [
        " ".join(["tea", *["milk"] * (row % 2), *["honey"] * (row % 300 == 7), *["ginger"] * (row == 1500)])
        for row in range(3000)
    ]
    build(folder / "crowd.sqlite3", [replace(sample, text=text) for text in texts])
    return LexicalIndex(folder / "crowd.sqlite3")


def test_among_many_passages_the_commonest_words_are_left_out(tmp_path: Path) -> None:
    index = crowd(tmp_path)
    assert sorted(index.scores("tea with honey")) == list(range(7, 3000, 300))
    assert index.scores("ginger tea") == index.scores("ginger")
    assert list(index.scores("ginger")) == [1500]
    assert index.scores("tea") == {}
    assert len(index.scores("tea with milk")) == 1500
    assert index.scores("coffee") == {}
    index.close()


def test_among_many_passages_no_more_is_looked_at_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = crowd(tmp_path)
    monkeypatch.setattr(lexical, "_MOST_MATCHES", 11)
    assert len(index.scores("milk and honey and ginger")) == 11
    monkeypatch.setattr(lexical, "_MOST_MATCHES", 10)
    assert list(index.scores("milk and honey and ginger")) == [1500]
    index.close()


def test_words_are_remembered_only_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = crowd(tmp_path)
    monkeypatch.setattr(lexical, "_REMEMBERED", 3)
    for number in range(20):
        index.scores(f"word{number} ginger")
    assert len(index._matches) <= 3
    assert list(index.scores("ginger")) == [1500]
    index.close()


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    """Opening fails, not the first question."""
    import sqlite3  # noqa: PLC0415 - for the name of its error alone

    path = tmp_path / "words.sqlite3"
    path.write_text("no database", encoding="utf-8")
    with pytest.raises(sqlite3.DatabaseError):
        LexicalIndex(path)
