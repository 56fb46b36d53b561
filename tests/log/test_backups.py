"""Copies of a log: what is in them, how long they live, and how they help when the file is damaged."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.guild.rules.permissions import GuildSettings
from bot.guild.store import guilds
from bot.log import log as whole_log
from bot.log.care import backups
from bot.values.passage import PassageRef
from knowledge.errors import UserError
from tests.log.fixtures import in_a_file
from tests.log.samples import NOW, REGISTRY, an_entry, exclude, open_log

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.connection import Connection
    from bot.log.log import ConversationLog

MOMENT = datetime.fromisoformat(NOW)
SECRET_ROWS = (
    "INSERT INTO pending_answer VALUES (1, 'zyxwtoken', '1', 'p1', 'de', 'typed', '2026-03-01')",
    "INSERT INTO prompt_vote VALUES ('x', 'zyxwvoter', '1', 'before', 'zyxwchoice')",
    "INSERT INTO debate_vote VALUES ('x', 'zyxwvoter', '1', 'before', 'zyxwchoice')",
    "INSERT INTO quiz_choice VALUES ('x', 'zyxwvoter', '1', 1, 'zyxwchoice')",
)


def later(hours: float) -> str:
    """Return a time after that of all tests."""
    return (MOMENT + timedelta(hours=hours)).isoformat()


def filled(log: ConversationLog, turns: int = 30) -> None:
    """Log turns, settings and an exclusion."""
    for number in range(1, turns + 1):
        log.record(rows_of(an_entry(number, question=f"asked {number} " * 30, place="1/2")))
    log.write(lambda db: guilds.save_settings(db, "1", GuildSettings(style="plain"), "m", "x", NOW)).result(10)
    log.write(lambda db: exclude(db, "1", "cats-10")).result(10)


def names(path: Path) -> list[str]:
    """List the copies, newest first, without what all begin with."""
    return [file.name.removeprefix(f"{path.name}.copy-") for file in backups.copies(path)]


@in_a_file
def test_a_copy_is_whole_and_holds_no_ballots_and_no_tokens(path: Path, log: ConversationLog) -> None:
    """Made while the log is open; for its owner alone."""
    filled(log)

    def put(db: Connection) -> None:
        for sql in SECRET_ROWS:
            db.execute(sql)

    log._writer.submit_alone(lambda db: db.execute("PRAGMA foreign_keys = OFF")).result(10)
    log.write(put).result(10)
    copy = log.back_up(NOW, 2)
    assert copy is not None
    assert (copy.name, copy.stat().st_mode & 0o777) == ("log.db.copy-20260301T120000Z", 0o600)
    assert b"zyxw" in path.read_bytes() + path.with_name("log.db-wal").read_bytes()
    assert b"zyxw" not in copy.read_bytes()
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM turn").fetchone() == (30,)
    assert {table.name for table in REGISTRY.tables if not table.copied} == {
        "pending_answer",
        "erasure",
        "debate_vote",
        "prompt_vote",
        "quiz_choice",
    }


@in_a_file
def test_two_copies_are_kept_and_none_for_more_than_a_day(path: Path, log: ConversationLog) -> None:
    """A new one every eight hours; a clock that goes back makes a new one as well."""
    filled(log, 2)
    made = {hours: log.back_up(later(hours), 2) is not None for hours in (0, 7.9, 8, 16, 16.5)}
    assert made == {0: True, 7.9: False, 8: True, 16: True, 16.5: False}
    assert names(path) == ["20260302T040000Z", "20260301T200000Z"]
    assert log.back_up(later(8 + 24), 2) is not None
    assert names(path) == ["20260302T200000Z", "20260302T040000Z"]
    assert log.back_up(later(-48), 2) is not None
    assert names(path) == ["20260227T120000Z"]


@in_a_file
def test_as_many_are_kept_as_were_set(path: Path, log: ConversationLog) -> None:
    """Of five, one is made every four hours, so that all are of one day."""
    filled(log, 2)
    made = [hours for hours in range(25) if log.back_up(later(hours), 5) is not None]
    assert made == [0, 4, 8, 12, 16, 20, 24]
    assert [name[9:13] for name in names(path)] == ["1200", "0800", "0400", "0000", "2000"]
    assert whole_log.back_up(path, tables, later(25), 1) == backups.copies(path)[0]
    assert len(names(path)) == 1


@in_a_file
def test_a_person_who_left_is_in_no_copy_after_the_next_round(path: Path, log: ConversationLog) -> None:
    """Old copies are marked at once, also across a restart, and go when there is a new one; expiry marks none."""
    filled(log)
    log.record(rows_of(an_entry(1, conversation_id="c2", person="gone", question="zyxwv"))).result(10)
    log.back_up(NOW, 2)
    log.expire({"1": "2020"}, [], now=NOW).result(10)
    assert names(path) == ["20260301T120000Z"]
    log.forget_people(["gone"]).result(10)
    assert names(path) == ["20260301T120000Z.old"]
    copy = log.back_up(later(0.5), 2)
    assert copy is not None
    assert names(path) == ["20260301T123000Z"]
    assert b"zyxwv" not in copy.read_bytes()


def test_a_copy_is_put_back(path: Path) -> None:
    """Nobody may have the log open; what was there is set aside; what is missing is said."""
    log = open_log(path)
    filled(log)
    whole_log.back_up(path, tables, NOW, 2)
    log.record(rows_of(an_entry(31, place="1/2"))).result(10)
    with pytest.raises(UserError, match="is in use by dilemma chat"):
        whole_log.restore(path, None, holder="x", now=NOW)
    log.close()
    chosen, aside = whole_log.restore(path, None, holder="x", now=NOW)
    assert (chosen, aside) == (backups.copies(path)[0], path.with_name("log.db.damaged-20260301T120000Z"))
    log = open_log(path)
    assert [line.split(";")[0] for line in log.notices] == [f"missing from {path}: 1 turn that had been logged"]
    assert (len(log.recent(99)), path.stat().st_mode & 0o777) == (30, 0o600)
    log.close()
    with pytest.raises(UserError, match=r"there is no copy of .*other\.db; `dilemma log backup` makes one"):
        whole_log.restore(path.with_name("other.db"), None, holder="x", now=NOW)


@pytest.mark.parametrize("program", ["sqlite3", ""])
def test_a_damaged_log_is_filled_from_itself_and_from_the_newest_copy(
    path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """With SQLite's own program or without it; settings and exclusions survive."""
    if program and shutil.which("sqlite3") is None:
        pytest.skip("needs the program sqlite3")
    log = open_log(path)
    filled(log)
    log.back_up(NOW, 2)
    log.record(rows_of(an_entry(31, place="1/2", question="after the copy"))).result(10)
    log.close()
    with closing(sqlite3.connect(path)) as db:
        pages = db.execute("SELECT pageno FROM dbstat WHERE name IN ('turn', 'guild') AND pagetype = 'leaf'").fetchall()
    with path.open("r+b") as file:
        for (page,) in (pages[0], pages[1], pages[-1]):
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
    if not program:
        monkeypatch.setattr("bot.log.care.salvage.shutil.which", lambda _: None)
    log = open_log(path)
    assert "(it is damaged)" in log.notices[0]
    assert log.notices[0].endswith("settings of 1 servers and 1 excluded quotes")
    chosen = log.read(guilds.choices)
    assert (chosen.settings["1"].style, chosen.excluded) == ("plain", {"1": frozenset({PassageRef.of("cats-10")})})
    held = len(log.turns("c1"))
    assert held >= 30
    missing = [line.split(";")[0] for line in log.notices[1:]]
    assert missing == ([] if held == 31 else [f"missing from {path}: 1 turn that had been logged"])
    assert len(log.search("asked", 99)) == 30
    log.close()


def test_a_copy_with_people_who_left_gives_back_settings_alone(path: Path) -> None:
    """They must not return with it."""
    log = open_log(path)
    filled(log)
    log.back_up(NOW, 2)
    log.close()
    backups.outdate(path)
    path.write_bytes(b"")
    log = open_log(path)
    assert (log.recent(9), log.read(guilds.choices).excluded) == ((), {"1": frozenset({PassageRef.of("cats-10")})})
    assert [line.split(";")[0] for line in log.notices[1:]] == [f"missing from {path}: 30 turns that had been logged"]
    log.close()
