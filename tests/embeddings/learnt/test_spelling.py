from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from embeddings.index.learnt_files import read_learnt, write_learnt
from embeddings.learnt import spelling
from embeddings.learnt.spelling import COMMON, Spelling
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from pathlib import Path


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
    assert Spelling.of(drinks()).read(typed) == read


def test_what_one_pack_mends_is_not_what_another_does() -> None:
    coffee, toffee = (Spelling((word,), frozenset({word}), COMMON) for word in ("coffee", "toffee"))
    read = [spelling.read("xoffee") for spelling in (coffee, toffee, coffee, toffee)]
    assert read == ["coffee", "toffee", "coffee", "toffee"]


def test_a_pack_without_questions_mends_what_is_no_common_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where common words are not at hand, nothing tells a slip from a word that the articles do not use."""
    pack = replace(drinks(), questions=())
    assert Spelling.of(pack).read("does Cofee or cofee help u") == "does cofee or coffee help you"
    assert Spelling.of(pack).read("quick hand warmers keep patience") == "quick hand warmers keep patience"
    monkeypatch.setattr(spelling, "common_words", frozenset)
    assert Spelling.of(pack).read("does Cofee or cofee help u") == "does cofee or cofee help you"


def test_a_spelling_comes_back_from_its_file(tmp_path: Path) -> None:
    spelling = Spelling.of(drinks())
    write_learnt(tmp_path, "spelling", spelling)
    assert read_learnt(tmp_path, "spelling", Spelling) == spelling
