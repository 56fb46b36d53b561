"""A log whose file was taken away while it was open: what the connection still holds goes back to the path."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.log.connection import count_of_turns
from bot.log.engines.sqlite import SqliteConnection
from bot.log.lock import BrieflyUsedError
from bot.log.opening import write_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.log.care.presence import Loss
    from bot.log.care.tidying import Tidying
    from bot.log.connection import Connection
    from bot.log.lock import FileLock
    from bot.log.mark import Mark

_log = logging.getLogger(__name__)


class Rescue:
    """Opens the log anew, on the writing thread. A file that somebody put in its place is kept beside it.

    What was overwritten in place is saved as at a start: from the file itself and from the newest copy.
    """

    def __init__(
        self,
        path: Path,
        now: str,
        lock: FileLock,
        tidying: Tidying,
        mark: Mark,
        opening: Callable[[str, str | None], tuple[Connection, list[str]]],
        *,
        shared: bool,
    ) -> None:
        """Do nothing yet, at `now` (ISO 8601 in UTC).

        `opening` opens the file at the path at a time, and says what it did; it is given what is wrong with the file.
        """
        self._path, self._lock, self._tidying, self._mark = path, lock, tidying, mark
        self._opening, self._shared = opening, shared
        self._began = datetime.fromisoformat(now), time.monotonic()
        self._said: Loss | None = None
        self.then: Callable[[], None] = lambda: None

    def __call__(self, db: Connection, meanwhile: Callable[[], None]) -> Connection:
        """Return the connection that takes the place of `db`, and call `then` (OSError, sqlite3.Error, UserError)."""
        presence = self._tidying.presence
        loss = presence.loss()
        if loss is None:
            return db
        if loss is not self._said:
            _log.error("%s %s: nothing more is written into it, and turns wait beside it", self._path, loss.value)
            self._said = loss
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._lock.regain():
            raise BrieflyUsedError("another process has it open")
        try:
            if loss.whole:
                assert isinstance(db, SqliteConnection)  # noqa: S101 - it came from `opening`
                there = write_back(db, self._path, presence, self._now(), meanwhile)
                opened, said = self._opening(self._now(), None)
                kept = "" if there is None else f"; the file that was put there is {there.name} now"
                said.insert(0, f"what {self._path} held was written back{kept}")
            else:
                opened, said = self._opening(self._now(), f"it {loss.value}")
                db.close()
            self._mark.look()
            if missing := self._mark.begin(opened, self._mark.waiting):
                said.append(missing_from(self._path, missing))
        finally:
            if self._shared:
                self._lock.share()
        for sentence in said:
            _log.warning("%s", sentence)
        self._said = None
        self.then()
        return opened

    def _now(self) -> str:
        moment, since_s = self._began
        return (moment + timedelta(seconds=time.monotonic() - since_s)).isoformat()


def missing_from(path: Path, turns: int) -> str:
    """Say that turns are gone that had been called logged."""
    return (
        f"missing from {path}: {count_of_turns(turns)} that had been logged; the file, its WAL or what waited "
        "beside it was changed, replaced or damaged"
    )
