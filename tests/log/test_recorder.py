from __future__ import annotations

import json
import logging
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.log.engines import file
from bot.log.engines.file import RESERVED
from bot.log.log import ConversationLog
from bot.log.opening import File
from bot.log.reader import LogReader
from bot.log.recorder import RecordOutcome
from knowledge.errors import UserError
from tests.log.fixtures import in_a_file
from tests.log.samples import NOW, an_entry, beside, engine_of, kept_lines, limit_pages, open_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.connection import Connection
    from bot.log.writer import Writer

LONG = "and so on " * 2_000
PLENTY = 1_000_000


def ask(log: ConversationLog, number: int) -> Future[RecordOutcome]:
    """Record a turn that needs pages of its own."""
    return log.record(rows_of(an_entry(number, question=f"{number} {LONG}")))


def test_a_full_disk_keeps_turns_waiting_and_in_order(log: ConversationLog) -> None:
    """Each answer goes out unlogged; with space again the next turn takes all of them along."""
    assert ask(log, 1).result(10) is RecordOutcome.LOGGED
    limit_pages(log, 1)
    assert [ask(log, number).result(10) for number in (2, 3, 4)] == [RecordOutcome.WAITING] * 3
    assert log.unwritten == 3
    assert log.trouble() == "cannot be written; waiting: 3 turns"
    assert [turn.number for turn in log.turns("c1")] == [1]
    limit_pages(log, PLENTY)
    assert ask(log, 5).result(10) is RecordOutcome.LOGGED
    assert (log.unwritten, log.trouble()) == (0, None)
    assert [turn.number for turn in reversed(log.recent(9))] == [1, 2, 3, 4, 5]


@in_a_file
@pytest.mark.usefixtures("impatient")
def test_a_locked_file_keeps_turns_waiting(path: Path, log: ConversationLog) -> None:
    """Another program's lock ends at last; nothing is lost to it."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ask(log, 1).result(10) is RecordOutcome.WAITING
    other.close()
    assert ask(log, 2).result(10) is RecordOutcome.LOGGED
    assert [turn.number for turn in log.turns("c1")] == [1, 2]


def test_the_operator_hears_when_writing_begins_to_fail_and_when_it_works_again(
    log: ConversationLog, caplog: pytest.LogCaptureFixture
) -> None:
    """Once each, not at every turn."""
    ask(log, 1).result(10)
    limit_pages(log, 1)
    for number in (2, 3, 4):
        ask(log, number).result(10)
    limit_pages(log, PLENTY)
    ask(log, 5).result(10)
    assert caplog.messages == [
        "the log cannot be written, turns wait beside it: database or disk is full",
        "the log can be written again: 4 turns written",
    ]


def test_what_waits_is_written_at_the_close(path: Path) -> None:
    """Without another turn."""
    log = open_log(path)
    ask(log, 1).result(10)
    limit_pages(log, 1)
    assert ask(log, 2).result(10) is RecordOutcome.WAITING
    limit_pages(log, PLENTY)
    assert log.close() is None
    assert [turn.number for turn in LogReader(File(path)).turns("c1")] == [1, 2]


def test_what_waits_is_on_the_disk_beside_the_log_and_taken_in_later(path: Path) -> None:
    """From the moment that it is called kept: order and content survive a kill and a close, and sentences say so."""
    log = open_log(path)
    ask(log, 1).result(10)
    limit_pages(log, 1)
    for number in (2, 3):
        assert ask(log, number).result(10) is RecordOutcome.WAITING
    assert [json.loads(line)["turn"]["number"] for line in kept_lines(path)] == [2, 3]
    assert beside(path).stat().st_mode & 0o777 == 0o600
    left = b"".join(b"\n" + line + b"\n" for line in kept_lines(path))
    assert log.close() == (
        f"2 turns could not be written to {path}; kept in {beside(path)} until the log is opened again"
    )
    assert beside(path).read_bytes() == left
    log = open_log(path)
    assert log.notices == (f"took 2 turns that had waited in {beside(path).name} into {path}",)
    assert [turn.number for turn in log.turns("c1")] == [1, 2, 3]
    log.close()
    assert not beside(path).exists()


def test_what_is_in_the_log_at_last_is_overwritten_beside_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a byte of it stays there, and the room stays reserved."""
    monkeypatch.setattr(file, "RESERVED", RESERVED)
    log = open_log(path)
    reserved = beside(path).stat().st_blocks
    assert reserved * 512 >= RESERVED
    ask(log, 1).result(10)
    limit_pages(log, 1)
    ask(log, 2).result(10)
    limit_pages(log, PLENTY)
    ask(log, 3).result(10)
    log._writer.submit_alone(lambda _: None).result(10)
    assert kept_lines(path) == []
    assert beside(path).stat().st_blocks == reserved
    log.close()


def test_another_folder_takes_turns_where_the_one_beside_the_log_does_not(path: Path, tmp_path: Path) -> None:
    """They are found there at the next start."""
    elsewhere = tmp_path / "state"
    log = ConversationLog.open(path, tables, holder="dilemma run", now=NOW, elsewhere=elsewhere)
    limit_pages(log, 1)
    beside(path).unlink()
    beside(path).mkdir()
    assert ask(log, 1).result(10) is RecordOutcome.WAITING
    (file,) = elsewhere.iterdir()
    assert (file.stat().st_mode & 0o777, elsewhere.stat().st_mode & 0o777) == (0o600, 0o700)
    assert log.close() == f"1 turn could not be written to {path}; kept in {file} until the log is opened again"
    beside(path).rmdir()
    log = ConversationLog.open(path, tables, holder="dilemma run", now=NOW, elsewhere=elsewhere)
    assert log.notices == (f"took 1 turn that had waited in {file.name} into {path}",)
    assert [turn.number for turn in log.turns("c1")] == [1]
    log.close()
    assert list(elsewhere.iterdir()) == []


def test_what_no_disk_takes_is_not_called_kept(path: Path) -> None:
    """And at the end it is reported as lost, which is no error of the program's."""
    log = open_log(path)
    limit_pages(log, 1)
    beside(path).unlink()
    beside(path).mkdir()
    assert ask(log, 1).result(10) is RecordOutcome.HELD
    assert log.close() == f"1 turn could not be written to {path}; lost, for no disk takes more: 1 turn"


def test_what_was_called_kept_and_is_gone_is_an_error(path: Path) -> None:
    """Somebody removed it, and it cannot be kept again; as long as that works, nothing is lost."""
    log = open_log(path)
    limit_pages(log, 1)
    assert ask(log, 1).result(10) is RecordOutcome.WAITING
    beside(path).unlink()
    assert ask(log, 2).result(10) is RecordOutcome.WAITING
    assert len(kept_lines(path)) == 2
    beside(path).unlink()
    beside(path).mkdir()
    with pytest.raises(UserError) as lost:
        log.close()
    assert str(lost.value) == (
        f"2 turns could not be written to {path}; lost, for no disk takes more: 2 turns, 2 of them after they had been "
        "kept: find out what removes them there"
    )
    open_log(path.with_name("other.db")).close()


def test_a_backlog_that_is_full_drops_and_says_so(path: Path) -> None:
    """Memory is bounded; what waits already is kept."""
    log = open_log(path, backlog=2)
    ask(log, 1).result(10)
    limit_pages(log, 1)
    assert [ask(log, number).result(10) for number in (2, 3, 4)] == [
        RecordOutcome.WAITING,
        RecordOutcome.WAITING,
        RecordOutcome.DROPPED,
    ]
    limit_pages(log, PLENTY)
    log.close()
    assert [turn.number for turn in LogReader(File(path)).turns("c1")] == [1, 2, 3]


def test_a_turn_that_waited_and_is_then_refused_is_reported(
    log: ConversationLog, caplog: pytest.LogCaptureFixture
) -> None:
    """Its caller was told that it waits, so the bot's own log has the last word."""
    ask(log, 1).result(10)
    limit_pages(log, 1)
    ask(log, 2).result(10)
    twin = ask(log, 2)
    assert twin.result(10) is RecordOutcome.WAITING
    limit_pages(log, PLENTY)
    with caplog.at_level(logging.ERROR):
        assert ask(log, 3).result(10) is RecordOutcome.LOGGED
    assert [record.message.partition(":")[0] for record in caplog.records if record.levelname == "ERROR"] == [
        "turn 2 of conversation c1 was refused"
    ]


@contextmanager
def halted(writer: Writer) -> Iterator[None]:
    """Keep the writer busy."""
    release = threading.Event()
    writer.submit_alone(lambda _: release.wait(10))
    try:
        yield
    finally:
        release.set()


def test_a_writer_whose_queue_is_full_keeps_turns_waiting(log: ConversationLog) -> None:
    """They are written with the next turn."""
    log._writer._capacity = 1
    running = threading.Event()
    release = threading.Event()

    def stop(db: Connection) -> None:
        running.set()
        release.wait(10)

    log._writer.submit_alone(stop)
    running.wait(10)
    filler = log._writer.submit(lambda _: None)
    assert log.record(rows_of(an_entry(1))).result(0) is RecordOutcome.HELD
    release.set()
    filler.result(10)
    assert log.record(rows_of(an_entry(2))).result(10) is RecordOutcome.LOGGED
    assert [turn.number for turn in log.turns("c1")] == [1, 2]


@in_a_file
def test_a_job_that_spoils_the_commit_does_not_take_turns_along(log: ConversationLog) -> None:
    """The turns of the same group run again without it, each once."""

    def spoil(db: Connection) -> None:
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("INSERT INTO gap (turn_id, side, text) VALUES (99, 'cats', 'none')")

    with halted(log._writer):
        turn = log.record(rows_of(an_entry(1)))
        spoiled = log._writer.submit(spoil)
    assert turn.result(10) is RecordOutcome.LOGGED
    assert isinstance(spoiled.exception(10), sqlite3.IntegrityError)
    assert [turn.number for turn in log.turns("c1")] == [1]


def test_turns_after_the_close_are_dropped(log: ConversationLog) -> None:
    """The caller is not left hanging, nor told that they will be written."""
    log.close()
    assert log.record(rows_of(an_entry(1))).result(0) is RecordOutcome.DROPPED


def test_a_close_that_runs_out_of_time_keeps_the_turns_beside(path: Path) -> None:
    """And a turn that was written after all is not taken in twice."""
    log = open_log(path)
    with halted(log._writer):
        log.record(rows_of(an_entry(1)))
        notice = log.close(0.01)
    assert notice is not None
    assert f"kept in {beside(path)} until" in notice
    assert log._writer.close(10)
    engine_of(log)._lock.release()
    again = open_log(path)
    assert [turn.number for turn in again.turns("c1")] == [1]
    again.close()


def test_turns_that_are_just_being_written_are_not_forgotten_at_the_close(
    place: Path | Server, log: ConversationLog
) -> None:
    """A disk that hangs in the middle of a commit still holds them; they are counted once."""
    running, release = threading.Event(), threading.Event()

    def hang(db: Connection) -> None:
        running.set()
        release.wait(10)

    with halted(log._writer):
        future = log.record(rows_of(an_entry(1)))
        log._writer.submit(hang)
    running.wait(10)
    left = log._recorder.give_up()
    assert (left.turns, left.lost, left.files) == (1, 0, (beside(place),))
    assert future.result(0) is RecordOutcome.WAITING
    assert [json.loads(line)["turn"]["number"] for line in kept_lines(place)] == [1]
    release.set()
    log._writer.submit(lambda _: None).result(10)
    assert log.unwritten == 0
    assert log._recorder.give_up().turns == 0
