from __future__ import annotations

import pytest

from bot.core.cues import asks_further, asks_source
from bot.core.words import forms_of


@pytest.mark.parametrize(
    "text",
    [
        "source?",
        "link",
        "which article",
        "where is that from",
        "where did you read that",
        "who says so?",
        "says who",
        "according to whom?",
        "who wrote it",
        "give me the exact quote",
        "is that a direct quote",
        "how do you know",
        "any proof?",
        "from which text comes this?",
        "which page can i cite for this",
        "when was that published",
    ],
)
def test_asking_for_a_source_is_recognised(text: str) -> None:
    """By the word for it, or by who, where, when and how one knows."""
    assert asks_source(forms_of(text))
    assert not asks_further(forms_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "where?",
        "who calls that a conspiracy",
        "what does the author think",
        "what proof do they give on hate speech",
        "who else",
        "how do you know how many",
    ],
)
def test_a_question_about_the_matter_asks_for_no_source(text: str) -> None:
    """A word too much makes it another question."""
    assert not asks_source(forms_of(text))


def test_a_source_of_what_was_just_answered_may_be_named() -> None:
    """Words of the last answer do not make a new question of it."""
    text = forms_of("source for the hate speech number")
    assert asks_source(text, familiar={"hate", "speech"})
    assert not asks_source(text)


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
