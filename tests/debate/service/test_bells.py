"""The bells of debates, in their moments."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.debate.rules.commands import Extend, Next, Pause, Resume
from bot.debate.rules.events import ClockSetBack
from bot.debate.store import debates as store
from knowledge.errors import UserError
from tests.debate.service.held_debates import ANN, GUILD, MIA, again, joined, rung, started

if TYPE_CHECKING:
    from concurrent.futures import Future
    from functools import partial

    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog
    from tests.process.clocks import MovedClock


async def test_bells_ring_in_their_moments(debates: Debates) -> None:
    """Of each phase as many as it has, and none late."""
    held = await started(debates)
    bells = await rung(debates, 3)
    assert [(bell.bell.value, bell.at_ms - held.state.at_ms, bell.late_ms) for bell in bells] == [
        ("half", 90_000, 0),
        ("minute", 120_000, 0),
        ("time", 180_000, 0),
    ]
    held = await debates.act(held.id, MIA, lambda person: Next(person, 0))
    bells = await rung(debates, 3)
    assert [(bell.bell.value, bell.at_ms - held.state.at_ms, bell.late_ms) for bell in bells] == [
        ("half", 120_000, 0),
        ("minute", 180_000, 0),
        ("time", 240_000, 0),
    ]


async def test_bells_of_several_debates_ring_each_in_its_moment(debates: Debates, clock: MovedClock) -> None:
    """One timer keeps the time of all."""
    first = await started(debates)
    clock.now_s += 10
    await started(debates)
    bells = await rung(debates, 6)
    assert [(bell.bell.value, (bell.at_ms - first.state.at_ms) // 1000, bell.late_ms) for bell in bells] == [
        ("half", 90, 0),
        ("half", 100, 0),
        ("minute", 120, 0),
        ("minute", 130, 0),
        ("time", 180, 0),
        ("time", 190, 0),
    ]


async def test_while_the_clock_stands_no_bell_rings(debates: Debates, clock: MovedClock) -> None:
    """The timer hears that it goes on again, and by how much the phase became longer."""
    held = await started(debates)
    await debates.act(held.id, MIA, Pause)
    running = asyncio.create_task(debates.run())
    await asyncio.sleep(0)
    clock.now_s += 3600
    await debates.act(held.id, MIA, lambda person: Extend(person, 2))
    await debates.act(held.id, MIA, Resume)
    running.cancel()
    bells = await rung(debates, 3)
    assert [(bell.bell.value, bell.at_ms - held.state.at_ms, bell.late_ms) for bell in bells] == [
        ("half", 3_600_000 + 150_000, 0),
        ("minute", 3_600_000 + 240_000, 0),
        ("time", 3_600_000 + 300_000, 0),
    ]


async def test_bells_missed_while_nobody_was_there_say_how_late_they_are(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """All of them at once, each a single time."""
    await started(debates)
    clock.now_s += 200
    bells = await rung(await again(log, clock), 3)
    assert [bell.late_ms for bell in bells] == [110_000, 80_000, 20_000]
    clock.now_s += 200
    assert (await again(log, clock)).live()[0].state.next_bell_ms() is None


async def test_a_date_that_was_set_back_makes_no_bell_late(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """While the program was down: what is left of the phase is left of it."""
    held = await started(debates)
    clock.now_s += 100
    await joined(debates, held, ANN)
    clock.begun -= timedelta(hours=1)
    other = await again(log, clock)
    began_ms = held.state.at_ms + 100_000 - 3_600_000
    half, *bells = await rung(other, 3)
    assert half.at_ms == held.state.at_ms + 100_000
    assert [(bell.bell.value, bell.at_ms - began_ms, bell.late_ms) for bell in bells] == [
        ("minute", 20_000, 0),
        ("time", 80_000, 0),
    ]
    assert [event.by_ms for event in await other.events(held.id, GUILD) if isinstance(event, ClockSetBack)] == [
        3_600_000
    ]


async def test_a_disk_that_takes_nothing_delays_bells_and_loses_none(
    debates: Debates, log: ConversationLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever acts is told so; the timer tries again every five seconds."""
    held = await started(debates)
    real, failures = log.write, iter(range(2))

    def write(job: partial[Any]) -> Future[Any]:
        if job.func is store.append and next(failures, None) is not None:
            raise sqlite3.OperationalError("database or disk is full")
        return real(job)

    monkeypatch.setattr(log, "write", write)
    with pytest.raises(UserError, match="nothing was changed"):
        await joined(debates, held, ANN)
    assert debates.get(held.id) == held
    bells = await rung(debates, 3)
    assert [(bell.bell.value, bell.late_ms) for bell in bells] == [("half", 5000), ("minute", 0), ("time", 0)]


async def test_an_announcement_that_cannot_be_noted_is_not_told(
    debates: Debates, log: ConversationLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever announced it is told so."""
    held = await started(debates)
    first = await debates.untold()
    real, failures = log.write, iter(range(1))

    def write(job: partial[Any]) -> Future[Any]:
        if next(failures, None) is not None:
            raise sqlite3.OperationalError("database or disk is full")
        return real(job)

    monkeypatch.setattr(log, "write", write)
    with pytest.raises(UserError, match="nothing was changed"):
        await debates.told(held.id, first.number)
    await debates.told(held.id, first.number)
    assert (await debates.untold()).number == 2
