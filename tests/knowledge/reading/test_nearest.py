from __future__ import annotations

import pytest

from knowledge.reading.nearest import hint, nearest, quoted


@pytest.mark.parametrize(
    ("value", "found"),
    [("colour", "colour"), ("color", "colour"), ("COLOUR", "colour"), ("emojis", "emoji"), ("x", None)],
)
def test_the_nearest_value_is_found_in_any_case(value: str, found: str | None) -> None:
    assert nearest(value, ("colour", "emoji")) == found


def test_a_hint_names_the_nearest_value() -> None:
    assert str(hint("colur", ("colour", "emoji"))) == '; did you mean "colour"?'


def test_a_hint_lists_what_is_valid_when_nothing_is_near() -> None:
    assert str(hint("x", ("colour", "emoji"))) == '; valid: "colour", "emoji"'
    assert str(hint("x", [f"key-{number}" for number in range(9)])).endswith('"key-6", "key-7", …')


def test_a_hint_without_valid_values_is_silent() -> None:
    assert str(hint("x", ())) == ""


def test_quoted_texts_are_short_and_visible() -> None:
    assert quoted("a\u00a0b\tc\U000e0001") == '"a\\u00a0b\\u0009c\\U000e0001"'
    assert quoted("a" * 60) == f'"{"a" * 60}"'
    assert quoted("a" * 61) == f'"{"a" * 59}…"'
