from __future__ import annotations

import pytest

from bot.answer.rules.talk.cues import asks_source
from bot.quote.rules.words import forms_of


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
        "citation needed",
        "is that word for word?",
        "can i read the whole article",
        "did they really say that",
        "you made that up",
        "are you sure that's what it says",
        "how can i verify that",
        "back that up",
        "what comes before that",
        "date of the article?",
        "is that from the film or from facebook's text",
        "what is that from",
        "is this a quote by some expert",
    ],
)
def test_a_doubt_about_the_words_asks_for_their_source(text: str) -> None:
    """Whether they were said at all, and what stands around them."""
    assert asks_source(forms_of(text), named={"film", "facebook"})


@pytest.mark.parametrize(
    "text",
    [
        "what sources did the film use",
        "who published the film",
        "what evidence does the film give",
        "what do the authors of the film want",
        "what is the source of hatred",
    ],
)
def test_what_a_side_wrote_or_knew_is_the_matter(text: str) -> None:
    """Then it is no source of the last quotes that is wanted, though its words are familiar."""
    assert not asks_source(forms_of(text), named={"film"}, familiar={"hatred"})
