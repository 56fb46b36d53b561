from __future__ import annotations

import json
import os
import random
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.log.connection import count_of_turns
from bot.log.reader import LogReader
from bot.log.recorder import RecordOutcome
from knowledge.errors import UserError
from tests.log.samples import an_entry, open_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.log.log import ConversationLog

NOBODY = 65_534
STAMP = "20260301T120000Z"


@contextmanager
def unprivileged() -> Iterator[None]:
    """Put off the rights of root, to whom no folder is read-only."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def filled(path: Path, turns: int = 20) -> None:
    """Make a log with turns in it and close it."""
    log = open_log(path)
    for number in range(1, turns + 1):
        log.record(rows_of(an_entry(number, question=f"question {number} " + "and so on " * 50)))
    assert log.close() is None


def pragma(log: ConversationLog, name: str) -> int:
    """Ask the writing connection for a setting."""
    return int(log._writer.submit_alone(lambda db: db.value(f"PRAGMA {name}")).result(10))


def test_the_writing_connection_is_as_safe_as_sqlite_can_be(path: Path) -> None:
    """WAL, synchronous FULL (2), foreign keys and secure_delete are on."""
    log = open_log(path)
    settings = {name: pragma(log, name) for name in ("synchronous", "foreign_keys", "secure_delete")}
    assert settings == {"synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    log.close()
    assert path.read_bytes()[18:20] == b"\x02\x02", "the header's version numbers say WAL"


def test_a_missing_folder_is_made_and_only_its_owner_may_look(tmp_path: Path) -> None:
    """Questions are personal: files 600, folder 700."""
    path = tmp_path / "a" / "b" / "log.db"
    log = open_log(path)
    log.record(rows_of(an_entry())).result(10)
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == dict.fromkeys(
        ("log.db", "log.db-wal", "log.db-shm", "log.db.lock", "log.db.mark", "log.db.unlogged.jsonl"), 0o600
    )
    assert path.parent.stat().st_mode & 0o777 == 0o700
    log.close()


def test_a_whole_log_is_opened_without_a_word(path: Path) -> None:
    """What was written is there, nothing is moved."""
    filled(path)
    log = open_log(path)
    assert log.notices == ()
    assert len(log.recent(100)) == 20
    log.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["log.db", "log.db.lock", "log.db.mark"]


def test_an_empty_file_becomes_a_log(path: Path) -> None:
    """Nothing can be lost from it."""
    path.touch(0o600)
    log = open_log(path)
    assert log.notices == ()
    log.close()


def ours(path: Path, turns: int = 1) -> None:
    """Note beside a file that it was a log with turns."""
    path.with_name("log.db.mark").write_text(json.dumps({"last": turns, "turns": turns, "waiting": 0}))


def damaged_text(path: Path) -> None:
    """Write what is no database over a log."""
    path.write_text("Dear diary")
    ours(path, 20)


def damaged_away(path: Path) -> None:
    """Cut a log to nothing."""
    filled(path)
    path.write_bytes(b"")


def damaged_length(path: Path) -> None:
    """Cut a log in half."""
    filled(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def damaged_page(path: Path) -> None:
    """Overwrite a page of a log."""
    filled(path)
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\xff" * 4096)


def damaged_tables(path: Path) -> None:
    """Remove a table of a log."""
    filled(path)
    db = sqlite3.connect(path)
    db.execute("DROP TABLE citation")
    db.close()


def damaged_record_of_steps(path: Path) -> None:
    """Remove the record of how a log got its shape."""
    filled(path)
    db = sqlite3.connect(path)
    db.execute("DROP TABLE _sqlite_migrations")
    db.close()


def foreign_database(path: Path) -> None:
    """Make a database with a table of the same name."""
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE turn (id)")
    db.close()


def foreign_empty_database(path: Path) -> None:
    """Make a database that says whose it is."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA application_id = 7")
    db.close()


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (damaged_text, "it is not a database"),
        (damaged_length, "it is damaged"),
        (damaged_page, "it is damaged"),
        (damaged_tables, "tables of it are missing"),
        (damaged_record_of_steps, "tables of it are missing"),
        (damaged_away, "it is empty, and turns had been logged"),
    ],
)
def test_a_file_that_is_no_whole_log_is_moved_aside_untouched(
    path: Path, make: Callable[[Path], None], found: str
) -> None:
    """The old bytes stay, what can be read of them is in a new log, and sentences say so, and how much is gone."""
    make(path)
    before = path.read_bytes()
    log = open_log(path)
    aside = path.with_name(f"log.db.damaged-{STAMP}")
    moved, *missing = log.notices
    begun = (
        f"{path} could not be used ({found}): it was moved to {aside.name}, and a new log was begun; saved from it: "
    )
    saved = len(log.recent(99))
    assert moved == f"{begun}{count_of_turns(saved)}, settings of 0 servers and 0 excluded quotes"
    assert saved == 20 if make in {damaged_page, damaged_tables, damaged_record_of_steps} else saved < 20
    told = f"missing from {path}: {count_of_turns(20 - saved)} that had been logged"
    assert [line.split(";")[0] for line in missing] == ([told] if saved < 20 else [])
    assert aside.read_bytes() == before
    assert log.record(rows_of(an_entry(99, conversation_id="new"))).result(10) is RecordOutcome.LOGGED
    assert len(log.recent(99)) == saved + 1
    log.close()


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda path: path.write_text("Dear diary"), "it is not a database"),
        (foreign_database, "it belongs to another application"),
        (foreign_empty_database, "it belongs to another application"),
    ],
)
def test_a_file_that_is_no_log_of_ours_is_refused_and_stays(
    path: Path, make: Callable[[Path], object], found: str
) -> None:
    """It is somebody's, and the setting is wrong."""
    make(path)
    before = path.read_bytes()
    with pytest.raises(UserError, match=f"cannot be used as the log: {found}; name another file"):
        open_log(path)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*damaged*"))


def test_the_companions_of_a_damaged_file_go_with_it(path: Path) -> None:
    """Under names that still fit, for whoever wants to recover it."""
    path.write_text("Dear diary")
    ours(path)
    path.with_name("log.db-wal").write_text("wal")
    path.with_name("log.db-shm").write_text("shm")
    open_log(path).close()
    aside = f"log.db.damaged-{STAMP}"
    assert path.with_name(f"{aside}-wal").read_text() == "wal"
    assert path.with_name(f"{aside}-shm").exists(), "its content is SQLite's own index of the WAL"


def test_a_wal_without_its_database_is_kept(path: Path) -> None:
    """SQLite itself would delete it, and the turns in it."""
    path.with_name("log.db-wal").write_text("wal")
    log = open_log(path)
    assert len(log.notices) == 1
    assert "it is empty but its WAL is not" in log.notices[0]
    assert path.with_name(f"log.db.damaged-{STAMP}-wal").read_text() == "wal"
    log.close()


def test_two_damaged_files_in_one_second_keep_two_names(path: Path) -> None:
    """The second does not overwrite the first."""
    for text in ("one", "two"):
        path.write_text(text)
        ours(path)
        open_log(path).close()
    assert path.with_name(f"log.db.damaged-{STAMP}").read_text() == "one"
    assert path.with_name(f"log.db.damaged-{STAMP}-2").read_text() == "two"


@pytest.mark.parametrize("seed", range(8))
def test_damage_anywhere_never_stops_the_log(path: Path, seed: int) -> None:
    """Whatever bytes are overwritten, the log opens, and a turn is written or kept."""
    filled(path, turns=8)
    chance = random.Random(seed)  # noqa: S311 - the same damage in every run
    content = bytearray(path.read_bytes())
    start = chance.randrange(len(content))
    for offset in range(start, min(start + chance.choice([1, 100, 5_000]), len(content))):
        content[offset] = chance.randrange(256)
    path.write_bytes(content)
    log = open_log(path)
    outcome = log.record(rows_of(an_entry(99, conversation_id="c2"))).result(10)
    assert outcome in {RecordOutcome.LOGGED, RecordOutcome.WAITING}
    notice = log.close()
    assert (notice is None) is (outcome is RecordOutcome.LOGGED)


def test_a_log_of_a_newer_version_is_refused_and_stays(path: Path) -> None:
    """It is not damaged: it must not be moved."""
    filled(path, turns=1)
    db = sqlite3.connect(path)
    db.execute("INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('conversation-log', 'm999_future')")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(UserError) as refusal:
        open_log(path)
    assert str(refusal.value) == (
        f"{path} was written by a newer version of dilemma (step m999_future): update, or name another log"
    )
    assert path.read_bytes() == before
    with pytest.raises(UserError, match="newer version"):
        LogReader.existing(path)


def test_a_refused_log_is_not_left_locked(path: Path) -> None:
    """After the reason is mended, the same process can open it."""
    path.mkdir()
    with pytest.raises(UserError, match="it is a folder; name a file"):
        open_log(path)
    path.rmdir()
    open_log(path).close()


def test_a_device_is_refused() -> None:
    """It holds nothing, and nothing is made beside it."""
    with pytest.raises(UserError, match="/dev/null cannot be used as the log: it is not a file; name a file"):
        open_log(Path("/dev/null"))
    assert not Path("/dev/null.lock").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """At any height."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "log.db", tmp_path / "file" / "deeper" / "log.db"):
        with pytest.raises(UserError, match=rf"{path.parent} is not a folder; name another file"):
            open_log(path)


def test_a_read_only_folder_is_refused() -> None:
    """In one sentence, with what to do."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        path = Path(folder) / "log.db"
        with unprivileged(), pytest.raises(UserError) as refusal:
            open_log(path)
    assert str(refusal.value) == (
        f"{path} cannot be used as the log: permission denied; mend that, or name another file"
    )


def test_a_read_only_file_is_refused() -> None:
    """SQLite itself would open it; the log finds out before the first turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.db"
        filled(path, turns=1)
        path.with_name("log.db.lock").chmod(0o666)
        path.chmod(0o444)
        Path(folder).chmod(0o777)
        with unprivileged(), pytest.raises(UserError, match="permission denied; mend that, or name another file"):
            open_log(path)


def test_a_log_in_a_read_only_folder_is_read() -> None:
    """But not where a WAL lies beside it, which may hold more: then a sentence says that it cannot be."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.db"
        filled(path, turns=3)
        path.chmod(0o644)
        Path(folder).chmod(0o555)
        with unprivileged():
            assert len(LogReader.existing(path).recent(9)) == 3
        path.with_name("log.db-wal").touch()
        with unprivileged(), pytest.raises(UserError, match="cannot be used as the log: unable to open database file"):
            LogReader.existing(path)


def test_bytes_that_cannot_be_wiped_yet_do_not_keep_the_log_shut(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays due, and is done when there is room."""
    filled(path, turns=1)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 1")
    db.close()

    def full(_db: object) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("bot.log.engines.sqlite.SqliteConnection.mark_wiped", full)
        log = open_log(path)
        assert pragma(log, "user_version") == 1
        log.close()
    log = open_log(path)
    assert pragma(log, "user_version") == 0
    log.close()


@pytest.mark.usefixtures("impatient")
def test_a_log_that_another_program_holds_is_refused(path: Path) -> None:
    """Another program knows nothing of the lock; SQLite's own lock is reported as it is."""
    filled(path, turns=1)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="database is locked; mend that, or name another file"):
        open_log(path)
    db.close()
    open_log(path).close()


def test_a_log_that_was_killed_while_being_made_is_finished(path: Path) -> None:
    """Between its mark and its tables it must not look like another application's."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA application_id = 0x44494C4D")
    db.execute("CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set, name, applied_at)")
    db.close()
    log = open_log(path)
    assert log.notices == ()
    log.close()
