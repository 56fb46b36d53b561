"""PostgreSQL: a connection to a server, through psycopg. What fails is raised as SQLite's error of the same name."""

from __future__ import annotations

import re
import select
import sqlite3
import unicodedata
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import ClientCursor, pq
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.log.connection import ConflictError, Connection, DoubtError, storable
from bot.log.steps import shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from psycopg.abc import Buffer

    from bot.config.sections import Server
    from bot.log.connection import Cursor, Values
    from bot.values.seal import Seal

_CALM: Final[Mapping[str, str | int]] = {
    "application_name": "dilemma",
    "target_session_attrs": "primary",
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Which of several servers is wanted, and how long one that says nothing is waited for, unless the URL says so."""

_TURN: Final = 0x44494C4D
"""The lock of those who write, one process after another."""
_SESSION: Final = (
    "SET idle_in_transaction_session_timeout = '15s'",  # a process that hangs must not keep the others from writing
    "SET lock_timeout = '10s'",
    "SET synchronous_commit = on",
    "SET client_encoding = 'UTF8'",
)

_AGAIN: Final = frozenset({"40001", "40P01", "55P03"})
"""The codes of what may go well another time: a serialisation failure, a deadlock, a lock that others held too long."""
_ELSEWHERE: Final = frozenset({"25006", "57P01", "57P02", "57P03", "57P05", "25P03"})
"""The codes of a server that does not take writes any more, or has ended the session."""

_PIECES: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|::|\bIN :(?P<list>\w+)|:(?P<name>\w+)|(?P<place>\?)|%")
_HIDDEN: Final = "rowid"

WORD_LIMIT: Final = 32
LETTER_LIMIT: Final = 100
"""Words of a query, and letters of a word, that count."""
RANKED: Final = 2_000
"""Turns that match of which the best are found; where more do, the latest come first."""


class PostgresConnection(Connection):
    """A session of a server."""

    def __init__(self, engine: psycopg.Connection[Any], seal: Seal | None = None) -> None:
        """Take over a session that commits by itself."""
        super().__init__(seal)
        self._engine = engine
        engine.adapters.register_loader("bool", _Truth)
        engine.adapters.register_loader("numeric", _Number)

    def run(self, sql: str, values: Values) -> Cursor:
        """Run a statement."""
        with self._errors():
            cursor = ClientCursor(self._engine)
            return cursor.execute(spelt(sql), _bound(values))

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run a statement once for each of several rows."""
        with self._errors(), self._engine.pipeline():
            psycopg.Cursor(self._engine).executemany(spelt(sql), [_bound(row) for row in rows])

    def query(self, sql: str, values: Values = ()) -> list[dict[str, Any]]:
        """Return the rows by column, without the number of a row: SQLite does not show that either."""
        return [{name: cell for name, cell in row.items() if name != _HIDDEN} for row in super().query(sql, values)]

    def holds(self, table: str) -> bool:
        """Return whether there is a table."""
        return self.value("SELECT to_regclass(?)", (table,)) is not None

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._engine.info.transaction_status in (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)

    def begin(self, *, adding: bool = False) -> None:
        """Begin a transaction; unless it is only `adding`, when no other process writes."""
        self.run("BEGIN", ())
        if not adding:
            try:
                self.run("SELECT pg_advisory_xact_lock(?)", (_TURN,))
            except sqlite3.Error:
                self.rollback()
                raise

    def commit(self) -> None:
        """Make what was begun last."""
        try:
            super().commit()
        except sqlite3.OperationalError as error:
            if self._engine.closed:
                raise DoubtError(*error.args) from error
            raise

    def find(self, words: str, limit: int) -> list[int]:
        """Return the ids of turns in whose question every word begins a word."""
        expression = search_expression(words)
        if expression is None:
            return []
        key = {"expression": expression, "limit": max(limit, 0)}
        found = "FROM turn WHERE turn_words(question, asked_as) @@ CAST(:expression AS tsquery)"
        counted = self.value(f"SELECT count(*) FROM (SELECT 1 {found} LIMIT {RANKED + 1}) AS met", key)  # noqa: S608 - constants
        rank = "ts_rank(turn_words(question, asked_as), CAST(:expression AS tsquery), 1) DESC, "
        order = "id DESC" if counted > RANKED else f"{rank}id DESC"
        return [row["id"] for row in self.query(f"SELECT id {found} ORDER BY {order} LIMIT :limit", key)]

    def reserve(self, table: str, count: int) -> list[int]:
        """Return ids that nobody else gets."""
        sql = "SELECT nextval(pg_get_serial_sequence(?, 'id')) AS id FROM generate_series(1, ?)"
        return [row["id"] for row in self.query(sql, (table, count))]

    def begin_filling(self) -> None:
        """Drop the index over what was asked: to build it once is quicker."""
        self.run("DROP INDEX IF EXISTS turn_words_of", ())

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Copy rows in."""
        named = ", ".join(f'"{column}"' for column in columns)
        with self._errors(), self._engine.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def finish_filling(self) -> None:
        """Build the index, and let the next rows have numbers behind those that came with theirs."""
        self.run(shape.WORDS_INDEX, ())
        numbered = "SELECT table_name, column_name FROM information_schema.columns WHERE is_identity = 'YES'"
        for row in self.query(f"{numbered} AND table_schema = current_schema()"):
            table, column = row["table_name"], row["column_name"]
            sequence = f"pg_get_serial_sequence('{table}', '{column}')"
            self.run(f"SELECT setval({sequence}, coalesce(max({column}), 0) + 1, false) FROM {table}", ())  # noqa: S608 - names only
        self.run("ANALYZE", ())

    def rebuild_search(self) -> None:
        """Do nothing: the server looks after its indices."""

    @property
    def wipe_is_due(self) -> bool:
        """Whether rows were deleted since the tables were vacuumed."""
        return self.value("SELECT 1 FROM memo WHERE name = 'unwiped'") is not None

    def mark_unwiped(self) -> None:
        """Note that rows were deleted, and when."""
        self.run(
            """
            INSERT INTO memo (name, value) VALUES ('unwiped', clock_timestamp())
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            (),
        )

    def vacuum(self) -> None:
        """Let others take the place of deleted rows, gently, if any were deleted; outside a transaction."""
        since = self.value("SELECT value FROM memo WHERE name = 'unwiped'")
        if since is not None:
            self.run("SET vacuum_cost_delay = '2ms'", ())
            self.run("VACUUM (INDEX_CLEANUP ON)", ())
            # Not what was deleted meanwhile.
            self.run("DELETE FROM memo WHERE name = 'unwiped' AND value = ?", (since,))

    @property
    def is_lost(self) -> bool:
        """Whether the session has ended; a server that closed it is noticed."""
        if not self._engine.closed and select.select([self._engine.fileno()], [], [], 0)[0]:
            try:
                self._engine.pgconn.consume_input()
            except psycopg.Error:
                self._engine.close()
        return self._engine.closed

    def rollback(self) -> None:
        """Undo what was begun, if anything was."""
        if self.in_transaction:
            self.run("ROLLBACK", ())

    def close(self) -> None:
        """End the session."""
        self._engine.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            if error.sqlstate in _ELSEWHERE:
                self._engine.close()
            raise translated(error, lost=self._engine.closed) from error


class _Truth(Loader):
    """Reads truth values as SQLite has them: 0 and 1."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _Number(Loader):
    """Reads sums as the whole numbers that they are."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text or "N" in text else int(text)


def connect(server: Server, *, reading: bool = False) -> psycopg.Connection[Any]:
    """Open a session (sqlite3.Error); the caller closes it. One that is only for `reading` can write nothing."""
    try:
        engine = psycopg.connect(conninfo_of(server, reading=reading), autocommit=True)
        if not reading:
            for setting in _SESSION:
                engine.execute(setting)
    except psycopg.Error as error:
        raise translated(error, lost=True) from error
    return engine


def conninfo_of(server: Server, *, reading: bool = False) -> str:
    """Return what libpq connects by, with the password if one was given."""
    named = {name: value for name, value in conninfo_to_dict(server.url).items() if value is not None}
    options: dict[str, Any] = {**_CALM, **named}
    if reading:
        options["options"] = f"{named.get('options', '')} -c default_transaction_read_only=on".strip()
    if server.password is not None:
        options["password"] = server.password.get_secret_value()
    return make_conninfo(**options)


def translated(error: psycopg.Error, *, lost: bool = False) -> sqlite3.Error:
    """Return SQLite's error of the same name: PEP 249 names them alike."""
    text = (error.diag.message_primary or str(error)).strip().splitlines()
    what = text[0] if text else type(error).__name__
    if error.sqlstate in _AGAIN:
        return ConflictError(what)
    if not lost:
        for kind, same in (
            (psycopg.IntegrityError, sqlite3.IntegrityError),
            (psycopg.DataError, sqlite3.DataError),
        ):
            if isinstance(error, kind):
                return same(what)
    return sqlite3.OperationalError(what)


@lru_cache(maxsize=1_000)
def spelt(sql: str) -> str:
    """Return a statement with values bound as psycopg does: `%s`, `%(name)s`, and lists as arrays."""

    def piece(found: re.Match[str]) -> str:
        if found["list"]:
            return f"= ANY(%({found['list']})s)"
        if found["name"]:
            return f"%({found['name']})s"
        return "%s" if found["place"] else found[0].replace("%", "%%")

    return _PIECES.sub(piece, sql)


def _bound(values: Values) -> Any:  # noqa: ANN401 - what psycopg takes
    if isinstance(values, dict):
        return {
            name: list(value) if isinstance(value, frozenset | set | tuple) else value for name, value in values.items()
        }
    return tuple(values)


def search_expression(text: str) -> str | None:
    """Return the tsquery for rows in which every word of the text begins a word; None when it has no words."""
    words = (_folded(word[:LETTER_LIMIT]).split() for word in storable(text).split()[:WORD_LIMIT])
    phrases = [" <-> ".join([*(f"'{part}'" for part in parts[:-1]), f"'{parts[-1]}':*"]) for parts in words if parts]
    return " & ".join(f"({phrase})" for phrase in phrases) or None


def _folded(word: str) -> str:
    """Return a word as the index has it: without accents, in small letters, parted where no letter or digit is."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in plain)
