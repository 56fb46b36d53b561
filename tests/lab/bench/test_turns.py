"""Turns that are written one by one, and those that wait together, to a real log."""

from __future__ import annotations

from concurrent.futures import Future
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from bot.lab.bench.timing import Estimate
from bot.lab.bench.turns import Writes, times_as_fast, writes, written
from bot.log.recorder import RecordOutcome
from bot.process.clock import SystemClock
from knowledge.errors import UserError
from tests.log.samples import an_entry, counted, open_log

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.log import ConversationLog


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
