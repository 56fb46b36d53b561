"""That the load of `discord_load` runs and counts rightly; no time is asserted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.bench import discord_load
from tests.bench.discord_load import Figures, measure

if TYPE_CHECKING:
    from pathlib import Path

WELL = Figures(
    asked=3000,
    answered=3000,
    doubled=0,
    logged=3000,
    busy=0,
    acknowledged_s=[0.001, 0.002, 0.003],
    answered_s=[0.01, 0.02, 0.03],
    worst_ms=12.5,
    worked_ms=6.0,
    memory=[250_000_000, 255_000_000, 256_000_000],
    stand_in_busy=0.1,
    late_s=0.001,
    load=0.5,
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Ask ten questions within two seconds."""
    return asyncio.run(measure(5, 2, tmp_path_factory.mktemp("load")))


def test_every_question_is_counted(figures: Figures) -> None:
    """On both sides of the wire, and in the log."""
    assert (figures.asked, figures.answered, figures.logged) == (10, 10, 10)
    assert (figures.doubled, figures.busy) == (0, 0)
    assert len(figures.acknowledged_s) == len(figures.answered_s) == 10
    assert figures.acknowledged_s[0] < figures.answered_s[0]


def test_loop_and_memory_are_measured(figures: Figures) -> None:
    """From inside and from outside."""
    assert figures.worst_ms >= 5
    assert figures.worst_ms >= figures.worked_ms > 0
    assert all(each > 50_000_000 for each in figures.memory)


def test_what_holds_is_not_named() -> None:
    """The table has a row for each figure."""
    assert WELL.broken() == []
    assert [line.split("  ")[0] for line in WELL.lines()] == [
        "questions",
        "acknowledged after",
        "answered after",
        "event loop held up",
        "memory",
        "stand-in",
        "load of the machine",
    ]


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (replace(WELL, answered=2999, logged=3000), "1 questions are lost"),
        (replace(WELL, busy=2), "2 questions are turned away"),
        (replace(WELL, doubled=1), "1 questions are answered twice"),
        (replace(WELL, logged=2998), "2998 turns are logged for 3000 questions"),
        (replace(WELL, acknowledged_s=[0.1, 2.6]), "an acknowledgement took 2.60 s"),
        (replace(WELL, worst_ms=50.5), "the event loop was held up for 50 ms"),
        (replace(WELL, memory=[250_000_000, 250_000_000, 263_000_000]), "memory grew from 250 MB to 263 MB"),
    ],
)
def test_each_bound_can_be_broken(broken: Figures, sentence: str) -> None:
    """And is named then."""
    assert broken.broken() == [sentence]


def test_a_broken_bound_is_told_by_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the table."""

    async def measured(rate: float, seconds: float, _folder: Path, **_late: float) -> Figures:
        return replace(WELL, asked=int(rate * seconds), answered=0, logged=60)

    monkeypatch.setattr(discord_load, "measure", measured)
    assert discord_load.main(["--rate", "6", "--seconds", "10"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "BROKEN: 60 questions are lost"
