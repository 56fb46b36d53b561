from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from embeddings.learnt import expansion
from embeddings.learnt.expansion import Expansion, Expansions
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks


def test_a_passage_stands_under_its_topics_and_answers_questions_made_from_it() -> None:
    pack = drinks()
    assert Expansion.of(pack, pack.passage("tea-calm")) == Expansion(
        "Drinks. Tea keeps people calm and patient.",
        (
            "What does Tea say about Drinks?",
            "Is tea better than coffee?",
            "Is it true that Tea keeps people calm and patient?",
            "Tea keeps people calm and patient?",
        ),
    )
    assert Expansion.of(pack, pack.passage("cups-sold")).questions[0] == "What about Drinks?"


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("Opponents", "do"),
        ("The townspeople", "do"),
        ("the tea drinkers", "do"),
        ("Congress", "does"),
        ("the students' council", "does"),
        ("the campus", "does"),
    ],
)
def test_the_verb_agrees_with_the_name_of_the_side(name: str, verb: str) -> None:
    pack = drinks()
    tea, *others = pack.sides
    named = replace(pack, sides=(replace(tea, short_name=name), *others))
    question = Expansion.of(named, pack.passage("tea-calm")).questions[0]
    assert question == f"What {verb} {name} say about Drinks?"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The drinkers said that tea keeps everybody calm.", "tea keeps everybody calm?"),
        ("They further stated tea keeps everybody calm.", "tea keeps everybody calm?"),
        ("According to the growers, tea keeps everybody calm.", "tea keeps everybody calm?"),
        ("It is said so.", "It is said so?"),
        ("Tea keeps everybody calm, they said that night.", "Tea keeps everybody calm, they said that night?"),
    ],
)
def test_the_frame_of_a_report_is_cut_off(text: str, asked: str) -> None:
    pack = drinks()
    assert Expansion.of(pack, replace(pack.passage("tea-calm"), text=text)).questions[-1] == asked


def test_each_question_of_a_passage_counts_for_it_alone() -> None:
    pack, encoder = drinks(), WordEncoder()
    expansions = Expansions.of(pack)
    views = expansions.views(encoder.encode(expansions.texts))
    assert views is not None
    questions = [
        "Coffee costs four coins a cup?",
        "Drinks. Tea warms the hands on cold mornings.",
        "Is tea better than coffee?",
    ]
    headed, asked, topic = views.cosines(encoder.encode(questions), pack)
    assert asked[0].argmax() == 3
    assert asked[0, 3] == pytest.approx(1, abs=1e-5)
    assert headed[1, 0] == pytest.approx(1, abs=1e-5)
    assert views.starts.tolist() == [0, 4, 8, 12, 16]
    assert topic[2] == pytest.approx(1, abs=1e-5)
    assert topic[0].max() < 0.9
    assert np.isfinite(asked).all()


def test_very_many_passages_are_not_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expansion, "EXPANDED_UP_TO", 4)
    none = Expansions.of(drinks())
    assert none.texts == []
    assert none.views(WordEncoder().encode([])) is None
