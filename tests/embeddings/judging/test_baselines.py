from __future__ import annotations

import numpy as np
import pytest

from embeddings.judging.answer_key import AnswerKey
from embeddings.judging.baselines import (
    WAYS,
    PlainScores,
    answered,
    best_share,
    convex,
    cross_validated,
    rank_fusion,
    tuned_threshold,
)
from embeddings.judging.metrics import both_sides
from embeddings.learnt.untaught import fused
from knowledge.model import Question
from tests.embeddings.packs import drinks

QUESTIONS = (
    Question("hands", "warm", "plain", {"tea-warms": 2}),
    Question("mood", "calm", "plain", {"tea-calm": 2}),
    Question("football", "none", "plain", {}),
    Question("weather", "none", "plain", {}),
)


def plain(dense: list[list[float]], lexical: list[list[float]] | None = None) -> PlainScores:
    """Give the plain scores of the two passages of tea; the others have none."""
    rest = np.zeros((len(dense), 3))
    key = AnswerKey.of(drinks(), QUESTIONS[: len(dense)])
    by_words = np.zeros((len(dense), 2)) if lexical is None else np.array(lexical)
    return PlainScores(key, np.hstack([np.array(dense), rest]), np.hstack([by_words, rest]), np.zeros(len(dense)))


def test_the_threshold_lies_where_most_points_are_earned() -> None:
    """At 0.6 both right ones are shown and both silences kept."""
    best, right = np.array([0.8, 0.6, 0.5, 0.2]), np.array([True, True, False, False])
    assert tuned_threshold(best, right, right) == 0.6


def test_equal_scores_are_shown_together() -> None:
    """One right, two wrong at 0.5: to show them all would cost more than it earns."""
    best, right = np.array([0.5, 0.5, 0.5]), np.array([True, False, False])
    assert tuned_threshold(best, right, right) == np.inf


def test_without_a_right_one_silence_is_best() -> None:
    """Nothing is shown."""
    assert tuned_threshold(np.array([0.9, 0.8]), np.zeros(2, dtype=bool), np.zeros(2, dtype=bool)) == np.inf


def test_the_fixed_mix_is_that_of_the_retriever() -> None:
    """The same share."""
    mixed = WAYS["hybrid"](np.array([[0.5]]), np.array([[0.25]]))
    assert mixed.item() == pytest.approx(fused(0.5, 0.25))
    assert convex(np.array([[1.0]]), np.array([[0.0]]), 0.75).item() == 0.75


def test_ranks_are_fused_by_their_reciprocals() -> None:
    """Ranks 1 and 2 by meaning, 2 and 1 by words; a passage without a shared word has no rank there."""
    found = rank_fusion(np.array([[0.9, 0.1, 0.0]]), np.array([[0.2, 0.4, 0.0]]))
    assert found[0] == pytest.approx([1 / 61 + 1 / 62, 1 / 62 + 1 / 61, 1 / 63])


def test_silence_shows_nothing() -> None:
    """It scores where nobody speaks: tea on two of four questions, coffee on all."""
    given = plain([[0.9, 0.1], [0.1, 0.9], [0.2, 0.1], [0.1, 0.1]])
    assert both_sides(given.key, answered(given, given, WAYS["silence"])).tolist() == [0.5, 0.5, 1, 1]


def test_words_that_are_not_shared_answer_nothing() -> None:
    """BM25 ranks only what it finds."""
    given = plain([[0.9, 0.1]], [[0.0, 0.3]])
    assert answered(given, given, WAYS["bm25"]).rankings["tea"].places[0].tolist() == [1, -1, -1, -1, -1]


def test_the_best_share_is_the_one_that_earns_most() -> None:
    """Meaning ranks rightly, words wrongly."""
    given = plain([[0.9, 0.1], [0.1, 0.9], [0.2, 0.1], [0.1, 0.1]], [[0.1, 0.9], [0.9, 0.1], [0.0, 0.0], [0.0, 0.0]])
    assert best_share(given) > 0.5
    assert best_share(plain(given.lexical[:, :2].tolist(), given.dense[:, :2].tolist())) < 0.5


def test_no_question_tunes_its_own_threshold() -> None:
    """The one question that would need a low threshold is judged by that of the others."""
    given = plain([[0.3, 0.1], [0.1, 0.9], [0.5, 0.1], [0.1, 0.1]])
    sheets, shares = cross_validated(given, np.array([0, 1, 1, 1]))
    assert sheets["dense"].rankings["tea"].shown[0].tolist() == [False] * 5
    assert len(shares) == 2
    assert set(sheets) == {*WAYS, "hybrid_tuned"}
