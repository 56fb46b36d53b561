"""That faults and kills are tried and counted rightly; the full numbers are for the commands."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import index_kills
from tests.bench.log_faults import GONE, TURNS, Result, deletions, kills, preloaded, traces
from tests.log.samples import an_entry, wait_beside

ROOT = Path(__file__).parents[2]


def test_what_was_promised_survives_kills(tmp_path: Path) -> None:
    """The fourth run finds the log locked."""
    result = kills(tmp_path, 4)
    assert (result.runs, result.lost) == (4, [])
    assert result.kept >= 4


def test_what_is_deleted_is_gone_after_a_kill(tmp_path: Path) -> None:
    """Two runs to the end, one killed; of four people, the turns of three are to be kept in each."""
    result = deletions(tmp_path, 1)
    assert (result.runs, result.lost, result.left) == (3, [], [])
    assert result.kept > 3 * 0.75 * TURNS
    assert traces(tmp_path / "base", GONE) > 500


def test_the_next_build_is_right_after_a_kill() -> None:
    """In a process of its own: threads of libraries that this one has used do not survive a fork."""
    command = [sys.executable, "-m", "tests.bench.index_kills", "--count", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("1 builds killed, ")


def test_what_a_killed_build_leaves_is_seen(tmp_path: Path) -> None:
    """Otherwise a figure of none says nothing."""
    looks: list[set[str]] = []
    index_kills.build(tmp_path, lambda _: None)
    for _ in range(2):
        told: list[str] = []
        index_kills.look(tmp_path, told.append)
        looks.append(set(told))
        (tmp_path / "drinks" / "building-x").write_text("half", encoding="utf-8")
    assert "usable True" in looks[0]
    assert {line.split()[0] for line in looks[1] - looks[0]} == {"drinks/building-x"}


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
