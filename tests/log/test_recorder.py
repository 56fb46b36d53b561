from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.log import recorder as unlogged
from bot.log.reader import LogReader
from bot.log.recorder import Recorder, RecordOutcome
from tests.log.samples import an_entry, limit_pages, open_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from bot.log.connection import Connection
    from bot.log.log import ConversationLog
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
    assert [turn.number for turn in log.turns("c1")] == [1]
    limit_pages(log, PLENTY)
    assert ask(log, 5).result(10) is RecordOutcome.LOGGED
    assert log.unwritten == 0
    assert [turn.number for turn in reversed(log.recent(9))] == [1, 2, 3, 4, 5]


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
        "the log cannot be written, turns wait in memory: database or disk is full",
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
    assert [turn.number for turn in LogReader(path).turns("c1")] == [1, 2]


def test_what_cannot_be_written_at_the_close_is_kept_beside_and_taken_in_later(path: Path) -> None:
    """Order and content survive, and both times a sentence says so."""
    log = open_log(path)
    ask(log, 1).result(10)
    limit_pages(log, 1)
    for number in (2, 3):
        ask(log, number).result(10)
    beside = path.with_name("log.db.unlogged.jsonl")
    assert log.close() == (
        f"2 turns could not be written to {path}; kept in {beside.name} until the log is opened again"
    )
    assert beside.stat().st_mode & 0o777 == 0o600
    log = open_log(path)
    assert log.notices == (f"took 2 turns that had waited in {beside.name} into {path}",)
    assert [turn.number for turn in log.turns("c1")] == [1, 2, 3]
    assert not beside.exists()
    log.close()


def test_what_can_be_kept_nowhere_is_reported_as_lost(path: Path) -> None:
    """No silent loss."""
    log = open_log(path)
    ask(log, 1).result(10)
    limit_pages(log, 1)
    ask(log, 2).result(10)
    unlogged.beside(path).mkdir()
    assert log.close() == (
        f"1 turn could not be written to {path}, nor to log.db.unlogged.jsonl (is a directory): lost"
    )


def test_what_can_be_kept_in_part_is_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how many are lost."""
    log = open_log(path)
    ask(log, 1).result(10)
    limit_pages(log, 1)
    for number in (2, 3):
        ask(log, number).result(10)
    monkeypatch.setattr(unlogged, "append", lambda log, turns: 1)
    assert log.close() == (
        f"2 turns could not be written to {path}; kept in log.db.unlogged.jsonl until the log is opened again "
        "(1 are lost, the disk is full)"
    )


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
    assert [turn.number for turn in LogReader(path).turns("c1")] == [1, 2, 3]


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
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "turn 2 of conversation c1 was refused: UNIQUE constraint failed: turn.conversation_id, turn.number"
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
    assert log.record(rows_of(an_entry(1))).result(0) is RecordOutcome.WAITING
    release.set()
    filler.result(10)
    assert log.record(rows_of(an_entry(2))).result(10) is RecordOutcome.LOGGED
    assert [turn.number for turn in log.turns("c1")] == [1, 2]


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
    assert "kept in log.db.unlogged.jsonl" in notice
    assert log._writer.close(10)
    log._lock.release()
    again = open_log(path)
    assert [turn.number for turn in again.turns("c1")] == [1]
    again.close()


def test_turns_that_are_just_being_written_are_not_forgotten_at_the_close(log: ConversationLog) -> None:
    """A disk that hangs in the middle of a commit still holds them."""
    running, release = threading.Event(), threading.Event()

    def hang(db: Connection) -> None:
        running.set()
        release.wait(10)

    with halted(log._writer):
        future = log.record(rows_of(an_entry(1)))
        log._writer.submit(hang)
    running.wait(10)
    assert [rows.turn["number"] for rows in log._recorder.give_up()] == [1]
    assert future.result(0) is RecordOutcome.WAITING
    release.set()
    log._writer.submit(lambda _: None).result(10)
    assert log.unwritten == 0


def test_a_recorder_hands_over_what_it_never_wrote(log: ConversationLog) -> None:
    """Once, in order."""
    with halted(log._writer):
        recorder = Recorder(log._writer)
        futures = [recorder.record(rows_of(an_entry(number))) for number in (1, 2)]
        assert [rows.turn["number"] for rows in recorder.give_up()] == [1, 2]
        assert recorder.give_up() == ()
        assert [future.result(0) for future in futures] == [RecordOutcome.WAITING] * 2
    log._writer.submit(lambda _: None).result(10)
    assert log.turns("c1") == ()
