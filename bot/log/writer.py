"""The one thread with the one writable connection.

With synchronous=FULL a commit waits for the disk, so jobs share it: the thread takes all that wait, runs each in its
own savepoint, commits once, and only then resolves the futures.
"""

from __future__ import annotations

import itertools
import queue
import sqlite3
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.log.connection import Connection

T = TypeVar("T")

CAPACITY: Final = 10_000
"""Jobs that may wait; more means that the disk has stopped."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    job: Callable[[Connection], Any]
    future: Future[Any]
    alone: bool


class Writer:
    """The writing thread of one database; `commits` counts the groups committed so far."""

    def __init__(self, opening: Callable[[], Connection], capacity: int = CAPACITY) -> None:
        self.commits = 0
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
        finally:
            db.close()

    def _take(self) -> tuple[list[_Task], bool]:
        """Wait for jobs, take all, and return whether they are the last."""
        tasks: list[_Task] = []
        task = self._tasks.get()
        while task is not None:
            if task.future.set_running_or_notify_cancel():
                tasks.append(task)
            try:
                task = self._tasks.get_nowait()
            except queue.Empty:
                return tasks, False
        return tasks, True

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
