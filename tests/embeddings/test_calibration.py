from __future__ import annotations

import numpy as np
import pytest

from embeddings.calibration import FEATURES, best_threshold, features, fit_curve, wording_features


def test_wording_is_counted() -> None:
    """Content words, unknown ones, and whether a figure is asked for."""
    assert wording_features("how many coins does tea cost", frozenset({"tea", "coins"})) == (4.0, 2.0, 1.0)
    assert wording_features("is tea good", frozenset({"tea", "good"})) == (2.0, 0.0, 0.0)


def test_features_stand_where_their_names_say() -> None:
    """One question, three passages, worked out by hand."""
    columns, table = features(
        scores=np.array([[0.1, 0.7, -0.2]]),
        silence=np.array([0.4]),
        dense=np.array([[0.2, 0.5, 0.9]]),
        lexical=np.array([[0.0, 0.3, 0.1]]),
        near=np.array([[0.8, 0.6, 0.5]]),
        wording=np.array([[3.0, 1.0, 0.0]]),
    )
    assert columns.tolist() == [[1, 0, 2]]
    best = dict(zip(FEATURES, table[0, 0].tolist(), strict=True))
    assert best == pytest.approx(
        {
            "score": 0.7,
            "rival": 0.1,
            "voice": 0.8,
            "silence": 0.4,
            "dense": 0.5,
            "lexical": 0.3,
            "best dense": 0.9,
            "near with": 0.8,
            "near without": 0.6,
            "near unanswerable": 0.5,
            "words": 3.0,
            "unknown words": 1.0,
            "asks number": 0.0,
        }
    )
    assert table[0, 1, FEATURES.index("rival")] == pytest.approx(0.7)


def test_a_single_passage_has_no_rival() -> None:
    """A voice with one passage is judged too."""
    one = np.array([[0.5]])
    _, table = features(one, np.array([0.1]), one, one, np.zeros((1, 3)), np.zeros((1, 3)))
    assert table[0, 0, FEATURES.index("rival")] == 0.0


def test_a_fitted_curve_gives_probabilities() -> None:
    """On separable features the right candidates come out near 1, the wrong ones near 0."""
    generator = np.random.default_rng(7)
    answers = generator.random((200, 2)) < 0.5
    table = generator.normal(size=(200, 2, 3)) * 0.1
    table[:, :, 0] += answers
    curve = fit_curve(table, answers)
    assert curve.confidence(table)[answers].mean() > 0.9
    assert curve.confidence(table)[~answers].mean() < 0.1


def test_a_voice_that_never_answers_gets_a_low_probability() -> None:
    """Nothing to separate: (0 + 1) / (4 + 2) by the rule of succession."""
    curve = fit_curve(np.ones((2, 2, 3)), np.zeros((2, 2), dtype=bool))
    assert curve.confidence(np.ones(3)) == pytest.approx(1 / 6)


def test_the_threshold_earns_the_most_points() -> None:
    """Right above 0.6, silent below 0.3: every line between earns all points, and their middle is taken."""
    confidence = np.array([[0.6, 0.1], [0.62, 0.2], [0.3, 0.1], [0.25, 0.2]])
    answers = np.array([[True, False], [True, False], [False, False], [False, False]])
    assert best_threshold(confidence, answers, np.array([True, True, False, False])) == pytest.approx(0.455, abs=0.01)
