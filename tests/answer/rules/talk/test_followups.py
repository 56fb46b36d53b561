from __future__ import annotations

import pytest

from bot.answer.rules.talk.followups import (
    asks_again,
    core,
    frame_of,
    is_cut_short,
    is_strange,
    of_name,
    of_side,
    questions_in,
    stands_alone,
)
from bot.quote.rules.vocabulary import understood
from tests.embeddings.packs import drinks
from tests.quote.rules.findings import pack


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("Does the film mention racism?", True),
        ("how much does an ad cost", True),
        ("hate speech removal numbers", True),
        ("and suicide?", False),
        ("what did they do in 2018?", False),
        ("in which languages?", False),
        ("instagram too?", False),
    ],
)
def test_a_question_that_says_what_it_asks_for_stands_alone(text: str, *, alone: bool) -> None:
    """A link, a pronoun or a lack of matter means that something said before belongs to it."""
    assert stands_alone(understood(pack(), text)) is alone


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("and suicide?", "suicide?"),
        ("no I meant the ads", "the ads"),
        ("but so then why", "why"),
        ("what about ads", "what about ads"),
        ("and", "and"),
    ],
)
def test_linking_words_come_off(text: str, rest: str) -> None:
    assert core(understood(pack(), text)) == rest


def test_a_frame_keeps_what_is_new_and_what_it_goes_back_to() -> None:
    """A follow-up of a follow-up does not grow without end."""
    assert frame_of(pack(), "who checks facts,\u00a0in africa,\u00a0how many?") == "who checks facts,\u00a0in africa"
    assert frame_of(pack(), "who checks facts,\u00a0why?") == "who checks facts"
    assert frame_of(pack(), "who checks facts,\u00a0in africa,\u00a0in 2020") == "who checks facts,\u00a0in 2020"


@pytest.mark.parametrize(
    ("text", "frame", "question"),
    [
        ("and facebook?", "what does the film say about privacy", "what does Facebook say about privacy"),
        ("and now the film's", "what is facebook's view of kids", "what is the film's view of kids"),
        ("and facebook?", "does google spy on us", "does Facebook spy on us"),
        ("and netflix?", "does fb sell my data", "does netflix sell my data"),
        ("and the film?", "does fb sell my data", "does fb sell my data,\u00a0the film?"),
        ("and the film?", "hate speech", "hate speech,\u00a0the film?"),
    ],
)
def test_a_side_is_asked_for_its_word_or_in_the_place_of_another(text: str, frame: str, question: str) -> None:
    """In the place of the other side where that was asked for its word, or of a name that is no side's."""
    assert of_side(pack(), understood(pack(), text), frame) == question


@pytest.mark.parametrize(
    ("text", "frame", "question"),
    [
        ("and google?", "does fb sell my data", "does google sell my data"),
        ("what about TikTok", "how many people use Facebook's apps", "how many people use TikTok's apps"),
        ("and twitter?", "what does the film say about google", "what does the film say about twitter"),
        ("and google?", "is my data sold", None),
        ("and google?", "who reads my Social Security number", None),
        ("and privacy?", "does fb sell my data", None),
        ("does google do it", "does fb sell my data", None),
    ],
)
def test_a_name_takes_the_place_of_a_name(text: str, frame: str, question: str | None) -> None:
    """Where the frame has one, and where nothing but a name is said."""
    assert of_name(pack(), understood(pack(), text), frame) == question


def test_the_names_of_another_pack_are_others() -> None:
    assert of_side(drinks(), understood(drinks(), "and coffee?"), "what does tea say on sleep") == (
        "what does Coffee say on sleep"
    )


def test_what_is_foreign_to_the_pack_is_strange() -> None:
    """Asked about in vain, or in words that nobody answers; without examples there is no telling."""
    assert is_strange(pack(), understood(pack(), "and tiktok?"))
    assert is_strange(pack(), understood(pack(), "and qwertzuiop"))
    assert not is_strange(pack(), understood(pack(), "and elections?"))
    assert not is_strange(drinks(questions=False), understood(drinks(questions=False), "and qwertzuiop"))


def test_a_joined_question_was_chosen_beside_the_text_by_itself() -> None:
    assert questions_in(pack(), "elections,\u00a0ads") == ("ads", "elections,\u00a0ads")
    assert questions_in(pack(), "elections,\u00a0why?") == ("elections,\u00a0why?",)
    assert questions_in(pack(), "elections") == ("elections",)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("and what does facebook say to that?", True),
        ("the other side?", True),
        ("fb's view", True),
        ("does facebook deny it", True),
        ("is that true?", True),
        ("really?", True),
        ("and netflix's answer?", False),
        ("why?", False),
        ("how many?", False),
        ("what do they do about it", False),
        ("so they want that?", False),
    ],
)
def test_a_side_or_the_truth_is_asked_for_once_more(text: str, *, again: bool) -> None:
    """Nothing new is asked then; a maker or publisher is no side's own name."""
    assert asks_again(pack(), understood(pack(), text)) is again


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("since which year", True),
        ("in which languages", True),
        ("and the users of it", True),
        ("in which languages do they check facts", False),
        ("on facebook", False),
        ("elections", False),
    ],
)
def test_the_end_of_a_question_is_recognised(text: str, *, cut: bool) -> None:
    """It has no verb, and begins where a question does not."""
    assert is_cut_short(understood(pack(), text)) is cut
