from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index.index import open_index
from embeddings.index.lexical import LexicalIndex
from embeddings.learnt.untaught import fused, untaught_confidence
from embeddings.retriever import Retriever
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import answered_by_examples, drinks

if TYPE_CHECKING:
    from pathlib import Path


def retriever_of(folder: Path, *, questions: bool = True) -> Retriever:
    pack, encoder = drinks(questions=questions), WordEncoder()
    return Retriever(pack, encoder, open_index(pack, encoder, folder))


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    with pytest.MonkeyPatch.context() as patch:
        answered_by_examples(patch)
        return retriever_of(tmp_path_factory.mktemp("taught"))


@pytest.fixture(scope="module")
def untaught(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever_of(tmp_path_factory.mktemp("untaught"), questions=False)


def test_every_voice_has_its_own_hits(taught: Retriever) -> None:
    findings = taught.find("does tea warm hands")
    assert {voice: {hit.voice for hit in hits} for voice, hits in findings.hits.items()} == {
        "tea": {"tea"},
        "coffee": {"coffee"},
        "context": {"context"},
    }
    assert findings.hits["tea"][0].passage_id == "tea-warms"


def test_hits_are_ranked_by_confidence(taught: Retriever) -> None:
    for hits in taught.find("is tea calm and warm").hits.values():
        confidences = [hit.confidence for hit in hits]
        assert confidences == sorted(confidences, reverse=True)


def test_scores_mean_what_they_say(taught: Retriever) -> None:
    hit = taught.find("tea keeps people calm and patient").hits["tea"][0]
    assert hit.passage_id == "tea-calm"
    assert hit.dense == pytest.approx(1.0, abs=1e-5)
    assert hit.score == pytest.approx(0.6 * hit.dense + 0.4 * hit.lexical)
    assert fused(0.5, 1.0) == pytest.approx(0.7)


def test_a_question_is_read_while_the_model_has_it(taught: Retriever, monkeypatch: pytest.MonkeyPatch) -> None:
    read, scores = threading.Event(), LexicalIndex.scores

    def scored(index: LexicalIndex, text: str) -> dict[int, float]:
        read.set()
        return scores(index, text)

    monkeypatch.setattr(LexicalIndex, "scores", scored)
    monkeypatch.setattr(WordEncoder, "encode", lambda _self, _texts: [read.wait(10)])
    assert taught.encoded(["does tea warm hands"]).vectors == [True]


def test_the_same_question_gives_the_same_findings(taught: Retriever) -> None:
    alone = taught.find("what does coffee cost")
    among = taught.find_many(["tea", "what does coffee cost", "bread"])[1]
    assert among.thresholds == alone.thresholds
    for voice, hits in alone.hits.items():
        assert [hit.passage_id for hit in among.hits[voice]] == [hit.passage_id for hit in hits]
        assert [hit.confidence for hit in among.hits[voice]] == pytest.approx(
            [hit.confidence for hit in hits], abs=1e-5
        )


def test_no_question_no_findings(taught: Retriever) -> None:
    assert taught.find_many([]) == []


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "😀😀", "א" * 300, "tea " * 25_000])
def test_any_text_is_a_question(taught: Retriever, text: str) -> None:
    assert set(taught.find(text).hits) == {"tea", "coffee", "context"}


def test_a_pack_without_examples_answers_too(untaught: Retriever) -> None:
    assert [hit.passage_id for hit in untaught.find("tea warms the hands on cold mornings").answers("tea")] == [
        "tea-warms"
    ]
    assert untaught.find("football").answers("tea") == ()


def test_a_pack_with_a_few_examples_answers_like_one_without(untaught: Retriever, tmp_path: Path) -> None:
    """A handful of examples decides nothing alone, and no passage is punished for having none."""
    few = retriever_of(tmp_path)
    for question in ("tea warms the hands on cold mornings", "what does coffee cost", "football"):
        found, expected = few.find(question), untaught.find(question)
        assert found.thresholds == expected.thresholds
        for voice in ("tea", "coffee"):
            assert [hit.passage_id for hit in found.answers(voice)] == [
                hit.passage_id for hit in expected.answers(voice)
            ]


def test_examples_answer_only_where_they_answer_better(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By their own unseen questions: here the gate is made to earn every point, then none."""
    monkeypatch.setattr("embeddings.learnt.trust.ENOUGH", 15)
    for points, decided in ((1, set()), (0, {"tea", "coffee", "context"})):
        monkeypatch.setattr("embeddings.learnt.gate.Gatekeeper.points", lambda *_, earned=points: np.full(1, earned))
        index = open_index(drinks(changed=str(points)), WordEncoder(), tmp_path)
        assert index.calibrations.keys() == decided
        assert index.ranker is not None
        index.close()


def test_without_examples_even_odds_stand_at_the_stated_score() -> None:
    assert untaught_confidence(0.42) == pytest.approx(0.5)
    assert untaught_confidence(0.52) == pytest.approx(1 / (1 + np.exp(-1.4)))


def test_a_rebuild_is_said_once_and_only_when_needed(tmp_path: Path) -> None:
    said: list[str] = []
    encoder = WordEncoder()
    open_index(drinks(), encoder, tmp_path, say=said.append).close()
    open_index(drinks(), encoder, tmp_path, say=said.append).close()
    encoded = len(encoder.encoded)
    open_index(drinks(changed="title"), encoder, tmp_path, say=said.append).close()
    assert said == [
        "building the index: no index yet",
        "building the index: the pack, the model or a library changed since the index was built",
    ]
    assert len(encoder.encoded) == encoded == len(set(encoder.encoded))


def test_an_opened_index_answers_like_the_one_that_was_built(tmp_path: Path) -> None:
    first = retriever_of(tmp_path).find("is tea calming for tired people")
    assert retriever_of(tmp_path).find("is tea calming for tired people") == first
