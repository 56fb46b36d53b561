"""SQLite: a log in a file, through the library that comes with Python."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from bot.log.connection import Connection, Cursor, storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from bot.log.connection import Values
    from bot.values.seal import Seal

_LISTED: Final = re.compile(r"\bIN :(\w+)")
_COPIED: Final = 1_000
"""Pages that are copied at a time."""
_UNWIPED: Final = 1
_WIPED: Final = 0
"""Values of user_version in the file's header: whether bytes of deleted rows may remain in it."""

WORD_LIMIT: Final = 32
"""Words of a query that count: FTS5 limits how large its expressions may be, and nobody searches for more."""
LETTER_LIMIT: Final = 100
"""Letters of a word that count."""
RANKED: Final = 2_000
"""Turns that match of which the best are found; where more do, ranking would take long, and the latest come first."""

_MATCHES: Final = "SELECT rowid AS id FROM turn_fts WHERE turn_fts MATCH :expression"


class SqliteConnection(Connection):
    """An open file."""

    def __init__(self, engine: sqlite3.Connection, seal: Seal | None = None) -> None:
        """Take over a connection."""
        super().__init__(seal)
        self._engine = engine

    def run(self, sql: str, values: Values) -> Cursor:
        """Run a statement."""
        return self._engine.execute(*_bound(sql, values))

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run a statement once for each of several rows."""
        self._engine.executemany(sql, rows)

    def holds(self, table: str) -> bool:
        """Return whether there is a table."""
        return self.value("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)) is not None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._engine.in_transaction

    def begin(self, *, adding: bool = False) -> None:  # noqa: ARG002 - a file has one writer at a time
        """Begin a transaction, once no other process writes."""
        self._engine.execute("BEGIN IMMEDIATE")

    def find(self, words: str, limit: int) -> list[int]:
        """Return the ids of turns in whose question every word begins a word."""
        expression = match_expression(words)
        if expression is None:
            return []
        key = {"expression": expression, "limit": max(limit, 0)}
        found = self.value(f"SELECT count(*) FROM ({_MATCHES} LIMIT {RANKED + 1})", key)  # noqa: S608 - constants
        order = "rowid DESC" if found > RANKED else "rank, rowid DESC"
        return [row["id"] for row in self.query(f"{_MATCHES} ORDER BY {order} LIMIT :limit", key)]

    def reserve(self, table: str, count: int) -> list[int]:
        """Return the next ids: nobody else writes meanwhile."""
        last = self.value(f"SELECT coalesce(max(id), 0) FROM {table}")  # noqa: S608 - a name
        return list(range(last + 1, last + count + 1))

    def begin_filling(self) -> None:
        """Have the WAL brought into the file now and then."""
        self.execute("PRAGMA wal_autocheckpoint = 10000")

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows; triggers put them into the index over what was asked."""
        named = ", ".join(f'"{column}"' for column in columns)
        places = ", ".join("?" * len(columns))
        self._engine.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", rows)  # noqa: S608 - names only

    def finish_filling(self) -> None:
        """Do nothing: everything is there."""

    def rebuild_search(self) -> None:
        """Build the index over what was asked anew: it is the one part that opening does not check."""
        self.execute("INSERT INTO turn_fts (turn_fts) VALUES ('rebuild')")

    @property
    def wipe_is_due(self) -> bool:
        """Whether bytes of deleted rows may remain."""
        return bool(self.value("PRAGMA user_version") == _UNWIPED)

    def mark_unwiped(self) -> None:
        """Note in the file that bytes of deleted rows may remain in it."""
        self.execute(f"PRAGMA user_version = {_UNWIPED}")

    def mark_wiped(self) -> None:
        """Note in the file that no bytes of deleted rows remain in it."""
        self.execute(f"PRAGMA user_version = {_WIPED}")

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


def match_expression(text: str) -> str | None:
    """Return the FTS5 expression for rows in which every word of the text begins a word; None when it has no words.

    Words are split at white space and quoted, so that operators and column names are words like any other.
    """
    words = storable(text).split()[:WORD_LIMIT]
    return " ".join('"' + word[:LETTER_LIMIT].replace('"', '""') + '"*' for word in words) or None


def _bound(sql: str, values: Values) -> tuple[str, Any]:
    """Bind lists as SQLite can: as JSON."""
    names = _LISTED.findall(sql)
    if not names or not isinstance(values, dict):
        return sql, values
    return (
        _LISTED.sub(r"IN (SELECT value FROM json_each(:\1))", sql),
        {**values, **{name: json.dumps(list(values[name])) for name in names}},
    )
