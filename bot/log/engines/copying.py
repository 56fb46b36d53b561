"""A log moved from one engine to the other: row by row, in batches, with a cursor that lies in the target.

A copy that is killed goes on where it was. At the end the rows of both are counted and hashed, and compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.log.engines.engine import needing_extra
from bot.log.lock import FileLock
from bot.log.mark import Mark
from bot.log.opening import File, WrongPlaceError, open_for_writing, plain_errors
from bot.log.steps import shape
from bot.log.steps.server import applied_to, keys
from knowledge.errors import UserError

# Names of tables and columns come from the shape of a log; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from bot.config.sections import Server
    from bot.log.connection import Connection
    from bot.log.privacy import Table

_BATCH: Final = 2_000
"""Rows that are copied in one transaction."""
_CURSOR: Final = "copy of "
"""How the names in the memo begin under which it stands how far a table is."""
_WHOLE: Final = 1 << 128


@dataclass(frozen=True, slots=True)
class _State:
    """How far the copy of a table is: the key of the last row, how many there were, and the sum of their hashes."""

    last: Sequence[Any] | None = None
    rows: int = 0
    total: int = 0

    def after(self, keys: Sequence[Sequence[Any]], rows: Iterable[Sequence[Any]]) -> _State:
        """Return the state after some more rows."""
        hashes = (hashlib.sha256(json.dumps(row).encode()).digest()[:16] for row in rows)
        total = sum(int.from_bytes(digest) for digest in hashes)
        return _State(keys[-1], self.rows + len(keys), (self.total + total) % _WHOLE)


def copy(
    source: Path | Server,
    target: Path | Server,
    tables: Iterable[Table],
    *,
    holder: str,
    now: str,
    told: Callable[[str, int], None] = lambda _table, _rows: None,
) -> dict[str, int]:
    """Copy a log that nobody writes into an empty place, or go on; return how many rows each table has.

    `told` hears how many rows of a table are there. Raises UserError: also where the two are not equal in the end.
    """
    with _quiet(source, holder, now) as (old, secret), _filled(target, holder, now) as new:
        rows = move(old, new, [table.name for table in tables], (str(source), str(target)), told, secret)
    if isinstance(target, Path) and secret:
        mark = Mark(target)
        mark.adopt(secret)
        mark.close()
    return rows


def move(
    old: Connection,
    new: Connection,
    names: Sequence[str],
    places: tuple[str, str],
    told: Callable[[str, int], None] = lambda _table, _rows: None,
    secret: str | None = None,
) -> dict[str, int]:
    """Do so from one connection to another, between `places`; `secret` is the fingerprint of that of the pseudonyms."""
    source, target = places
    _begin(new, names, places, secret)
    keyed = keys()
    states = {name: _copied(old, new, name, keyed[name], told) for name in names}
    for name, state in states.items():
        found = _State()
        for numbers, rows in _batches(new, name, keyed[name], None):
            found = found.after(numbers, rows)
        if (found.rows, found.total) != (state.rows, state.total):
            raise UserError(
                f"the table {name} has {state.rows} rows in {source} and {found.rows} in {target}, or they differ: "
                "somebody wrote meanwhile; empty the target, and copy again while nobody has the log open"
            )
    new.finish_filling()
    new.execute("DELETE FROM memo WHERE name LIKE ?", (f"{_CURSOR}%",))
    return {name: state.rows for name, state in states.items()}


def _begin(new: Connection, names: Iterable[str], places: tuple[str, str], secret: str | None) -> None:
    """Note what is copied, in an empty log; or find that note (UserError)."""
    source, target = places
    memo = "INSERT INTO memo (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    begun = new.value("SELECT value FROM memo WHERE name = ?", (shape.HALF,))
    if begun not in {None, source}:
        raise UserError(f"{target} is half a copy of {begun}: go on with that, or name another place")
    if begun is None and any(new.value(f"SELECT 1 FROM {name} LIMIT 1") for name in names):
        raise UserError(f"there is a log at {target} already: name an empty place")
    with new.atomic():
        new.execute(memo, (shape.HALF, source))
        if secret is not None:
            new.execute(memo, ("secret", secret))
    new.begin_filling()


def _copied(
    old: Connection, new: Connection, table: str, key: Sequence[str], told: Callable[[str, int], None]
) -> _State:
    """Copy what a table lacks, and return what it holds then."""
    noted = new.value("SELECT value FROM memo WHERE name = ?", (_CURSOR + table,))
    state = _State() if noted is None else _State(*json.loads(noted))
    columns = _columns(table)
    for numbers, rows in _batches(old, table, key, state.last):
        state = state.after(numbers, rows)
        with new.atomic():
            new.fill(table, columns, rows)
            new.execute(
                """
                INSERT INTO memo (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """,
                (_CURSOR + table, json.dumps([state.last, state.rows, state.total])),
            )
        told(table, state.rows)
    return state


def _batches(
    db: Connection, table: str, key: Sequence[str], last: Sequence[Any] | None
) -> Iterator[tuple[list[list[Any]], list[list[Any]]]]:
    """Yield the keys and the columns of the rows behind a key, some at a time."""
    number = ", ".join(f"{table}.{column} AS key_{place}" for place, column in enumerate(key))
    columns = ", ".join(f'"{column}"' for column in _columns(table))
    order = ", ".join(f"{table}.{column}" for column in key)
    while True:
        where = "" if last is None else f"WHERE ({order}) > ({', '.join('?' * len(key))})"
        sql = f"SELECT {number}, {columns} FROM {table} {where} ORDER BY {order} LIMIT {_BATCH}"
        found = [list(row.values()) for row in db.query(sql, tuple(last or ()))]
        if not found:
            return
        numbers = [row[: len(key)] for row in found]
        yield numbers, [row[len(key) :] for row in found]
        last = numbers[-1]


def _columns(table: str) -> list[str]:
    return sorted(shape.SHAPE[table])


@contextmanager
def _quiet(source: Path | Server, holder: str, now: str) -> Iterator[tuple[Connection, str | None]]:
    """Open a log that nobody writes, and return it with the fingerprint of its secret, if that is noted (UserError)."""
    if isinstance(source, Path):
        lock = FileLock.take(source, holder=holder, now=now)
        mark = Mark(source)
        try:
            with File.existing(source).reading() as db:
                _be_up_to_date(db, source)
                yield db, mark.secret or None
        finally:
            mark.close()
            lock.release()
        return
    with needing_extra():
        from bot.log.engines.server import Reachable  # noqa: PLC0415 - psycopg, which not everybody has
    with Reachable.existing(source).snapshot(alone=True) as db:
        _be_up_to_date(db, source)
        yield db, db.value("SELECT value FROM memo WHERE name = 'secret'")


def _be_up_to_date(db: Connection, source: Path | Server) -> None:
    if applied_to(db) != shape.STEPS:
        raise UserError(f"another version of dilemma wrote {source}: open it with this one first, or copy it with that")


@contextmanager
def _filled(target: Path | Server, holder: str, now: str) -> Iterator[Connection]:
    """Open what is filled (UserError)."""
    if isinstance(target, Path):
        with plain_errors(target):
            if target.is_dir() or not target.parent.is_dir():
                raise WrongPlaceError(f"{target} cannot be used as the log: name a file in a folder that is there")
            lock = FileLock.take(target, holder=holder, now=now)
            try:
                file, _ = open_for_writing(target, now)
                with closing(file):
                    yield file
            finally:
                lock.release()
        return
    with needing_extra():
        from bot.log.engines.server import opened_for_filling  # noqa: PLC0415 - psycopg, which not everybody has
    with opened_for_filling(target) as db:
        yield db
