"""A log that is taken away from under the program is noticed at once, and nothing that was logged is lost unsaid."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.log.lock import FileLock
from bot.log.log import ConversationLog
from bot.log.recorder import RecordOutcome
from bot.log.writer import LostError
from knowledge.errors import Fault, UserError
from tests.log.samples import NOW, an_entry, engine_of, kept_lines, open_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write(log: ConversationLog, first: int, last: int) -> list[RecordOutcome]:
    """Record some turns of one conversation, one after another."""
    return [log.record(rows_of(an_entry(number))).result(10) for number in range(first, last + 1)]


def numbers_in(path: Path) -> list[int]:
    """Read which turns a closed log holds; its pages are as they should be."""
    with closing(sqlite3.connect(path)) as engine:
        assert engine.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [number for (number,) in engine.execute("SELECT number FROM turn ORDER BY number")]


def found_beside(path: Path) -> list[Path]:
    """List the files that were put in the log's place and kept, without companions."""
    return [file for file in sorted(path.parent.glob("*.found-*")) if not file.name.endswith(("-wal", "-shm"))]


def deleted(path: Path) -> None:
    """Delete the file alone."""
    path.unlink()


def all_deleted(path: Path) -> None:
    """Delete everything in the folder: WAL, lock, what is reserved and noted."""
    shutil.rmtree(path.parent)


def moved_away(path: Path) -> None:
    """Move the file elsewhere, as for a copy."""
    path.rename(path.with_name("mine.db"))


def wal_deleted(path: Path) -> None:
    """Delete the WAL alone."""
    path.with_name("log.db-wal").unlink()


def wal_and_index_deleted(path: Path) -> None:
    """Delete the WAL with its index."""
    wal_deleted(path)
    path.with_name("log.db-shm").unlink()


@pytest.mark.parametrize("happens", [deleted, all_deleted, moved_away, wal_deleted, wal_and_index_deleted])
def test_what_was_taken_away_is_written_back_at_the_next_turn(
    tmp_path: Path, happens: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is lost, nothing waits, nobody is told anything but the operator; the next start finds all of it."""
    path = tmp_path / "logs" / "log.db"
    log = open_log(path)
    assert write(log, 1, 2) == [RecordOutcome.LOGGED] * 2
    happens(path)
    with pytest.raises(UserError, match="while it was open: it is opened anew, try again"):
        log.recent(9)
    assert write(log, 3, 4) == [RecordOutcome.LOGGED] * 2
    assert [turn.number for turn in log.recent(9)] == [4, 3, 2, 1]
    assert log.trouble() is None
    assert path.stat().st_mode & 0o777 == 0o600
    first, second = (record.getMessage() for record in caplog.records)
    what = "lost its WAL" if happens in {wal_deleted, wal_and_index_deleted} else "was deleted"
    assert first == f"{path} {what} while it was open: nothing more is written into it, and turns wait beside it"
    assert second == f"what {path} held was written back"
    with pytest.raises(UserError, match="is in use by dilemma chat"):  # the lock is held, also where it was deleted
        FileLock.take(path, holder="dilemma bot", now=NOW)
    assert log.close() is None
    assert numbers_in(path) == [1, 2, 3, 4]
    again = open_log(path)
    again.close()
    assert again.notices == ()


def test_it_is_noticed_while_nobody_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock."""
    monkeypatch.setattr("bot.log.writer.LOOK_S", 0.01)
    log = open_log(path)
    write(log, 1, 1)
    path.unlink()
    until_s = time.monotonic() + 10
    while not path.exists() or log.trouble() is not None:
        assert time.monotonic() < until_s
        time.sleep(0.005)
    assert [turn.number for turn in log.recent(9)] == [1]
    log.close()


def test_nobody_waits_while_much_is_written_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns are kept beside the log until then, and come into it."""
    monkeypatch.setattr("bot.log.writer.PATIENCE_S", 0.0)
    log = open_log(path)
    write(log, 1, 1)
    path.unlink()
    assert write(log, 2, 2) == [RecordOutcome.WAITING]
    assert write(log, 3, 3) == [RecordOutcome.LOGGED]
    assert [turn.number for turn in log.recent(9)] == [3, 2, 1]
    log.close()


def test_a_file_that_was_put_in_its_place_is_kept_beside_it(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An older copy, or no log at all: ours goes on, and both names are said. `/privacy` tells of such files."""
    log = open_log(path)
    write(log, 1, 1)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(path.with_name("older"))) as target:
        source.backup(target)
    write(log, 2, 3)
    path.with_name("older").replace(path)
    with pytest.raises(UserError, match="was replaced while it was open"):
        log.read(lambda db: db.value("SELECT count(*) FROM turn"))
    assert write(log, 4, 4) == [RecordOutcome.LOGGED]
    path.with_name("letter").write_text("Dear Sir or Madam", encoding="utf-8")
    path.with_name("letter").replace(path)
    assert write(log, 5, 5) == [RecordOutcome.LOGGED]
    older, letter = found_beside(path)
    assert numbers_in(older) == [1]
    assert letter.read_text(encoding="utf-8") == "Dear Sir or Madam"
    assert log.set_aside() == (older, letter)
    said = [record.getMessage() for record in caplog.records if "held" in record.getMessage()]
    assert said == [
        f"what {path} held was written back; the file that was put there is {file.name} now" for file in (older, letter)
    ]
    log.close()
    assert numbers_in(path) == [1, 2, 3, 4, 5]


def cut(path: Path) -> None:
    """Cut the file to nothing."""
    os.truncate(path, 0)


def copied_over(path: Path) -> None:
    """Copy an older state over the file, which stays the same file."""
    shutil.copyfile(path.with_name("older"), path)


@pytest.mark.parametrize("happens", [cut, copied_over])
def test_what_was_overwritten_is_saved_as_far_as_possible_and_the_rest_is_counted(
    path: Path, happens: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Two turns are in the newest copy, the later ones nowhere; what is asked from then on is logged."""
    log = open_log(path)
    write(log, 1, 1)
    log._writer.submit_alone(lambda _db: engine_of(log)._tidying._keeper._settle()).result(10)
    shutil.copyfile(path, path.with_name("older"))
    write(log, 2, 2)
    log.back_up(NOW, 2)
    write(log, 3, 4)
    log._writer.submit_alone(lambda _db: engine_of(log)._tidying._keeper._settle()).result(10)
    happens(path)
    assert write(log, 5, 5) == [RecordOutcome.LOGGED]
    assert [turn.number for turn in log.recent(9)] == [5, 2, 1]
    _, saved, missing = (record.getMessage() for record in caplog.records)
    aside = next(file for file in log.set_aside() if not file.name.endswith(("-wal", "-shm")))
    assert saved.startswith(
        f"{path} could not be used (it was cut or overwritten while it was open): it was moved to {aside.name}, and a "
    )
    assert missing.startswith(f"missing from {path}: 2 turns that had been logged")
    assert log.close() is None
    assert numbers_in(path) == [1, 2, 5]


def test_a_file_that_was_only_touched_is_what_it_was(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever other programs do without changing anything, or through SQLite."""
    log = open_log(path)
    write(log, 1, 1)
    path.touch()
    write(log, 2, 2)
    with closing(sqlite3.connect(path, isolation_level=None)) as engine:
        engine.execute("DELETE FROM gap")
        engine.execute("PRAGMA wal_checkpoint(PASSIVE)")
    write(log, 3, 3)
    assert caplog.records == []
    log.close()
    assert numbers_in(path) == [1, 2, 3]


def test_without_room_turns_wait_and_all_is_written_back_later(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What asks for a write of its own is refused; at the end, the last try comes in time."""
    log = open_log(path)
    write(log, 1, 2)
    path.unlink()
    with monkeypatch.context() as full:
        full.setattr("bot.log.opening.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 0))
        assert write(log, 3, 3) == [RecordOutcome.WAITING]
        assert log.trouble() == (
            "was deleted while it was open, and is not there again yet: no space left on device; waiting: 1 turn"
        )
        with pytest.raises(LostError):
            log.write(lambda db: db.execute("DELETE FROM turn")).result(10)
        with pytest.raises(Fault, match="nothing was deleted"):
            log.forget_people(["p1"]).result(10)
        assert len(kept_lines(path)) == 1
    assert log.close() is None
    assert numbers_in(path) == [1, 2, 3]


def test_what_cannot_be_written_back_at_the_end_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, and at the next start."""
    log = open_log(path)
    write(log, 1, 2)
    path.unlink()
    with monkeypatch.context() as full:
        full.setattr("bot.log.opening.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 0))
        why = f"{path} was deleted while it was open, and is not there again yet: no space left on device"
        assert log.close() == why
    assert f"{why}; what it held is lost, but for its copies" in caplog.messages
    again = open_log(path)
    assert [notice.split(";")[0] for notice in again.notices][-1:] == [
        f"missing from {path}: 2 turns that had been logged"
    ]
    again.close()


def test_of_programs_that_share_a_log_the_last_one_writes_it_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None may while another still has it; meanwhile turns wait beside it, and a new program logs nothing."""

    def opened() -> ConversationLog:
        return ConversationLog.open(path, tables, holder="dilemma chat", now=NOW, shared=True)

    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("bot.log.spill.os.getpid", os.getppid)
        first = opened()
    second = opened()
    write(first, 1, 1)
    path.unlink()
    assert write(first, 2, 2) == [RecordOutcome.WAITING]
    with pytest.raises(UserError, match="it is gone"):
        opened()
    assert first.trouble() == (
        "was deleted while it was open, and is not there again yet: another process has it open; waiting: 1 turn"
    )
    assert str(first.close()).startswith(f"1 turn could not be written to {path}; kept in ")
    second.close()
    assert numbers_in(path) == [1]
    third = opened()
    assert [turn.number for turn in third.recent(9)] == [2, 1]
    third.close()
