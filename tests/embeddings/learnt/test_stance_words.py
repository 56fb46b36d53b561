"""Denials and tones, read off a few claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.learnt.stance import Opinions, denied, sign_of
from knowledge.model import Wording
from tests.embeddings.packs import WORDING

if TYPE_CHECKING:
    from collections.abc import Callable

OPINIONS = Opinions.of(WORDING)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("facebook sells data", 1),
        ("facebook does not sell data", -1),
        ("it doesn't sell", -1),
        ("it doesnt sell", -1),
        ("nobody sells", -1),
        ("a notable knot", 1),
        ("i want what is important", 1),
        ("", 1),
    ],
)
def test_denial_is_seen_in_whole_words(text: str, sign: int) -> None:
    assert sign_of(text) == sign


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("they never sell your data to anyone", "they never _sell _your _data to anyone"),
        ("no, they sell it.", "no they sell it"),
        ("not so bad; nobody cares", "not _so _bad nobody _cares"),
        ("they sell it", "they sell it"),
    ],
)
def test_denial_reaches_three_words_within_its_clause(text: str, marked: str) -> None:
    assert denied(text) == marked


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("it is safe", 0.7616),
        ("it is dangerous", -0.7616),
        ("it is not safe", -0.7616),
        ("it is not dangerous", 0.7616),
        ("a safe and honest friend", 0.9951),
        ("it is a table", 0.0),
        ("adding lead to a radish", 0.0),
    ],
)
def test_tone_is_praise_less_accusation(text: str, tone: float) -> None:
    assert OPINIONS.tone_of(text) == pytest.approx(tone, abs=1e-4)


def test_a_pack_has_its_own_words_of_opinion() -> None:
    opinions = Opinions.of(Wording({}, ("walk", "cat"), ("cat", "purr")))
    assert [opinions.tone_of(text) for text in ("walked", "purring", "cats", "safe")] == [
        pytest.approx(tone, abs=1e-4) for tone in (-0.7616, 0.7616, 0, 0)
    ]


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert sign_of(text) in {-1.0, 1.0}
    assert -1 <= OPINIONS.tone_of(text) <= 1
    assert " " not in {denied(text)[:1], denied(text)[-1:]}


@pytest.mark.parametrize("reading", [denied, sign_of, OPINIONS.tone_of])
def test_nothing_is_read_out_of_nothing(reading: Callable[[str], object]) -> None:
    assert reading("") in {"", 1.0, 0.0}
