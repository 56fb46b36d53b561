"""The log of conversations as the rest of the program sees it: open, record, read, forget, close."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from bot.config.secret import read_by_others
from bot.log import audit, outbox, pending, privacy, spill
from bot.log.care import backups, checking, conversion, forgetting, publication
from bot.log.care.rescue import Rescue, missing_from
from bot.log.care.tidying import Tidying
from bot.log.connection import Connection, Job, count_of_turns, reason
from bot.log.lock import FileLock
from bot.log.mark import Mark
from bot.log.opening import WrongPlaceError, open_for_writing, open_prepared, plain_errors, put_back, set_aside
from bot.log.reader import LogReader
from bot.log.recorder import BACKLOG_LIMIT, Recorder, RecordOutcome
from bot.log.spill import Spill
from bot.log.steps.votes import seal_votes
from bot.log.turns import TABLES, Rows
from bot.log.writer import Writer
from bot.values.seal import Seal
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    Tables = Callable[[], Iterable[privacy.Table]]


T = TypeVar("T")

_log = logging.getLogger(__name__)

CLOSING_TIMEOUT_S: Final = 10.0

RESERVED: Final = 16 * 1024 * 1024
RESERVED_SHARED: Final = 256 * 1024
"""Bytes that are reserved beside the log for turns that it does not take, about 5 KB each; less in a terminal."""

OWN_TABLES: Final = (*TABLES, audit.TABLE, outbox.TABLE, pending.TABLE, forgetting.TABLE)
"""The tables that belong to no feature."""


class ConversationLog(LogReader):
    """The log, open for writing: one at a time per file, until it is closed.

    `notices` are sentences about what opening did (a damaged file moved aside, turns taken in).
    """

    def __init__(  # noqa: PLR0913 - `open` calls it, nobody else
        self,
        path: Path,
        tables: Tables,
        lock: FileLock,
        writer: Writer,
        tidying: Tidying,
        recorder: Recorder,
        notices: tuple[str, ...],
        *,
        seal: Seal,
    ) -> None:
        super().__init__(path, seal)
        self._tidying = tidying
        self._tables = tables
        self.notices = notices
        self._lock = lock
        self._writer = writer
        self._recorder = recorder
        self._closed = False
        self._readers = 0
        self._unread = threading.Condition()
        due = lock.alone and checking.marker(path).exists()
        self._check = checking.Check(path, self._report_damage) if due else None

    @classmethod
    def open(  # noqa: PLR0913 - each is chosen by some program
        cls,
        path: Path,
        tables: Tables,
        *,
        holder: str,
        now: str,
        backlog: int = BACKLOG_LIMIT,
        shared: bool = False,
        elsewhere: Path | None = None,
        secret: bytes | None = None,
    ) -> ConversationLog:
        """Open or create the log at `path` for `holder` (such as "dilemma chat"); `tables` lists the features' tables.

        `now` is ISO 8601 in UTC. At most `backlog` turns wait when the log cannot be written, on the disk beside it, or
        else in the folder `elsewhere`. A `shared` log can be opened by several processes at once, which write in turn;
        the first of them, like one that has it alone, migrates it, and moves a damaged or foreign file aside. `secret`
        seals votes, and must be one that is kept: None where nobody votes. Raises UserError when another process has
        the log open, a newer version wrote it, or it cannot be written.
        """
        with plain_errors(path):
            if path.exists() and not path.is_file():
                kind = "a folder" if path.is_dir() else "not a file"
                raise WrongPlaceError(f"{path} cannot be used as the log: it is {kind}; name a file")
            _make_folder(path)
            lock = FileLock.take(path, holder=holder, now=now, shared=shared)
        notices: list[str] = []
        kept = Spill(path, reserved=RESERVED_SHARED if shared else RESERVED, elsewhere=elsewhere, shared=shared)
        mark = Mark(path)
        tidying = Tidying(path, alone=not shared)
        seal = Seal(secret or secrets.token_bytes())

        def prepared(moment: str, found: str | None = None) -> tuple[Connection, list[str]]:
            db, moved = open_for_writing(path, moment, seal, found)
            if secret is not None:
                with db.atomic():
                    seal_votes(db)
            return db, [] if moved is None else [moved]

        def opening() -> Connection:
            if not lock.alone:
                return open_prepared(path)
            db, said = prepared(now)
            notices.extend((*said, *_taken_in(db, path, elsewhere, mark, now)))
            return db

        rescue = Rescue(path, now, lock, tidying, mark, prepared, shared=shared)
        try:
            with plain_errors(path):
                writer = Writer(opening, keeping=tidying.keep, regaining=rescue)
            if shared and lock.alone:
                lock.share()
        except BaseException:
            lock.release()
            raise
        if (full := kept.reserve()) is not None:
            notices.append(full)
        notices.extend(read_by_others((path,)))
        log = cls(path, tables, lock, writer, tidying, Recorder(writer, kept, mark, backlog), tuple(notices), seal=seal)
        rescue.then = log._go_on_soon
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
        return set_aside(self.path)

    def record(self, rows: Rows) -> Future[RecordOutcome]:
        """Write a turn in one transaction, without blocking; see `Recorder.record`."""
        return self._recorder.record(rows)

    def write(self, job: Job[T]) -> Future[T]:
        """Run a function of the store with the next commit; the future raises what it raises."""
        return self._writer.submit(job)

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
                    backups.outdate(self.path)
                with self._recorder.deleting(db, waiting, texts):  # what came to wait meanwhile
                    unwritten = self._recorder.drop(waiting)
            except (OSError, sqlite3.Error) as error:
                share = f"{counts.total()} rows were deleted from {self.path}, the rest is not" if counts else ""
                raise Fault(f"{share or f'nothing was deleted from {self.path}'}: {reason(error)}") from error
            return privacy.Forgotten(counts, unwritten, wiped=False, left=set_aside(self.path))

        return self._tidying.after(self._writer.submit_steps(work))

    def back_up(self, now: str, kept: int) -> Path | None:
        """Copy the log beside it if that is due at a time (ISO 8601 in UTC), and return the copy.

        So many are `kept`, the newest. No copy gets older than a day; one with people who left is replaced. Raises
        UserError.
        """
        moment = datetime.fromisoformat(now)
        with plain_errors(self.path):
            self._be_there()
            backups.prune(self.path, moment, kept)
            if not backups.is_due(self.path, moment, kept):
                return None
            return backups.make(self.path, self.registry.tables, moment, kept)

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
        if self._check is not None:
            self._check.close()
        ended = self._writer.close(timeout_s - (time.monotonic() - started_s))
        left = self._recorder.give_up()
        gone = None if self._writer.lost is None else f"{self.path} {self._writer.lost}"
        if gone is not None and self._lock.alone:
            _log.error("%s; what it held is lost, but for its copies", gone)
        if ended:
            self._lock.release()
        if not left.turns:
            return gone
        notice = f"{count_of_turns(left.turns)} could not be written to {self.path}"
        if left.files:
            names = " and ".join(map(str, left.files))
            notice += f"; kept in {names} until the log is opened again"
        if left.lost:
            notice += f"; lost, for no disk takes more: {count_of_turns(left.lost)}"
        if left.broken:
            notice += f", {left.broken} of them after they had been kept: find out what removes them there"
            raise UserError(notice)
        return notice

    def _be_there(self) -> None:
        """Read nothing that somebody put in the place of the log, or that cannot be told from it (UserError)."""
        if (loss := self._tidying.presence.moved()) is not None:
            raise UserError(f"{self.path} {loss.value}: it is opened anew, try again")

    def _go_on(self) -> None:
        """Go on with what a process before this one, or a file that was taken away, left to do."""
        self._tidying.begin(self._writer)
        if self._tidying.unfinished:
            self.forget_people(self._tidying.unfinished)
        self._recorder.write()

    def _go_on_soon(self) -> None:
        with suppress(Fault):  # it is being closed
            self._writer.submit_alone(lambda _db: self._go_on())

    def _report_damage(self, what: str) -> None:
        _log.error("%s is damaged (%s): start again, and what can be saved of it is saved", self.path, what)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Read while the log is open (UserError when it is closed)."""
        with self._unread:
            if self._closed:
                raise UserError(f"{self.path} is closed: open it again to read from it")
            self._be_there()
            self._readers += 1
        try:
            with super()._reading() as db:
                yield db
        finally:
            with self._unread:
                self._readers -= 1
                self._unread.notify_all()


def _taken_in(db: Connection, path: Path, elsewhere: Path | None, mark: Mark, now: str) -> Iterator[str]:
    """Take in what waits beside the log, and yield sentences about that, and about what is missing."""
    missing = mark.begin(db, spill.count(path, elsewhere))
    if missing:
        yield missing_from(path, missing)
    mark.wait(0)  # a kill while they are taken in must not make them look lost
    for file in spill.left_behind(path, elsewhere):
        try:
            taken = spill.take_in(db, path, file, now)
        except (OSError, sqlite3.Error) as error:
            taken = f"turns in {file.name} could not be taken into {path} yet: {reason(error)}"
        if taken is not None:
            yield taken
    mark.begin(db, spill.count(path, elsewhere))


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


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise WrongPlaceError(
            f"{path} cannot be used as the log: {path.parent} is not a folder; name another file"
        ) from None
