"""Turns on their way to the log, in order. A full disk must not stop answering: turns wait, on the disk beside the log.

They wait in memory, too, and only there where nothing takes them.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import Counter, deque
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.log.connection import Connection, DoubtError, count_of_turns
from bot.log.turns import Rows, insert, insert_all, is_inserted
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from bot.log.mark import Mark
    from bot.log.spill import Place, Spill
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


_TOGETHER: Final = 1_000
"""Turns that are inserted with the same statements."""


class RecordOutcome(Enum):
    """What became of a recorded turn."""

    LOGGED = "logged"
    """It is on the disk."""
    WAITING = "waiting"
    """It is on the disk beside the log, and tried again with the next turn, and when the log is closed or opened."""
    HELD = "held"
    """It is in memory alone, and tried again in the same way; it is lost if the process is killed."""
    DROPPED = "dropped"
    """Neither written nor kept: the backlog is full, the log closed, or the person forgotten."""


@dataclass(slots=True, eq=False)
class _Waiting:
    rows: Rows
    future: Future[RecordOutcome] = field(default_factory=Future)
    place: Place | None = None
    refusal: Exception | None = None
    turn_id: int | None = None
    doubtful: bool = False

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


@dataclass(frozen=True, slots=True)
class Left:
    """How many turns could not be written to the log: in all, kept nowhere, and of these called kept before.

    `files` are those in which the others stand.
    """

    turns: int
    lost: int
    broken: int
    files: tuple[Path, ...]


class Recorder:
    """Writes turns through the writer, in order, and keeps those that cannot be written."""

    def __init__(self, writer: Writer, spill: Spill, mark: Mark, limit: int = BACKLOG_LIMIT) -> None:
        self._writer = writer
        self._spill = spill
        self._mark = mark
        self._limit = limit
        self._guard = threading.Lock()
        self._keeping = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._taken: list[_Waiting] = []
        self._scheduled = False
        self.failing = False

    @property
    def unwritten(self) -> int:
        """How many turns are not on the disk yet: those that wait and those being written."""
        return len(self._taken) + len(self._waiting)

    @property
    def spilled(self) -> int:
        """How many of these wait on the disk beside the log."""
        with self._guard:
            return sum(waiting.place is not None for waiting in (*self._taken, *self._waiting))

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
            job = self._writer.submit(lambda db: self._insert(db, taken), adding=True)
        except Fault as fault:
            self._settle(taken, fault)
        else:
            job.add_done_callback(lambda done: self._settle(taken, done.exception()))

    def waiting(self, goes: Callable[[Rows], bool]) -> tuple[Rows, ...]:
        """Return the turns of some people that are not in the log yet."""
        with self._guard:
            return tuple(each.rows for each in (*self._taken, *self._waiting) if goes(each.rows))

    @contextmanager
    def deleting(self, db: Connection, goes: Callable[[Rows], bool], texts: Collection[str]) -> Iterator[Counter[str]]:
        """Overwrite beside the log what is about to be deleted from it; only in a job that the writer runs alone.

        The block adds the rows that it deletes, by table. When it fails, what waits is kept again.
        """
        gone: Counter[str] = Counter()
        with self._guard:
            places = [each.place for each in self._waiting if each.place is not None and goes(each.rows)]
        self._mark.doubt()
        try:
            with self._keeping:
                self._spill.blank(places)
                self._spill.drop(texts)
            yield gone
        except BaseException:
            self.keep()
            raise
        finally:
            self._mark.trust(db, gone["turn"])

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

    def keep(self) -> None:
        """Bring every turn that waits to the disk beside the log, as far as that takes them."""
        with self._guard:
            everyone = (*self._taken, *self._waiting)
        with self._keeping:
            self._spill.look()
            loose = [each for each in everyone if each.place is None or not self._spill.holds(each.place)]
            for waiting, place in zip(loose, self._spill.add([each.rows for each in loose]), strict=True):
                waiting.place = place
            self._mark.wait(sum(each.place is not None for each in everyone))

    def give_up(self) -> Left:
        """Keep the turns that were not written, and count them; no more are taken."""
        with self._guard:
            left = (*self._taken, *self._waiting)
            self._limit = 0
        if left:
            with self._keeping:
                for waiting in left:
                    if waiting.place is not None and not self._spill.holds(waiting.place, waiting.rows):
                        waiting.place = None
            self.keep()
        with self._guard:
            self._taken.clear()
            self._waiting.clear()
        with self._keeping:
            files = self._spill.close()
            self._mark.close()
        lost = [waiting for waiting in left if waiting.place is None]
        broken = sum(each.future.done() and each.future.result() is RecordOutcome.WAITING for each in lost)
        for waiting in left:
            waiting.tell(RecordOutcome.HELD if waiting.place is None else RecordOutcome.WAITING)
        return Left(len(left), len(lost), broken, files)

    def _insert(self, db: Connection, taken: list[_Waiting]) -> None:
        """Move everything that waits to `taken` and insert it; may run twice, when the first transaction is lost."""
        with self._guard:
            self._scheduled = False
            taken.extend(self._waiting)
            self._taken.extend(self._waiting)
            self._waiting.clear()
        for begin in range(0, len(taken), _TOGETHER):
            some = taken[begin : begin + _TOGETHER]
            try:
                with db.atomic():
                    numbers = insert_all(db, [waiting.rows for waiting in some])
            except _REFUSALS:
                _insert_one_by_one(db, some)
            else:
                for waiting, number in zip(some, numbers, strict=True):
                    waiting.refusal, waiting.turn_id = None, number

    def _settle(self, taken: list[_Waiting], failure: BaseException | None) -> None:
        """Resolve the turns taken, or put them back in front when the log could not be written."""
        with self._guard:
            done = set(taken)
            # What was given up meanwhile is kept elsewhere, and does not come back.
            back = [waiting for waiting in self._taken if waiting in done]
            self._taken = [waiting for waiting in self._taken if waiting not in done]
            if failure is not None:
                for waiting in back:
                    waiting.doubtful |= isinstance(failure, DoubtError)
                self._waiting.extendleft(reversed(back))
                if not taken:
                    # The job never ran: the queue was full, or the transaction could not begin.
                    self._scheduled = False
            told = tuple(self._waiting)
        self._report(len(taken), failure)
        if failure is None:
            self._logged(taken)
            return
        if not isinstance(failure, Fault):  # one of these comes to whoever records, who must not wait for a disk
            self.keep()
        for waiting in told:
            waiting.tell(RecordOutcome.HELD if waiting.place is None else RecordOutcome.WAITING)

    def _logged(self, taken: list[_Waiting]) -> None:
        """Note how far the log goes, resolve the turns, and overwrite what was kept of them beside it."""
        self._mark.reach([each.turn_id for each in taken if each.turn_id is not None])
        for waiting in taken:
            waiting.settle()
        places = [each.place for each in taken if each.place is not None]
        if places:
            with self._guard:
                still = sum(each.place is not None for each in (*self._taken, *self._waiting))
            with self._keeping:
                self._mark.wait(still)
                try:
                    self._spill.blank(places)
                except OSError as error:
                    _log.warning("turns that are in the log now still stand beside it: %s", error.strerror)

    def _report(self, count: int, failure: BaseException | None) -> None:
        """Log when writing begins to fail, and when it works again; not at every turn between."""
        if failure is not None and not self.failing:
            _log.warning("the log cannot be written, turns wait beside it: %s", failure)
        elif failure is None and self.failing:
            _log.warning("the log can be written again: %s written", count_of_turns(count))
        self.failing = failure is not None


def _insert_one_by_one(db: Connection, some: Iterable[_Waiting]) -> None:
    """Insert turns of which one cannot be, and refuse that one."""
    for waiting in some:
        waiting.refusal = waiting.turn_id = None
        try:
            with db.atomic():
                waiting.turn_id = insert(db, waiting.rows)
        except _REFUSALS as error:
            # A commit of which nobody knew whether it was done may have been.
            if not (waiting.doubtful and is_inserted(db, waiting.rows)):
                waiting.refusal = error
