"""Bringing messages up to date soon after something changed, together and not each time.

A class of thirty votes within seconds, and Discord takes few changes of messages.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.process.journal import log_fault, logger
from bot.wire.trouble import FAILURES
from knowledge.errors import DilemmaError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PAUSE_S: Final = 2.0
"""A message is changed at most this often."""


class Refresher:
    """Changes messages, each known by a key: at once, then no more than once in a while, and the last way counts.

    Belongs to one event loop.
    """

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._wanted: dict[str, Callable[[], Awaitable[object]]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def soon(self, key: str, refresh: Callable[[], Awaitable[object]]) -> None:
        """Have a message changed as soon as may be; what it takes the place of is not done any more."""
        self._wanted[key] = refresh
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._follow(key))

    def close(self) -> None:
        """Change nothing any more."""
        for task in self._tasks.values():
            task.cancel()

    async def _follow(self, key: str) -> None:
        """Do what is wanted, one after the other: an older change must not arrive behind a newer one."""
        while (refresh := self._wanted.pop(key, None)) is not None:
            try:
                await refresh()
            except (*FAILURES, DilemmaError) as failure:
                logger(__name__).info(
                    "a message is not up to date", failure=type(failure).__name__, reason=str(failure)
                )
            except Exception as fault:  # noqa: BLE001 - the next change tries again
                log_fault(fault)
            await asyncio.sleep(PAUSE_S)
        del self._tasks[key]
