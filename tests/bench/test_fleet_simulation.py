"""The simulation of a large fleet: the same every time, and the resource that gives in first is the one that must."""

from __future__ import annotations

import pytest

from tests.bench.fleet_simulation import Load, Simulation, percentile, rows


def test_what_gives_in_first() -> None:
    """Discord's common limit; where that is wide, the cores. Below that nobody waits for long."""
    calm, crowded = rows(Load(), (1.0, 8.0), duration_s=5.0)
    assert (calm.first, crowded.first) == (None, "Discord's common limit")
    assert calm.answer_s < 0.5 < crowded.bell_s
    assert calm.discord == pytest.approx(0.36, abs=0.1)
    assert calm.cores == pytest.approx(0.05, abs=0.04)
    (full,) = rows(Load(requests_a_second=1e6), (40.0,), duration_s=5.0)
    assert full.first == "cores"
    assert [calm] == rows(Load(), (1.0,), duration_s=5.0)


def test_each_question_is_answered_once() -> None:
    """Or still waits at the end; a line that is served one by one takes as long as its parts."""
    run = Simulation(Load(mentions=0.0, sessions_a_server=1e-9), 1.0, 20.0, seed=3).run()
    assert len(run.answers_s) == pytest.approx(20 * 150_000 / 3600, rel=0.15)
    assert min(run.answers_s) > Load().commit_s
    assert run.bells_s == []
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
