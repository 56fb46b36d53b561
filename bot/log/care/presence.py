"""Whether the file that is open is still the one at its path: somebody can delete, replace or overwrite it meanwhile.

SQLite does not notice. It goes on writing into a file without a name, which is gone when it is closed.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.log.connection import Connection

_HEADER: Final = 28
"""Bytes of the file's header that are looked at."""
_MAGIC: Final = b"SQLite format 3\0"
_LAST: Final = "SELECT id, conversation_id, number FROM turn ORDER BY id DESC LIMIT 1"


class Loss(Enum):
    """What became of the file; the value says so behind its name."""

    DELETED = "was deleted while it was open"
    REPLACED = "was replaced while it was open"
    PARTED = "lost its WAL while it was open"
    SPOILT = "was cut or overwritten while it was open"

    @property
    def whole(self) -> bool:
        """Whether what has it open can still read everything in it."""
        return self is not Loss.SPOILT


class Presence:
    """Knows the files of one open log. Only the writing thread may `note`."""

    def __init__(self, path: Path, descriptor: int, db: Connection, *, alone: bool) -> None:
        """Take the files for those of the connection; `descriptor` is another handle of the log's file.

        `alone` says that no other process brings anything into the file.
        """
        self._path, self._descriptor, self._db, self._alone = path, descriptor, db, alone
        files = [path, *(path.with_name(f"{path.name}{ending}") for ending in ("-wal", "-shm"))]
        # A file system without shared memory has no WAL.
        self._opened = {file: file.stat() for file in files if file.exists()}
        self._last: tuple[object, ...] | None = None
        self.note(settled=False)

    def note(self, *, settled: bool) -> None:
        """Note how the file is, after we wrote into it; `settled` says that the WAL holds nothing beside it."""
        self._state = self._looked()
        self._changes = self._counter() or 0
        row = self._db.first(_LAST) if settled and self._alone else None
        self._last = None if row is None else tuple(row.values())

    def moved(self) -> Loss | None:
        """Return what a look at the names alone tells; from any thread."""
        for file, opened in self._opened.items():
            try:
                found = file.stat()
            except OSError:
                return Loss.DELETED if file == self._path else Loss.PARTED
            if not os.path.samestat(found, opened):
                return Loss.REPLACED if file == self._path else Loss.PARTED
            if file == self._path and not found.st_size:
                return Loss.SPOILT
        return None

    def loss(self) -> Loss | None:
        """Return what became of the file; None while it is what it was."""
        if (loss := self.moved()) is not None:
            return loss
        if self._looked() == self._state:
            return None
        if not self._is_continued():
            return Loss.SPOILT
        self._state = self._looked()
        return None

    def others(self) -> Iterator[Path]:
        """Yield those of the log's names at which a file stands that is not ours."""
        for file, opened in self._opened.items():
            if file.exists() and not os.path.samestat(file.stat(), opened):
                yield file

    def _looked(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns

    def _counter(self) -> int | None:
        """Return the count of changes in the header, which never falls; None where that is none of a log in use."""
        header = os.pread(self._descriptor, _HEADER, 0)
        if header[:16] != _MAGIC or header[18:20] != b"\2\2":
            return None
        return int.from_bytes(header[24:28], "big")

    def _is_continued(self) -> bool:
        """Return whether what somebody else wrote into the file goes on from what we noted."""
        changes = self._counter()
        if changes is None or changes < self._changes:
            return False
        if self._last is None:
            return True
        # Not through the WAL: it is about the file alone. SQLite closes it in a way that leaves our locks.
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            with closing(sqlite3.connect(uri, uri=True)) as engine:
                found = engine.execute("SELECT id, conversation_id, number FROM turn WHERE id = ?", self._last[:1])
                return bool(found.fetchone() == self._last)
        except sqlite3.Error:
            return False
