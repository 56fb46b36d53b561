"""A log in a file of SQLite's: one process has it open, or programs in a terminal share it."""

from __future__ import annotations

import logging
import secrets
import sqlite3
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.config.secret import read_by_others
from bot.log import spill
from bot.log.care import backups, checking
from bot.log.care.rescue import Rescue, missing_from
from bot.log.care.tidying import Tidying
from bot.log.connection import reason
from bot.log.engines.engine import Opened
from bot.log.lock import FileLock
from bot.log.mark import Mark
from bot.log.opening import (
    File,
    WrongPlaceError,
    open_for_writing,
    open_prepared,
    plain_errors,
    refuse_half,
    set_aside,
)
from bot.log.spill import Spill
from bot.log.steps.votes import seal_votes
from bot.log.writer import Writer
from bot.values.seal import Seal
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from bot.log.connection import Connection
    from bot.log.engines.sqlite import SqliteConnection
    from bot.log.privacy import Forgotten, Table

_log = logging.getLogger(__name__)

RESERVED: Final = 16 * 1024 * 1024
RESERVED_SHARED: Final = 256 * 1024
"""Bytes that are reserved beside the log for turns that it does not take, about 5 KB each; less in a terminal."""


class FileEngine(File):
    """A file that is written: tidied, watched, and given back when it was taken away."""

    def __init__(self, path: Path, seal: Seal, lock: FileLock, tidying: Tidying, rescue: Rescue) -> None:
        super().__init__(path, seal)
        self._lock = lock
        self._tidying = tidying
        self._rescue = rescue
        due = lock.alone and checking.marker(path).exists()
        self._check = checking.Check(path, self._report_damage) if due else None

    @property
    def then(self) -> Callable[[], None]:
        """What is called once the file is there again."""
        return self._rescue.then

    @then.setter
    def then(self, deed: Callable[[], None]) -> None:
        self._rescue.then = deed

    def begin(self, writer: Writer) -> Collection[str]:
        """Tidy through this writer from now on."""
        self._tidying.begin(writer)
        return self._tidying.unfinished

    def after(self, deletion: Future[Forgotten]) -> Future[Forgotten]:
        """Return the outcome of a deletion: known once its bytes are wiped, or when that takes too long."""
        return self._tidying.after(deletion)

    def outdate(self) -> None:
        """Note that a person left who may be in the copies beside the file."""
        backups.outdate(self.path)

    def set_aside(self) -> tuple[Path, ...]:
        """List the files beside the log that were moved aside."""
        return set_aside(self.path)

    def back_up(self, now: str, kept: int, tables: Iterable[Table]) -> Path | None:
        """Copy the file beside it if that is due. None gets older than a day; one with people who left is replaced."""
        moment = datetime.fromisoformat(now)
        with plain_errors(self.path):
            self._be_there()
            backups.prune(self.path, moment, kept)
            if not backups.is_due(self.path, moment, kept):
                return None
            return backups.make(self.path, tables, moment, kept)

    def watch(self, tables: Collection[str], changed: Callable[[], None]) -> None:
        """Do nothing: a bot has its file alone."""

    def stop(self) -> None:
        """End the check of the file."""
        if self._check is not None:
            self._check.close()

    def release(self, lost: str | None, *, ended: bool) -> None:
        """Release the lock."""
        if lost is not None and self._lock.alone:
            _log.error("%s %s; what it held is lost, but for its copies", self.name, lost)
        if ended:
            self._lock.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open the file for reading, unless another one lies in its place (UserError)."""
        self._be_there()
        with super().reading() as db:
            yield db

    def _be_there(self) -> None:
        """Read nothing that somebody put in the place of the log, or that cannot be told from it (UserError)."""
        if (loss := self._tidying.presence.moved()) is not None:
            raise UserError(f"{self.name} {loss.value}: it is opened anew, try again")

    def _report_damage(self, what: str) -> None:
        _log.error("%s is damaged (%s): start again, and what can be saved of it is saved", self.name, what)


def open_file(
    path: Path, *, holder: str, now: str, shared: bool, elsewhere: Path | None, secret: bytes | None
) -> Opened:
    """Open or create a log's file for writing (UserError); see `ConversationLog.open`."""
    with plain_errors(path):
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "not a file"
            raise WrongPlaceError(f"{path} cannot be used as the log: it is {kind}; name a file")
        make_folder(path)
        lock = FileLock.take(path, holder=holder, now=now, shared=shared)
    notices: list[str] = []
    kept = Spill(path, reserved=RESERVED_SHARED if shared else RESERVED, elsewhere=elsewhere, shared=shared)
    mark = Mark(path)
    tidying = Tidying(path, alone=not shared)
    seal = Seal(secret or secrets.token_bytes())

    def prepared(moment: str, found: str | None = None) -> tuple[SqliteConnection, list[str]]:
        db, moved = open_for_writing(path, moment, seal, found)
        refuse_half(db, str(path))
        if secret is not None:
            with db.atomic():
                seal_votes(db)
        return db, [] if moved is None else [moved]

    def opening() -> Connection:
        if not lock.alone:
            return open_prepared(path)
        db, said = prepared(now)
        notices.extend((*said, *_taken_in(db, path, elsewhere, mark, now)))
        return db

    rescue = Rescue(path, now, lock, tidying, mark, prepared, shared=shared)
    try:
        with plain_errors(path):
            writer = Writer(opening, keeping=tidying.keep, regaining=rescue)
        if shared and lock.alone:
            lock.share()
    except BaseException:
        lock.release()
        raise
    if (full := kept.reserve()) is not None:
        notices.append(full)
    notices.extend(read_by_others((path,)))
    return Opened(FileEngine(path, seal, lock, tidying, rescue), writer, kept, mark, tuple(notices))


def make_folder(path: Path) -> None:
    """Make the folder of a log, or of what waits for one (OSError; WrongPlaceError)."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise WrongPlaceError(
            f"{path} cannot be used as the log: {path.parent} is not a folder; name another file"
        ) from None


def _taken_in(db: Connection, path: Path, elsewhere: Path | None, mark: Mark, now: str) -> Iterator[str]:
    """Take in what waits beside the log, and yield sentences about that, and about what is missing."""
    missing = mark.begin(db, spill.count(path, elsewhere))
    if missing:
        yield missing_from(path, missing)
    mark.wait(0)  # a kill while they are taken in must not make them look lost
    for file in spill.left_behind(path, elsewhere):
        try:
            taken = spill.take_in(db, str(path), file, now)
        except (OSError, sqlite3.Error) as error:
            taken = f"turns in {file.name} could not be taken into {path} yet: {reason(error)}"
        if taken is not None:
            yield taken
    mark.begin(db, spill.count(path, elsewhere))
