"""A log on a PostgreSQL server, which any number of processes write. What it does not take waits on this machine."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg_pool import ConnectionPool

from bot.log import spill
from bot.log.care.forgetting import unfinished
from bot.log.connection import reason
from bot.log.engines.engine import Opened
from bot.log.engines.file import RESERVED, make_folder
from bot.log.engines.postgres import PostgresConnection, connect, conninfo_of, translated
from bot.log.lock import FileLock
from bot.log.mark import Mark, fingerprint
from bot.log.opening import plain_errors, refuse_half
from bot.log.spill import Spill
from bot.log.steps.server import CHANNEL, bring_up_to_date
from bot.log.steps.votes import seal_votes
from bot.log.writer import Writer
from bot.values.seal import Seal
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.connection import Connection
    from bot.log.privacy import Forgotten, Table

_log = logging.getLogger(__name__)

_READERS: Final = 8
"""Sessions that read at once."""
_PATIENCE_S: Final = 2.0
"""How long a reader waits for one of them."""
_POLL_S: Final = 0.1
_AGAIN_S: Final = 2.0
"""How often a server that is not there is looked for by those who listen."""
_OTHERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'dilemma' AND pid <> pg_backend_pid()
"""
_EXPIRES_S: Final = 60.0
"""How long is relied on hearing of every change."""
_MOST_PROCESSES: Final = 64
"""Processes of one machine that share a folder."""


class Loss(Enum):
    """What became of the session; the value says so behind the log's name."""

    GONE = "cannot be reached"


class Reachable:
    """A log on a server that is read, a session at a time."""

    def __init__(self, server: Server) -> None:
        self.name = str(server)
        self.path = server.beside
        self._server = server

    @classmethod
    def existing(cls, server: Server) -> Reachable:
        """Return the log on a server; UserError when it cannot be reached, or has none."""
        found = cls(server)
        with found.reading() as db:
            if not db.holds("turn"):
                raise UserError(f"there is no log at {server}; the first question makes one")
        return found

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a session for reading, and close it again (UserError)."""
        with plain_server_errors(self.name):
            db = PostgresConnection(connect(self._server, reading=True))
            try:
                yield db
            finally:
                db.close()

    @contextmanager
    def snapshot(self, *, alone: bool) -> Iterator[Connection]:
        """Read everything as it is at one moment (UserError); `alone`: only while no process has the log open."""
        with self.reading() as db:
            others = db.value(_OTHERS)
            if alone and others:
                raise UserError(f"{self.name} is in use by {others} sessions of dilemma: stop those first")
            db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            yield db


@contextmanager
def opened_for_filling(server: Server) -> Iterator[Connection]:
    """Open the log on a server to copy another into it, with its tables (UserError)."""
    with plain_server_errors(server.url):
        db = PostgresConnection(connect(server))
        try:
            with db.atomic():
                bring_up_to_date(db)
            yield db
        finally:
            db.close()


class ServerEngine:
    """A log on a server, open for writing."""

    def __init__(self, server: Server, seal: Seal, lock: FileLock) -> None:
        self.name = str(server)
        self.path = server.beside
        self.then: Callable[[], None] = lambda: None
        self._server = server
        self._seal = seal
        self._lock = lock
        self._watched: list[tuple[frozenset[str], Callable[[], None]]] = []
        self._ended = threading.Event()
        self._deleted = threading.Event()
        self._vacuum = threading.Thread(target=self._tidy, name="log-vacuum", daemon=True)
        self._listener = threading.Thread(target=self._listen, name="log-listener", daemon=True)
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            conninfo_of(server, reading=True),
            kwargs={"autocommit": True},
            min_size=0,
            max_size=_READERS,
            timeout=_PATIENCE_S,
            reconnect_timeout=_PATIENCE_S,
            check=ConnectionPool.check_connection,
            open=True,
            name="log-readers",
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Borrow a session for reading (UserError)."""
        with plain_server_errors(self.name):
            try:
                engine = self._pool.getconn()
            except psycopg.Error as error:
                raise translated(error, lost=True) from error
            try:
                yield PostgresConnection(engine, self._seal)
            finally:
                self._pool.putconn(engine)

    def begin(self, writer: Writer) -> Collection[str]:  # noqa: ARG002 - as with a file
        """Vacuum and listen from now on."""
        if not self._vacuum.is_alive():
            self._vacuum.start()
        return self._unfinished

    def keep(self, db: Connection) -> Link:
        """Look after the session that writes."""
        self._unfinished = unfinished(db)
        self._own = db.value("SELECT pg_backend_pid()")
        return Link(db)

    def regain(self, db: Connection, meanwhile: Callable[[], None]) -> Connection:
        """Open a session in place of one that was lost (sqlite3.Error)."""
        opened: Future[psycopg.Connection[Any]] = Future()

        def opening() -> None:
            try:
                opened.set_result(connect(self._server))
            except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
                opened.set_exception(error)

        threading.Thread(target=opening, name="log-regaining", daemon=True).start()
        while True:
            with suppress(TimeoutError):
                engine = opened.result(_POLL_S)
                break
            meanwhile()
        db.close()
        new = PostgresConnection(engine, self._seal)
        _log.warning("%s can be reached again", self.name)
        self.then()
        return new

    def after(self, deletion: Future[Forgotten]) -> Future[Forgotten]:
        """Return the outcome of a deletion: its rows are gone, and vacuuming makes room for others in their place."""
        deletion.add_done_callback(lambda _: self._deleted.set())
        return deletion

    def outdate(self) -> None:
        """Do nothing: copies are the server's business."""

    def set_aside(self) -> tuple[Path, ...]:
        """Return nothing: a server has no damaged files beside it."""
        return ()

    def back_up(self, now: str, kept: int, tables: Iterable[Table]) -> Path | None:  # noqa: ARG002 - as with a file
        """Return nothing: copies are the server's business."""
        return None

    def watch(self, tables: Collection[str], changed: Callable[[], None]) -> None:
        """Have `changed` called when one of some tables was changed, and after every time that could not be heard."""
        self._watched.append((frozenset(tables), changed))
        if not self._listener.is_alive() and not self._ended.is_set():
            self._listener.start()

    def stop(self) -> None:
        """Hear of no more changes, and vacuum no more."""
        self._ended.set()
        self._deleted.set()

    def release(self, lost: str | None, *, ended: bool) -> None:  # noqa: ARG002 - as with a file
        """Close the readers, and let another process of this machine have what waits here."""
        self._pool.close()
        self._lock.release()

    def _tidy(self) -> None:
        """Vacuum after deletions, one time after another, and after those that a process before this one made."""
        self._deleted.set()
        while not self._ended.is_set():
            self._deleted.wait()
            self._deleted.clear()
            if self._ended.is_set():
                return
            with suppress(sqlite3.Error):  # it stays due
                db = PostgresConnection(connect(self._server))
                try:
                    db.vacuum()
                finally:
                    db.close()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with connect(self._server) as engine:
                    engine.execute(f"LISTEN {CHANNEL}")
                    told_s = -_EXPIRES_S
                    while not self._ended.is_set():
                        if time.monotonic() - told_s > _EXPIRES_S:
                            self._tell(None)
                            told_s = time.monotonic()
                        for heard in engine.notifies(timeout=_AGAIN_S, stop_after=1):
                            if heard.pid != self._own:
                                self._tell(heard.payload)
            except (psycopg.Error, sqlite3.Error):
                self._ended.wait(_AGAIN_S)

    def _tell(self, table: str | None) -> None:
        for tables, changed in self._watched:
            if table is None or table in tables:
                changed()


class Link:
    """The session that writes."""

    def __init__(self, db: Connection) -> None:
        assert isinstance(db, PostgresConnection)  # noqa: S101 - it came from this module
        self._db = db

    def loss(self) -> Loss | None:
        """Return what became of the session; None while it is there."""
        return Loss.GONE if self._db.is_lost else None

    def tend(self) -> bool:
        """Do nothing: the server tends its files."""
        return False

    def close(self) -> None:
        """End the session."""
        self._db.close()


def open_server(server: Server, *, holder: str, now: str, elsewhere: Path | None, secret: bytes | None) -> Opened:
    """Open or create the log on a server for writing (UserError); see `ConversationLog.open`."""
    with plain_errors(server.beside):
        make_folder(server.beside)
        lock, path = _place_of_our_own(server.beside, holder, now)
    seal = Seal(secret or secrets.token_bytes())
    notices: list[str] = []
    kept = Spill(path, reserved=RESERVED, elsewhere=elsewhere)
    engine = ServerEngine(server, seal, lock)

    def opening() -> Connection:
        db = PostgresConnection(connect(server), seal)
        try:
            with db.atomic():
                bring_up_to_date(db)
                refuse_half(db, server.url)
                if secret is not None:
                    _check_secret(db, server, secret)
                    seal_votes(db)
            notices.extend(_taken_in(db, server, path, elsewhere, now))
        except BaseException:
            db.close()
            raise
        return db

    try:
        with plain_server_errors(server.url):
            writer = Writer(opening, keeping=engine.keep, regaining=engine.regain)
    except BaseException:
        engine.release(None, ended=True)
        raise
    if (full := kept.reserve()) is not None:
        notices.append(full)
    return Opened(engine, writer, kept, Mark(None), tuple(notices))


@contextmanager
def plain_server_errors(name: str) -> Iterator[None]:
    """Turn errors of the server into a UserError about the log."""
    try:
        yield
    except sqlite3.Error as error:
        raise UserError(f"{name} cannot be used as the log: {reason(error)}; mend that, or name another") from error


def _place_of_our_own(beside: Path, holder: str, now: str) -> tuple[FileLock, Path]:
    """Return the first path at which no other process of this machine keeps what waits, locked (UserError)."""
    refusal: UserError | None = None
    for number in range(1, _MOST_PROCESSES + 1):
        path = beside.with_name(f"{beside.name}.server-{number}")
        try:
            return FileLock.take(path, holder=holder, now=now), path
        except UserError as error:
            refusal = error
    raise refusal or UserError(f"no process may keep anything beside {beside}")


def _taken_in(db: Connection, server: Server, own: Path, elsewhere: Path | None, now: str) -> Iterator[str]:
    """Take in what waits on this machine for processes that have ended, and yield sentences about that."""
    for number in range(1, _MOST_PROCESSES + 1):
        path = server.beside.with_name(f"{server.beside.name}.server-{number}")
        files = spill.left_behind(path, elsewhere)
        if not files:
            continue
        lock = None
        if path != own:
            try:
                lock = FileLock.take(path, holder="taking in", now=now)
            except UserError:
                continue  # its process is running
        try:
            for file in files:
                try:
                    taken = spill.take_in(db, server.url, file, now)
                except (OSError, sqlite3.Error) as error:
                    taken = f"turns in {file.name} could not be taken into {server} yet: {reason(error)}"
                if taken is not None:
                    yield taken
        finally:
            if lock is not None:
                lock.release()


def _check_secret(db: Connection, server: Server, secret: bytes) -> None:
    """Refuse another secret than that of the pseudonyms in a log; that of a new log is noted, by a fingerprint."""
    check = fingerprint(secret)
    noted = db.value("SELECT value FROM memo WHERE name = 'secret'")
    if noted is None:
        db.execute("INSERT INTO memo (name, value) VALUES ('secret', ?)", (check,))
    elif noted != check:
        raise UserError(
            f"this is not the secret that the pseudonyms in {server} were made with, so nobody's turns could be found, "
            "or deleted by their owner: give every process the same DILEMMA_SECRET"
        )
