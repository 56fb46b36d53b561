from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index.learnt_files import read_learnt, write_learnt
from embeddings.learnt.calibration import (
    FALSE_SILENCE,
    FEATURES,
    Calibration,
    Curve,
    best_threshold,
    calibrate,
    features,
    fit_curve,
    silence_line,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def test_features_stand_where_their_names_say() -> None:
    columns, table = features(np.array([[0.1, 0.7, -0.2, 0.4]]), np.array([2.0]))
    assert columns.tolist() == [[1, 0, 2]]
    best = dict(zip(FEATURES, table[0, 0].tolist(), strict=True))
    assert best == pytest.approx({"score": 0.7, "rival": 0.1, "voice": 0.8, "silence": 0.4, "length": 2.0})
    assert table[0, 1, FEATURES.index("rival")] == pytest.approx(0.7)


def test_a_single_passage_has_no_rival() -> None:
    _, table = features(np.array([[0.5, 0.1]]), np.array([2.0]))
    assert table[0, 0].tolist() == pytest.approx([0.5, 0.0, 0.5, 0.1, 2.0])


NOBODY = np.zeros(300, dtype=bool)
"""None of the questions is from outside."""


def _told_apart() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return features of 300 questions whose best candidate answers when it scores high, and the others never."""
    generator = np.random.default_rng(3)
    table = generator.random((300, 3, 1))
    table[:, 1:] += 1
    answers = np.zeros((300, 3), dtype=bool)
    answers[:, 0] = table[:, 0, 0] > 0.5
    return table, answers


def test_the_best_candidate_is_judged_by_its_own_kind() -> None:
    """High scores of further candidates, which never answer, say nothing against a high score of the best one."""
    table, answers = _told_apart()
    fitted = calibrate(table, answers, answers[:, 0], NOBODY)
    trust = fitted.confidence(table)
    assert trust[answers].mean() > 0.8
    assert trust[:, 0][~answers[:, 0]].mean() < 0.2
    assert trust[:, 1:].max() < 0.2
    assert 0.4 < fitted.threshold < 0.6


def test_no_candidate_is_trusted_more_than_the_best() -> None:
    sure = Curve(np.zeros(1), np.ones(1), np.zeros(1), 5.0, 0.5)
    unsure = replace(sure, bias=0.0)
    assert Calibration(unsure, sure, sure).confidence(np.zeros((1, 3, 1))).tolist() == [[0.5, 0.5, 0.5]]


def test_a_calibration_comes_back_from_its_file(tmp_path: Path) -> None:
    table, answers = _told_apart()
    fitted = calibrate(table, answers, answers[:, 0], NOBODY)
    write_learnt(tmp_path, "calibration", fitted)
    again = read_learnt(tmp_path, "calibration", Calibration)
    assert np.array_equal(again.confidence(table), fitted.confidence(table))
    assert again.threshold == fitted.threshold


def test_a_single_candidate_leaves_nothing_to_fit_for_the_rest() -> None:
    table, answers = _told_apart()
    fitted = calibrate(table[:, :1], answers[:, :1], answers[:, 0], NOBODY)
    assert fitted.confidence(table[:, :1]).shape == (300, 1)


def test_a_fitted_curve_gives_probabilities() -> None:
    generator = np.random.default_rng(7)
    answers = generator.random((200, 2)) < 0.5
    table = generator.normal(size=(200, 2, 3)) * 0.1
    table[:, :, 0] += answers
    curve = fit_curve(table, answers)
    assert curve.confidence(table)[answers].mean() > 0.9
    assert curve.confidence(table)[~answers].mean() < 0.1


def test_a_voice_that_never_answers_gets_a_low_probability() -> None:
    curve = fit_curve(np.ones((2, 2, 3)), np.zeros((2, 2), dtype=bool))
    assert curve.confidence(np.ones(3)) == pytest.approx(1 / 6)


def test_the_threshold_earns_the_most_points() -> None:
    confidence = np.array([[0.6, 0.1], [0.62, 0.2], [0.3, 0.1], [0.25, 0.2]])
    answers = np.array([[True, False], [True, False], [False, False], [False, False]])
    speaks = np.array([True, True, False, False])
    assert best_threshold(confidence, answers, speaks, NOBODY[:4]) == pytest.approx(0.455, abs=0.01)


def test_questions_from_outside_weigh_half_of_the_threshold() -> None:
    """One of them with an answer at 0.4 counts for more than ten others without any, of which one scores 0.5."""
    confidence = np.array([[0.4], [0.5], *[[0.1]] * 9])
    speaks = np.arange(11) == 0
    line = best_threshold(confidence, speaks[:, None], speaks, speaks)
    assert line < 0.4
    assert best_threshold(confidence, speaks[:, None], speaks, ~speaks) == line
    assert best_threshold(confidence[1:], speaks[1:, None], speaks[1:], NOBODY[:10]) > 0.5


def test_silence_is_nearly_certain_below_the_learnt_line_alone() -> None:
    """Of 300 questions those that score below 0.5 have no answer; of the lowest, hardly any may have one."""
    table, answers = _told_apart()
    fitted = calibrate(table, answers, answers[:, 0], NOBODY)
    _, silent = fitted.judged(table)
    assert silent[~answers[:, 0]].mean() > 0.8
    assert answers[silent, 0].mean() <= FALSE_SILENCE
    assert silence_line(np.array([0.1, 0.2, 0.3]), np.array([False, True, False])) == 0.0
    lowest, highest = np.linspace(0, 0.4, 100), np.linspace(0.6, 1, 100)
    assert silence_line(np.concatenate([lowest, highest]), np.arange(200) >= 100) > 0.6


def test_the_line_of_silence_holds_for_questions_from_outside_by_themselves() -> None:
    """Half of them score low although they have an answer: then no low score makes silence certain."""
    table, answers = _told_apart()
    outside = np.arange(300) < 100
    speaks = answers[:, 0] | (outside & (np.arange(300) % 2 == 0))
    assert not calibrate(table, answers, speaks, outside).judged(table)[1].any()
