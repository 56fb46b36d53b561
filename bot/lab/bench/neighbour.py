"""Measuring what a neighbour costs: another process that keeps a core busy all the time.

Quiet and busy stretches take turns, with the same questions in both. It must not know how figures are shown.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.lab.bench.timing import in_turns, nearest_rank
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from random import Random

    from bot.lab.bench.timing import Way

STRETCH: Final = 20
"""Questions in one stretch, quiet or busy."""

# It looks whether this process is still there: one that was killed cannot end it.
_BUSY: Final = """\
import os, sys
print("busy", flush=True)
while os.getppid() == int(sys.argv[1]):
    for _ in range(1_000_000):
        pass
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """Milliseconds without a neighbour and with one, question by question."""

    quiet_ms: tuple[float, ...]
    busy_ms: tuple[float, ...]

    @property
    def quiet_p95_ms(self) -> float:
        """What 95 % of the questions do not exceed when nobody is there."""
        return nearest_rank(self.quiet_ms, 0.95)

    @property
    def busy_p95_ms(self) -> float:
        """The same beside the neighbour."""
        return nearest_rank(self.busy_ms, 0.95)


@contextmanager
def busy_neighbour() -> Iterator[None]:
    """Keep one core busy with a process of its own. Raises Fault when that cannot be started."""
    command = [sys.executable, "-I", "-c", _BUSY, str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own few lines
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            if not process.stdout.readline():
                raise Fault("the process that was to keep a core busy did not start")
            yield
        finally:
            process.kill()


async def beside_neighbour(
    ways: Mapping[str, Way],
    questions: Sequence[str],
    rng: Random,
    neighbour: Callable[[], AbstractContextManager[None]] = busy_neighbour,
) -> dict[str, Beside]:
    """Have every question dealt with in every way, once with a neighbour and once without, in short stretches."""
    quiet: dict[str, list[float]] = {name: [] for name in ways}
    busy: dict[str, list[float]] = {name: [] for name in ways}
    for start in range(0, len(questions), STRETCH):
        stretch = questions[start : start + STRETCH]
        for taken, samples in (
            (quiet, await in_turns(ways, stretch, rng)),
            (busy, await _busily(neighbour, ways, stretch, rng)),
        ):
            for name in ways:
                taken[name] += samples[name]
    return {name: Beside(tuple(quiet[name]), tuple(busy[name])) for name in ways}


async def _busily(
    neighbour: Callable[[], AbstractContextManager[None]],
    ways: Mapping[str, Way],
    questions: Sequence[str],
    rng: Random,
) -> dict[str, tuple[float, ...]]:
    with neighbour():
        return await in_turns(ways, questions, rng)
