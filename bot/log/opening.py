"""Opening a log: to read beside a running process, or to write, with a damaged file moved aside."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.log.care import checking
from bot.log.connection import reason, stamp, sync_folder
from bot.log.engines.sqlite import SqliteConnection
from bot.log.mark import noted_turns
from bot.log.steps import shape
from knowledge.errors import UserError

# Whoever only reads a log must not wait for what mends one.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bot.log.care.presence import Presence
    from bot.log.connection import Connection
    from bot.values.seal import Seal

APPLICATION_ID: Final = int.from_bytes(b"DILM")
"""Marks the file's header as a log of ours."""

BUSY_TIMEOUT_S: Final = 0.5
"""How long to wait for another program's lock, before an answer goes out unlogged."""

_DAMAGE: Final = {
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_ERROR: "it is damaged",  # we only look, so what is wrong is its schema
    sqlite3.SQLITE_NOTADB: "it is not a database",
}
_FOREIGN: Final = ("it belongs to another application", "it is not a database")
_MADE: Final = ("sqlite_", "_sqlite_", "turn_fts")
"""How the names of tables begin that fill themselves."""
_ASIDE: Final = ".damaged-"
_FOUND: Final = ".found-"
"""What the name of a file that was set aside says of it: that it could not be used, or that somebody put it there."""
_PRAGMAS: Final = (
    "auto_vacuum = INCREMENTAL",  # before the first table, and before the WAL
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",
    "wal_autocheckpoint = 0",  # see care/tidying.py
    "temp_store = MEMORY",  # nothing of the log lies in the folder for temporary files
)


class WrongPlaceError(UserError):
    """The path of the log leads to what can never be one."""


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn errors of files and SQLite into a UserError about the log."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT:
            with suppress(OSError):
                checking.note_damage(path)
        raise UserError(
            f"{path} cannot be used as the log: {reason(error)}; mend that, or name another file"
        ) from error


@contextmanager
def reading(path: Path, seal: Seal | None = None) -> Iterator[SqliteConnection]:
    """Open the log for reading, beside whoever writes it, and close it again.

    Reading needs a file beside the log. In a folder that takes none, a log without a WAL is read as one that nobody
    writes.
    """
    still = not (os.access(path.parent, os.W_OK, effective_ids=True) or _companions(path)["-wal"].exists())
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
    engine = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S)
    # No check finds a broken character in a text; it must not keep the others from being read.
    engine.text_factory = lambda text: text.decode(errors="replace")
    try:
        yield SqliteConnection(engine, seal)
    finally:
        engine.close()


class File:
    """A file that is read, also while another process writes it."""

    def __init__(self, path: Path, seal: Seal | None = None) -> None:
        self.path = path
        self.name = str(path)
        self._seal = seal

    @classmethod
    def existing(cls, path: Path) -> File:
        """Return a log's file; UserError when there is none, or it is none."""
        with plain_errors(path):
            if not path.is_file() or path.stat().st_size == 0:
                raise UserError(f"there is no log at {path}; the first question makes one")
            found = damage(path)
        if found is not None:
            raise UserError(f"{path} cannot be read as a log: {found}; the next question saves what can be saved")
        return cls(path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open it for reading, and close it again (UserError)."""
        with plain_errors(self.path), reading(self.path, self._seal) as db:
            yield db


def refuse_half(db: Connection, name: str) -> None:
    """Open no log into which another is still to be copied (UserError)."""
    begun = db.value("SELECT value FROM memo WHERE name = ?", (shape.HALF,))
    if begun is not None:
        raise UserError(f"{name} is half a copy of {begun}: run `dilemma log copy` once more, which goes on with it")


def has_turns(path: Path) -> bool:
    """Return whether there is a log with turns in it (UserError when it cannot be read)."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with plain_errors(path), reading(path) as db:
        return db.holds("turn") and db.value("SELECT 1 FROM turn LIMIT 1") is not None


def damage(path: Path) -> str | None:
    """Return what makes the file unusable as a log, None when it is a log or not there yet.

    A large one is looked through only where damage was met before (see `care/checking.py`). Raises UserError for a log
    that a newer version wrote.
    """
    if not path.exists() or path.stat().st_size == 0:
        wal = _companions(path)["-wal"]
        if wal.exists() and wal.stat().st_size:
            # SQLite would throw the turns in such a WAL away without a word.
            return "it is empty but its WAL is not"
        return "it is empty, and turns had been logged" if path.exists() and noted_turns(path) else None
    with reading(path) as db:
        try:
            return _damage_in(db, path)
        except UnicodeDecodeError:
            return "it is damaged"
        except sqlite3.DatabaseError as error:
            # The low byte is the kind of error, the rest says more about it.
            if (kind := _DAMAGE.get(error.sqlite_errorcode & 0xFF)) is None:
                raise
            return kind


def open_for_writing(
    path: Path, now: str, seal: Seal | None = None, found: str | None = None
) -> tuple[SqliteConnection, str | None]:
    """Open the log and migrate it; the sentence says what was moved aside, if anything.

    `found` is what is known to be wrong with the file. Raises UserError, OSError, sqlite3.Error.
    """
    notice = aside = None
    overwritten = found is not None
    if (found := found or damage(path)) is not None:
        if found in _FOREIGN and not noted_turns(path):
            raise WrongPlaceError(f"{path} cannot be used as the log: {found}; name another file")
        aside = _move_aside(path, now)
    elif path.exists() and path.stat().st_size:
        wal = _companions(path)["-wal"]
        checking.begin(path, unclean=wal.exists() and wal.stat().st_size > 0)
        notice = _convert(path)
    path.touch(mode=0o600)
    db, engine = _connected(path, seal)
    try:
        if _application_of(db) != APPLICATION_ID:
            # Before the first table: a process that is killed here must not leave what looks like another's file.
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        _bring_up_to_date(db, engine)
        if aside is not None:
            from bot.log.care.salvage import salvage

            tables = {table: columns for table, columns in shape.SHAPE.items() if not table.startswith(_MADE)}
            saved = salvage(db, aside, path, tables, overwritten=overwritten)
            notice = (
                f"{path} could not be used ({found}): it was moved to {aside.name}, and a new log was begun; {saved}"
            )
        # A file that another program holds opens without an error; this finds it out.
        with db.atomic():
            pass
    except BaseException:
        db.close()
        raise
    return db, notice


def put_back(path: Path, copy: Path, now: str) -> Path | None:
    """Put a copy in the place of a log that nobody has open; return where the old file is now, if there was one."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    shutil.copyfile(copy, new)
    aside = _move_aside(path, now) if path.exists() else None
    new.replace(path)
    return aside


def write_back(
    db: SqliteConnection, path: Path, presence: Presence, now: str, meanwhile: Callable[[], None]
) -> Path | None:
    """Put what is still open at the path from which its file was taken; close it, and leave other files beside it.

    Return where a file is now that somebody put at the path. `meanwhile` is called now and then. Raises OSError,
    sqlite3.Error: nothing was changed.
    """
    needed = db.value("PRAGMA page_count") * db.value("PRAGMA page_size")
    if shutil.disk_usage(path.parent).free < needed:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    aside = _free_name(path, _FOUND, now)
    try:
        db.copy_to(new, meanwhile)
        others = tuple(presence.others())
        if path in others:
            aside.hardlink_to(path)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    db.close()  # SQLite sees that its file is not there any more, and touches nothing
    for ending, companion in _companions(path).items():
        if ending == "-wal" and companion in others and companion.stat().st_size:
            companion.rename(aside.with_name(aside.name + ending))
        else:  # of ours, all is in the new file
            companion.unlink(missing_ok=True)
    sync_folder(path.parent)
    return aside if path in others else None


def open_prepared(path: Path) -> SqliteConnection:
    """Open a log that another process of this program has open. Raises UserError, sqlite3.Error."""
    found = damage(path) if path.exists() and path.stat().st_size else "it is gone"
    if found is not None:
        raise UserError(f"{path} cannot be used ({found}) while another process has it open; end that first")
    return _connected(path)[0]


def _connected(path: Path, seal: Seal | None = None) -> tuple[SqliteConnection, sqlite3.Connection]:
    engine = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S)
    db = SqliteConnection(engine, seal)
    try:
        for pragma in _PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db, engine


def _convert(path: Path) -> str | None:
    """Rewrite a small log of the older form; return the sentence that says what a large one needs."""
    from bot.log.care import conversion

    if not conversion.is_due(path):
        return None
    if not checking.is_small(path):
        return (
            f"{path} is of an older form, in which bytes of deleted turns may remain: stop what has it open and run "
            f"`dilemma log convert` once ({conversion.cost(path)})"
        )
    with suppress(sqlite3.OperationalError):  # somebody reads it: it can wait until the next opening
        conversion.convert(path)
    return None


def set_aside(path: Path) -> tuple[Path, ...]:
    """List the files beside the log that were moved aside, by name."""
    return tuple(
        sorted(
            file
            for file in path.parent.iterdir()
            if file.name.startswith(f"{path.name}.") and (_ASIDE in file.name or _FOUND in file.name)
        )
    )


def _damage_in(db: SqliteConnection, path: Path) -> str | None:
    whole = checking.is_small(path) or checking.damage_was_met(path)
    if whole and db.value("PRAGMA quick_check(1)") != "ok":
        return "it is damaged"
    found = _columns_of(db)
    application = _application_of(db)
    if application != APPLICATION_ID:
        return "it belongs to another application" if application or found else None
    applied = _applied(db)
    if unknown := applied - shape.STEPS:
        raise UserError(
            f"{path} was written by a newer version of dilemma (step {max(unknown)}): update, or name another log"
        )
    if applied == shape.STEPS:
        complete = all(columns <= found.get(table, frozenset()) for table, columns in shape.SHAPE.items())
    else:
        complete = bool(applied) or found.keys() <= {shape.TABLE}
    return None if complete else "tables of it are missing"


def _bring_up_to_date(db: SqliteConnection, engine: sqlite3.Connection) -> None:
    if _applied(db) == shape.STEPS:
        return
    from sqlite_utils import Database

    from bot.log.steps.released import migrations

    migrations.apply(Database(engine, execute_plugins=False))


def _applied(db: SqliteConnection) -> frozenset[str]:
    if not db.holds(shape.TABLE):
        return frozenset()
    names = db.query(f"SELECT name FROM {shape.TABLE} WHERE migration_set = ?", (shape.SET,))  # noqa: S608 - a constant
    return frozenset(row["name"] for row in names)


def _columns_of(db: SqliteConnection) -> dict[str, frozenset[str]]:
    tables = [row["name"] for row in db.query("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = "SELECT name FROM pragma_table_info(?)"
    return {table: frozenset(row["name"] for row in db.query(columns, (table,))) for table in tables}


def _application_of(db: SqliteConnection) -> int:
    return int(db.value("PRAGMA application_id"))


def _companions(path: Path) -> dict[str, Path]:
    return {ending: path.with_name(path.name + ending) for ending in ("-wal", "-shm")}


def _move_aside(path: Path, now: str) -> Path:
    """Rename the file with its companions, and return the new name."""
    checking.forget(path)
    aside = _free_name(path, _ASIDE, now)
    if path.exists():
        path.rename(aside)
    for ending, companion in _companions(path).items():
        if companion.exists():
            companion.rename(aside.with_name(aside.name + ending))
    return aside


def _free_name(path: Path, kind: str, now: str) -> Path:
    name = f"{path.name}{kind}{stamp(now)}"
    free = path.with_name(name)
    number = 1
    while free.exists():
        number += 1
        free = path.with_name(f"{name}-{number}")
    return free
