from __future__ import annotations

import json
from dataclasses import replace

import pytest

from embeddings.learnt.spelling import Spelling
from tests.embeddings.packs import drinks


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("does cofee help", "does coffee help"),
        ("pateint people", "patient people"),
        ("does Cofee help", "does cofee help"),
        ("does te help", "does te help"),
        ("the football game", "the football game"),
        ("an aardvark", "an aardvark"),
        ("u like coffee", "you like coffee"),
    ],
    ids=["slip", "swap", "name", "short word", "word of a question", "stranger", "short form"],
)
def test_only_slips_are_mended(typed: str, read: str) -> None:
    """Names, short words and words that are near to nothing stay; short forms are spelt out as ever."""
    assert Spelling.of(drinks()).read(typed) == read


def test_what_one_pack_mends_is_not_what_another_does() -> None:
    """The same slip, read by turns: each spelling remembers its own words."""
    coffee, toffee = (Spelling((word,), frozenset({word})) for word in ("coffee", "toffee"))
    read = [spelling.read("xoffee") for spelling in (coffee, toffee, coffee, toffee)]
    assert read == ["coffee", "toffee", "coffee", "toffee"]


def test_a_pack_without_questions_mends_nothing() -> None:
    """Nothing tells a slip there from a word that the articles do not use."""
    assert (
        Spelling.of(replace(drinks(), questions=())).read("does Cofee or cofee help u")
        == "does cofee or cofee help you"
    )


def test_a_spelling_comes_back_from_json() -> None:
    """As it lies beside the index."""
    spelling = Spelling.of(drinks())
    assert Spelling.from_json(json.loads(json.dumps(spelling.as_json()))) == spelling
