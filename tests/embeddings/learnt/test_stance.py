"""Stances and replies, learnt from a few claims about drinks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.hits import Findings
from embeddings.index.index import Index, found_index, open_index, passage_vectors
from embeddings.index.learnt_files import read_learnt, write_learnt
from embeddings.learnt.ranker import likeness
from embeddings.learnt.spelling import COMMON
from embeddings.learnt.stance import ClaimReader, Claims, StanceModel, reply_features, shares_of, turned_kernel
from embeddings.learnt.stance_training import Lesson
from embeddings.learnt.trust import folds_of
from embeddings.retriever import Retriever
from knowledge.model import Pack, Statement
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from pathlib import Path

CLAIMS = (
    *((f"tea warms my hands {word}", "tea", {}) for word in ("well", "always", "nicely", "quickly")),
    *((f"tea keeps people calm {word}", "tea", {"coffee-wakes": 2}) for word in ("today", "always", "here", "now")),
    *((f"coffee wakes tired people {word}", "coffee", {"tea-calm": 2}) for word in ("well", "always", "fast", "now")),
    *((f"coffee is cheap {word}", "coffee", {}) for word in ("here", "always", "nowadays", "enough")),
    *((f"football is {word}", None, {}) for word in ("boring", "great", "violent", "slow")),
    *((f"bread needs {word}", None, {}) for word in ("salt", "flour", "time", "water")),
)


def opinionated(pack: Pack | None = None, claims: tuple[tuple[str, str | None, dict[str, int]], ...] = CLAIMS) -> Pack:
    pack = pack or drinks()
    return replace(
        pack,
        sha256=f"{pack.sha256} {len(claims)}",
        statements=tuple(Statement(text, stance, gold) for text, stance, gold in claims),
    )


def retriever(pack: Pack, folder: Path) -> Retriever:
    return Retriever(pack, WordEncoder(), open_index(pack, WordEncoder(), folder))


def read(pack: Pack, folder: Path) -> Claims:
    index = open_index(pack, WordEncoder(), folder)
    own = {side: passage_vectors(index, side) for side in pack.side_ids}
    texts = [COMMON.spelt_out(statement.text) for statement in pack.statements]
    reader = ClaimReader.of(pack, index.layout, index.ranker, own)
    return reader.read(texts, WordEncoder().encode(texts))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.mark.parametrize(
    ("claim", "stance", "against"),
    [
        ("tea keeps people calm I say", "tea", {"coffee": ["coffee-wakes"], "tea": []}),
        ("coffee wakes all tired people", "coffee", {"tea": ["tea-calm"], "coffee": []}),
        ("tea warms my hands a lot", "tea", {"coffee": [], "tea": []}),
        ("coffee is cheap for everybody", "coffee", {"tea": [], "coffee": []}),
        ("football is stupid", None, {"tea": [], "coffee": []}),
    ],
)
def test_claims_like_the_statements_get_their_stance_and_reply(
    place: Path, claim: str, stance: str | None, against: dict[str, list[str]]
) -> None:
    found = retriever(opinionated(), place).stance(claim)
    assert found.stance == stance
    assert {side: [hit.passage_id for hit in found.against(side)] for side in ("tea", "coffee")} == against
    assert found.findings.question == claim


def test_probabilities_leave_room_for_nobody(place: Path) -> None:
    probabilities = retriever(opinionated(), place).stance("football is boring").probabilities
    assert list(probabilities) == ["tea", "coffee"]
    assert 0 < sum(probabilities.values()) < 0.5


def test_one_encoding_serves_a_claim(place: Path) -> None:
    pack, encoder = opinionated(), WordEncoder()
    found = Retriever(pack, encoder, open_index(pack, WordEncoder(), place))
    found.stance("tea is calm")
    assert encoder.encoded == ["tea is calm"]


def test_findings_of_a_claim_are_those_of_a_question(place: Path) -> None:
    opened = retriever(opinionated(), place)
    assert opened.stance("tea is calm").findings == opened.find("tea is calm")


def test_pack_without_statements_has_no_stance(tmp_path: Path) -> None:
    found = retriever(drinks(), tmp_path).stance("tea keeps people calm")
    assert (found.stance, found.against("tea"), found.against("coffee")) == (None, (), ())


def test_pack_without_questions_learns_from_its_statements(tmp_path: Path) -> None:
    pack = opinionated(drinks(questions=False))
    assert retriever(pack, tmp_path).stance("coffee wakes tired people").stance == "coffee"


@pytest.mark.parametrize("stance", ["tea", None])
def test_statements_of_one_kind_alone_are_no_obstacle(tmp_path: Path, stance: str | None) -> None:
    """With nothing to tell apart, the one kind is what every claim is."""
    pack = opinionated(claims=tuple((f"tea is {word}", stance, {}) for word in ("hot", "green", "old")))
    assert retriever(pack, tmp_path).stance("coffee wakes me").stance == stance


def test_two_kinds_of_statements_are_told_apart(tmp_path: Path) -> None:
    kept = tuple(claim for claim in CLAIMS if claim[1] != "coffee")
    opened = retriever(opinionated(claims=kept), tmp_path)
    assert opened.stance("tea warms my hands").stance == "tea"
    assert opened.stance("bread needs butter").stance is None
    assert opened.stance("coffee wakes tired people").probabilities["coffee"] < 1e-9


def test_changed_statements_make_the_index_stale(tmp_path: Path) -> None:
    retriever(opinionated(), tmp_path)
    said: list[str] = []
    open_index(opinionated(claims=CLAIMS[:-1]), WordEncoder(), tmp_path, say=said.append)
    assert len(said) == 1


def test_model_is_the_same_when_read_back(place: Path, tmp_path: Path) -> None:
    pack = opinionated()
    claims = read(pack, place)
    model = Lesson.of(pack, claims).model()
    write_learnt(tmp_path, "stance", model)
    again = read_learnt(tmp_path, "stance", StanceModel)
    assert again.sides == model.sides
    assert again.stances.scores(claims) == pytest.approx(model.stances.scores(claims), abs=1e-5)
    assert (again.curve.threshold, again.rebutters.keys()) == (model.curve.threshold, model.rebutters.keys())
    one = claims.among(np.array([5]))
    findings = Findings("a claim", {}, {})
    assert again.judge(one, findings).stance == model.judge(one, findings).stance == "tea"
    assert again.judge(one, findings).probabilities == pytest.approx(model.judge(one, findings).probabilities, abs=1e-5)


def test_training_twice_gives_the_same(place: Path) -> None:
    pack = opinionated()
    claims = read(pack, place)
    first, second = (Lesson.of(pack, claims).model() for _ in range(2))
    assert np.array_equal(first.stances.dual, second.stances.dual)
    assert np.array_equal(first.curve.weights, second.curve.weights)


def test_every_statement_is_judged_unseen(place: Path) -> None:
    """In order, one finding each; most are right, though each was judged without its own fold."""
    pack = opinionated()
    findings = [Findings(statement.text, {}, {}) for statement in pack.statements]
    judged = Lesson.of(pack, read(pack, place)).unseen(findings)
    assert [found.findings.question for found in judged] == [statement.text for statement in pack.statements]
    right = [found.stance == statement.stance for found, statement in zip(judged, pack.statements, strict=True)]
    assert sum(right) >= 20


def test_statement_is_judged_by_nothing_of_its_own_fold(place: Path) -> None:
    pack = opinionated()
    fold = folds_of(pack.statements) == folds_of(pack.statements)[0]
    turned = tuple(
        (text, {"tea": "coffee", "coffee": "tea", None: None}[stance], {}) if inside else (text, stance, gold)
        for (text, stance, gold), inside in zip(CLAIMS, fold, strict=True)
    )
    claims = read(pack, place)
    findings = [Findings("", {}, {})] * len(CLAIMS)
    before = Lesson.of(pack, claims).unseen(findings)
    after = Lesson.of(opinionated(claims=turned), claims).unseen(findings)
    for row in np.flatnonzero(fold):
        assert after[row].probabilities == pytest.approx(before[row].probabilities, abs=1e-3)


def test_folds_do_not_move_when_a_statement_is_added() -> None:
    shorter = opinionated(claims=CLAIMS[1:])
    assert folds_of(opinionated().statements)[1:].tolist() == folds_of(shorter.statements).tolist()


def test_denial_turns_likeness_around() -> None:
    cosines, topics = np.array([1.0, 1.0]), np.array([0.5, 0.5])
    assert turned_kernel(cosines, topics, np.array([1.0, -1.0]), np.zeros(2)) == pytest.approx([2.0, -1.0])
    assert likeness(cosines) == pytest.approx([1.0, 1.0])


def test_praise_is_unlike_accusation() -> None:
    ones, topics = np.ones(3), np.full(3, 0.5)
    assert turned_kernel(ones, topics, ones, np.array([0.8, 0.0, -0.8])) == pytest.approx([2.4, 2.0, 1.6])


def test_replies_are_described_by_themselves_and_their_rivals() -> None:
    columns, table = reply_features(np.array([[0.1, 0.7, -0.2, 0.3]]), np.array([[0.5, 0.4, 0.0]]))
    assert columns.tolist() == [[1, 0, 2]]
    assert table[0].tolist() == pytest.approx(
        np.array([[0.7, 0.1, 0.4, 0.8, 0.3, 0.5], [0.1, 0.7, 0.5, 0.8, 0.3, 0.5], [-0.2, 0.7, 0.0, 0.8, 0.3, 0.5]])
    )


def test_share_of_a_passage_that_no_question_teaches_is_nothing() -> None:
    topics = np.array([[0.6, 0.8], [1.0, 0.0]])
    assert shares_of(topics, np.array([1, -1])).tolist() == [[0.8, 0.0], [0.0, 0.0]]
    assert shares_of(np.zeros((2, 0)), np.array([-1])).tolist() == [[0.0], [0.0]]


def test_what_claims_are_answered_by_is_made_when_it_is_needed(tmp_path: Path) -> None:
    pack, encoder = opinionated(), WordEncoder()
    index = open_index(pack, encoder, tmp_path, claims=False)
    assert isinstance(found_index(pack, encoder, tmp_path, claims=False), Index)
    assert found_index(pack, encoder, tmp_path) == "no index yet"
    assert index.stance is not None
    assert index.sparring.rebutters.keys() == index.stance.rebutters.keys()
    index.close()
    said: list[str] = []
    whole = open_index(pack, WordEncoder(), tmp_path, say=said.append)
    assert said == []
    assert whole.stance is not None
    assert np.array_equal(whole.stance.stances.dual, index.stance.stances.dual)
    whole.close()
    again = WordEncoder()
    open_index(opinionated(drinks(changed="title")), again, tmp_path).close()
    assert again.encoded == []
