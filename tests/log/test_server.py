"""A log on a PostgreSQL server: what goes on while it is away, and what several processes do to each other."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.config.sections import Server
from bot.guild.service.settings import Settings
from bot.guild.store import guilds
from bot.log.access import write
from bot.log.connection import ConflictError, DoubtError
from bot.log.engines.postgres import PostgresConnection, connect
from bot.log.log import ConversationLog
from bot.log.reader import LogReader
from bot.log.recorder import RecordOutcome
from bot.log.steps import shape
from bot.log.steps.server import applied_to, bring_up_to_date
from knowledge.errors import UserError
from tests.log.postgres import running
from tests.log.samples import NOW, an_entry, beside, exclude, kept_lines, open_log
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from bot.log.connection import Connection
    from tests.log.postgres import PostgresServer


@pytest.fixture
def server(postgres: PostgresServer, path: Path) -> Server:
    """Give a database with the tables of a log."""
    return postgres.cleared(path)


@pytest.fixture(scope="module")
def other() -> Iterator[PostgresServer]:
    """Give a server that a test may stop, which keeps what it says that it has."""
    with running("fsync=on") as started:
        yield started


def ask(log: ConversationLog, number: int) -> Future[RecordOutcome]:
    """Record a turn."""
    return log.record(rows_of(an_entry(number, question=f"question {number}")))


def until(done: Callable[[], bool]) -> None:
    """Wait for what happens on another thread."""
    late_s = time.monotonic() + 20
    while not done():
        assert time.monotonic() < late_s
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_server_that_goes_away_loses_nothing_and_is_found_again(
    other: PostgresServer, path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    """It is stopped, or crashes, under questions: they wait on the disk beside, and buttons say so."""
    monkeypatch.setattr("bot.log.writer.LOOK_S", 0.1)
    database = other.database(path)
    log = open_log(database)
    for number in range(1, 11):
        assert ask(log, number).result(10) is RecordOutcome.LOGGED
    asked = [ask(log, number) for number in range(11, 31)]
    other.stop(how)
    asked += [ask(log, number) for number in range(31, 51)]
    outcomes = [one.result(10) for one in asked]
    assert outcomes[-20:] == [RecordOutcome.WAITING] * 20
    trouble = log.trouble() or ""
    assert trouble.startswith("cannot be reached, and is not there again yet: ")
    assert trouble.endswith(f"; waiting: {outcomes.count(RecordOutcome.WAITING)} turns")
    assert len(kept_lines(database)) == outcomes.count(RecordOutcome.WAITING)
    with pytest.raises(UserError, match=r"^The log cannot be written just now, so nothing was changed"):
        await write(log, lambda db: guilds.save_style(db, "p1", "1", "plain"))
    with pytest.raises(UserError, match=r"cannot be used as the log"):
        log.recent(1)
    other.start()
    await asyncio.to_thread(until, lambda: not log.unwritten)
    assert (log.unwritten, log.trouble(), kept_lines(database)) == (0, None, [])
    assert sorted(turn.number for turn in log.recent(99)) == list(range(1, 51))
    await write(log, lambda db: guilds.save_style(db, "p1", "1", "plain"))
    assert log.close() is None
    assert not beside(database).exists()


def test_what_waits_when_a_process_dies_is_taken_in_by_the_next(server: Server) -> None:
    """By any of the same machine: whoever is running keeps what waits for itself."""
    running_one = open_log(server)
    left = [server.beside.with_name(f"{server.beside.name}.server-{place}.unlogged.jsonl") for place in (2, 3)]
    for number, file in enumerate(left, 1):
        file.write_text(f"\n{rows_of(an_entry(number)).to_json()}\n")
    another = open_log(server)
    assert another.notices == tuple(f"took 1 turn that had waited in {file.name} into {server}" for file in left)
    assert [turn.number for turn in running_one.recent(9)] == [2, 1]
    another.close()
    running_one.close()


def test_another_secret_is_refused_with_a_sentence(server: Server) -> None:
    """By every process that seals votes; the first one says which it is."""

    def opened(secret: bytes) -> ConversationLog:
        return ConversationLog.open(server, tables, holder="dilemma run", now=NOW, secret=secret)

    opened(b"one secret of many").close()
    with pytest.raises(UserError, match="give every process the same DILEMMA_SECRET"):
        opened(b"another secret")
    opened(b"one secret of many").close()


def test_the_first_server_that_takes_writes_is_found(server: Server) -> None:
    """An address may name several."""
    several = Server(server.url.replace("host=", "host=/nowhere,"), server.beside)
    log = open_log(several)
    assert ask(log, 1).result(10) is RecordOutcome.LOGGED
    assert [turn.number for turn in LogReader.existing(several).recent(9)] == [1]
    log.close()


def test_a_database_without_a_log_and_a_server_that_is_not_there_give_sentences(
    postgres: PostgresServer, path: Path
) -> None:
    """No traceback, and no password."""
    with pytest.raises(UserError, match=r"there is no log at postgresql://.*; the first question makes one"):
        LogReader.existing(postgres.database(path))
    with pytest.raises(UserError, match=r"cannot be used as the log: .*; mend that, or name another"):
        open_log(Server("postgresql://127.0.0.1:1/log", path))


def test_who_writes_waits_for_the_others(server: Server) -> None:
    """One process after another, as with a file; who only adds turns need not wait."""
    log = open_log(server)
    db = PostgresConnection(connect(server))
    db.begin()
    changed = log.write(lambda db: guilds.save_style(db, "p1", "1", "plain"))
    with pytest.raises(TimeoutError):
        changed.result(0.2)
    db.rollback()
    changed.result(10)
    db.begin()
    assert ask(log, 1).result(10) is RecordOutcome.LOGGED
    db.rollback()
    db.close()
    log.close()


def test_what_another_process_was_in_the_way_of_is_done_again(server: Server) -> None:
    """With whatever shared its commit; after some tries the error is told."""
    log = open_log(server)
    release = threading.Event()
    tried = []

    def job(_db: Connection) -> str:
        tried.append(1)
        if len(tried) < 4:
            raise ConflictError("deadlock detected")
        return "done"

    def hopeless(_db: Connection) -> None:
        raise ConflictError("deadlock detected")

    log._writer.submit_alone(lambda _: release.wait(10))
    together = log.write(job), ask(log, 1), log.write(hopeless)
    release.set()
    assert (together[0].result(10), together[1].result(10)) == ("done", RecordOutcome.LOGGED)
    assert isinstance(together[2].exception(10), ConflictError)
    log.close()


async def test_a_commit_of_which_nobody_knows_is_neither_lost_nor_done_twice(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session ends just after the server has committed: a turn is found there, a press is to be looked for."""
    log = open_log(server)
    commit = PostgresConnection.commit

    def lost(db: PostgresConnection) -> None:
        commit(db)
        raise DoubtError("server closed the connection unexpectedly")

    with monkeypatch.context() as patched:
        patched.setattr(PostgresConnection, "commit", lost)
        assert ask(log, 1).result(10) is RecordOutcome.WAITING
        with pytest.raises(UserError, match="look again in a minute, and if it is missing, repeat it"):
            await write(log, lambda db: guilds.save_style(db, "p1", "1", "plain"))
    assert ask(log, 2).result(10) is RecordOutcome.LOGGED
    assert [turn.number for turn in log.turns("c1")] == [1, 2]
    assert log.unwritten == 0
    log.close()


def test_statements_are_spelt_as_the_server_wants_them(server: Server) -> None:
    """Values by place, by name and as lists; what stands in quotation marks stays."""
    db = PostgresConnection(connect(server))
    assert db.row("SELECT '50% of :x?', ?, 1 = 1", ("it's",)) == ("50% of :x?", "it's", 1)
    assert db.value("SELECT count(*) FROM generate_series(1, 5) AS n WHERE n IN :some", {"some": (2, 3, 9)}) == 2
    with pytest.raises(sqlite3.IntegrityError, match="null value in column"):
        db.execute("INSERT INTO memo (name) VALUES (:name)", {"name": "x"})
    db.close()


async def test_what_one_process_sets_another_has_a_moment_later(server: Server) -> None:
    """Settings and exclusions are kept in memory, and read again when somebody else changed them."""
    one, other = open_log(server), open_log(server)
    first, second = (Settings(log, clock=MovedClock()) for log in (one, other))
    await second.set_style("p", "1", "plain")
    assert (await first.style("1", "p"), await second.style("1", "p")) == ("plain", "plain")
    await first.set_style("p", "1", "card")
    await asyncio.to_thread(until, lambda: asyncio.run(second.style("1", "p")) == "card")
    await second.write(partial(exclude, guild="1", passage_id="x"))
    await asyncio.to_thread(until, lambda: bool(asyncio.run(first.excluded("1"))))
    gone = threading.Event()
    other.watch(["conversation"], gone.set)
    ask(one, 1).result(10)
    one.forget_people(["p1"]).result(10)
    assert gone.wait(10)
    one.close()
    other.close()


def test_tables_that_lack_what_only_was_added_get_it_and_others_are_refused(
    postgres: PostgresServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that changed keys or rows is done in a file alone."""
    server = postgres.database(path)
    db = PostgresConnection(connect(server))
    steps = sorted(shape.STEPS)
    for known, lacks in ((13, "sparring"), (14, None)):
        monkeypatch.setattr(shape, "STEPS", frozenset(steps[:known]))
        with db.atomic():
            bring_up_to_date(db)
        assert applied_to(db) == frozenset(steps[:known])
        assert [table for table in ("plan", "sparring") if not db.holds(table)] == ([lacks] if lacks else [])
    monkeypatch.undo()
    with pytest.raises(UserError, match="copy it into a file with that version"), db.atomic():
        bring_up_to_date(db)
    monkeypatch.setattr(shape, "STEPS", frozenset(steps[:12]))
    with pytest.raises(UserError, match="a newer version of dilemma wrote this log"), db.atomic():
        bring_up_to_date(db)
    db.close()
