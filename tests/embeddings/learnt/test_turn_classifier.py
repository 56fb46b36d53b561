from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index.index import open_index, read_learnt, write_learnt
from embeddings.learnt.spelling import COMMON
from embeddings.learnt.turn_classifier import TurnReader, examples_of, train_turns, turn_reader
from embeddings.retriever import Retriever
from knowledge.model import Turn
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack

MORE = ("more please", "more of this", "give me more", "show more of them", "one more")
SOURCE = ("who wrote this", "who wrote that", "which article is this", "where is this written", "what article")


def talkative() -> Pack:
    return replace(
        drinks(), turns=tuple(Turn(text, "more") for text in MORE) + tuple(Turn(text, "source") for text in SOURCE)
    )


@pytest.mark.parametrize(
    ("text", "wants"),
    [("more pls", "more"), ("who wrote it", "source"), ("is coffee good for tired people", "question")],
)
def test_the_wording_tells_what_is_wanted(text: str, wants: str) -> None:
    reader = turn_reader(talkative())
    assert reader is not None
    leaning = reader.lean(text)
    assert sum(leaning.values()) == pytest.approx(1)
    assert max(leaning, key=leaning.__getitem__) == wants


def test_two_wants_are_told_apart_too() -> None:
    reader = train_turns([(text, "more") for text in MORE] + [(text, "source") for text in SOURCE], COMMON)
    assert reader.wants == ("more", "source")
    assert reader.lean("give me more")["more"] > 0.5
    assert reader.lean("who wrote this")["source"] > 0.5


def test_letters_that_no_example_holds_leave_it_open() -> None:
    reader = turn_reader(talkative())
    assert reader is not None
    assert max(reader.lean("¿¡").values()) < 0.9


def test_questions_stand_in_for_all_that_people_ask() -> None:
    pack = talkative()
    asked = {text for text, wants in examples_of(pack) if wants == "question"}
    assert asked == {question.text for question in pack.questions}


def test_a_pack_without_turns_has_no_reader(tmp_path: Path) -> None:
    pack, encoder = drinks(), WordEncoder()
    assert turn_reader(pack) is None
    index = open_index(pack, encoder, tmp_path)
    assert Retriever(pack, encoder, index).lean("more") == {}
    index.close()


def test_the_index_keeps_the_reader(tmp_path: Path) -> None:
    pack, encoder = talkative(), WordEncoder()
    reader = turn_reader(pack)
    assert reader is not None
    index = open_index(pack, encoder, tmp_path)
    assert Retriever(pack, encoder, index).lean("give me more") == reader.lean("give me more")
    index.close()


def test_a_reader_comes_back_from_its_folder(tmp_path: Path) -> None:
    reader = train_turns(examples_of(talkative()), COMMON)
    write_learnt(tmp_path, "turns", reader)
    again = read_learnt(tmp_path, "turns", TurnReader)
    assert again.wants == reader.wants
    assert again.letters.forms.tolist() == reader.letters.forms.tolist()
    assert np.array_equal(again.weights, reader.weights)
