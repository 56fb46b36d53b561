from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.lab.bench.vectors import QUESTIONS, Paraphrases, scales
from tests.embeddings.encoders.fakes import WordEncoder

if TYPE_CHECKING:
    from pathlib import Path

REAL = WordEncoder(dimensions=48).encode([f"text {number} of {number % 7}" for number in range(300)])


def test_made_vectors_are_the_same_whenever_they_are_made() -> None:
    """Alone, among others, in any order."""
    source = Paraphrases(REAL)
    many = source.at(np.arange(1000))
    assert np.array_equal(source.at(np.array([999, 3])), many[[999, 3]])
    assert np.linalg.norm(many, axis=1) == pytest.approx(np.ones(1000), abs=1e-5)


def test_made_vectors_lie_near_a_real_one() -> None:
    """As paraphrases do, and all over the real ones."""
    cosines = Paraphrases(REAL).at(np.arange(3000)) @ REAL.T
    assert np.median(cosines.max(axis=1)) > 0.85
    assert len(set(cosines.argmax(axis=1).tolist())) > 290


def test_each_size_is_measured(tmp_path: Path) -> None:
    """Recall against comparing all; exact ones find everything. Nothing stays on the disk."""
    small, large = scales(REAL, tmp_path, (50, 11_000))
    assert (small.vectors, small.lists, small.probes, small.recall) == (50, 1, 1, 1.0)
    assert (large.vectors, large.lists) == (11_000, 419)
    assert large.recall >= 0.95
    for scale in (small, large):
        assert 0 < scale.median_ms <= scale.p95_ms
        assert scale.memory_bytes is None or scale.memory_bytes >= 0
        assert scale.build_s > 0
    assert list(tmp_path.iterdir()) == []
    assert QUESTIONS == 500
