from __future__ import annotations

from concurrent.futures import Future
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from bot.lab.bench.growth import QUESTIONS, Paraphrases, Writes, scales, times_as_fast, writes, written
from bot.lab.bench.timing import Estimate
from bot.log.recorder import RecordOutcome
from bot.process.clock import SystemClock
from knowledge.errors import UserError
from tests.embeddings.encoders.fakes import WordEncoder
from tests.log.samples import an_entry, counted, open_log

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.log import ConversationLog

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


def test_turns_are_written_alone_and_together(tmp_path: Path) -> None:
    """Every one of them; alone each has its own commit, together they share some."""
    log = open_log(tmp_path / "log.db")
    alone, together = writes(log, an_entry(), (3, 200), 2, SystemClock())
    assert [one.turns_a_commit for one in alone] == [1.0, 1.0]
    assert min(one.turns_a_commit for one in together) > 1
    assert min(one.per_second for one in alone + together) > 0
    assert log.read(lambda db: counted(db, "turn"))["turn"] == 2 * (3 + 200)
    log.close()


def test_a_turn_that_waits_for_the_disk_cannot_be_measured() -> None:
    """A full disk is quick."""
    waiting: Future[RecordOutcome] = Future()
    waiting.set_result(RecordOutcome.WAITING)
    log = cast("ConversationLog", SimpleNamespace(commits=0, record=lambda entry: waiting))
    with pytest.raises(UserError, match="a turn is waiting; make room on that disk"):
        written(log, an_entry(), 1, 1, SystemClock())


def test_more_a_second_is_a_ratio_above_one() -> None:
    """Ten times as many in each round."""
    alone = (Writes(100, 1), Writes(200, 1))
    together = (Writes(1000, 40), Writes(2000, 40))
    assert times_as_fast(alone, together, Random(0)) == Estimate(10.0, 10.0, 10.0)  # noqa: S311 - the same each time
