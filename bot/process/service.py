"""Opening the parts in a thread, while the bot connects; questions wait for them."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from bot.process.calm import settle, uncollected
from bot.process.journal import log_fault, logger
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.process.clock import Clock
    from bot.process.feature import Parts
    from bot.process.pending import Pending

T = TypeVar("T")

_OPENING: Final = "is being opened"

AGAIN_S: Final = 1.0
"""Pause before what cannot be opened just now is tried again."""


class NotYetError(UserError):
    """What must be known before anything is answered cannot be read just now; it is tried again."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the parts are: of each that may fail while it is open, what returns its trouble (None: it works)."""

    troubles: Mapping[str, Callable[[], str | None]]


class _LeavingError(Exception):
    """The program ends before everything is open."""


class Serving:
    """The parts, from opening to closing. Its coroutines belong to one event loop."""

    def __init__(self, opening: Callable[[], AbstractContextManager[Parts]], *, clock: Clock) -> None:
        self._opening = opening
        self._clock = clock
        self._leave = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._opened: asyncio.Future[Parts] | None = None
        self._closed: asyncio.Future[None] | None = None
        self._pending: asyncio.Future[Pending] | None = None
        self.hindrance: str | None = None

    @property
    def current(self) -> Parts | None:
        """The parts; None while they open, and when that failed."""
        if self._opened is None or not self._opened.done() or self._opened.exception() is not None:
            return None
        return self._opened.result()

    @property
    def pending(self) -> Pending | None:
        """What keeps promised answers, while the rest still opens, too; None before there is a log."""
        return self._pending.result() if self._pending is not None and self._pending.done() else None

    async def keeping(self) -> Pending:
        """Return what keeps promised answers, as soon as there is a log."""
        if self._pending is None:
            raise Fault("what answers was never begun to be opened")
        return await asyncio.shield(self._pending)

    def keep(self, pending: Pending) -> None:
        """Have promised answers kept from now on. Call it in the thread that opens."""
        self._call(lambda: None if self._pending is None else _settle(self._pending, pending))

    def troubles(self) -> dict[str, str | None]:
        """Return what keeps log and index from working; None for what works."""
        health = None if self.current is None else self.current.find(Health)
        if health is None:
            return {"log": self.hindrance or _OPENING, "index": _OPENING}
        return {part: trouble() for part, trouble in health.troubles.items()}

    def begin(self) -> None:
        """Start opening, in a daemon thread: a model that still loads must not hold up the program's end."""
        self._loop = asyncio.get_running_loop()
        self._opened = self._loop.create_future()
        self._closed = self._loop.create_future()
        self._pending = self._loop.create_future()
        threading.Thread(target=self._run, args=(self._closed,), name="serving", daemon=True).start()

    def hinder(self, error: UserError) -> None:
        """Let nobody wait for something that cannot be opened just now, and return when it is to be tried again.

        Call it in the thread that opens.
        """
        if self.hindrance != str(error):
            logger(__name__).warning("nothing is answered yet", reason=str(error))
        self.hindrance = str(error)
        self._hand_over(NotYetError(str(error)))
        if self._leave.wait(AGAIN_S):
            raise _LeavingError

    async def opened(self) -> Parts:
        """Return the parts once they are open. Raises what opening raised, NotYetError for what is tried again."""
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

    def _run(self, closed: asyncio.Future[None]) -> None:
        """Open, wait for the end, close: all in one thread."""
        started_s = self._clock.monotonic_s()
        lost: BaseException | None = None
        try:
            with ExitStack() as stack:
                with uncollected():
                    parts = stack.enter_context(self._opening())
                    settle()
                self.hindrance = None
                logger(__name__).info("ready to answer", seconds=round(self._clock.monotonic_s() - started_s, 2))
                self._hand_over(parts)
                self._leave.wait()
        except _LeavingError as error:
            self._hand_over(error)
        except BaseException as error:  # noqa: BLE001 - it belongs to those who wait
            if self._leave.is_set() and isinstance(error, UserError):
                lost = error
            elif self._leave.is_set():
                log_fault(error)  # nobody waits any more
            self._hand_over(error)
        finally:
            self._call(lambda: _settle(closed, lost))

    def _hand_over(self, result: Parts | BaseException) -> None:
        """Give those who wait the parts, or an error; who comes after one that passes waits for the next."""

        def hand_over() -> None:
            if self._opened is not None and self._loop is not None:
                _settle(self._opened, result)
                if isinstance(result, NotYetError):
                    self._opened = self._loop.create_future()

        self._call(hand_over)

    def _call(self, job: Callable[[], None]) -> None:
        """Run something in the event loop, from another thread."""
        try:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(job)
        except RuntimeError:
            logger(__name__).info("too late: the program has ended")


def _settle(future: asyncio.Future[T], result: T | BaseException) -> None:
    """Set a future's result or error; the first one counts."""
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
        future.exception()  # whoever waits gets it, and nobody may be waiting yet
    else:
        future.set_result(result)
