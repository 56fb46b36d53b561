"""The one thread with the one writable connection.

With synchronous=FULL a commit waits for the disk, so jobs share it: the thread takes all that wait, runs each in its
own savepoint, commits once, and only then resolves the futures. Long work is done in steps between the others' jobs.
"""

from __future__ import annotations

import itertools
import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from bot.log.connection import PAUSE_S, TRIES, ConflictError, Connection, DoubtError, reason
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from enum import Enum

T = TypeVar("T")

CAPACITY: Final = 10_000
"""Jobs that may wait; more means that the disk has stopped."""

LOOK_S: Final = 5.0
"""How long a file may be gone without notice while nobody writes; also the pause before it is opened anew again."""

PATIENCE_S: Final = 0.5
"""How long jobs wait for a file to be opened anew before they are refused."""

Regaining = Callable[[Connection, Callable[[], None]], Connection]
"""Opens a database anew whose file was taken away, calling a function now and then that lets nobody wait for it.

It closes the connection that it is given, unless it raises (OSError, sqlite3.Error, UserError).
"""


_log = logging.getLogger(__name__)


class LostError(sqlite3.OperationalError):
    """The file was taken away from under the writer, which writes nothing into what is left."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    job: Callable[[Connection], Any]
    future: Future[Any]
    alone: bool
    adding: bool


@dataclass(slots=True, eq=False)
class _Work:
    steps: Generator[float, None, Any]
    future: Future[Any]
    next_s: float = 0.0


class Keeper(Protocol):
    """Looks after a database that a writer has open."""

    def loss(self) -> Enum | None:
        """Return what became of the file, in words, if it is not the one at its path any more."""

    def tend(self) -> bool:
        """Do what is due after some jobs, if anything (sqlite3.Error, OSError: it is tried again after the next)."""

    def close(self) -> None:
        """Close the connection."""


class Writer:
    """The writing thread of one database; `commits` counts the groups committed so far.

    `keeping` says who looks after an open connection and closes it: nobody else, unless it is given. A file that it
    misses is opened anew by `regaining`, and nothing is written until that is done; `lost` says what became of it.
    """

    def __init__(
        self,
        opening: Callable[[], Connection],
        capacity: int = CAPACITY,
        keeping: Callable[[Connection], Keeper] | None = None,
        regaining: Regaining | None = None,
    ) -> None:
        self.commits = 0
        self.lost: str | None = None
        self._why: str | None = None
        self._again_s = 0.0
        self._db: Connection
        self._keeper: Keeper | None = None
        self._keeping = keeping
        self._regaining = regaining
        self._works: deque[_Work] = deque()
        self._capacity = capacity
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opening, opened), name="log-writer", daemon=True)
        self._thread.start()
        opened.result()

    def submit(self, job: Callable[[Connection], T], *, adding: bool = False) -> Future[T]:
        """Queue a job for the next commit; its future has the result once that is on the disk, or the job's error.

        One that is only `adding` rows of its own need not wait for other processes that write.

        A job that raises is undone alone. When a whole group is lost (disk full at the commit), its jobs run again one
        by one: a job must leave no traces but in the database, and must not begin or end a transaction. Never waits;
        raises Fault when the queue is full or the writer closed.
        """
        return self._queue(job, alone=False, adding=adding)

    def submit_alone(self, job: Callable[[Connection], T]) -> Future[T]:
        """Queue a job that runs outside any transaction, after the jobs before it and before those behind it."""
        return self._queue(job, alone=True, adding=False)

    def submit_steps(self, work: Callable[[Connection], Generator[float, None, T]]) -> Future[T]:
        """Queue long work, begun after the jobs before it and done in steps, others' jobs between them.

        Each step runs outside any transaction, and yields how many seconds the next one waits at least. Of several
        works each does a step in turn. When the writer closes, work that is not done fails with a Fault.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        self.submit_alone(lambda db: self._works.append(_Work(work(db), future))).add_done_callback(
            lambda begun: None if (failure := begun.exception()) is None else future.set_exception(failure)
        )
        return future

    def close(self, timeout_s: float) -> bool:
        """Run what is queued, close the connection, and return whether that was done within `timeout_s`."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._tasks.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _queue(self, job: Callable[[Connection], T], *, alone: bool, adding: bool) -> Future[T]:
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise Fault("the log is closed: nothing more can be written")
            if self._tasks.qsize() >= self._capacity:
                raise Fault(f"the log's queue is full: {self._capacity} jobs wait")
            self._tasks.put(_Task(job, future, alone, adding))
        return future

    def _run(self, opening: Callable[[], Connection], opened: Future[None]) -> None:
        try:
            self._db = opening()
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, who waits for it
            opened.set_exception(error)
            return
        try:
            self._keeper = None if self._keeping is None else self._keeping(self._db)
        except BaseException as error:  # noqa: BLE001 - as above
            self._db.close()
            opened.set_exception(error)
            return
        opened.set_result(None)
        try:
            ending = False
            while not ending:
                tasks, ending = self._take()
                if not self._is_there(tasks, last=ending):
                    continue
                for alone, group in itertools.groupby(tasks, key=lambda task: task.alone):
                    if alone:
                        for task in group:
                            _run_alone(self._db, task)
                    else:
                        self._commit(self._db, tuple(group))
                # Not both in one round: whoever writes meanwhile would wait for both.
                if self._keeper is None or not _tend(self._keeper):
                    self._advance(self._db)
        finally:
            for work in self._works:
                work.steps.close()
                work.future.set_exception(Fault("the log was closed before this was done"))
            (self._db if self._keeper is None else self._keeper).close()

    def _is_there(self, tasks: list[_Task], *, last: bool) -> bool:
        """Return whether the file is still there, or again; else refuse the tasks, and what is being done in steps."""
        loss = None if self._keeper is None else self._keeper.loss()
        if loss is None or self._regaining is None:
            return True
        error = LostError(f"the log {loss.value}")
        self.lost = self.lost or loss.value
        while self._works:
            self._give_up(self._works.popleft(), error)
        if last or time.monotonic() >= self._again_s:
            began_s = time.monotonic()

            def meanwhile() -> None:
                if time.monotonic() - began_s > PATIENCE_S:
                    self._refuse(tasks, error)

            try:
                self._regain(self._regaining, meanwhile)
            except (OSError, sqlite3.Error, UserError) as failure:
                self._again_s = time.monotonic() + max(LOOK_S, 10 * (time.monotonic() - began_s))
                why = str(failure) if isinstance(failure, UserError) else reason(failure)
                self.lost = f"{loss.value}, and is not there again yet: {why}"
                if self._why != why:
                    _log.error("the log %s", self.lost)
                self._why = why
        if self.lost is not None:
            self._refuse(tasks, error)
        return self.lost is None

    def _refuse(self, tasks: list[_Task], error: LostError) -> None:
        """Fail tasks, and those that have come to wait behind them."""
        while not self._tasks.empty():
            if (task := self._tasks.get()) is None:
                self._tasks.put(None)  # the last one
                break
            if task.future.set_running_or_notify_cancel():
                tasks.append(task)
        for task in tasks:
            task.future.set_exception(error)
        tasks.clear()

    def _regain(self, regaining: Regaining, meanwhile: Callable[[], None]) -> None:
        old = self._keeper
        self._db = regaining(self._db, meanwhile)
        if old is not None:
            old.close()
        self._keeper = None if self._keeping is None else self._keeping(self._db)
        self.lost = self._why = None

    @staticmethod
    def _give_up(work: _Work, error: Exception) -> None:
        """End work that cannot go on, as if its step had failed."""
        try:
            work.steps.throw(error)
        except BaseException as failure:  # noqa: BLE001 - it belongs to the one who submitted the work
            work.future.set_exception(failure)
        else:
            work.steps.close()
            work.future.set_exception(error)

    def _take(self) -> tuple[list[_Task], bool]:
        """Wait for jobs, no longer than work or the next look does; take all, and return whether they are the last."""
        tasks: list[_Task] = []
        try:
            task = self._tasks.get(timeout=self._pause_s())
            while task is not None:
                if task.future.set_running_or_notify_cancel():
                    tasks.append(task)
                task = self._tasks.get_nowait()
        except queue.Empty:
            return tasks, False
        return tasks, True

    def _pause_s(self) -> float | None:
        """Return how long nothing is due; None where nothing will be."""
        if not self._works:
            return None if self._keeper is None else LOOK_S
        return max(0.0, min(work.next_s for work in self._works) - time.monotonic())

    def _advance(self, db: Connection) -> None:
        """Do one step of the first work that is due, and let the others go before its next."""
        now_s = time.monotonic()
        work = next((work for work in self._works if work.next_s <= now_s), None)
        if work is None:
            return
        self._works.remove(work)
        try:
            work.next_s = time.monotonic() + next(work.steps)
        except StopIteration as stopped:
            work.future.set_result(stopped.value)
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who submitted the work
            db.rollback()
            work.future.set_exception(error)
        else:
            self._works.append(work)

    def _try_again(self, db: Connection, tasks: Sequence[_Task], error: BaseException, tries: int) -> None:
        """Run the tasks of a transaction that was undone one by one; a single one again if others were in the way."""
        if len(tasks) > 1:
            for task in tasks:
                self._commit(db, (task,))
        elif isinstance(error, ConflictError) and tries > 1:
            time.sleep(PAUSE_S)
            self._commit(db, tasks, tries - 1)
        else:
            tasks[0].future.set_exception(error)

    def _commit(self, db: Connection, tasks: Sequence[_Task], tries: int = TRIES) -> None:
        try:
            db.begin(adding=all(task.adding for task in tasks))
        except sqlite3.Error as error:
            _fail(tasks, error)
            return
        try:
            outcomes = [_attempt(db, task) for task in tasks]
            db.commit()
        except DoubtError as error:
            _fail(tasks, error)  # none may be done twice
            return
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who submitted the job
            db.rollback()
            self._try_again(db, tasks, error, tries)
            return
        self.commits += 1
        for task, (result, failure) in zip(tasks, outcomes, strict=True):
            if failure is None:
                task.future.set_result(result)
            else:
                task.future.set_exception(failure)


def _fail(tasks: Iterable[_Task], error: Exception) -> None:
    for task in tasks:
        task.future.set_exception(error)


def _tend(keeper: Keeper) -> bool:
    try:
        return keeper.tend()
    except (sqlite3.Error, OSError) as error:
        _log.debug("the log's file was not tended this time: %s", error)
        return False


def _attempt(db: Connection, task: _Task) -> tuple[Any, BaseException | None]:
    """Run a job in its savepoint; raises only when the whole transaction was undone with it, or has to be."""
    try:
        with db.atomic():
            return task.job(db), None
    except BaseException as error:
        if not db.in_transaction or isinstance(error, ConflictError):
            raise
        return None, error


def _run_alone(db: Connection, task: _Task) -> None:
    try:
        result = task.job(db)
    except BaseException as error:  # noqa: BLE001 - it belongs to the one who submitted the job
        db.rollback()
        task.future.set_exception(error)
    else:
        task.future.set_result(result)
