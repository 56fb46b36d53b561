from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index.index import shipped_gate
from embeddings.learnt.expansion import Expansions
from embeddings.learnt.gate import FEATURES, Gatekeeper
from embeddings.learnt.ranker import Layout
from knowledge.model import Question
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from knowledge.model import Pack

ENCODER = WordEncoder()


def keeper_of(pack: Pack) -> Gatekeeper:
    expansions = Expansions.of(pack)
    views = expansions.views(ENCODER.encode(expansions.texts))
    assert views is not None
    return Gatekeeper(pack, Layout.of(pack), views, shipped_gate())


def features_of(pack: Pack, text: str, above: NDArray[np.float64] | None = None) -> dict[str, float]:
    """Name the features of coffee's best passage."""
    _, table = keeper_of(pack).features([text], ENCODER.encode([text]), above)["coffee"]
    return dict(zip(FEATURES, table[0, 0].tolist(), strict=True))


def test_words_count_by_how_rare_they_are() -> None:
    """Of four words, "cost" stands in one passage, "cups" as "cup" in two, and two in none."""
    found = features_of(drinks(questions=False), "what cups cost moonlight money")
    rarity = {stands: math.log(6 / (stands + 0.5)) for stands in (0, 1, 2)}
    total = 2 * rarity[0] + rarity[1] + rarity[2]
    assert found["unknown"] == pytest.approx(2 * rarity[0] / total)
    assert found["length"] == pytest.approx(math.log(5))


def test_a_figure_is_missed_where_one_is_asked_for() -> None:
    assert features_of(drinks(questions=False), "how many coins does coffee cost")["figure"] == 1
    assert features_of(drinks(questions=False), "does coffee cost coins")["figure"] == 0


def test_what_the_examples_say_is_added_by_how_many_they_are() -> None:
    """The drinks have 15 examples, so that 15 / 65 of it counts."""
    pack = drinks()
    layout = Layout.of(pack)
    above = np.zeros((1, layout.width))
    place = layout.columns["coffee"].start + layout.passages["coffee"].index("coffee-price")
    above[0, place], above[0, layout.columns["coffee"].stop - 1] = 0.5, -0.25
    without, found = features_of(pack, "four coins a cup"), features_of(pack, "four coins a cup", above)
    assert found["taught"] == found["voice"] == pytest.approx(0.5 * 15 / 65)
    assert found["silence"] == pytest.approx(-0.25 * 15 / 65)
    assert found["score"] - without["score"] == pytest.approx(0.6 * 0.5 * 15 / 65)


def test_points_are_for_right_quotes_and_right_silence() -> None:
    pack = drinks(questions=False)
    texts = ["coffee costs four coins a cup", "tea warms the hands on cold mornings"]
    questions = [
        Question(texts[0], "a", "plain", {"coffee-price": 2}),
        Question(texts[1], "b", "plain", {"tea-calm": 2}),
    ]
    keeper = keeper_of(pack)
    vectors = ENCODER.encode(texts)
    judged = keeper.judged(texts, vectors)
    points = keeper.points(questions, texts, vectors)
    shown = judged["coffee"].confidence[:, 0] >= keeper.threshold
    assert shown.tolist() == [True, False]
    assert points[:, 1].tolist() == [True, True]
    assert points[1, 0] == np.False_


def test_the_shipped_gate_has_a_weight_for_every_feature() -> None:
    gate = shipped_gate()
    for curve in (gate.first, gate.further, gate.speaks):
        assert len(curve.weights) == len(curve.mean) == len(curve.scale) == len(FEATURES)
    assert gate.threshold == 0.45
    assert gate.speaks.threshold < 0.1
