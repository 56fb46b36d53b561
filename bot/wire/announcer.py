"""Announcements, each sent once and in the order of its stream, and messages brought up to date.

The log holds what is still to be sent, and notes when it was. A stream that fails is retried, and holds up no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Final, Generic, TypeVar

import discord

from bot.process.charge import EVERYTHING, Charge
from bot.process.journal import log_fault, logger
from bot.wire.trouble import FAILURES
from knowledge.errors import DilemmaError

PAUSE_S: Final = 2.0
"""A message is changed at most this often."""

RETRY_S: Final = (5.0, 15.0, 120.0, 300.0)
"""Pauses between tries where Discord refuses; the last one repeats."""

_OUTAGE: Final = 2
"""How many of these pauses an outage uses: after it, nothing waits for long."""


class UnsureError(DilemmaError):
    """It is not certain just now that no other process tells the same."""


def _is_refused(failure: BaseException) -> bool:
    return isinstance(failure, discord.HTTPException) and failure.status < HTTPStatus.INTERNAL_SERVER_ERROR


def _pause_s(failure: BaseException, tries: int) -> float:
    """Return the pause after a failure, before which there were so many tries."""
    waits_s = RETRY_S if _is_refused(failure) else RETRY_S[:_OUTAGE]
    return waits_s[min(tries, len(waits_s) - 1)]


class Refresher:
    """Changes messages, each known by a key: at once, then every PAUSE_S at most. Belongs to one event loop.

    A change that fails is tried again, after the pauses of RETRY_S, until it is made, a later one takes its place, or
    Discord refused it after each of them.
    """

    def __init__(self) -> None:
        self._wanted: dict[str, Callable[[], Awaitable[object]]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._asked: dict[str, asyncio.Event] = {}

    def soon(self, key: str, refresh: Callable[[], Awaitable[object]]) -> None:
        """Change a message as soon as allowed; a later call replaces one that still waits."""
        self._wanted[key] = refresh
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._follow(key))
        elif key in self._asked:
            self._asked[key].set()

    def close(self) -> None:
        """Change nothing any more."""
        for task in self._tasks.values():
            task.cancel()

    async def _follow(self, key: str) -> None:
        """Make the changes one after the other: an older one must not arrive behind a newer one."""
        tries = 0
        while (refresh := self._wanted.pop(key, None)) is not None:
            asked = self._asked[key] = asyncio.Event()
            failure = await _failure(refresh)
            await asyncio.sleep(PAUSE_S)
            if failure is None or _is_final(failure, tries):
                tries = 0
                continue
            logger(__name__).info("a message is not up to date", failure=type(failure).__name__, reason=str(failure))
            self._wanted.setdefault(key, refresh)
            with suppress(TimeoutError):
                async with asyncio.timeout(_pause_s(failure, tries) - PAUSE_S):
                    await asked.wait()
            tries += 1
        del self._tasks[key], self._asked[key]


async def _failure(act: Callable[[], Awaitable[object]]) -> Exception | None:
    """Do something; return its failure."""
    try:
        await act()
    except (*FAILURES, DilemmaError) as failure:
        return failure
    except Exception as fault:  # noqa: BLE001 - one message must not keep others waiting
        log_fault(fault)
        return fault
    return None


def _is_final(failure: Exception, tries: int) -> bool:
    """Return whether a change is given up: its message is gone, or every pause but an outage's is over."""
    if isinstance(failure, discord.NotFound):
        return True
    return tries == len(RETRY_S) and (_is_refused(failure) or not isinstance(failure, (*FAILURES, DilemmaError)))


N = TypeVar("N")


class Announcer(Generic[N]):
    """Sends what lies in one outbox. Belongs to one event loop.

    `untold` waits for the next notice of any stream that has none under way. `tell` sends it and notes that, or drops
    it, and raises on failure. `stream` names a notice's stream. `troubles` holds the last failure of each stream.
    Where other processes have a `charge`, too, a notice of a `guild` that is theirs is theirs to tell.
    """

    def __init__(
        self,
        untold: Callable[[], Awaitable[N]],
        tell: Callable[[N], Awaitable[None]],
        stream: Callable[[N], str],
        *,
        guild: Callable[[N], str | None] = lambda _notice: None,
        charge: Charge = EVERYTHING,
    ) -> None:
        self.troubles: dict[str, Exception] = {}
        self._untold = untold
        self._tell = tell
        self._stream = stream
        self._guild = guild
        self._charge = charge
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
        while (failure := await _failure(partial(self._tell_ours, notice))) is not None:
            self.troubles[stream] = failure
            logger(__name__).info("not told yet", failure=type(failure).__name__, reason=str(failure))
            resting = self._resting[stream] = asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(_pause_s(failure, tries)):
                    await resting.wait()
            tries += 1
        self.troubles.pop(stream, None)
        self._resting.pop(stream, None)

    async def _tell_ours(self, notice: N) -> None:
        """Tell a notice, drop one that another process tells, and raise where that is not certain."""
        guild = self._guild(notice)
        if guild is not None and not self._charge.holds(guild):
            return
        if guild is not None and not self._charge.acts_for(guild):
            raise UnsureError
        await self._tell(notice)
