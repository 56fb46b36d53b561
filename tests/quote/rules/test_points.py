from __future__ import annotations

from bot.quote.rules.points import (
    Point,
    counts,
    introduces,
    passages_of,
    point_in,
    points_of,
    question_about,
    question_for,
)
from tests.embeddings.packs import drinks
from tests.quote.rules.findings import pack

SECOND = Point("facebook", 2)


def test_a_point_has_its_passages_in_order() -> None:
    ids = [passage.id for passage in passages_of(pack(), SECOND)]
    assert ids == [passage.id for passage in pack().passages if passage.point == 2]
    assert passages_of(pack(), Point("facebook", 8)) == ()
    assert counts(pack()) == {"facebook": 7}
    assert counts(drinks()) == {}


def test_the_question_for_a_point_is_read_back() -> None:
    """So that it need not be remembered beside its text; every other question is no point."""
    assert question_for(pack(), SECOND) == "What is point 2 of Facebook?"
    assert point_in(pack(), question_for(pack(), SECOND)) == SECOND
    assert point_in(pack(), question_for(pack(), Point("facebook", 31))) == Point("facebook", 31)
    assert point_in(pack(), "What does Facebook say?") is None
    assert point_in(drinks(), question_for(pack(), SECOND)) is None


def test_a_side_without_numbers_has_a_point_for_each_statement() -> None:
    """In the order of the pack."""
    own = points_of(pack(), "film")
    assert list(own) == list(range(1, len(own) + 1))
    assert [passages[0].id for passages in own.values()] == [passage.id for passage in pack().of_voice("film")]


def test_what_introduces_points_has_their_cue_in_it() -> None:
    introducing = [passage.id for passage in pack().passages if introduces(pack(), passage.id)]
    assert introducing == ["distorted-sensationalist"]


def test_the_plainest_example_asks_for_a_passage() -> None:
    """One that this passage answers best; without examples its own text has to do."""
    for passage in pack().passages:
        question = question_about(pack(), passage)
        assert any(example.text == question and example.gold[passage.id] == 2 for example in pack().questions)
    tea = drinks(questions=False).passages[0]
    assert question_about(drinks(questions=False), tea) == tea.text
