"""The one way to the rows of a log: plain SQL with bound values; and the small values that the log's parts share."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.values.seal import Seal

if TYPE_CHECKING:
    from pathlib import Path

    Values = Sequence[Any] | Mapping[str, Any]
    """What a statement binds: to each `?` in order, or to each `:name`."""

T = TypeVar("T")

_COPIED: Final = 1_000
"""Pages that are copied at a time."""


class Connection:
    """An open database, for one thread at a time. Everything raises what the engine raises (sqlite3.Error).

    In SQL, `voter` and `opened` are those of the `seal`.
    """

    def __init__(self, engine: sqlite3.Connection, seal: Seal | None = None) -> None:
        """Take over a connection; without a seal, use one that nobody else has."""
        self._engine = engine
        self.seal = seal or Seal(secrets.token_bytes())
        engine.create_function("voter", 2, self.seal.voter, deterministic=True)
        engine.create_function("opened", 4, self.seal.told, deterministic=True)

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run a statement, and return how many rows it changed."""
        return self._engine.execute(sql, values).rowcount

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run a statement once for each of several rows."""
        self._engine.executemany(sql, rows)

    def query(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Return the rows of a query, or those that a statement with RETURNING wrote, by column."""
        found = self._engine.execute(sql, values)
        columns = [column for column, *_ in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found]

    def first(self, sql: str, values: Values = ()) -> dict[str, Any] | None:
        """Return the first row of a query; None when there is none."""
        return next(iter(self.query(sql, values)), None)

    def value(self, sql: str, values: Values = ()) -> Any:  # noqa: ANN401 - a cell holds anything
        """Return the first cell of the first row; None when there is none."""
        row = self._engine.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def row(self, sql: str, values: Values = ()) -> tuple[Any, ...]:
        """Return the first row, of a statement that always has one."""
        return tuple(self._engine.execute(sql, values).fetchone())

    def holds(self, table: str) -> bool:
        """Return whether there is a table: a log that is only read may be an older one."""
        return self.value("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)) is not None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open: an error can have ended it."""
        return self._engine.in_transaction

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Do all or nothing, also inside another `atomic`."""
        inner = self.in_transaction
        self._engine.execute("SAVEPOINT step" if inner else "BEGIN IMMEDIATE")
        try:
            yield
            self._engine.execute("RELEASE step" if inner else "COMMIT")
        except BaseException:
            if inner and self.in_transaction:
                self._engine.execute("ROLLBACK TO step")
                self._engine.execute("RELEASE step")
            elif not inner:
                self.rollback()
            raise

    def copy_to(self, file: Path, meanwhile: Callable[[], None]) -> None:
        """Copy everything into an empty file; `meanwhile` is called now and then (sqlite3.Error)."""
        with closing(sqlite3.connect(file, isolation_level=None)) as target:
            self._engine.backup(target, pages=_COPIED, progress=lambda *_: meanwhile())

    def rollback(self) -> None:
        """Undo what was begun, if anything was."""
        self._engine.rollback()

    def close(self) -> None:
        """Close it."""
        self._engine.close()


def read_only(path: Path) -> sqlite3.Connection:
    """Open a log's file to read it as it is, beside whoever writes it (sqlite3.Error); the caller closes it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


Job = Callable[[Connection], T]
"""A function of the store, run over an open connection."""


_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT: Final = "\ufffd"


def storable(value: Any) -> Any:  # noqa: ANN401 - rows and JSON objects hold anything
    """Return a value with U+FFFD for each NUL, at which SQLite cuts a text, and each lone surrogate, at any depth."""
    if isinstance(value, str):
        return _UNSTORABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {key: storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


def stamp(now: str) -> str:
    """Return a time (ISO 8601 in UTC) to the second, for a file's name."""
    return datetime.fromisoformat(now).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def count_of_turns(count: int) -> str:
    """Return `1 turn` or `3 turns`."""
    return f"{count} turn" if count == 1 else f"{count} turns"


def reason(error: OSError | sqlite3.Error) -> str:
    """Return why a file cannot be used, without numbers and paths."""
    text = error.strerror if isinstance(error, OSError) else None
    return (text or str(error)).lower()


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder (OSError)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
