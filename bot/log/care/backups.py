"""Copies of a log, for when its file is damaged: made beside the work, and none kept for more than a day.

They lie beside the log, as `<log>.copy-<time>`, without single ballots and without tokens. A copy that still holds a
person who has had everything deleted is renamed to `….old` at once, and goes as soon as a new one was made.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.log.care.pages import Pages
from bot.log.connection import stamp
from bot.log.engines.sqlite import read_only

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.log.privacy import Table

LONGEST: Final = timedelta(hours=24)
"""How long a copy is kept at most."""
EVERY: Final = timedelta(hours=8)
"""How old the newest copy gets, unless more are wanted than a day then has."""
_OLD: Final = ".old"
_LOOKED: Final = 200
"""Pages of a copy that are looked through without a pause, for the sake of those who answer meanwhile."""
_PAUSE_S: Final = 0.001


def copies(log: Path) -> tuple[Path, ...]:
    """List the copies of a log, newest first; those that hold a person who left come last."""
    found = [file for file in log.parent.glob(f"{log.name}.copy-*") if not file.name.endswith(".new")]
    return tuple(sorted(found, key=lambda file: (not is_old(file), file.name), reverse=True))


def is_old(copy: Path) -> bool:
    """Return whether a copy holds people who have had everything deleted since."""
    return copy.name.endswith(_OLD)


def made_at(copy: Path) -> datetime:
    """Return when a copy was made, by its name."""
    text = copy.name.rpartition(".copy-")[2].removesuffix(_OLD)
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def outdate(log: Path) -> None:
    """Note that a person left who may be in the copies (OSError)."""
    for copy in copies(log):
        if not is_old(copy):
            copy.replace(copy.with_name(copy.name + _OLD))


def is_due(log: Path, now: datetime, kept: int) -> bool:
    """Return whether a new copy has to be made where so many are kept."""
    there = copies(log)
    every = min(EVERY, LONGEST / (kept + 1))  # the oldest goes before it is a day old
    return not there or any(map(is_old, there)) or not timedelta() <= now - made_at(there[0]) < every


def prune(log: Path, now: datetime, kept: int) -> None:
    """Delete the copies that are too old, and all but the newest; one that holds a person who left goes with those."""
    for number, copy in enumerate(copies(log)):
        if number >= kept or not -LONGEST < now - made_at(copy) < LONGEST:
            copy.unlink(missing_ok=True)


def make(log: Path, tables: Iterable[Table], now: datetime, kept: int) -> Path:
    """Copy a log while it is written, keep so many of the newest copies, and return the new one.

    Raises OSError, sqlite3.Error.
    """
    copy = log.with_name(f"{log.name}.copy-{stamp(now.isoformat())}")
    new = copy.with_name(copy.name + ".new")
    new.unlink(missing_ok=True)
    left = [file for file in copies(log) if is_old(file)]
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(read_only(log)) as source:
            _fill(new, source, [table.name for table in tables if not table.copied])
        _clear(new)
        new.replace(copy)
    finally:
        new.unlink(missing_ok=True)
    for file in left:  # not those of people who left meanwhile: this copy may hold them, too
        file.unlink(missing_ok=True)
    prune(log, now, kept)
    return copy


def _fill(new: Path, source: sqlite3.Connection, left_out: Iterable[str]) -> None:
    with closing(sqlite3.connect(new, isolation_level=None)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        target.execute("PRAGMA secure_delete = ON")
        target.execute("BEGIN")
        for table in left_out:
            target.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of the registry
        target.execute("COMMIT")


def _clear(new: Path) -> None:
    pages = Pages(new)
    try:
        for first in range(1, pages.count() + 1, _LOOKED):
            pages.overwrite_holes(range(first, first + _LOOKED))
            time.sleep(_PAUSE_S)
        pages.sync()
    finally:
        pages.close()
