from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.log.engines.sqlite import SqliteConnection
from bot.log.writer import Writer
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from bot.log.connection import Connection


def numbers() -> Connection:
    """Open a database with a table of numbers, each allowed once, and one that refers to it."""
    db = SqliteConnection(sqlite3.connect(":memory:", isolation_level=None))
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("CREATE TABLE number (n INTEGER PRIMARY KEY)")
    db.execute("CREATE TABLE friend (n INTEGER REFERENCES number (n) DEFERRABLE INITIALLY DEFERRED)")
    return db


def adding(n: int) -> Callable[[Connection], int]:
    """Make a job that adds a number and returns it."""

    def job(db: Connection) -> int:
        db.execute("INSERT INTO number VALUES (?)", [n])
        return n

    return job


def all_numbers(db: Connection) -> list[int]:
    """Read the table."""
    return [row["n"] for row in db.query("SELECT n FROM number ORDER BY n")]


@pytest.fixture
def writer() -> Iterator[Writer]:
    """Give a writer with numbers, closed at the end."""
    opened = Writer(numbers)
    yield opened
    assert opened.close(5)


@contextmanager
def halted(writer: Writer) -> Iterator[None]:
    """Keep the writer busy, so that what is submitted meanwhile waits and becomes one group."""
    running, release = threading.Event(), threading.Event()

    def job(db: Connection) -> None:
        running.set()
        release.wait(10)

    busy = writer.submit_alone(job)
    running.wait(10)
    try:
        yield
    finally:
        release.set()
        busy.result(10)


def submitted_together(writer: Writer, jobs: list[Callable[[Connection], object]]) -> list[Future[object]]:
    """Submit jobs as one group and wait for them."""
    with halted(writer):
        futures = [writer.submit(job) for job in jobs]
    for future in futures:
        future.exception(10)
    return futures


def test_jobs_that_wait_together_share_one_commit(writer: Writer) -> None:
    """Fifty jobs cost one commit, and each has its own result."""
    futures = submitted_together(writer, [adding(n) for n in range(50)])
    assert [future.result() for future in futures] == list(range(50))
    assert writer.commits == 1
    assert writer.submit(all_numbers).result(10) == list(range(50))


def test_a_future_is_resolved_only_after_the_commit(writer: Writer) -> None:
    """When the first future of a group says so, the whole group has been committed."""
    commits_seen: list[int] = []
    with halted(writer):
        first = writer.submit(adding(1))
        last = writer.submit(adding(2))
        first.add_done_callback(lambda _: commits_seen.append(writer.commits))
    last.result(10)
    assert commits_seen == [1]


def test_a_failing_job_is_undone_alone(writer: Writer) -> None:
    """Its neighbours in the group stay, and it has its own error."""

    def failing(db: Connection) -> None:
        adding(2)(db)
        raise ZeroDivisionError("two")

    first, second, third = submitted_together(writer, [adding(1), failing, adding(3)])
    assert (first.result(), third.result()) == (1, 3)
    assert isinstance(second.exception(), ZeroDivisionError)
    assert writer.submit(all_numbers).result(10) == [1, 3]


def test_a_job_that_spoils_the_commit_does_not_take_the_others_along(writer: Writer) -> None:
    """The commit fails, the group runs again one by one, and only the culprit has the error."""

    def spoiling(db: Connection) -> None:
        db.execute("INSERT INTO friend VALUES (99)")

    first, second, third = submitted_together(writer, [adding(1), spoiling, adding(3)])
    assert (first.result(), third.result()) == (1, 3)
    assert isinstance(second.exception(), sqlite3.IntegrityError)
    assert writer.submit(all_numbers).result(10) == [1, 3]


def test_a_job_with_which_sqlite_undoes_everything_does_not_take_the_others_along(writer: Writer) -> None:
    """OR ROLLBACK ends the whole transaction, as a full disk can; the others run again."""

    def undoing(db: Connection) -> None:
        db.execute("INSERT OR ROLLBACK INTO number VALUES (1)")

    first, second, third = submitted_together(writer, [adding(1), undoing, adding(3)])
    assert (first.result(), third.result()) == (1, 3)
    assert isinstance(second.exception(), sqlite3.IntegrityError)
    assert writer.submit(all_numbers).result(10) == [1, 3]


def test_a_job_alone_runs_outside_a_transaction_in_its_turn(writer: Writer) -> None:
    """What stands before it is committed, what stands behind it comes later."""

    def look(db: Connection) -> tuple[bool, list[int]]:
        return db.in_transaction, all_numbers(db)

    with halted(writer):
        writer.submit(adding(1))
        looked = writer.submit_alone(look)
        last = writer.submit(adding(2))
    assert looked.result(10) == (False, [1])
    assert last.result(10) == 2
    assert writer.commits == 2


def test_a_job_alone_that_fails_leaves_no_transaction_behind(writer: Writer) -> None:
    """What it began is undone, its error is its own, and the writer goes on."""

    def failing(db: Connection) -> None:
        db.execute("BEGIN")
        adding(1)(db)
        raise ZeroDivisionError("alone")

    assert isinstance(writer.submit_alone(failing).exception(10), ZeroDivisionError)
    assert writer.submit(all_numbers).result(10) == []


def test_a_cancelled_job_is_not_run(writer: Writer) -> None:
    """Who cancels in time need not fear that it happens nevertheless."""
    with halted(writer):
        assert writer.submit(adding(1)).cancel()
    assert writer.submit(all_numbers).result(10) == []


def test_every_job_runs_in_the_one_thread(writer: Writer) -> None:
    """The connection never leaves its thread."""
    names = {writer.submit(lambda _: threading.current_thread().name).result(10) for _ in range(3)}
    assert names == {"log-writer"}


def test_a_full_queue_refuses_at_once() -> None:
    """The caller is told, memory does not fill up."""
    writer = Writer(numbers, capacity=2)
    with halted(writer):
        kept = [writer.submit(adding(1)), writer.submit(adding(2))]
        with pytest.raises(Fault, match="queue is full: 2 jobs wait"):
            writer.submit(adding(3))
    assert [future.result(10) for future in kept] == [1, 2]
    assert writer.close(5)


def test_closing_runs_what_waits_and_refuses_what_comes_later() -> None:
    """Nothing submitted before the end is lost; closing again does nothing."""
    writer = Writer(numbers)
    with halted(writer):
        futures = [writer.submit(adding(n)) for n in range(5)]
    assert writer.close(5)
    assert [future.result(0) for future in futures] == list(range(5))
    with pytest.raises(Fault, match="log is closed"):
        writer.submit(adding(9))
    assert writer.close(5)


def test_closing_gives_up_on_a_job_that_does_not_end() -> None:
    """The timeout holds, and the answer says that the work is not done."""
    writer = Writer(numbers)
    with halted(writer):
        assert not writer.close(0.01)
    assert writer.close(5)


def test_an_error_while_opening_reaches_the_caller() -> None:
    """The thread does not die in silence."""

    def opening() -> Connection:
        raise ZeroDivisionError("opening")

    with pytest.raises(ZeroDivisionError, match="opening"):
        Writer(opening)
