"""Many people asking at once, on loopback: `python -m tests.bench.discord_load --rate 50 --seconds 60`.

`dilemma run` as a process, the stand-in for Discord in this one. Questions come at fixed moments, whether or not those
before are answered. It prints what came of them and exits 1 when a bound is broken. The longest block of the event loop
is measured inside the bot's process (`event loop` in its messages of level debug), memory from outside.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from knowledge.pack import load_pack
from tests.discord.loopback import ALWAYS, Loopback
from tests.discord.loopback.endpoints import CALLBACK
from tests.discord.program import FIRST_TIME_S, READY, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.discord.loopback import Channel, Interaction, Message, User
    from tests.discord.program import Program

PERSON_EVERY_S: Final = 4.0
GUILD_EVERY_S: Final = 1.2
"""How often one person and all of one guild ask: just less often than the bot's limits allow."""

LATEST_ACKNOWLEDGEMENT_S: Final = 2.5
LONGEST_BLOCK_MS: Final = 50.0
MOST_GROWTH: Final = 0.05
"""Of memory, from the middle to the end."""

PATIENCE_S: Final = 30.0
LOOP: Final = '"event": "event loop"'


@dataclass
class Timed(Loopback):
    """The stand-in, which notes when each message could be seen."""

    seen_s: dict[int, float] = field(default_factory=dict)

    async def post(self, message: Message) -> Message:
        """Note the time."""
        self.seen_s[message.id] = time.perf_counter()
        return await super().post(message)


@dataclass(frozen=True)
class Figures:
    """What came of it. Times are sorted, in seconds; `memory` is in bytes, in order; a shortfall is a broken bound."""

    asked: int
    answered: int
    doubled: int
    logged: int
    busy: int
    acknowledged_s: Sequence[float]
    answered_s: Sequence[float]
    worst_ms: float
    worked_ms: float
    memory: Sequence[int]
    stand_in_busy: float
    late_s: float
    load: float

    def broken(self) -> list[str]:
        """Name the bounds that do not hold."""
        middle, last = self.memory[len(self.memory) // 2], self.memory[-1]
        bounds = {
            f"{self.asked - self.answered} questions are lost": self.answered < self.asked,
            f"{self.busy} questions are turned away": self.busy > 0,
            f"{self.doubled} questions are answered twice": self.doubled > 0,
            f"{self.logged} turns are logged for {self.asked} questions": self.logged != self.asked,
            f"an acknowledgement took {self.acknowledged_s[-1]:.2f} s": self.acknowledged_s[-1]
            > LATEST_ACKNOWLEDGEMENT_S,
            f"the event loop was held up for {self.worst_ms:.0f} ms": self.worst_ms > LONGEST_BLOCK_MS,
            f"memory grew from {middle / 1e6:.0f} MB to {last / 1e6:.0f} MB": last > middle * (1 + MOST_GROWTH),
        }
        return [name for name, is_broken in bounds.items() if is_broken]

    def lines(self) -> list[str]:
        """Give them as a table."""
        at = (0, len(self.memory) // 2, -1)
        rows = {
            "questions": f"{self.asked}, {self.answered} answered, {self.doubled} doubled, {self.logged} logged",
            "acknowledged after": _percentiles(self.acknowledged_s),
            "answered after": _percentiles(self.answered_s),
            "event loop held up": f"{self.worst_ms:.1f} ms at most; worked {self.worked_ms:.1f} ms at most in one go",
            "memory": ", ".join(f"{self.memory[place] / 1e6:.0f} MB" for place in at) + " (start, middle, end)",
            "stand-in": f"busy {self.stand_in_busy:.0%} of the time, asked {self.late_s * 1000:.0f} ms late at most",
            "load of the machine": f"{self.load:.1f} on {os.cpu_count()} cores before",
        }
        return [f"{name:20}  {value}" for name, value in rows.items()]


def _percentiles(times_s: Sequence[float]) -> str:
    p50, p99 = (times_s[int(share * (len(times_s) - 1))] for share in (0.5, 0.99))
    return f"{p50 * 1000:.0f} ms (half), {p99 * 1000:.0f} ms (99 %), {times_s[-1] * 1000:.0f} ms (all)"


def memory_of(pid: int) -> int:
    """Give the resident memory of a process in bytes, as Linux tells it."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def audience(loopback: Loopback, rate: float) -> list[tuple[User, Channel]]:
    """Fill guilds with so many people that none of them reaches a limit, one of each guild after the other."""
    world = loopback.world
    channels = [world.channel(world.guild(f"Club {number}")) for number in range(1 + int(rate * GUILD_EVERY_S))]
    people = max(1 + int(rate * PERSON_EVERY_S), len(channels))
    seats = [channels[number % len(channels)] for number in range(people)]
    return [(world.member(seat.guild, f"person{number}"), seat) for number, seat in enumerate(seats) if seat.guild]


async def measure(
    rate: float, seconds: float, folder: Path, *, taken_late_s: float = 0.0, answered_late_s: float = 0.0
) -> Figures:
    """Ask so many questions a second, for so long; Discord takes first answers late, or tells so late."""
    load = os.getloadavg()[0]
    texts = [question.text for question in load_pack().questions]
    chance = random.Random(5)  # noqa: S311 - the same questions each time
    questions = chance.sample(texts, min(len(texts), max(1, int(rate * seconds))))
    async with Timed() as loopback:
        people = audience(loopback, rate)
        async with running(loopback, folder, DILEMMA_LOGGING__LEVEL="debug", DILEMMA_LOGGING__FORMAT="json") as program:
            await program.says(READY, patience_s=FIRST_TIME_S)
            await program.says("commands announced")
            await loopback.ready()
            # What the loop was kept from while the model was loaded must not count.
            await _next_report(program)
            if taken_late_s:
                loopback.faults.slow(CALLBACK, taken_late_s, ALWAYS)
            if answered_late_s:
                loopback.faults.answer_late(CALLBACK, answered_late_s, ALWAYS)
            figures = await _ask_all(loopback, program, people, questions, rate)
            await program.stop()
    with closing(sqlite3.connect(folder / "log.sqlite3")) as log:
        ((logged,),) = log.execute("SELECT count(*) FROM turn")
    return replace(figures, logged=logged, load=load)


async def _next_report(program: Program) -> int:
    """Wait for the next line about the event loop, and give how many there are."""
    reports = sum(LOOP in line for line in program.lines)
    await program.says(LOOP, times=reports + 1)
    return reports + 1


async def _ask_all(
    loopback: Timed, program: Program, people: Sequence[tuple[User, Channel]], questions: Sequence[str], rate: float
) -> Figures:
    """Ask each question at its moment, wait for the answers, and count."""
    before = sum(LOOP in line for line in program.lines)
    sent: list[Interaction] = []
    memory: list[int] = []
    late_s = 0.0
    began_s, began_busy_s = time.perf_counter(), time.process_time()
    for number, question in enumerate(questions):
        due_s = began_s + number / rate
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
        late_s = max(late_s, time.perf_counter() - due_s)
        user, channel = people[number % len(people)]
        sent.append(await loopback.slash(user, channel, "ask", question=question))
        # The first second is left out: some things are made for the first questions, and kept.
        if number >= rate and number % max(1, int(rate)) == 0:
            memory.append(memory_of(program.process.pid))
    deadline_s = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < deadline_s and not all(each.answer for each in sent):  # noqa: ASYNC110 - no waiter slows it
        await asyncio.sleep(0.1)
    busy = (time.process_time() - began_busy_s) / (time.perf_counter() - began_s)
    memory.append(memory_of(program.process.pid))
    await _next_report(program)
    reports = [json.loads(line) for line in program.lines if LOOP in line][before:]
    return _figures(loopback, sent, reports, memory, busy, late_s)


def _figures(
    loopback: Timed,
    sent: Sequence[Interaction],
    reports: Sequence[dict[str, float]],
    memory: Sequence[int],
    stand_in_busy: float,
    late_s: float,
) -> Figures:
    shown = [each.original for each in sent if each.original is not None and not each.thinking]
    turned_away = [message for message in shown if message.is_ephemeral]
    posted = sum(message.author is loopback.world.bot for message in loopback.world.messages.values())
    waits_s = [
        loopback.seen_s[each.original.id] - each.sent_at
        for each in sent
        if each.original is not None and each.original.id in loopback.seen_s
    ]
    return Figures(
        asked=len(sent),
        answered=len(shown),
        doubled=posted - len(shown),
        logged=0,
        busy=len(turned_away),
        acknowledged_s=sorted(each.acknowledged_after_s or PATIENCE_S for each in sent),
        answered_s=sorted(waits_s) or [PATIENCE_S],
        worst_ms=max(report["worst_ms"] for report in reports),
        worked_ms=max(report["worked_ms"] for report in reports),
        memory=memory,
        stand_in_busy=stand_in_busy,
        late_s=late_s,
        load=0.0,
    )


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit code is 1 when a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.discord_load", description=__doc__)
    parser.add_argument("--rate", type=float, default=50.0, help="questions a second (50)")
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long (60)")
    parser.add_argument("--taken-late", type=float, default=0.0, help="seconds until a first answer is taken (0)")
    parser.add_argument("--answered-late", type=float, default=0.0, help="seconds until the bot hears of it (0)")
    parsed = parser.parse_args(arguments)
    late = {"taken_late_s": parsed.taken_late, "answered_late_s": parsed.answered_late}
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(parsed.rate, parsed.seconds, Path(folder), **late))
    broken = figures.broken()
    verdict = [f"BROKEN: {bound}" for bound in broken] or ["Every bound holds."]
    sys.stdout.write("\n".join((*figures.lines(), *verdict, "")))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
