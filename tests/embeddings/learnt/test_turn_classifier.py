from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index.index import open_index
from embeddings.index.learnt_files import read_learnt, write_learnt
from embeddings.learnt.turn_classifier import TurnReader, examples_of, train_turns, wording_of
from embeddings.retriever import Retriever
from knowledge.dialogues import Turn
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack

MORE = ("more please", "more of this", "give me more", "show more of them", "one more")
SOURCE = ("who wrote this", "who wrote that", "which article is this", "where is this written", "what article")
ENCODER = WordEncoder()


def talkative() -> Pack:
    turns = tuple(Turn(text, "more") for text in MORE) + tuple(Turn(text, "source") for text in SOURCE)
    turns += (
        Turn("next", "more", "answer"),
        Turn("next", "points", "points"),
        Turn("the next one", "points", "points"),
    )
    return replace(drinks(), turns=turns)


@pytest.fixture(scope="module")
def reader() -> TurnReader:
    examples = examples_of(talkative())
    vectors = ENCODER.encode([example.text for example in examples])
    return train_turns(examples, vectors, wording_of(talkative()))


def leaning(reader: TurnReader, text: str, after: str | None = "answer") -> dict[str, float]:
    return dict(reader.lean(text, ENCODER.encode([text])[0], after))


@pytest.mark.parametrize(
    ("text", "wants"),
    [("more pls", "more"), ("who wrote it", "source"), ("is coffee good for tired people", "question")],
)
def test_the_wording_tells_what_is_wanted(reader: TurnReader, text: str, wants: str) -> None:
    shares = leaning(reader, text)
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=shares.__getitem__) == wants


def test_the_place_decides_what_the_wording_leaves_open(reader: TurnReader) -> None:
    for after, wants in (("answer", "more"), ("points", "points")):
        shares = leaning(reader, "next", after)
        assert max(shares, key=shares.__getitem__) == wants


def test_questions_stand_in_for_all_that_people_ask() -> None:
    pack = talkative()
    asked = {example.text for example in examples_of(pack) if example.wants == "question"}
    assert asked == {question.text for question in pack.questions if question.kind not in {"statement", "leading"}}


def test_a_pack_without_turns_has_no_reader(tmp_path: Path) -> None:
    pack = drinks()
    index = open_index(pack, ENCODER, tmp_path)
    retriever = Retriever(pack, ENCODER, index)
    assert retriever.lean(retriever.find("more"), None) == {}
    index.close()


def test_the_index_keeps_the_reader(tmp_path: Path, reader: TurnReader) -> None:
    index = open_index(talkative(), ENCODER, tmp_path)
    retriever = Retriever(talkative(), ENCODER, index)
    found = retriever.find("give me more")
    assert retriever.lean(found, "answer") == pytest.approx(leaning(reader, "give me more"), abs=1e-3)
    index.close()


def test_a_reader_comes_back_from_its_folder(tmp_path: Path, reader: TurnReader) -> None:
    write_learnt(tmp_path, "turns", reader)
    again = read_learnt(tmp_path, "turns", TurnReader)
    assert again.wants == reader.wants
    assert again.letters.forms.tolist() == reader.letters.forms.tolist()
    assert np.array_equal(again.near, reader.near)
