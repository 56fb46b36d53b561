"""Statements judged without themselves, and without their own type of claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from embeddings.hits import Findings
from embeddings.index.index import open_index
from embeddings.judging.rebuttals import REBUTTAL_TICKS, claim_types, unseen_rebuttals
from embeddings.learnt.stance_training import Lesson
from knowledge.model import Statement
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.learnt.test_stance import CLAIMS, opinionated, read

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.hits import StanceFinding
    from knowledge.model import Pack


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the index of the opinionated pack."""
    return tmp_path_factory.mktemp("index")


def unseen(pack: Pack, folder: Path) -> dict[str, list[StanceFinding]]:
    """Judge the pack's statements."""
    return unseen_rebuttals(pack, open_index(pack, WordEncoder(), folder), WordEncoder().encode)


def test_claims_with_one_stance_and_one_gold_are_of_one_type() -> None:
    """Those without gold are each of their own."""
    statements = [
        Statement("a", "tea", {"x": 2, "y": 1}),
        Statement("b", "tea", {"y": 2, "x": 2}),
        Statement("c", "tea", {}),
        Statement("d", "tea", {}),
        Statement("e", "coffee", {"x": 2, "y": 1}),
    ]
    assert claim_types(statements) == [
        "tea: x y",
        "tea: x y",
        "statement 2",
        "statement 3",
        "coffee: x y",
    ]


def test_folds_are_those_of_the_lesson(place: Path) -> None:
    """The same stances, with the same probabilities."""
    pack = opinionated()
    judged = Lesson.of(pack, read(pack, place)).unseen([Findings("", {}, {})] * len(CLAIMS))
    found = unseen(pack, place)["folds"]
    assert [finding.stance for finding in found] == [finding.stance for finding in judged]
    assert [finding.probabilities for finding in found] == [
        pytest.approx(finding.probabilities, abs=1e-6) for finding in judged
    ]
    assert [finding.findings.question for finding in found] == [text for text, _, _ in CLAIMS]


def test_a_reply_that_one_type_alone_teaches_is_lost_with_that_type(place: Path) -> None:
    """Without a fifth of the claims the others of the type still teach it."""
    found = unseen(opinionated(), place)
    calm = [row for row, (_, _, gold) in enumerate(CLAIMS) if "coffee-wakes" in gold]
    assert any(found["folds"][row].against("coffee") for row in calm)
    assert not any(found["claims"][row].against("coffee") for row in calm)


def test_too_few_statements_are_not_judged(tmp_path: Path) -> None:
    """Without the only one there is nothing to learn from."""
    ticks: list[None] = []
    pack = opinionated(claims=CLAIMS[:1])
    index = open_index(pack, WordEncoder(), tmp_path)
    assert unseen_rebuttals(pack, index, WordEncoder().encode, lambda: ticks.append(None)) == {}
    assert len(ticks) == REBUTTAL_TICKS
