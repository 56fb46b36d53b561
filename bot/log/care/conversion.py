"""Rewriting a log once: its pages in a new order, with no bytes of deleted rows, and from then on cleared in steps."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from bot.log.care.pages import Pages
from bot.log.care.tidying import is_steppable
from bot.log.engines.sqlite import SqliteConnection, read_only
from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

_BYTES_A_SECOND: Final = 50_000_000
"""How fast a log is rewritten, roughly."""


def is_due(path: Path) -> bool:
    """Return whether a log is of the older form, in which deleting cannot be done in steps (sqlite3.Error)."""
    with closing(read_only(path)) as engine:
        return not is_steppable(SqliteConnection(engine))


def cost(path: Path) -> str:
    """Return what rewriting a log takes, as in "about 60 s and 3000 MB of free space"."""
    size = path.stat().st_size
    return f"about {size // _BYTES_A_SECOND + 1} s and {size // 1_000_000 + 1} MB of free space"


def convert(path: Path) -> None:
    """Rewrite a log that nobody else has open; one that is killed changes nothing.

    Raises UserError when there is too little space, and sqlite3.Error, as for one that somebody reads.
    """
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.5)) as engine:
        db = SqliteConnection(engine)
        # Without a WAL, the file alone is the log; SQLite refuses while anybody else has it open.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.value("PRAGMA journal_mode = DELETE")
        needed, free = path.stat().st_size, shutil.disk_usage(path.parent).free
        if free < needed:
            raise UserError(
                f"{path} cannot be rewritten: that takes {needed // 1_000_000 + 1} MB beside it, and "
                f"{free // 1_000_000} MB are free; make room"
            )
        if db.wipe_is_due and db.holds("turn_fts"):
            db.rebuild_search()
            db.mark_wiped()
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            _rewrite(db, new)
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _rewrite(db: SqliteConnection, new: Path) -> None:
    db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("VACUUM INTO ?", (str(new),))
    pages = Pages(new)
    try:
        pages.overwrite_holes(range(1, pages.count() + 1))
        pages.sync()
    finally:
        pages.close()
