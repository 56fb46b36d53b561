"""Waiting for a moment or a change."""

from __future__ import annotations

import asyncio

from bot.process.clock import Waking


async def test_everybody_who_rests_is_woken_by_a_change() -> None:
    """And by each one only once."""
    waking = Waking()
    resting = [asyncio.create_task(waking.rest(None)) for _ in range(3)]
    await asyncio.sleep(0)
    waking.wake()
    await asyncio.gather(*resting)
    later = asyncio.create_task(waking.rest(None))
    await asyncio.sleep(0)
    assert not later.done()
    later.cancel()


async def test_a_moment_ends_the_rest_too() -> None:
    """After as many seconds as were given."""
    slept: list[float] = []

    async def sleep(duration_s: float) -> None:
        slept.append(duration_s)

    await Waking(sleep).rest(1.5)
    assert slept == [1.5]


async def test_who_is_cancelled_leaves_nothing_behind() -> None:
    """No task goes on waiting for nobody."""
    before = asyncio.all_tasks()
    resting = asyncio.create_task(Waking().rest(60))
    await asyncio.sleep(0)
    resting.cancel()
    await asyncio.gather(resting, return_exceptions=True)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
