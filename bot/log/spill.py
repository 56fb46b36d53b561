"""Turns that wait for the log, on the disk beside it: one JSON line a turn, in a file that is reserved in advance.

A line is written over reserved NULs and synced, and overwritten by NULs once its turn is in the log. Nothing of that
needs room or moves another line, so a full disk takes turns, and a kill at any moment loses none.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.log.connection import Connection, count_of_turns, reason, stamp, sync_folder
from bot.log.turns import Rows, insert, is_inserted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

_NAME: Final = ".unlogged"
_ENDING: Final = ".jsonl"
_DAMAGED: Final = ".damaged-"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: in which file, from which byte, and how many."""

    file: _File
    start: int
    length: int


class Spill:
    """The files of one process: one beside the log, and one in another folder for when that cannot be written.

    One thread at a time. The file beside the log is there from the beginning, the other one once it is needed.
    """

    def __init__(self, log: Path, *, reserved: int, elsewhere: Path | None = None, shared: bool = False) -> None:
        """Reserve nothing yet. Processes that share a log have files of their own (`shared`)."""
        own = f"-{os.getpid()}{_ENDING}" if shared else _ENDING
        self._closed = False
        self._log, self._elsewhere, self._reserved = log, elsewhere, reserved
        self._files = [_File(log.with_name(f"{_name(log)}{own}"))]
        if elsewhere is not None:
            self._files.append(_File(elsewhere / f"{_name_elsewhere(log)}{own}"))

    def reserve(self) -> str | None:
        """Reserve room beside the log, and return a sentence where there is none."""
        try:
            self._files[0].open(self._reserved)
        except OSError as error:
            return (
                f"no room can be reserved in {self._files[0].path} ({reason(error)}): turns that the log does not take "
                "may be lost"
            )
        return None

    def add(self, turns: Sequence[Rows]) -> list[Place | None]:
        """Write turns and sync them, and return the place of each; None for one that no file takes."""
        lines = [rows.to_json().encode() for rows in turns]
        places: list[Place | None] = []
        for file in () if self._closed else self._files:
            if len(places) == len(lines):
                break
            with suppress(OSError):
                file.open(self._reserved if file is self._files[0] else 0)
            places += file.add(lines[len(places) :])
        return places + [None] * (len(lines) - len(places))

    def holds(self, place: Place, rows: Rows | None = None) -> bool:
        """Return whether a line is still there; with its `rows`, the file is read."""
        return place.file.holds(place, None if rows is None else rows.to_json().encode())

    def look(self) -> None:
        """Notice files that somebody removed or replaced: their lines are not held any more."""
        for file in self._files:
            file.look()

    def blank(self, places: Iterable[Place]) -> None:
        """Overwrite lines. Raises OSError; then they are taken for what stands in the log already at the next start."""
        gone = set(places)
        for file in self._files:
            file.blank([place for place in gone if place.file is file])

    def drop(self, texts: Collection[str]) -> None:
        """Overwrite every line that holds one of these texts, in the files of other processes, too (OSError).

        They are pseudonyms, which nothing else holds, or `place_in` of a guild.
        """
        self.look()
        own = {file.path: file for file in self._files}
        for path in dict.fromkeys((*own, *left_behind(self._log, self._elsewhere))) if texts else ():
            own.get(path, _File(path)).drop([text.encode() for text in texts])

    def close(self) -> tuple[Path, ...]:
        """Close the files, and return those that hold turns; the others are removed."""
        self._closed = True
        return tuple(file.path for file in self._files if file.close())


class _File:
    """One file; `_end` is where the next line goes, `_rest` where what an earlier process left ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._live: set[Place] = set()
        self._rest = self._end = 0

    def open(self, size: int) -> None:
        """Open the file, unless it is open, and reserve `size` bytes (OSError)."""
        if self._descriptor is not None:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A link in its place would lead to somebody else's file.
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            found = os.fstat(descriptor).st_size
            self._rest = self._end = len(os.pread(descriptor, found, 0).rstrip(b"\0")) if found else 0
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        sync_folder(self.path.parent)
        if size > found:
            os.posix_fallocate(descriptor, 0, size)

    def add(self, lines: Sequence[bytes]) -> list[Place]:
        """Write lines, and return the places of those that are on the disk; the first that fails ends it."""
        if self._descriptor is None or not lines:
            return []
        places: list[Place] = []
        begun = self._end
        for line in lines:
            place = Place(self, self._end, len(line) + 2)
            try:
                _write(self._descriptor, b"\n" + line + b"\n", place.start)
            except OSError:
                with suppress(OSError):
                    _write(self._descriptor, bytes(place.length), place.start)
                break
            self._end += place.length
            places.append(place)
        try:
            os.fsync(self._descriptor)
        except OSError:
            with suppress(OSError):
                _write(self._descriptor, bytes(self._end - begun), begun)
            self._end = begun
            return []
        self._live.update(places)
        return places

    def holds(self, place: Place, line: bytes | None) -> bool:
        if place not in self._live or self._descriptor is None:
            return False
        try:
            return line is None or os.pread(self._descriptor, place.length, place.start) == b"\n" + line + b"\n"
        except OSError:
            return False

    def look(self) -> None:
        if self._descriptor is None:
            return
        opened = os.fstat(self._descriptor)
        try:
            found = os.lstat(self.path)
        except OSError:
            found = None
        if found is None or not os.path.samestat(opened, found):
            self._let_go()

    def blank(self, places: Sequence[Place]) -> None:
        if self._descriptor is None or not places:
            return
        self._live.difference_update(places)
        for place in places:
            _write(self._descriptor, bytes(place.length), place.start)
        os.fsync(self._descriptor)
        if not self._live:
            self._end = self._rest

    def drop(self, texts: Sequence[bytes]) -> None:
        """Overwrite the lines with one of these texts, also those that an earlier process left (OSError)."""
        descriptor = self._descriptor
        if descriptor is None:
            try:
                descriptor = os.open(self.path, os.O_RDWR | os.O_NOFOLLOW)
            except FileNotFoundError:
                return
        try:
            start = 0
            for line in os.pread(descriptor, os.fstat(descriptor).st_size, 0).split(b"\n"):
                if any(text in line for text in texts):
                    _write(descriptor, bytes(len(line)), start)
                    self._live = {
                        place for place in self._live if not place.start <= start < place.start + place.length
                    }
                start += len(line) + 1
            os.fsync(descriptor)
        finally:
            if descriptor != self._descriptor:
                os.close(descriptor)

    def close(self) -> bool:
        """Close the file, and return whether it holds lines; one that does not is removed."""
        if self._descriptor is None:
            return False
        holding = bool(self._live or self._rest)
        with suppress(OSError):
            if holding:
                os.ftruncate(self._descriptor, self._end)
                os.fsync(self._descriptor)
            else:
                self.path.unlink()
        self._let_go()
        return holding

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None
        self._live = set()
        self._rest = self._end = 0


def left_behind(log: Path, elsewhere: Path | None = None) -> tuple[Path, ...]:
    """List the files in which turns of this log may wait."""
    folders = [(log.parent, _name(log)), *([] if elsewhere is None else [(elsewhere, _name_elsewhere(log))])]
    return tuple(
        sorted(
            file
            for folder, name in folders
            if folder.is_dir()
            for file in folder.iterdir()
            if file.name.startswith(name) and file.name.endswith(_ENDING)
        )
    )


def count(log: Path, elsewhere: Path | None = None) -> int:
    """Count the turns that wait for this log, in files that can be read."""
    found = 0
    for file in left_behind(log, elsewhere):
        with suppress(OSError):
            found += len(_lines(file))
    return found


def take_in(db: Connection, log: str, file: Path, now: str) -> str | None:
    """Move the turns of a file into the log, remove it, and return the sentence that says so; None for an empty one.

    A turn that the log already holds is skipped. Refused lines are kept in `….damaged-<time>`. Raises OSError and
    sqlite3.Error, and leaves the file then.
    """
    lines = _lines(file)
    if not lines:
        file.unlink()
        return None
    # The index over the questions is the one part that opening does not check, so it may be why they had to wait.
    db.rebuild_search()
    with db.atomic():
        refused = [line for line in lines if not _insert(db, line)]
    notice = f"took {count_of_turns(len(lines) - len(refused))} that had waited in {file.name} into {log}"
    if refused:
        kept = file.with_name(f"{file.name}{_DAMAGED}{stamp(now)}")
        _keep(kept, b"".join(line + b"\n" for line in refused))
        notice += f"; the rest of it stands in {kept.name}"
    file.unlink()
    return notice


def place_in(guild: str) -> str:
    """Return a text that is in every line of a guild, and in no other: JSON escapes typed quotation marks."""
    return f'"place": {json.dumps(f"{guild}/")[:-1]}'


def _name(log: Path) -> str:
    return f"{log.name}{_NAME}"


def _name_elsewhere(log: Path) -> str:
    """Return a name for a log in a folder where those of others lie, too."""
    return f"{hashlib.sha256(os.fsencode(log.absolute())).hexdigest()[:16]}{_NAME}"


def _lines(file: Path) -> list[bytes]:
    return [line for line in (each.strip(b"\0 ") for each in file.read_bytes().split(b"\n")) if line]


def _insert(db: Connection, line: bytes) -> bool:
    """Insert the turn of a line; return False for one that can never be inserted. Raises what the disk raises."""
    try:
        rows = Rows.from_json(line.decode())
        if not is_inserted(db, rows):
            with db.atomic():
                insert(db, rows)
    except (OSError, sqlite3.OperationalError):
        raise
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname in {"SQLITE_CORRUPT", "SQLITE_NOTADB"}:
            raise
        return False
    except Exception:  # noqa: BLE001 - whatever one line does, it must not hold up the others, and every start
        return False
    return True


def _keep(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read, for it holds what people asked."""
    file.unlink(missing_ok=True)  # what a killed process left has the mode that it has
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(descriptor, content, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(file.parent)


def _write(descriptor: int, content: bytes, start: int) -> None:
    rest = memoryview(content)
    while rest:
        written = os.pwrite(descriptor, rest, start)
        start += written
        rest = rest[written:]
