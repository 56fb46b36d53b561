"""Turns that could not be written before the log was closed: one JSON line each, in `<log>.unlogged.jsonl`."""

from __future__ import annotations

import json
import os
import sqlite3
from typing import TYPE_CHECKING

from bot.log.connection import Connection, count_of_turns, stamp
from bot.log.privacy import rebuild_search
from bot.log.turns import Rows, insert, is_inserted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path


def beside(log: Path) -> Path:
    """Return the path of a log's file."""
    return log.with_name(log.name + ".unlogged.jsonl")


def append(log: Path, turns: Sequence[Rows]) -> int:
    """Append turns in order, and return how many reached the disk.

    Raises OSError when it takes none.
    """
    kept = 0
    descriptor = os.open(beside(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        whole = os.fstat(descriptor).st_size
        try:
            for rows in turns:
                whole += _write_line(descriptor, rows.to_json().encode() + b"\n")
                kept += 1
        except OSError:
            os.ftruncate(descriptor, whole)
            if not kept:
                raise
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return kept


def take_in(db: Connection, log: Path, now: str) -> str | None:
    """Move the turns of the file into the log, and return the sentence that says so; None when there is no file.

    A turn that the log already holds is skipped. Refused lines are kept in `….damaged-<time>`. Raises OSError and
    sqlite3.Error, and leaves the file then.
    """
    file = beside(log)
    try:
        lines = [line for line in file.read_bytes().split(b"\n") if line.strip()]
    except FileNotFoundError:
        return None
    if not lines:
        file.unlink()
        return None
    # The index over the questions is the one part that opening does not check, so it may be why they had to wait.
    rebuild_search(db)
    with db.atomic():
        refused = [line for line in lines if not _insert(db, line)]
    notice = f"took {count_of_turns(len(lines) - len(refused))} that had waited in {file.name} into {log}"
    if refused:
        kept = file.with_name(f"{file.name}.damaged-{stamp(now)}")
        _write(kept, b"".join(line + b"\n" for line in refused))
        notice += f"; the rest of it stands in {kept.name}"
    file.unlink()
    return notice


def drop(log: Path, texts: Collection[str]) -> None:
    """Remove the lines that hold one of these texts: pseudonyms, which nothing else holds, or `place_in` of a guild."""
    file = beside(log)
    if file.exists():
        kept = file.with_name(file.name + ".new")
        gone = [text.encode() for text in texts]
        lines = file.read_bytes().splitlines(keepends=True)
        _write(kept, b"".join(line for line in lines if not any(text in line for text in gone)))
        kept.replace(file)


def place_in(guild: str) -> str:
    """Return a text that is in every line of a guild, and in no other: JSON escapes typed quotation marks."""
    return f'"place": {json.dumps(f"{guild}/")[:-1]}'


def _write(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, for it holds what people asked."""
    file.unlink(missing_ok=True)  # what a killed process left has the mode that it has
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:  # noqa: PTH123 - as in append
        new.write(content)


def _write_line(descriptor: int, line: bytes) -> int:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    return len(line)


def _insert(db: Connection, line: bytes) -> bool:
    """Insert the turn of a line; return False when it has none, or the log refuses it."""
    try:
        rows = Rows.from_json(line.decode())
        if not is_inserted(db, rows):
            with db.atomic():
                insert(db, rows)
    except (ValueError, TypeError, KeyError, AttributeError, sqlite3.IntegrityError, sqlite3.ProgrammingError):
        return False
    return True
