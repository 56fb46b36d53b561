from __future__ import annotations

from math import isclose

from bot.answer.rules.talk.choice import weighed
from tests.quote.rules.findings import found


def test_the_joined_question_is_meant_when_it_changes_the_answer() -> None:
    """The log odds are mixed: 0.6 of the text by itself, 0.4 of the joined."""
    alone = found("how many?", fact_checking_network=0.4)
    joined = found("how many? — fact checkers", fact_checking_network=0.99)
    chosen = weighed(alone, joined)
    assert chosen.question == "how many? — fact checkers"
    best = chosen.answers("facebook")[0]
    assert best.passage_id == "fact-checking-network"
    odds = (0.4 / 0.6) ** 0.6 * (0.99 / 0.01) ** 0.4
    assert isclose(best.confidence, odds / (1 + odds))


def test_a_sure_text_that_agrees_with_its_frame_goes_on_from_it() -> None:
    """Then the joined question says more, and is the one to go on from."""
    chosen = weighed(found("russia?", admitted_2016=0.9), found("russia? — 2016", admitted_2016=0.95))
    assert chosen.question == "russia? — 2016"


def test_a_sure_text_that_differs_from_its_frame_has_changed_the_subject() -> None:
    """Then it is the question by itself."""
    alone = found("fake news?", misinformation_wrong_idea=0.99)
    assert weighed(alone, found("fake news? — my data", no_selling_information=0.9)) is alone


def test_a_silence_outweighs_what_was_said_before() -> None:
    """When the text by itself is about nothing in the pack, its frame alone does not bring a quote."""
    chosen = weighed(found("who won"), found("who won — the election", election_measures=0.9))
    assert chosen.question == "who won — the election"
    assert chosen.answers("facebook") == ()
