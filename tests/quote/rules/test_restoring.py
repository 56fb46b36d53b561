from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quote.rules import phrases as wording
from bot.quote.rules.contract import answer_object, restored
from bot.quote.rules.quote import Act, Answer
from knowledge.errors import Message
from tests.quote.rules.findings import pack
from tests.screen.answers import answer, every_quote, rebuttal, silence


@pytest.mark.parametrize(
    "original", [answer("mistakes-2016", "audience-pawn"), silence(), rebuttal(), every_quote()], ids=str
)
def test_an_answer_comes_back_as_it_was(original: Answer) -> None:
    """All of it, but for confidences beyond the fourth digit and what the object does not hold."""
    written = answer_object(original, "c", 1, 12.5)
    found = restored(pack(), written, None if original.message is None else str(original.message))
    assert found == original


@pytest.mark.parametrize(
    "said",
    [
        wording.greeting(pack()),
        wording.of_oneself(pack()),
        wording.no_such_point(pack().side("facebook"), 7),
        wording.GOODBYE,
        Message("What nobody says {any} more."),
    ],
    ids=str,
)
def test_what_was_said_is_known_again_by_its_english_words(said: Message) -> None:
    """So that it can be said in every language, also from rows that were written long ago."""
    found = restored(pack(), answer_object(answer("mistakes-2016"), "c", 1, 12.5), str(said))
    assert found is not None
    assert found.message == said


def test_a_quote_that_the_pack_has_no_more_comes_back_as_it_was_shown() -> None:
    """Without what the pack would say of it."""
    written = answer_object(answer("mistakes-2016"), "c", 1, 12.5)
    for quote in written["sides"]["facebook"]:
        quote["passage"] = "gone"
    found = restored(pack(), written, None)
    assert found is not None
    (quote,) = found.quotes
    assert (quote.passage_id, quote.text) == ("gone", pack().passage("mistakes-2016").text)
    assert quote.also_in == ()


@pytest.mark.parametrize(
    "damage",
    [
        {"sides": None},
        {"sides": {}},
        {"sides": {"nobody": []}},
        {"sides": {"film": [{}], "facebook": []}},
        {"act": "dance"},
        {"stance": "nobody"},
        {"context": [1]},
    ],
)
def test_a_damaged_object_is_no_answer(damage: dict[str, Any]) -> None:
    """Nor is one of a pack with other sides."""
    written = answer_object(answer("audience-pawn"), "c", 1, 12.5)
    assert restored(pack(), {**written, **damage}, None) is None


@given(st.dictionaries(st.sampled_from(["sides", "gaps", "act", "context", "question"]), st.none() | st.integers()))
def test_no_object_breaks_it(written: dict[str, Any]) -> None:
    assert restored(pack(), written, None) is None


def test_the_act_is_kept() -> None:
    found = restored(pack(), answer_object(silence(), "c", 1, 1.0), None)
    assert found is not None
    assert found.act is Act.ANSWER
