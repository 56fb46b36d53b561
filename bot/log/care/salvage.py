"""Saving what can be saved: of a damaged log table by table, and what is missing then from the newest copy.

Where the program `sqlite3` is installed, its `.recover` finds rows that lie behind damaged pages.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from bot.log.care import backups
from bot.log.connection import count_of_turns
from bot.log.engines.sqlite import read_only

# Names of tables and columns come from the log's own schema; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bot.log.connection import Connection

_IMPERSONAL: Final = ("guild", "guild_channel", "channel_pack", "exclusion", "schedule")
"""Tables that are taken even from a copy that holds people who left."""
_PATIENCE_S: Final = 600.0


def salvage(
    db: Connection, damaged: Path, log: Path, shape: Mapping[str, frozenset[str]], *, overwritten: bool = False
) -> str:
    """Fill a new log, and return what was saved, in words. `shape` gives the tables with their columns.

    A file that was `overwritten` may be an older one, so even a table that can be read may not be all.
    """
    recovered = _recovered(damaged)
    copy = next(iter(backups.copies(log)), None)
    saved, added = Counter[str](), Counter[str]()
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        for table, columns in shape.items():
            if _take(db, damaged, table, columns, saved) and not overwritten:
                continue
            if recovered is not None:
                _take(db, recovered, table, columns, saved)
            if copy is not None and (table in _IMPERSONAL or not backups.is_old(copy)):
                _take(db, copy, table, columns, added)
        _drop_orphans(db)
    finally:
        db.execute("PRAGMA foreign_keys = ON")
        if recovered is not None:
            recovered.unlink(missing_ok=True)
    from_copy = "" if copy is None else f", {count_of_turns(added['turn'])} more from {copy.name}"
    settings = saved["guild"] + added["guild"]
    excluded = saved["exclusion"] + added["exclusion"]
    return (
        f"saved from it: {count_of_turns(saved['turn'])}{from_copy}, settings of {settings} servers and "
        f"{excluded} excluded quotes"
    )


def _take(db: Connection, source: Path, table: str, columns: frozenset[str], counts: Counter[str]) -> bool:
    """Take the rows of a table that can be read, from both of its ends, and return whether those are all."""
    try:
        with closing(read_only(source)) as engine:
            engine.row_factory = sqlite3.Row
            forwards = f"SELECT * FROM {table}"
            return any(
                _insert(db, table, columns, engine, sql, counts)
                for sql in (forwards, f"{forwards} ORDER BY rowid DESC")
            )
    except sqlite3.Error:
        return False


def _insert(
    db: Connection, table: str, columns: frozenset[str], engine: sqlite3.Connection, sql: str, counts: Counter[str]
) -> bool:
    """Insert rows that are not there yet, until one cannot be read; what a table refuses is not ours."""
    with db.atomic():
        try:
            for row in engine.execute(sql):
                known = {column: row[column] for column in row.keys() if column in columns}  # noqa: SIM118 - not a dict
                names = ", ".join(f'"{column}"' for column in known)
                values = ", ".join(f":{column}" for column in known)
                with suppress(sqlite3.IntegrityError):
                    counts[table] += db.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({values})", known)
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            return False
    return True


def _drop_orphans(db: Connection) -> None:
    """Delete rows that belong to something that was not saved."""
    with db.atomic():
        while orphans := db.query(
            'SELECT DISTINCT "table", rowid FROM pragma_foreign_key_check WHERE rowid IS NOT NULL'
        ):
            for orphan in orphans:
                db.execute(f"DELETE FROM {orphan['table']} WHERE rowid = ?", (orphan["rowid"],))


def _recovered(damaged: Path) -> Path | None:
    """Return a file with what SQLite's own program finds in a damaged one; None without the program, or a result."""
    program = shutil.which("sqlite3")
    if program is None:
        return None
    found = damaged.with_name(f"{damaged.name}.recovered")
    found.unlink(missing_ok=True)
    found.touch(mode=0o600)
    reads = [program, "-readonly", str(damaged), ".recover"]
    with subprocess.Popen(reads, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reading:  # noqa: S603 - as found
        with suppress(subprocess.SubprocessError):
            subprocess.run(  # noqa: S603 - the same program
                [program, found],
                stdin=reading.stdout,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=_PATIENCE_S,
            )
        reading.kill()
    return found
