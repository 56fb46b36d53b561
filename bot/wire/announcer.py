"""Announcements, each sent once and in the order of its stream, and messages brought up to date.

The log holds what is still to be sent, and notes when it was. A stream that fails is retried, and holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Final, Generic, TypeVar

import discord

from bot.process.journal import log_fault, logger
from bot.wire.trouble import FAILURES
from knowledge.errors import DilemmaError

PAUSE_S: Final = 2.0
"""A message is changed at most this often."""


class Refresher:
    """Changes messages, each known by a key: at once, then every PAUSE_S at most. Belongs to one event loop."""

    def __init__(self) -> None:
        self._wanted: dict[str, Callable[[], Awaitable[object]]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def soon(self, key: str, refresh: Callable[[], Awaitable[object]]) -> None:
        """Change a message as soon as allowed; a later call replaces one that still waits."""
        self._wanted[key] = refresh
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._follow(key))

    def close(self) -> None:
        """Change nothing any more."""
        for task in self._tasks.values():
            task.cancel()

    async def _follow(self, key: str) -> None:
        """Make the changes one after the other: an older one must not arrive behind a newer one."""
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


RETRY_S: Final = (5.0, 15.0, 120.0, 300.0)
"""Pauses between tries where Discord refuses; the last one repeats."""

_OUTAGE: Final = 2
"""How many of these pauses an outage uses: after it, nothing waits for long."""

N = TypeVar("N")


class Announcer(Generic[N]):
    """Sends what lies in one outbox. Belongs to one event loop.

    `untold` waits for the next notice of any stream that has none under way. `tell` sends it and notes that, or drops
    it, and raises on failure. `stream` names a notice's stream. `troubles` holds the last failure of each stream.
    """

    def __init__(
        self, untold: Callable[[], Awaitable[N]], tell: Callable[[N], Awaitable[None]], stream: Callable[[N], str]
    ) -> None:
        self.troubles: dict[str, Exception] = {}
        self._untold = untold
        self._tell = tell
        self._stream = stream
        self._resting: dict[str, asyncio.Event] = {}

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    notice = await self._untold()
                except DilemmaError as error:
                    logger(__name__).warning("nothing can be told", reason=str(error))
                except Exception as fault:  # noqa: BLE001 - whatever broke, the announcer continues
                    log_fault(fault)
                else:
                    group.create_task(self._told(notice))
                    continue
                await asyncio.sleep(RETRY_S[0])

    def try_again(self, stream: str) -> None:
        """Retry a stream now: somebody may have mended it."""
        if (resting := self._resting.get(stream)) is not None:
            resting.set()

    async def _told(self, notice: N) -> None:
        stream, tries = self._stream(notice), 0
        while (failure := await self._failure(notice)) is not None:
            self.troubles[stream] = failure
            logger(__name__).info("not told yet", failure=type(failure).__name__, reason=str(failure))
            resting = self._resting[stream] = asyncio.Event()
            refused = isinstance(failure, discord.HTTPException) and failure.status < HTTPStatus.INTERNAL_SERVER_ERROR
            waits_s = RETRY_S if refused else RETRY_S[:_OUTAGE]
            with suppress(TimeoutError):
                async with asyncio.timeout(waits_s[min(tries, len(waits_s) - 1)]):
                    await resting.wait()
            tries += 1
        self.troubles.pop(stream, None)
        self._resting.pop(stream, None)

    async def _failure(self, notice: N) -> Exception | None:
        """Try to send; return the failure."""
        try:
            await self._tell(notice)
        except (*FAILURES, DilemmaError) as failure:
            return failure
        except Exception as fault:  # noqa: BLE001 - one stream must not end all the others
            log_fault(fault)
            return fault
        return None
