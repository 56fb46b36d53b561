"""The log of conversations as the rest of the program sees it: open, record, read, forget, close."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from bot.config.sections import Server
from bot.log import audit, outbox, pending, privacy, spill
from bot.log.care import backups, conversion, forgetting, publication
from bot.log.connection import Connection, Job, count_of_turns, reason
from bot.log.engines.engine import needing_extra
from bot.log.engines.file import open_file
from bot.log.lock import FileLock
from bot.log.opening import plain_errors, put_back
from bot.log.reader import LogReader
from bot.log.recorder import BACKLOG_LIMIT, Recorder, RecordOutcome
from bot.log.turns import TABLES, Rows
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from bot.log.engines.engine import Opened

    Tables = Callable[[], Iterable[privacy.Table]]


T = TypeVar("T")

CLOSING_TIMEOUT_S: Final = 10.0

OWN_TABLES: Final = (*TABLES, audit.TABLE, outbox.TABLE, pending.TABLE, forgetting.TABLE)
"""The tables that belong to no feature."""


class ConversationLog(LogReader):
    """The log, open for writing, until it is closed: a file by one process at a time, a server by many.

    `notices` are sentences about what opening did (a damaged file moved aside, turns taken in).
    """

    def __init__(self, opened: Opened, tables: Tables, backlog: int) -> None:
        super().__init__(opened.engine)
        self.notices = opened.notices
        self._engine = opened.engine
        self._tables = tables
        self._writer = opened.writer
        self._recorder = Recorder(opened.writer, opened.spill, opened.mark, backlog)
        self._closed = False
        self._readers = 0
        self._unread = threading.Condition()

    @classmethod
    def open(  # noqa: PLR0913 - each is chosen by some program
        cls,
        place: Path | Server,
        tables: Tables,
        *,
        holder: str,
        now: str,
        backlog: int = BACKLOG_LIMIT,
        shared: bool = False,
        elsewhere: Path | None = None,
        secret: bytes | None = None,
    ) -> ConversationLog:
        """Open or create the log at a place for `holder` (such as "dilemma chat"); `tables` lists the features' tables.

        `now` is ISO 8601 in UTC. At most `backlog` turns wait when the log cannot be written, on the disk beside it, or
        else in the folder `elsewhere`. A `shared` file can be opened by several processes at once, which write in turn;
        the first of them, like one that has it alone, migrates it, and moves a damaged or foreign file aside. `secret`
        seals votes, and must be one that is kept: None where nobody votes. Raises UserError when another process has
        the file open, a newer version wrote it, it cannot be written, or pseudonyms in it came from another secret.
        """
        if isinstance(place, Server):
            with needing_extra():
                from bot.log.engines.server import open_server  # noqa: PLC0415 - psycopg, which not everybody has

            opened = open_server(place, holder=holder, now=now, elsewhere=elsewhere, secret=secret)
        else:
            opened = open_file(place, holder=holder, now=now, shared=shared, elsewhere=elsewhere, secret=secret)
        log = cls(opened, tables, backlog)
        opened.engine.then = log._go_on_soon
        log._go_on()
        return log

    @cached_property
    def registry(self) -> privacy.Registry:
        """The tables of the log, its own first."""
        return privacy.Registry((*OWN_TABLES, *self._tables()))

    @property
    def commits(self) -> int:
        """How many commits there were since the log was opened."""
        return self._writer.commits

    @property
    def unwritten(self) -> int:
        """How many recorded turns are not on the disk yet."""
        return self._recorder.unwritten

    @property
    def spilled(self) -> int:
        """How many of these wait on the disk beside the log."""
        return self._recorder.spilled

    def trouble(self) -> str | None:
        """Return why turns do not get into the log; None when they do."""
        if self._writer.lost is not None:
            return f"{self._writer.lost}; waiting: {count_of_turns(self.unwritten)}"
        return f"cannot be written; waiting: {count_of_turns(self.unwritten)}" if self._recorder.failing else None

    def waiting(self, people: Collection[str] | None = None) -> tuple[Rows, ...]:
        """Return the turns that are not in the log yet: those of some people, or (None) all."""
        return self._recorder.waiting(lambda rows: people is None or rows.conversation["person"] in people)

    def set_aside(self) -> tuple[Path, ...]:
        """List the files beside the log that were moved aside as damaged, oldest first."""
        return self._engine.set_aside()

    def watch(self, tables: Collection[str], changed: Callable[[], None]) -> None:
        """Have `changed` called, on any thread, when another process may have changed one of some tables."""
        self._engine.watch(tables, changed)

    def record(self, rows: Rows) -> Future[RecordOutcome]:
        """Write a turn in one transaction, without blocking; see `Recorder.record`."""
        return self._recorder.record(rows)

    def write(self, job: Job[T], *, adding: bool = False) -> Future[T]:
        """Run a function of the store with the next commit; the future raises what it raises.

        One that is only `adding` or dropping rows of its own need not wait for other processes.
        """
        return self._writer.submit(job, adding=adding)

    def forget_people(self, people: Collection[str]) -> Future[privacy.Forgotten]:
        """Delete everything about some people, without a trace in the file (Fault).

        Many turns are deleted in steps between other writes; if the process dies, whoever opens the log goes on.
        """
        gone = frozenset(people)
        return self._delete(
            lambda db, counts: forgetting.people(db, self.registry, gone, counts),
            lambda rows: rows.conversation["person"] in gone,
            gone,
            copied=True,
        )

    def expire(self, before: Mapping[str, str], gone: Collection[str], *, now: str) -> Future[privacy.Forgotten]:
        """Delete what is older than `before` says for each guild, and all about the guilds `gone`.

        Times are ISO 8601 in UTC. No trace stays, as with `forget_people`.
        """
        return self._delete(
            lambda db, counts: forgetting.expired(db, self.registry, before, gone, now, counts),
            lambda rows: rows.conversation["guild"] in gone,
            tuple(map(spill.place_in, gone)),
        )

    def delete(
        self, deletion: Callable[[Connection], Counter[str]], waiting: Callable[[Rows], bool]
    ) -> Future[privacy.Forgotten]:
        """Run a deletion that counts rows by table, without a trace in the file; drop unwritten turns by `waiting`."""
        return self._delete(lambda db, counts: forgetting.at_once(db, deletion, counts), waiting, (), copied=True)

    def _delete(
        self,
        deletion: Callable[[Connection, Counter[str]], forgetting.Deleting],
        waiting: Callable[[Rows], bool],
        texts: Collection[str],
        *,
        copied: bool = False,
    ) -> Future[privacy.Forgotten]:
        def work(db: Connection) -> Generator[float, None, privacy.Forgotten]:
            counts: Counter[str] = Counter()
            try:
                with self._recorder.deleting(db, waiting, texts) as gone:
                    yield from deletion(db, counts)
                    gone.update(counts)
                if copied and counts.total():
                    self._engine.outdate()
                with self._recorder.deleting(db, waiting, texts):  # what came to wait meanwhile
                    unwritten = self._recorder.drop(waiting)
            except (OSError, sqlite3.Error) as error:
                share = f"{counts.total()} rows were deleted from {self.name}, the rest is not" if counts else ""
                raise Fault(f"{share or f'nothing was deleted from {self.name}'}: {reason(error)}") from error
            return privacy.Forgotten(counts, unwritten, wiped=False, left=self.set_aside())

        return self._engine.after(self._writer.submit_steps(work))

    def back_up(self, now: str, kept: int) -> Path | None:
        """Copy a log in a file beside it if that is due at a time (ISO 8601 in UTC), and return the copy.

        So many are `kept`, the newest. No copy gets older than a day; one with people who left is replaced. Raises
        UserError.
        """
        return self._engine.back_up(now, kept, self.registry.tables)

    def close(self, timeout_s: float = CLOSING_TIMEOUT_S) -> str | None:
        """Write what waits, close the file and release the lock; a second call does nothing.

        What cannot be written within `timeout_s` is kept beside the log until it is opened next; the sentence says so,
        or that it is lost. Readers get half of the time: the writer must close last, for only it can remove the WAL.
        Raises UserError where a turn is lost that was called kept.
        """
        with self._unread:
            if self._closed:
                return None
            self._closed = True
            self._recorder.write()
            started_s = time.monotonic()
            self._unread.wait_for(lambda: not self._readers, timeout_s / 2)
        self._engine.stop()
        ended = self._writer.close(timeout_s - (time.monotonic() - started_s))
        left = self._recorder.give_up()
        lost = self._writer.lost
        self._engine.release(lost, ended=ended)
        if not left.turns:
            return None if lost is None else f"{self.name} {lost}"
        notice = f"{count_of_turns(left.turns)} could not be written to {self.name}"
        if left.files:
            names = " and ".join(map(str, left.files))
            notice += f"; kept in {names} until the log is opened again"
        if left.lost:
            notice += f"; lost, for no disk takes more: {count_of_turns(left.lost)}"
        if left.broken:
            notice += f", {left.broken} of them after they had been kept: find out what removes them there"
            raise UserError(notice)
        return notice

    def _go_on(self) -> None:
        """Go on with what a process before this one, or a file that was taken away, left to do."""
        unfinished = self._engine.begin(self._writer)
        if unfinished:
            self.forget_people(unfinished)
        self._recorder.write()

    def _go_on_soon(self) -> None:
        with suppress(Fault):  # it is being closed
            self._writer.submit_alone(lambda _db: self._go_on())

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Read while the log is open (UserError when it is closed)."""
        with self._unread:
            if self._closed:
                raise UserError(f"{self.name} is closed: open it again to read from it")
            self._readers += 1
        try:
            with super()._reading() as db:
                yield db
        finally:
            with self._unread:
                self._readers -= 1
                self._unread.notify_all()


def back_up(path: Path, tables: Tables, now: str, kept: int) -> Path:
    """Copy a log beside it, also while another process writes it; keep so many of the newest copies (UserError)."""
    LogReader.existing(path)
    with plain_errors(path):
        return backups.make(path, (*OWN_TABLES, *tables()), datetime.fromisoformat(now), kept)


def publish(path: Path, target: Path, tables: Tables, *, typed: bool) -> dict[str, int]:
    """Write a copy for research, with what people typed only if `typed`; return how many rows each table has.

    Raises UserError.
    """
    LogReader.existing(path)
    try:
        return publication.publish(path, target, (*OWN_TABLES, *tables()), typed=typed)
    except FileExistsError as error:
        raise UserError(f"{error.filename} exists already: name another file, or remove it") from None
    except (OSError, sqlite3.Error) as error:
        raise UserError(f"{target} cannot be written: {reason(error)}; name another file") from error


def restore(path: Path, copy: Path | None, *, holder: str, now: str) -> tuple[Path, Path | None]:
    """Put a copy (None: the newest) in the place of a log; return it, and where the old file is now. UserError."""
    chosen = copy or next(iter(backups.copies(path)), None)
    if chosen is None:
        raise UserError(f"there is no copy of {path}; `dilemma log backup` makes one")
    whole = LogReader.existing(chosen).read(lambda db: db.value("PRAGMA quick_check(1)"))
    if whole != "ok":
        raise UserError(f"{chosen} is damaged itself ({whole}); name another copy")
    with plain_errors(path):
        lock = FileLock.take(path, holder=holder, now=now)
        try:
            return chosen, put_back(path, chosen, now)
        finally:
            lock.release()


def rewrite(path: Path, *, holder: str, now: str) -> str | None:
    """Rewrite a log of an older form (see `conversion`), and return what that took; None for one of today's.

    Raises UserError.
    """
    LogReader.existing(path)
    with plain_errors(path):
        lock = FileLock.take(path, holder=holder, now=now)
        try:
            if not conversion.is_due(path):
                return None
            cost = conversion.cost(path)
            conversion.convert(path)
            return cost
        finally:
            lock.release()
