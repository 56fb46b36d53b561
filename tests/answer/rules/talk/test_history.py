from __future__ import annotations

from bot.answer.rules.talk.history import REMEMBERED, Conversation, Said
from bot.quote.rules.composition import compose
from bot.quote.rules.quote import Act
from tests.quote.rules.findings import found, pack


def test_the_last_turns_are_remembered_and_all_are_counted() -> None:
    """A conversation does not grow without end."""
    conversation = Conversation("c")
    for number in range(1, REMEMBERED + 4):
        conversation = conversation.with_turn(Said(str(number), str(number), Act.ANSWER, "film", ()), number)
    assert conversation.number == REMEMBERED + 3
    assert [said.question for said in conversation.turns] == [str(number) for number in range(4, REMEMBERED + 4)]


def test_what_was_shown_is_looked_up_in_the_turns() -> None:
    """Since the last answer for what is not to be shown again; in the last turn with quotes for sources."""
    quoted, more = ("audience-pawn",), ("repeat-visits",)
    conversation = Conversation(
        "c",
        4,
        (
            Said("a", "a", Act.ANSWER, "facebook", ("demonizes",)),
            Said("b", "b", Act.ANSWER, "film", quoted),
            Said("more", "b", Act.MORE, "facebook", more),
            Said("thanks", "thanks", Act.SMALLTALK, "film", ()),
        ),
    )
    assert conversation.shown_on_topic == quoted + more
    assert conversation.last_shown == more
    assert conversation.previous_first_side == "facebook"
    assert conversation.topic == conversation.turns[1]


def test_a_conversation_that_has_just_begun_has_nothing_to_look_back_on() -> None:
    """No topic, no quotes, no side that stood first."""
    begun = Conversation("c")
    assert (begun.topic, begun.last_shown, begun.shown_on_topic) == (None, (), ())
    assert begun.previous_first_side is None


def test_quotes_of_small_talk_have_no_side_that_stood_first() -> None:
    """The turn of the sides goes on from the last turn that showed quotes."""
    turns = (Said("b", "b", Act.ANSWER, "film", ("demonizes",)), Said("hi", "hi", Act.SMALLTALK, "facebook", ()))
    assert Conversation("c", 2, turns).previous_first_side == "film"


def test_an_answer_is_remembered_by_what_was_asked_and_shown() -> None:
    """The quotes in the order shown, the writer's last; the conversation before it stays what it was."""
    findings = found("elections?", election_measures=0.9, audience_pawn=0.8, user_numbers=0.9)
    before = Conversation("c", 6)
    after = before.after(compose(pack(), findings, question="and elections?", first="facebook"))
    shown = ("election-measures", "audience-pawn", "user-numbers")
    assert after.turns == (Said("and elections?", "elections?", Act.ANSWER, "facebook", shown),)
    assert (after.id, after.number, before.turns) == ("c", 7, ())


def test_quotes_that_a_pack_no_longer_holds_are_forgotten() -> None:
    """A logged conversation may be older than the pack; what was asked stays."""
    old = Conversation("c", 1, (Said("elections", "elections", Act.ANSWER, "film", ("gone", "demonizes")),))
    assert old.within(pack()).turns == (Said("elections", "elections", Act.ANSWER, "film", ("demonizes",)),)
    assert Conversation("c").within(pack()).turns == ()


def test_a_conversation_whose_quotes_are_all_held_is_the_same() -> None:
    held = Conversation("c", 1, (Said("elections", "elections", Act.ANSWER, "film", ("demonizes",)),))
    assert held.within(pack()) is held
