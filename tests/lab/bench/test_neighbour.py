"""Quiet and busy stretches, with a neighbour that is none, and one that is."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.lab.bench import neighbour as benching_neighbour
from bot.lab.bench.neighbour import Beside, beside_neighbour, busy_neighbour
from knowledge.errors import Fault

# The randomness only has to be the same each time.
# ruff: noqa: S311

if TYPE_CHECKING:
    from collections.abc import Iterator

CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")


async def test_every_question_is_asked_quietly_and_busily() -> None:
    """In stretches of twenty; a neighbour costs ten times as much here, and each question keeps its place."""
    busy = False
    begun = 0

    @contextmanager
    def neighbour() -> Iterator[None]:
        nonlocal busy, begun
        busy, begun = True, begun + 1
        yield
        busy = False

    async def way(question: str) -> float:
        return float(question) * (10 if busy else 1)

    found = await beside_neighbour({"a": way}, [str(number) for number in range(1, 46)], Random(0), neighbour)
    numbers = range(1, 46)
    assert found == {"a": Beside(tuple(map(float, numbers)), tuple(10.0 * number for number in numbers))}
    assert begun == 3


def test_95_percent_do_not_exceed_the_percentile() -> None:
    """Of the numbers up to 20 it is 19."""
    beside = Beside(tuple(map(float, range(1, 21))), tuple(map(float, range(101, 121))))
    assert (beside.quiet_p95_ms, beside.busy_p95_ms) == (19.0, 119.0)


@pytest.mark.skipif(not CHILDREN.exists(), reason="only Linux tells the children of a process so")
def test_the_neighbour_is_a_process_that_ends_with_its_stretch() -> None:
    """Also when what it disturbs fails."""
    before = set(CHILDREN.read_text().split())
    seen: set[str] = set()

    def disturbed() -> None:
        with busy_neighbour():
            seen.update(set(CHILDREN.read_text().split()) - before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        disturbed()
    assert len(seen) == 1
    assert set(CHILDREN.read_text().split()) & seen == set()


def test_a_neighbour_that_does_not_start_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quiet figures must not be taken for busy ones."""
    monkeypatch.setattr(benching_neighbour, "_BUSY", "")
    with pytest.raises(Fault, match="did not start"), busy_neighbour():
        pass
