"""That faults and kills are tried and counted rightly; the full numbers are for the commands."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.bench.log_faults import Result, kills, preloaded
from tests.log.samples import an_entry, wait_beside

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_promised_survives_kills(tmp_path: Path) -> None:
    """The fourth run finds the log locked."""
    result = kills(tmp_path, 4)
    assert (result.runs, result.lost) == (4, [])
    assert result.kept >= 4


def test_what_is_lost_is_counted(tmp_path: Path) -> None:
    """Otherwise a figure of none says nothing."""
    wait_beside(tmp_path / "log.db", an_entry(1))
    result = Result()
    result.compare("a run", {"c1/1", "c1/2"}, tmp_path / "log.db")
    assert (result.runs, result.kept, result.lost, result.silent) == (1, 2, ["a run: c1/2"], ["a run: c1/2"])


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_what_was_promised_survives_faults(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One call in each of the ways."""
    assert preloaded(tmp_path, ["faults", "--step", "300"]) == 0
    assert "6 runs" in capfd.readouterr().out.splitlines()[-1]
