from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index.index import Index, open_index
from embeddings.judging.ablation import ABLATION_TICKS, VARIANTS, Variant, ablated, softmax, untrained, worths
from embeddings.judging.answer_key import AnswerKey
from embeddings.judging.evaluation import Material, evaluated
from embeddings.judging.metrics import resampling_of
from embeddings.learnt.ranker import WEIGHTS
from embeddings.learnt.trust import FOLDS, folds_of
from embeddings.learnt.untaught import fused
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Material]:
    """Give what a run over the drinks starts from."""
    pack, encoder = drinks(), WordEncoder()
    index: Index = open_index(pack, encoder, tmp_path_factory.mktemp("index"))
    yield Material(pack, encoder.encode([p.text for p in pack.passages]), index.words, encoder.encode)
    index.close()


def test_the_first_variant_is_the_system_itself() -> None:
    """All others differ from it, and from each other."""
    assert Variant(VARIANTS[0].name) == VARIANTS[0]
    assert len({replace(variant, name="") for variant in VARIANTS}) == len(VARIANTS)
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)


def test_the_full_system_is_judged_as_in_an_evaluation(material: Material) -> None:
    """The ablation and the evaluation speak of the same thing."""
    ((variant, sheet),) = ablated(material, variants=VARIANTS[:1])
    expected = evaluated(material).sheets["folds"]
    assert variant.weights == WEIGHTS
    for voice, ranking in expected.rankings.items():
        assert np.array_equal(sheet.rankings[voice].confidence, ranking.confidence)


def test_every_variant_is_judged_and_compared(material: Material) -> None:
    """In the order in which they are listed, the first one with itself."""
    ticks: list[None] = []
    sheets = dict(ablated(material, lambda: ticks.append(None)))
    key = AnswerKey.of(material.pack, material.pack.questions)
    found = worths(key, sheets, resampling_of(key))
    assert [worth.variant for worth in found] == list(VARIANTS)
    assert (found[0].difference.value, found[0].difference.low, found[0].difference.high) == (0, 0, 0)
    for worth in found:
        assert worth.both_sides.value is not None
        assert found[0].both_sides.value is not None
        assert worth.difference.value == pytest.approx(worth.both_sides.value - found[0].both_sides.value)
    empty = FOLDS - len(np.unique(folds_of(material.pack.questions)))
    assert len(ticks) == ABLATION_TICKS - len(VARIANTS) * empty


def test_without_training_the_fixed_mix_ranks(material: Material) -> None:
    """And silence is no rival."""
    examples, _ = material.examples()
    (row,) = untrained(examples)(np.array([3]))
    assert row[examples.layout.columns["tea"]] == pytest.approx(
        [*(fused(examples.dense[3, place], examples.lexical[3, place]) for place in (0, 1)), 0]
    )


def test_the_softmax_head_gives_shares_of_one(material: Material) -> None:
    """In each voice, passages and silence share the probability."""
    examples, vectors = material.examples()
    targets = examples.layout.targets(material.pack)
    scores = softmax(examples, vectors, targets)(np.array([0, 5]))
    for columns in examples.layout.columns.values():
        assert scores[:, columns].sum(axis=1) == pytest.approx([1, 1])


def test_the_softmax_head_says_what_was_always_so(material: Material) -> None:
    """When all that is left is silent, silence is certain."""
    examples, vectors = material.examples()
    targets = examples.layout.targets(material.pack)
    scores = softmax(examples, vectors, targets)(np.arange(12))
    for columns in examples.layout.columns.values():
        assert scores[:, columns][:, -1].tolist() == [1] * 12
