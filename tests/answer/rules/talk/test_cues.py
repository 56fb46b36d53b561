from __future__ import annotations

import pytest

from bot.answer.rules.talk.cues import asks_further, wavers
from bot.quote.rules.words import forms_of


@pytest.mark.parametrize(
    "text",
    [
        "more",
        "go on",
        "anything else?",
        "what else",
        "and?",
        "is that all?",
        "tell me more about this",
        "any other quote on that",
        "show me further statements",
        "another one",
        "rest of it?",
        "next",
        "can you elaborate",
    ],
)
def test_asking_for_more_is_recognised(text: str) -> None:
    """By a word for it, or by a phrase that says to go on."""
    assert asks_further(forms_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "who else",
        "the other side",
        "more than 70?",
        "more about elections",
        "other companies",
        "how much more",
        "and you",
    ],
)
def test_a_new_question_is_no_wish_for_more(text: str) -> None:
    """Though it has the same words in it."""
    assert not asks_further(forms_of(text))


def test_more_of_the_same_matter_or_side_stays_with_it() -> None:
    """Sides and words of the last question may be named."""
    assert asks_further(forms_of("more about elections"), familiar={"elections"})
    assert asks_further(forms_of("more from facebook please"), named={"facebook"})
    assert not asks_further(forms_of("other films"), named={"films"})


@pytest.mark.parametrize(
    "text",
    [
        "only one quote?",
        "different quotes please",
        "don't repeat yourself, something new",
        "what other criticism did they have",
        "could you please provide additional quotations?",
        "mooore",
        "surely they said more than that",
        "don't stop",
    ],
)
def test_asking_for_more_in_many_words_is_recognised(text: str) -> None:
    """As long as none of them names a matter."""
    assert asks_further(forms_of(text))


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("is there more written on teens", True),
        ("do they mention more numbers", True),
        ("what else did he do", False),
        ("what else could parents do", False),
        ("is more regulation needed", False),
        ("does it continue after the film", False),
        ("what about another thing", False),
        ("more or less", False),
    ],
)
def test_a_text_may_ask_for_more_though_it_says_more(text: str, *, open_: bool) -> None:
    """Unless it asks for deeds, or is a question of its own by its form."""
    assert wavers(forms_of(text)) is open_
