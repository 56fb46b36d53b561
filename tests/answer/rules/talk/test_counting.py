from __future__ import annotations

import pytest

from bot.answer.rules.talk.counting import Counted, counted
from bot.answer.rules.talk.history import Conversation, Said
from bot.quote.rules.points import Point, question_for
from bot.quote.rules.quote import Act
from bot.quote.rules.vocabulary import understood
from knowledge.pack import SHIPPED, load_pack
from tests.quote.rules.findings import pack

QUOTES = ("audience-pawn", "ads-keep-it-free", "repeat-visits")


def after(*asked: str, shown: tuple[str, ...] = QUOTES, act: Act = Act.ANSWER) -> Conversation:
    """Make a conversation in which these questions were answered, each with the same quotes."""
    said = tuple(Said(question, question, act, "film", shown) for question in asked)
    return Conversation("c", len(said), said)


def find(conversation: Conversation, text: str) -> Counted | None:
    """Find what a text counts in a conversation."""
    return counted(pack(), conversation, understood(pack(), text))


@pytest.mark.parametrize(
    ("text", "passage"),
    [("the second one", QUOTES[1]), ("tell me more about the first one", QUOTES[0]), ("the last one", QUOTES[2])],
)
def test_a_number_counts_the_quotes_shown(text: str, passage: str) -> None:
    """In the order shown, the writer's last."""
    assert find(after("who pays for it"), text) == Counted(passage=passage)


def test_points_are_counted_once_they_were_asked_for() -> None:
    """As a list, one by one from there on, and by number as long as that is remembered."""
    listed = after(question_for(pack(), Point("facebook", 0)), act=Act.POINTS)
    assert find(listed, "the second one") == Counted(point=Point("facebook", 2))
    walking = after(question_for(pack(), Point("facebook", 3)), act=Act.POINTS)
    assert find(walking, "and the next?") == Counted(point=Point("facebook", 4))
    assert find(walking, "the one before") == Counted(point=Point("facebook", 2))
    assert find(walking, "and the last one") == Counted(point=Point("facebook", 7))
    assert find(walking, "the second quote") == Counted(passage=QUOTES[1])
    elsewhere = Conversation("c", 2, (*listed.turns, *after("who pays for it").turns))
    assert find(elsewhere, "the second point") == Counted(point=Point("facebook", 2))
    assert find(elsewhere, "the second one") == Counted(passage=QUOTES[1])


def test_without_numbered_points_a_number_means_what_is_shown() -> None:
    """But a side's list that was told last, or that the text asks for, is counted all the same."""
    phones = load_pack(SHIPPED.parent / "phones")
    first, second, third = (passage.id for passage in phones.of_voice("supporters")[4:7])
    answered = after("do phones distract", shown=(first, second, third))

    def count(conversation: Conversation, text: str) -> Counted | None:
        return counted(phones, conversation, understood(phones, text))

    assert count(answered, "who said point 2") == Counted(passage=second)
    assert count(answered, "can you explain point 2?") == Counted(passage=second)
    assert count(answered, "point 4") == Counted()
    assert count(answered, "the opponents' point 4") == Counted(point=Point("opponents", 4))
    listed = after(question_for(phones, Point("opponents", 0)), act=Act.POINTS, shown=(first,))
    assert count(listed, "point 4") == Counted(point=Point("opponents", 4))
    assert count(Conversation("c", 2, (*listed.turns, *answered.turns)), "point 2") == Counted(passage=second)


def test_after_an_answer_a_point_is_what_the_screen_has_under_that_number() -> None:
    """Though the pack numbers a side's points: nobody has spoken of them yet."""
    answered = after("who pays for it")
    assert find(answered, "point 2") == Counted(passage=QUOTES[1])
    assert find(answered, "tell me more about the second point") == Counted(passage=QUOTES[1])
    assert find(answered, "the last point") == Counted(passage=QUOTES[2])
    for text in ("do they have a second point?", "what is their second point", "facebook's second point"):
        assert find(answered, text) == Counted(point=Point("facebook", 2))
    assert find(answered, "point 5") == Counted(point=Point("facebook", 5))


def test_points_are_counted_when_the_text_says_whose_they_are() -> None:
    """Then nothing need have been said before."""
    assert find(Conversation("c"), "what is facebook's third point") == Counted(point=Point("facebook", 3))


def test_a_point_may_lie_beyond_the_last() -> None:
    """It is still a point: that there is none is the answer."""
    assert find(after("list Facebook's objections"), "and the eighth") == Counted(point=Point("facebook", 8))


def test_points_that_were_introduced_are_points() -> None:
    """The introduction stood among the quotes; "the second one" is the quote nevertheless."""
    introduced = after("what does facebook say", shown=("distorted-sensationalist", "demonizes"))
    assert find(introduced, "point 2") == Counted(point=Point("facebook", 2))
    assert find(introduced, "the second one") == Counted(passage="demonizes")


def test_a_number_that_leads_nowhere_is_told_from_none() -> None:
    """The fourth of three quotes is asked for and cannot be found; the fourth of anything is a point."""
    assert find(after("who pays for it"), "the fourth one") == Counted(point=Point("facebook", 4))
    assert find(after("who pays for it"), "the fourth quote") == Counted()
    assert find(Conversation("c"), "the second one") == Counted()
    assert find(after("who pays for it"), "next") is None
    assert find(after("who pays for it"), "who pays") is None
