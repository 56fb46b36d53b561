"""A large log is looked through beside the work, and only after an unclean end or where damage was met."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.log.care import checking
from bot.log.reader import LogReader
from knowledge.errors import UserError
from tests.log.samples import an_entry, engine_of, open_log

if TYPE_CHECKING:
    from pathlib import Path


def spoil(path: Path) -> None:
    """Write over a page of the table of turns, but not its last ones."""
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT pageno FROM dbstat WHERE name = 'turn' AND pagetype = 'leaf' LIMIT 1").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


@pytest.fixture
def large(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a log that counts as a large one."""
    log = open_log(path)
    for number in range(1, 40):
        log.record(rows_of(an_entry(number, question=f"asked {number} " * 40)))
    log.close()
    monkeypatch.setattr(checking, "SMALL", 1_000)
    return path


def test_a_clean_end_needs_no_look(large: Path) -> None:
    """Neither for who writes nor for who reads: damage in the middle is met when it is read."""
    spoil(large)
    log = open_log(large)
    assert (log.notices, engine_of(log)._check, log.recent(1)[0].number) == ((), None, 39)
    assert not checking.marker(large).exists()
    with pytest.raises(UserError, match="malformed"):
        log.recent(99)
    log.close()
    assert checking.damage_was_met(large)
    log = open_log(large)
    assert "(it is damaged)" in log.notices[0]
    log.close()
    assert not checking.marker(large).exists()
    assert 0 < len(LogReader.existing(large).recent(99)) < 39


def test_an_unclean_end_is_looked_at_beside_the_work(
    large: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A good file is good again; damage is said, and met at the next opening."""
    log = open_log(large)
    log.record(rows_of(an_entry(40))).result(10)
    killed = tmp_path / "killed" / "log.db"
    killed.parent.mkdir()
    for file in (large, large.with_name("log.db-wal")):
        shutil.copy(file, killed.with_name(file.name))
    log.close()
    log = open_log(killed)
    check = engine_of(log)._check
    assert check is not None
    check.close(10)
    assert not checking.marker(killed).exists()
    log.record(rows_of(an_entry(41))).result(10)
    spoil(large)
    shutil.copy(large, killed)
    checking.marker(killed).touch()
    log.close()
    log = open_log(killed)
    check = engine_of(log)._check
    assert check is not None
    check.close(10)
    assert checking.damage_was_met(killed)
    assert [record.levelno for record in caplog.records if "start again" in record.message] == [logging.ERROR]
    log.close()
