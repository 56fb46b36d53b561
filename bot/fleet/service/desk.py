"""A session of the fleet's own at the server, on a thread of its own: what writes to the log must not hold it up."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from bot.fleet.store import leases

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.log.connection import Connection

T = TypeVar("T")


class Desk:
    """Runs functions of the store, one after another, with the server's time; opened anew after each failure."""

    def __init__(self, connect: Callable[[], Connection], now_ms: Callable[[Connection], int] = leases.now_ms) -> None:
        """Open nothing yet."""
        self._connect = connect
        self._now_ms = now_ms
        self._db: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fleet")

    async def do(self, job: Callable[[Connection, int], T]) -> T:
        """Run one, with the time in milliseconds (sqlite3.Error)."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._done, job)

    def close(self) -> None:
        """End the session."""
        self._thread.submit(self._let_go)
        self._thread.shutdown()

    def _done(self, job: Callable[[Connection, int], T]) -> T:
        if self._db is None:
            db = self._connect()
            leases.make(db)
            self._db = db
        try:
            return job(self._db, self._now_ms(self._db))
        except sqlite3.Error:
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
