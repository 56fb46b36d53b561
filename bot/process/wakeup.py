"""Waiting for a moment or for a change, whichever comes first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Waking:
    """Wakes everybody who rests. Belongs to one event loop."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Let time pass by `sleep` (seconds)."""
        self._sleep = sleep
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Wake whoever rests now."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def rest(self, longest_s: float | None) -> None:
        """Wait to be woken, `longest_s` at most; None: for as long as it takes.

        What is looked at right before is not missed: nothing else runs between that and the waiting.
        """
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._changed.wait())]
        if longest_s is not None:
            waiting.append(asyncio.create_task(self._slept(longest_s)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()

    async def _slept(self, duration_s: float) -> None:
        await self._sleep(duration_s)
