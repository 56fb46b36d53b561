"""The one way to the rows of a log, on any engine: plain SQL with bound values; and what the log's parts share."""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from bot.values.seal import Seal

if TYPE_CHECKING:
    from pathlib import Path

    Values = Sequence[Any] | Mapping[str, Any]
    """What a statement binds: to each `?` in order, or to each `:name`."""

T = TypeVar("T")

TRIES: Final = 5
"""How often a transaction is tried that other processes are in the way of."""
PAUSE_S: Final = 0.05
"""How long to wait before each further try."""


class ConflictError(sqlite3.OperationalError):
    """Another process was in the way, so that the transaction was undone: done again, it may go well."""


class DoubtError(sqlite3.OperationalError):
    """The session ended in the middle of a commit: whether that was done is not known."""


class Cursor(Protocol):
    """What a statement found, as Python's interface for databases (PEP 249) has it."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""

    @property
    def description(self) -> Sequence[Sequence[Any]] | None:
        """The columns, each with its name first."""

    def fetchone(self) -> Any:  # noqa: ANN401 - rows hold anything
        """Return the next row; None when there is none."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""


class Connection(ABC):
    """An open database, for one thread at a time. Whatever fails on any engine is raised as an sqlite3.Error.

    Statements are written in what SQLite and PostgreSQL both know. `?` binds a value, `:name` a value by its name, and
    `IN :name` asks for one of a list.
    """

    def __init__(self, seal: Seal | None = None) -> None:
        """Seal votes with what is given; without, with a seal that nobody else has."""
        self.seal = seal or Seal(secrets.token_bytes())

    @abstractmethod
    def run(self, sql: str, values: Values) -> Cursor:
        """Run a statement."""

    @abstractmethod
    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run a statement once for each of several rows."""

    @abstractmethod
    def holds(self, table: str) -> bool:
        """Return whether there is a table: a log that is only read may be an older one."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether a transaction is open: an error can have ended it."""

    @abstractmethod
    def begin(self, *, adding: bool = False) -> None:
        """Begin a transaction, once no other process writes; one that only adds rows of its own need not wait."""

    def commit(self) -> None:
        """Make what was begun last; DoubtError where nobody knows whether it does."""
        self.execute("COMMIT")

    @abstractmethod
    def find(self, words: str, limit: int) -> list[int]:
        """Return the ids of turns in whose question every word begins a word, the best first; of very many the latest.

        Any text is fine.
        """

    @abstractmethod
    def reserve(self, table: str, count: int) -> list[int]:
        """Return ids for so many new rows of a table, in a transaction."""

    @abstractmethod
    def begin_filling(self) -> None:
        """Make ready for many rows of another log."""

    @abstractmethod
    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows, the quickest way."""

    @abstractmethod
    def finish_filling(self) -> None:
        """Make what was left out meanwhile."""

    @abstractmethod
    def rebuild_search(self) -> None:
        """Build the index over what was asked anew, where it can be damaged."""

    @property
    @abstractmethod
    def wipe_is_due(self) -> bool:
        """Whether bytes of deleted rows may remain: a process can be killed between deleting and wiping."""

    @abstractmethod
    def mark_unwiped(self) -> None:
        """Note that bytes of deleted rows may remain."""

    @abstractmethod
    def rollback(self) -> None:
        """Undo what was begun, if anything was."""

    @abstractmethod
    def close(self) -> None:
        """Close it."""

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run a statement, and return how many rows it changed."""
        return self.run(sql, values).rowcount

    def query(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Return the rows of a query, or those that a statement with RETURNING wrote, by column."""
        found = self.run(sql, values)
        columns = [column for column, *_ in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def first(self, sql: str, values: Values = ()) -> dict[str, Any] | None:
        """Return the first row of a query; None when there is none."""
        return next(iter(self.query(sql, values)), None)

    def value(self, sql: str, values: Values = ()) -> Any:  # noqa: ANN401 - a cell holds anything
        """Return the first cell of the first row; None when there is none."""
        row = self.run(sql, values).fetchone()
        return None if row is None else row[0]

    def row(self, sql: str, values: Values = ()) -> tuple[Any, ...]:
        """Return the first row, of a statement that always has one."""
        return tuple(self.run(sql, values).fetchone())

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Do all or nothing, also inside another `atomic`."""
        inner = self.in_transaction
        if inner:
            self.execute("SAVEPOINT step")
        else:
            self.begin()
        try:
            yield
            if inner:
                self.execute("RELEASE SAVEPOINT step")
            else:
                self.commit()
        except BaseException:
            if inner and self.in_transaction:
                self.execute("ROLLBACK TO SAVEPOINT step")
                self.execute("RELEASE SAVEPOINT step")
            elif not inner:
                self.rollback()
            raise


def persistent(db: Connection, deed: Callable[[], T], tries: int = TRIES) -> T:
    """Do something in a transaction of its own, again where other processes were in the way (ConflictError)."""
    while True:
        tries -= 1
        try:
            with db.atomic():
                return deed()
        except ConflictError:
            if not tries:
                raise
        time.sleep(PAUSE_S)


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
