"""Where a large fleet saturates, on paper and in a discrete-event simulation: 150,000 servers, 64 shards, 8 processes.

`python -m tests.bench.fleet_simulation` plays the busiest hour of such a fleet at growing rates: people ask, an answer
takes a share of its process's cores and then a commit of the common database; debates and lessons send and change
messages through Discord's common limit. It prints, for each rate, how busy each resource is and how long answers and
bells take, and which resource gives in first. Nothing is measured here: the figures that it rests on stand in `Load`,
with where they are from. It takes seconds.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Load:
    """What the simulation rests on. Rates are those of the busiest hour."""

    servers: int = 150_000
    shards: int = 64
    processes: int = 8
    cores: int = 2
    """Cores of each process's machine."""
    answer_core_s: float = 0.013
    """Core seconds of an answer that nobody shares a pass with, measured; of 64 asked at once each takes 0.0034."""
    commit_s: float = 0.0015
    """A commit on the database's disk, assumed; what waits meanwhile goes with the next one of its process."""
    batch: int = 64
    """Turns that one commit takes."""
    questions_a_server: float = 1.0
    """Questions a server and hour, assumed like the next three."""
    sessions_a_server: float = 0.004
    """Debates and lessons a server and hour."""
    messages_a_session: float = 60.0
    """Messages and changes of panels of one of them that Discord's common limit counts; answers to presses do not."""
    mentions: float = 0.2
    """The share of questions that are mentions: their answers count in that limit, too."""
    requests_a_second: float = 50.0
    """Discord's common limit, unless it grants a large bot more."""


@dataclass(slots=True)
class Station:
    """A resource with a line before it: so many places that each take some at a time."""

    places: int
    takes: int = 1
    line: deque[tuple[float, Callable[[float], None]]] = field(default_factory=deque)
    busy: int = 0
    busy_s: float = 0.0


class Simulation:
    """One run at one rate."""

    def __init__(self, load: Load, factor: float, duration_s: float, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - no secret
        self._load = load
        self._duration_s = duration_s
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._number = 0
        self.answers_s: list[float] = []
        self.bells_s: list[float] = []
        self.processes = [Station(load.cores) for _ in range(load.processes)]
        self.writers = [Station(1, load.batch) for _ in range(load.processes)]
        self.discord = Station(1)
        self._of_shard = [shard % load.processes for shard in range(load.shards)]
        # Servers are not alike: some shards have more of what is asked.
        self._weights = [self._draw.lognormvariate(0, 0.3) for _ in range(load.shards)]
        questions_s = factor * load.servers * load.questions_a_server / 3600
        messages_s = factor * load.servers * load.sessions_a_server * load.messages_a_session / 3600
        self._arrive(questions_s, self._ask)
        self._arrive(messages_s, lambda now_s: self._send(now_s, now_s, self.bells_s))

    def run(self) -> Simulation:
        """Play it to its end; what is still under way then counts as it is."""
        while self._events and self._events[0][0] <= self._duration_s:
            now_s, _, act = heapq.heappop(self._events)
            act(now_s)
        for station in (*self.processes, *self.writers, self.discord):
            waits_s = [self._duration_s - since_s for since_s, _ in station.line]
            (self.bells_s if station is self.discord else self.answers_s).extend(waits_s)
        return self

    def share_busy(self, stations: Sequence[Station]) -> float:
        """Return how busy the busiest of some is, from 0 to 1."""
        return max(station.busy_s / station.places for station in stations) / self._duration_s

    def _at(self, moment_s: float, act: Callable[[float], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment_s, self._number, act))

    def _arrive(self, rate_s: float, act: Callable[[float], None]) -> None:
        """Have something happen at random moments, so often a second."""

        def again(now_s: float) -> None:
            self._at(now_s + self._draw.expovariate(rate_s), again)
            if now_s:
                act(now_s)

        again(0.0)

    def _ask(self, asked_s: float) -> None:
        (shard,) = self._draw.choices(range(self._load.shards), self._weights)
        process = self._of_shard[shard]

        def logged(now_s: float) -> None:
            if self._draw.random() < self._load.mentions:
                self._send(now_s, asked_s, self.answers_s)
            else:
                self.answers_s.append(now_s - asked_s)

        def found(now_s: float) -> None:
            self._join(self.writers[process], now_s, lambda: self._load.commit_s, logged)

        work_s = self._load.answer_core_s
        self._join(self.processes[process], asked_s, lambda: self._draw.gammavariate(4, work_s / 4), found)

    def _send(self, now_s: float, since_s: float, durations_s: list[float]) -> None:
        pace_s = 1 / self._load.requests_a_second
        self._join(self.discord, now_s, lambda: pace_s, lambda sent_s: durations_s.append(sent_s - since_s))

    def _join(
        self, station: Station, now_s: float, takes_s: Callable[[], float], then: Callable[[float], None]
    ) -> None:
        station.line.append((now_s, then))
        self._serve(station, now_s, takes_s)

    def _serve(self, station: Station, now_s: float, takes_s: Callable[[], float]) -> None:
        if station.busy == station.places or not station.line:
            return
        together = [station.line.popleft()[1] for _ in range(min(station.takes, len(station.line)))]
        duration_s = takes_s()
        station.busy += 1
        station.busy_s += max(0.0, min(duration_s, self._duration_s - now_s))

        def done(end_s: float) -> None:
            station.busy -= 1
            for then in together:
                then(end_s)
            self._serve(station, end_s, takes_s)

        self._at(now_s + duration_s, done)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one rate: questions a second, how busy each resource is, and 99th percentiles in seconds."""

    factor: float
    questions_s: float
    cores: float
    commits: float
    discord: float
    answer_s: float
    bell_s: float

    @property
    def first(self) -> str | None:
        """Return which resource is at its end, if any."""
        worst = max((self.cores, "cores"), (self.commits, "commits"), (self.discord, "Discord's common limit"))
        return worst[1] if worst[0] > SATURATED else None


SATURATED: Final = 0.97
FACTORS: Final = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)


def rows(load: Load, factors: Sequence[float] = FACTORS, *, duration_s: float = 60.0, seed: int = 1) -> list[Row]:
    """Play each rate, the same people each time."""
    found = []
    for factor in factors:
        run = Simulation(load, factor, duration_s, seed).run()
        found.append(
            Row(
                factor,
                factor * load.servers * load.questions_a_server / 3600,
                run.share_busy(run.processes),
                run.share_busy(run.writers),
                run.share_busy([run.discord]),
                percentile(run.answers_s, 0.99),
                percentile(run.bells_s, 0.99),
            )
        )
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of some do not exceed; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=float, default=Load().requests_a_second, help="Discord's limit a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long is played")
    given = parser.parse_args()
    load = Load(requests_a_second=given.requests)
    out = sys.stdout.write
    out("rate  questions/s  cores  commits  Discord  answer p99  message p99  at its end\n")
    for row in rows(load, duration_s=given.seconds):
        out(
            f"{row.factor:4.0f}  {row.questions_s:11.0f}  {row.cores:5.0%}  {row.commits:7.0%}  {row.discord:7.0%}"
            f"  {row.answer_s:8.2f} s  {row.bell_s:9.2f} s  {row.first or ''}\n"
        )


if __name__ == "__main__":
    main()
