"""Tidying: nothing of a deleted row stays in the log's file, and what that costs goes with what was deleted.

All of it runs on the writing thread, in small steps between other writes. A log of an older form (before steps) has
to be rewritten once; see `conversion.py`.
"""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.log.care.checking import is_small
from bot.log.care.forgetting import unfinished
from bot.log.care.pages import Pages
from bot.log.care.presence import Presence
from bot.log.engines.sqlite import SqliteConnection
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

    from bot.log.care.presence import Loss
    from bot.log.connection import Connection
    from bot.log.privacy import Forgotten
    from bot.log.writer import Writer

    Steps = Generator[float, None, bool]
    """Steps that each take some milliseconds, and yield how long the next one should wait, in seconds."""

SECURE_SINCE: Final = (3, 42, 0)
"""The SQLite whose full-text index can delete words at once."""

_WAL_LIMIT: Final = 1_000_000
"""Bytes of the WAL from which it is brought into the file."""
_MERGED: Final = 32
"""Pages of the full-text index that one step writes."""
_LAST: Final = "\U0010ffff"
"""After every word."""
_GIVEN_BACK: Final = 16
"""Free pages that one step gives back to the file system."""
_SPARE: Final = 0.25
"""Share of the file that may be free pages: the next turns fill them."""
_SCRUBBED: Final = 500
"""Pages that one step looks through."""
_PAUSE_S: Final = 0.1
"""How long the WAL waits for its next try while somebody reads from it."""
_TRIES: Final = 50
_LOOK_S: Final = 0.01
"""How often it is looked whether the disk has everything."""
PATIENCE_S: Final = 10.0
"""How long whoever deleted something waits for the wiping, before they hear that it goes on."""


def is_steppable(db: Connection) -> bool:
    """Return whether the file can be kept free of deleted bytes in steps; one of an older form cannot."""
    return bool(db.value("PRAGMA auto_vacuum") == 2)  # noqa: PLR2004 - SQLite's number for "incremental"


class Keeper:
    """Keeps one log's file tidy, through the connection that writes it."""

    def __init__(self, path: Path, db: SqliteConnection, *, alone: bool) -> None:
        self._db = db
        self._pages = Pages(path)
        self.presence = Presence(path, self._pages.descriptor, db, alone=alone)
        self._next_size = _WAL_LIMIT

    def loss(self) -> Loss | None:
        """Return what became of the file under us; None while it is what it was."""
        return self.presence.loss()

    def tend(self) -> bool:
        """Bring the WAL into the file when it is large (while somebody reads, less often); return whether it was."""
        size = self._pages.wal_size
        if size < self._next_size:
            self._next_size = min(self._next_size, size + _WAL_LIMIT)
            return False
        self._next_size = _WAL_LIMIT if self._settle() else size + _WAL_LIMIT
        return True

    def mark_wiped(self) -> None:
        """Note in the file that no bytes of deleted rows remain in it."""
        self._db.mark_wiped()

    def wipe(self, *, whole: bool = False, tries: int = _TRIES) -> Steps:
        """Remove every byte of deleted rows from the file and its WAL; false when some may remain for now.

        `whole` says that any page may hold some; `tries` is how often to wait for those who read.
        """
        db = self._db
        yield from _merge(db) if whole or sqlite3.sqlite_version_info < SECURE_SINCE else _clear_separators(db)
        yield from _give_back(db)
        if whole:
            for first in range(1, self._pages.count() + 1, _SCRUBBED):
                yield 0.0
                self._pages.overwrite_holes(range(first, first + _SCRUBBED))
                self.presence.note(settled=False)
        for _ in range(tries):
            if self._settle():
                break
            yield _PAUSE_S
        else:
            return False
        # A disk can take a second for it, in which the others go on.
        with ThreadPoolExecutor(1, thread_name_prefix="log-sync") as beside:
            synced = beside.submit(self._pages.sync)
            while not synced.done():
                yield _LOOK_S
            synced.result()
        return is_steppable(db)

    def close(self) -> None:
        """Bring the WAL into the file, unless that was taken away, and close the connection."""
        try:
            if self.loss() is None:
                self._settle()
        except sqlite3.Error:
            pass  # the next opening finds the WAL
        finally:
            self._db.close()
            self._pages.close()

    def _settle(self) -> bool:
        """Bring the WAL into the file and empty it; false when somebody reads an older state of it.

        SQLite must not do so by itself: only the WAL tells in which pages copies may lie. Nor do two processes at once.
        """
        with self._pages.alone() as alone:
            if not alone:
                return False
            settled = False
            try:
                settled = self._brought_in()
            finally:
                self.presence.note(settled=settled)
            return settled

    def _brought_in(self) -> bool:
        touched = self._pages.in_wal()
        _, frames, done = self._db.row("PRAGMA wal_checkpoint(PASSIVE)")
        self._pages.overwrite_holes(touched)
        if done < frames:
            return False
        patience_ms = self._db.value("PRAGMA busy_timeout")
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            busy, *_ = self._db.row("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {patience_ms}")
        return not busy


@dataclass(frozen=True, slots=True, eq=False)
class _Deleted:
    """What was deleted, and who waits until when to hear that it is wiped."""

    forgotten: Forgotten
    outcome: Future[Forgotten]
    until_s: float

    def tell(self, *, wiped: bool) -> None:
        self.outcome.set_result(replace(self.forgotten, wiped=wiped))


class Tidying:
    """Wipes a log after deletions, in rounds that each serve all who wait.

    `unfinished` are people whose deletion a process before this one began.
    """

    def __init__(self, path: Path, *, alone: bool) -> None:
        """Begin nothing yet; `alone` says that no other process writes this log."""
        self._path = path
        self._alone = alone
        self._running = False
        self._deletions: set[Future[Forgotten]] = set()
        self._waiting: list[_Deleted] = []

    def keep(self, db: Connection) -> Keeper:
        """Begin to look after the log that a writer has just opened."""
        assert isinstance(db, SqliteConnection)  # noqa: S101 - a file has no other
        self.unfinished = unfinished(db)
        self._keeper = Keeper(self._path, db, alone=self._alone)
        if sqlite3.sqlite_version_info >= SECURE_SINCE:
            db.execute("INSERT INTO turn_fts (turn_fts, rank) VALUES ('secure-delete', 1)")
        if db.wipe_is_due and is_small(self._path):
            # What a full disk keeps from being overwritten stays due; it must not keep the log shut.
            with suppress(sqlite3.OperationalError, OSError):
                for pause_s in self._wiped(db, whole=True, tries=1):
                    time.sleep(pause_s)
        self._left = db.wipe_is_due
        return self._keeper

    @property
    def presence(self) -> Presence:
        """Whether the file that is open is still there."""
        return self._keeper.presence

    def begin(self, writer: Writer) -> None:
        """Work through this writer from now on; wipe what a process before this one left."""
        self._writer = writer
        self._running = False
        if self._left or self._waiting:
            self._start(whole=True)

    def after(self, deletion: Future[Forgotten]) -> Future[Forgotten]:
        """Return the outcome of a deletion: known once its bytes are wiped, or after `PATIENCE_S`."""
        outcome: Future[Forgotten] = Future()
        outcome.set_running_or_notify_cancel()
        self._deletions.add(deletion)
        deletion.add_done_callback(partial(self._deleted, outcome))
        return outcome

    def _deleted(self, outcome: Future[Forgotten], deletion: Future[Forgotten]) -> None:
        self._deletions.discard(deletion)
        if (failure := deletion.exception()) is not None:
            begun = not isinstance(failure, sqlite3.Error)
            outcome.set_exception(failure if begun else Fault(f"nothing was deleted from {self._path}: {failure}"))
            return
        self._waiting.append(_Deleted(deletion.result(), outcome, time.monotonic() + PATIENCE_S))
        self._start()

    def _start(self, *, whole: bool = False) -> None:
        """Begin a round, unless one runs: another follows it."""
        if self._running:
            return
        self._running = True
        try:
            self._writer.submit_steps(partial(self._round, whole=whole))
        except Fault:  # the log is being closed: its next opening goes on
            self._running = False
            _tell(self._waiting, wiped=False)

    def _round(self, db: Connection, *, whole: bool) -> Generator[float, None, None]:
        served, self._waiting = self._waiting, []
        wiped = False
        try:
            steps = self._wiped(db, whole=whole)
            while True:
                yield next(steps)
                _tell((one for one in served if one.until_s <= time.monotonic()), wiped=False)
                served = [one for one in served if one.until_s > time.monotonic()]
        except StopIteration as stopped:
            wiped = stopped.value
        except (sqlite3.Error, OSError):
            pass  # it stays due
        finally:
            _tell(served, wiped=wiped)
            self._running = False
        if self._waiting:
            self._start()

    def _wiped(self, db: Connection, *, whole: bool, tries: int = _TRIES) -> Steps:
        """Wipe if that is due, and note that it was done, if nothing was deleted meanwhile."""
        if not db.wipe_is_due:
            return True
        wiped = yield from self._keeper.wipe(whole=whole, tries=tries)
        if wiped and not self._deletions and not self._waiting:
            self._keeper.mark_wiped()
        return wiped


def _tell(deleted: Iterable[_Deleted], *, wiped: bool) -> None:
    for one in deleted:
        one.tell(wiped=wiped)


def _merge(db: Connection) -> Iterator[float]:
    """Merge the full-text index into one, in which no deleted word is left."""
    pages = -_MERGED  # below 0: begin with everything that there is
    while True:
        before = db.value("SELECT total_changes()")
        db.execute("INSERT INTO turn_fts (turn_fts, rank) VALUES ('merge', ?)", (pages,))
        if db.value("SELECT total_changes()") - before < 2:  # noqa: PLR2004 - as SQLite's manual says
            return
        pages = _MERGED
        yield 0.0


def _clear_separators(db: Connection) -> Iterator[float]:
    """Replace words that nobody's turn has any more, but that still separate pages of the full-text index.

    `secure-delete` leaves those. The next word that there is separates the same pages as well.
    """
    db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word USING fts5vocab('main', 'turn_fts', 'instance')")
    whole = True
    for number, row in enumerate(db.query("SELECT segid, term FROM turn_fts_idx ORDER BY segid, term")):
        word = row["term"][1:]  # the first byte says in which index it is; there is one
        found = db.value("SELECT term FROM temp.word WHERE term >= CAST(? AS TEXT) LIMIT 1", (word,))
        new = (found or f"{_LAST}{number:09}").encode()
        if not new.startswith(word):
            key = {**row, "new": row["term"][:1] + new}
            whole &= bool(
                db.execute("UPDATE OR IGNORE turn_fts_idx SET term = :new WHERE segid = :segid AND term = :term", key)
            )
        if number % _MERGED == 0:
            yield 0.0
    if not whole:  # of two pages that the same word separates, one has no word left
        yield from _merge(db)


def _give_back(db: Connection) -> Iterator[float]:
    """Make the file smaller, until few enough of its pages are free."""
    while is_steppable(db) and db.value("PRAGMA freelist_count") > _SPARE * db.value("PRAGMA page_count"):
        with db.atomic():
            for _ in range(_GIVEN_BACK):
                db.execute("PRAGMA incremental_vacuum(1)")  # Python stops a statement without rows after one page
        yield 0.0
