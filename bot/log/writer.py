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
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from bot.log.connection import Connection

T = TypeVar("T")

CAPACITY: Final = 10_000
"""Jobs that may wait; more means that the disk has stopped."""


_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    job: Callable[[Connection], Any]
    future: Future[Any]
    alone: bool


@dataclass(slots=True, eq=False)
class _Work:
    steps: Generator[float, None, Any]
    future: Future[Any]
    next_s: float = 0.0


class Keeper(Protocol):
    """Looks after a database that a writer has open."""

    def tend(self) -> bool:
        """Do what is due after some jobs, if anything (sqlite3.Error, OSError: it is tried again after the next)."""

    def close(self) -> None:
        """Close the connection."""


class Writer:
    """The writing thread of one database; `commits` counts the groups committed so far.

    `keeping` says who looks after an open connection and closes it: nobody else, unless it is given.
    """

    def __init__(
        self,
        opening: Callable[[], Connection],
        capacity: int = CAPACITY,
        keeping: Callable[[Connection], Keeper] | None = None,
    ) -> None:
        self.commits = 0
        self._keeping = keeping
        self._works: deque[_Work] = deque()
        self._capacity = capacity
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opening, opened), name="log-writer", daemon=True)
        self._thread.start()
        opened.result()

    def submit(self, job: Callable[[Connection], T]) -> Future[T]:
        """Queue a job for the next commit; its future has the result once that is on the disk, or the job's error.

        A job that raises is undone alone. When a whole group is lost (disk full at the commit), its jobs run again one
        by one: a job must leave no traces but in the database, and must not begin or end a transaction. Never waits;
        raises Fault when the queue is full or the writer closed.
        """
        return self._queue(job, alone=False)

    def submit_alone(self, job: Callable[[Connection], T]) -> Future[T]:
        """Queue a job that runs outside any transaction, after the jobs before it and before those behind it."""
        return self._queue(job, alone=True)

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

    def _queue(self, job: Callable[[Connection], T], *, alone: bool) -> Future[T]:
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise Fault("the log is closed: nothing more can be written")
            if self._tasks.qsize() >= self._capacity:
                raise Fault(f"the log's queue is full: {self._capacity} jobs wait")
            self._tasks.put(_Task(job, future, alone))
        return future

    def _run(self, opening: Callable[[], Connection], opened: Future[None]) -> None:
        try:
            db = opening()
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, who waits for it
            opened.set_exception(error)
            return
        keeper: Keeper | None = None
        try:
            keeper = None if self._keeping is None else self._keeping(db)
        except BaseException as error:  # noqa: BLE001 - as above
            db.close()
            opened.set_exception(error)
            return
        opened.set_result(None)
        try:
            ending = False
            while not ending:
                tasks, ending = self._take()
                for alone, group in itertools.groupby(tasks, key=lambda task: task.alone):
                    if alone:
                        for task in group:
                            _run_alone(db, task)
                    else:
                        self._commit(db, tuple(group))
                # Not both in one round: whoever writes meanwhile would wait for both.
                if keeper is None or not _tend(keeper):
                    self._advance(db)
        finally:
            for work in self._works:
                work.steps.close()
                work.future.set_exception(Fault("the log was closed before this was done"))
            (db if keeper is None else keeper).close()

    def _take(self) -> tuple[list[_Task], bool]:
        """Wait for jobs, no longer than work does; take all, and return whether they are the last."""
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
        """Return how long no work is due; None without any."""
        if not self._works:
            return None
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

    def _commit(self, db: Connection, tasks: Sequence[_Task]) -> None:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            for task in tasks:
                task.future.set_exception(error)
            return
        try:
            outcomes = [_attempt(db, task) for task in tasks]
            db.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who submitted the job
            db.rollback()
            if len(tasks) == 1:
                tasks[0].future.set_exception(error)
            else:
                for task in tasks:
                    self._commit(db, (task,))
            return
        self.commits += 1
        for task, (result, failure) in zip(tasks, outcomes, strict=True):
            if failure is None:
                task.future.set_result(result)
            else:
                task.future.set_exception(failure)


def _tend(keeper: Keeper) -> bool:
    try:
        return keeper.tend()
    except (sqlite3.Error, OSError) as error:
        _log.debug("the log's file was not tended this time: %s", error)
        return False


def _attempt(db: Connection, task: _Task) -> tuple[Any, BaseException | None]:
    """Run a job in its savepoint; raises only when SQLite undid the whole transaction with it."""
    try:
        with db.atomic():
            return task.job(db), None
    except BaseException as error:
        if not db.in_transaction:
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
