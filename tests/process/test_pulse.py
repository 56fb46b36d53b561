"""How long a loop kept everybody waiting."""

from __future__ import annotations

import asyncio
import time

from bot.process import clock
from bot.process.clock import Lateness, Pulse, SystemClock


def test_the_longest_wait_and_the_most_work_are_kept() -> None:
    """They need not have been at the same time."""
    beats = Pulse(10.0, 1.0)
    beats.beat(10.25, 1.0)
    beats.beat(10.375, 1.125)
    beats.beat(10.5, 1.125)
    assert beats.taken() == Lateness(beats=3, worst_ms=250.0, worked_ms=125.0)


def test_a_report_begins_anew() -> None:
    """What went on before it counts no more."""
    beats = Pulse(0.0, 0.0)
    beats.beat(5.0, 5.0)
    beats.taken()
    beats.beat(5.5, 5.25)
    assert beats.taken() == Lateness(beats=1, worst_ms=500.0, worked_ms=250.0)


async def test_a_loop_that_is_held_up_is_found_out() -> None:
    """Work that lasts twenty milliseconds is told as no less."""
    reports: asyncio.Queue[Lateness] = asyncio.Queue()
    listening = asyncio.create_task(clock.listen(SystemClock(), reports.put_nowait, report_every_s=0.02))
    await reports.get()
    until_s = time.thread_time() + 0.02
    while time.thread_time() < until_s:
        pass
    late = await reports.get()
    listening.cancel()
    assert late.worked_ms >= 20
    assert late.worst_ms >= 19.9  # another clock
    assert late.beats >= 1
