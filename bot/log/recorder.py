"""Turns on their way to the disk, in order. A full disk must not stop answering: turns wait in memory.

What could not be written before the log was closed lies in `<log>.unlogged.jsonl`, one JSON line a turn.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.log.connection import Connection, count_of_turns, stamp
from bot.log.privacy import rebuild_search
from bot.log.turns import Rows, insert, is_inserted
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from bot.log.writer import Writer


BACKLOG_LIMIT: Final = 5_000
"""Turns that wait in memory, about 5 KB each."""

_REFUSALS: Final = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    ValueError,
    OverflowError,
)
"""Errors that lie in one turn itself: to try it again would not help, and it must not hold up the others."""

_log = logging.getLogger(__name__)


class RecordOutcome(Enum):
    """What became of a recorded turn."""

    LOGGED = "logged"
    """It is on the disk."""
    WAITING = "waiting"
    """It could not be written yet; it is kept and tried again with the next turn, and when the log is closed."""
    DROPPED = "dropped"
    """Neither written nor kept: the backlog is full, the log closed, or the person forgotten."""


@dataclass(slots=True, eq=False)
class _Waiting:
    rows: Rows
    future: Future[RecordOutcome] = field(default_factory=Future)
    refusal: Exception | None = None

    def __post_init__(self) -> None:
        """Mark the future as running: an impatient caller cannot cancel it, and so cannot lose the turn."""
        self.future.set_running_or_notify_cancel()

    def tell(self, outcome: RecordOutcome) -> None:
        """Resolve the future, unless that was done before (the turn waits)."""
        if not self.future.done():
            self.future.set_result(outcome)

    def settle(self) -> None:
        """Resolve the future: the turn is on the disk, or refused for good."""
        if self.refusal is None:
            self.tell(RecordOutcome.LOGGED)
            return
        turn = self.rows.turn
        fault = Fault(f"turn {turn['number']} of conversation {turn['conversation_id']} was refused: {self.refusal}")
        if self.future.done():
            _log.error("%s", fault)
        else:
            self.future.set_exception(fault)


class Recorder:
    """Writes turns through the writer, in order, and keeps those that cannot be written."""

    def __init__(self, writer: Writer, limit: int = BACKLOG_LIMIT) -> None:
        self._writer = writer
        self._limit = limit
        self._guard = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._taken: list[_Waiting] = []
        self._scheduled = False
        self._failing = False

    @property
    def unwritten(self) -> int:
        """How many turns are not on the disk yet: those that wait and those being written."""
        return len(self._taken) + len(self._waiting)

    def record(self, rows: Rows) -> Future[RecordOutcome]:
        """Queue a turn behind those that wait. Never blocks.

        The future raises Fault for a turn that can never be written (its number is taken, another's conversation).
        """
        waiting = _Waiting(rows)
        with self._guard:
            kept = self.unwritten < self._limit
            if kept:
                self._waiting.append(waiting)
        if kept:
            self.write()
        else:
            waiting.tell(RecordOutcome.DROPPED)
        return waiting.future

    def write(self) -> None:
        """Write everything that waits with the next commit, unless that is scheduled."""
        with self._guard:
            if self._scheduled or not self._waiting:
                return
            self._scheduled = True
        taken: list[_Waiting] = []
        try:
            job = self._writer.submit(lambda db: self._insert(db, taken))
        except Fault as fault:
            self._settle(taken, fault)
        else:
            job.add_done_callback(lambda done: self._settle(taken, done.exception()))

    def drop(self, goes: Callable[[Rows], bool]) -> int:
        """Drop and count waiting turns; only in a job that the writer runs alone, when nothing is being written."""
        dropped: list[_Waiting] = []
        with self._guard:
            everyone, self._waiting = self._waiting, deque()
            for waiting in everyone:
                (dropped if goes(waiting.rows) else self._waiting).append(waiting)
        for waiting in dropped:
            waiting.tell(RecordOutcome.DROPPED)
        return len(dropped)

    def give_up(self) -> tuple[Rows, ...]:
        """Return, in order, the turns that were not written, for the caller to keep; no more are taken."""
        with self._guard:
            left = (*self._taken, *self._waiting)
            self._taken.clear()
            self._waiting.clear()
            self._limit = 0
        for waiting in left:
            waiting.tell(RecordOutcome.WAITING)
        return tuple(waiting.rows for waiting in left)

    def _insert(self, db: Connection, taken: list[_Waiting]) -> None:
        """Move everything that waits to `taken` and insert it; may run twice, when the first transaction is lost."""
        with self._guard:
            self._scheduled = False
            taken.extend(self._waiting)
            self._taken.extend(self._waiting)
            self._waiting.clear()
        for waiting in taken:
            waiting.refusal = None
            try:
                with db.atomic():
                    insert(db, waiting.rows)
            except _REFUSALS as error:
                waiting.refusal = error

    def _settle(self, taken: list[_Waiting], failure: BaseException | None) -> None:
        """Resolve the turns taken, or put them back in front when the log could not be written."""
        with self._guard:
            done = set(taken)
            # What was given up meanwhile is kept elsewhere, and does not come back.
            back = [waiting for waiting in self._taken if waiting in done]
            self._taken = [waiting for waiting in self._taken if waiting not in done]
            if failure is not None:
                self._waiting.extendleft(reversed(back))
                if not taken:
                    # The job never ran: the queue was full, or the transaction could not begin.
                    self._scheduled = False
            told = tuple(self._waiting)
        self._report(len(taken), failure)
        if failure is None:
            for waiting in taken:
                waiting.settle()
        else:
            for waiting in told:
                waiting.tell(RecordOutcome.WAITING)

    def _report(self, count: int, failure: BaseException | None) -> None:
        """Log when writing begins to fail, and when it works again; not at every turn between."""
        if failure is not None and not self._failing:
            _log.warning("the log cannot be written, turns wait in memory: %s", failure)
        elif failure is None and self._failing:
            _log.warning("the log can be written again: %s written", count_of_turns(count))
        self._failing = failure is not None


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
