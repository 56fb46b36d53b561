"""Opening the parts in a thread, while the bot connects; questions wait for them."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, TypeVar

from bot.process.calm import settle, uncollected
from bot.process.journal import log_fault, logger
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.process.clock import Clock
    from bot.process.feature import Parts

T = TypeVar("T")


class Serving:
    """The parts, from opening to closing. Its coroutines belong to one event loop."""

    def __init__(self, opening: Callable[[], AbstractContextManager[Parts]], *, clock: Clock) -> None:
        self._opening = opening
        self._clock = clock
        self._leave = threading.Event()
        self._opened: asyncio.Future[Parts] | None = None
        self._closed: asyncio.Future[None] | None = None

    @property
    def current(self) -> Parts | None:
        """The parts; None while they open, and when that failed."""
        if self._opened is None or not self._opened.done() or self._opened.exception() is not None:
            return None
        return self._opened.result()

    def begin(self) -> None:
        """Start opening, in a daemon thread: a model that still loads must not hold up the program's end."""
        loop = asyncio.get_running_loop()
        self._opened = loop.create_future()
        self._closed = loop.create_future()
        arguments = (loop, self._opened, self._closed)
        threading.Thread(target=self._run, args=arguments, name="serving", daemon=True).start()

    async def opened(self) -> Parts:
        """Return the parts once they are open. Raises what opening raised."""
        if self._opened is None:
            raise Fault("what answers was never begun to be opened")
        return await asyncio.shield(self._opened)

    async def close(self, within_s: float) -> bool:
        """Close the parts, and return whether that was done in time. Raises UserError for what could not be saved."""
        self._leave.set()
        if self._closed is None:
            return True
        try:
            async with asyncio.timeout(within_s):
                await asyncio.shield(self._closed)
        except TimeoutError:
            return False
        return True

    def _run(
        self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[Parts], closed: asyncio.Future[None]
    ) -> None:
        """Open, wait for the end, close: all in one thread."""
        started_s = self._clock.monotonic_s()
        try:
            with ExitStack() as stack:
                with uncollected():
                    parts = stack.enter_context(self._opening())
                    settle()
                logger(__name__).info("ready to answer", seconds=round(self._clock.monotonic_s() - started_s, 2))
                _hand_over(loop, opened, parts)
                self._leave.wait()
        except UserError as error:
            _hand_over(loop, opened, error)
            if self._leave.is_set():
                _hand_over(loop, closed, error)
        except BaseException as error:  # noqa: BLE001 - it belongs to those who wait
            if self._leave.is_set():
                log_fault(error)  # nobody waits any more
            _hand_over(loop, opened, error)
        finally:
            _hand_over(loop, closed, None)


def _hand_over(loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], result: T | BaseException) -> None:
    """Set a future's result or error from another thread; the first one counts."""

    def hand_over() -> None:
        if future.done():
            return
        if isinstance(result, BaseException):
            future.set_exception(result)
            future.exception()  # whoever waits gets it, and nobody may be waiting yet
        else:
            future.set_result(result)

    try:
        loop.call_soon_threadsafe(hand_over)
    except RuntimeError:
        logger(__name__).info("too late: the program has ended")
