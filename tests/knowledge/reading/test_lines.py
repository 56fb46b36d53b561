from __future__ import annotations

import pytest

from knowledge.reading.tables import Lines

SOURCE = """\
title = "A"

[[song]] # the first
"id" = "x"

  [[ song ]]
id = "y"
verses = [
    "one",
    'two',
]
[song.notes]
key = "C"
[[album]]
id = "z"
"""


@pytest.fixture
def lines() -> Lines:
    return Lines(SOURCE)


def test_a_table_reaches_to_the_next_header(lines: Lines) -> None:
    assert lines.table("song", 0) == range(3, 6)
    assert lines.table("song", 1) == range(6, 14)
    assert lines.table("album", 0) == range(14, 17)


def test_a_table_that_is_not_there_has_no_lines(lines: Lines) -> None:
    assert not lines.table("song", 2)
    assert not lines.table("film", 0)


@pytest.mark.parametrize(("key", "line"), [("id", 7), ("verses", 8), ("notes", 12), ("key", 13), ("ver", None)])
def test_a_key_is_found_inside_its_table(lines: Lines, key: str, line: int | None) -> None:
    assert lines.key(key, lines.table("song", 1)) == line


def test_a_key_at_the_top_may_be_a_header(lines: Lines) -> None:
    assert lines.key("title", lines.all) == 1
    assert lines.key("album", lines.all) == 14


def test_quoted_keys_and_dotted_keys_are_found() -> None:
    lines = Lines('"a b" = 1\nask.plain = ["x"]\n')
    assert lines.key("a b", lines.all) == 1
    assert lines.key("ask", lines.all) == 2
    assert lines.key("plain", lines.all) == 2


def test_a_text_is_found_in_either_quotation_mark(lines: Lines) -> None:
    assert lines.text("one", lines.all) == 9
    assert lines.text("two", lines.all) == 10
    assert lines.text("three", lines.all) is None
