from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from bot.store import privacy, unlogged
from bot.store.entry import rows_of
from bot.store.migrations import migrations
from bot.store.privacy import OTHER_TABLES, PERSONAL_TABLES
from bot.store.recording import Outcome
from knowledge.errors import Fault
from tests.store.samples import NOW, an_answer, an_entry, limit_pages, open_log

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.log import ConversationLog

GONE = "a1" * 32
STAYS = "b2" * 32


def talk(log: ConversationLog, turns: int = 40) -> None:
    """Let two people talk in turn; one uses words that nobody else does."""
    for number in range(1, turns + 1):
        for person, word in ((GONE, "zyxwv"), (STAYS, "common")):
            said = an_answer(f"{word}{number} about cats {word} " + "and so on " * (number % 7), said=f"{word} quoted")
            log.record(an_entry(number, conversation_id=f"of-{person}", person=person, answer=said))
    log._writer.submit(lambda _: None).result(10)


def traces(path: Path) -> set[str]:
    """Name the files of the log in whose raw bytes the forgotten person or their words stand."""
    files = [path, path.with_name("log.db-wal"), path.with_name("log.db-shm"), unlogged.beside(path)]
    contents = {file.name: file.read_bytes().lower() for file in files if file.exists()}
    return {name for name, content in contents.items() if GONE.encode() in content or b"zyxwv" in content}


def wiping_is_due(path: Path) -> bool:
    """Look at the mark in the file."""
    db = Database(path)
    due = privacy.wipe_is_due(db)
    db.close()
    return due


def test_every_table_is_registered_or_excused() -> None:
    """A new table must say how a person is shown, exported and forgotten in it, or why it holds none."""
    with Database(memory=True) as db:
        migrations.apply(db)
        tables = set(db.table_names())
    registered = {personal.table for personal in PERSONAL_TABLES}
    assert registered | OTHER_TABLES.keys() == tables
    assert not registered & OTHER_TABLES.keys()


def test_no_table_that_leads_to_a_person_is_excused() -> None:
    """A column `person`, or a reference to a table that has one, at any distance."""
    with Database(memory=True) as db:
        migrations.apply(db)
        personal = {table.name for table in db.tables if "person" in table.columns_dict}
        while (
            leading := {
                table.name for table in db.tables if any(key.other_table in personal for key in table.foreign_keys)
            }
            - personal
        ):
            personal |= leading
    assert personal == {entry.table for entry in PERSONAL_TABLES}


def test_a_person_sees_what_each_table_holds(log: ConversationLog) -> None:
    """In numbers and words, theirs alone."""
    talk(log, turns=3)
    assert [str(holding) for holding in log.show_person(GONE)] == [
        "conversation: 1 (where and when you started to ask, under your pseudonym)",
        "turn: 3 (what you asked, when, and the answer you were given)",
        "citation: 6 (a passage that was quoted to you)",
        "gap: 3 (a side that had nothing to say to you)",
    ]
    assert {holding.rows for holding in log.show_person("nobody")} == {0}


def test_a_person_takes_everything_along(log: ConversationLog) -> None:
    """Every row of theirs and none of another's, with the answers as JSON, not as text in it."""
    talk(log, turns=2)
    exported = log.export_person(GONE)
    assert list(exported) == [personal.table for personal in PERSONAL_TABLES]
    assert exported["conversation"] == [{"id": f"of-{GONE}", "person": GONE, "place": "terminal", "started_utc": NOW}]
    assert [turn["number"] for turn in exported["turn"]] == [1, 2]
    assert exported["turn"][0]["answer"]["sides"]["cats"][0]["text"] == "zyxwv quoted"
    assert [citation["text"] for citation in exported["citation"]] == ["zyxwv quoted", "Opinions differ."] * 2
    assert "common" not in str(exported)


def test_a_forgotten_person_leaves_no_trace(path: Path, log: ConversationLog) -> None:
    """Not in tables, index, WAL or the raw bytes; the other person keeps everything."""
    talk(log)
    assert traces(path), "otherwise the search for traces proves nothing"
    kept = log.export_person(STAYS)
    forgotten = log.forget_person(GONE).result(10)
    assert forgotten == privacy.Forgotten(
        rows={"gap": 40, "citation": 80, "turn": 40, "conversation": 1}, unwritten=0, wiped=True, left=()
    )
    assert traces(path) == set()
    assert {holding.rows for holding in log.show_person(GONE)} == {0}
    assert log.search("zyxwv", 9) == ()
    assert log.export_person(STAYS) == kept
    assert len(log.search("common", 99)) == 40
    log.close()
    assert traces(path) == set()
    assert not wiping_is_due(path)


def test_the_log_goes_on_after_forgetting(log: ConversationLog) -> None:
    """The person may come back as if for the first time."""
    talk(log, turns=2)
    log.forget_person(GONE).result(10)
    assert log.record(an_entry(1, conversation_id=f"of-{GONE}", person=GONE)).result(10) is Outcome.LOGGED
    assert len(log.turns(f"of-{GONE}")) == 1


def test_forgetting_somebody_unknown_deletes_nothing(log: ConversationLog) -> None:
    """And is no error."""
    talk(log, turns=2)
    assert set(log.forget_person("nobody").result(10).rows.values()) == {0}
    assert len(log.recent(9)) == 4


def test_turns_that_wait_for_the_disk_are_forgotten_too(path: Path, log: ConversationLog) -> None:
    """They would come back with the next successful write."""
    log.record(an_entry(1, person=GONE)).result(10)
    limit_pages(log, 1)
    waiting = log.record(an_entry(2, person=GONE, question="zyxwv " * 9_000))
    other = log.record(an_entry(1, conversation_id="c2", person=STAYS, question="common " * 9_000))
    assert (waiting.result(10), other.result(10)) == (Outcome.WAITING, Outcome.WAITING)
    limit_pages(log, 1_000_000)
    assert log.forget_person(GONE).result(10).unwritten == 1
    log.close()
    assert [turn.person for turn in log.recent(9)] == [STAYS]
    assert traces(path) == set()


def test_turns_that_wait_beside_the_log_are_forgotten_too(path: Path) -> None:
    """They would come back when the log is opened next."""
    log = open_log(path)
    unlogged.append(path, [rows_of(an_entry(1, person=GONE)), rows_of(an_entry(2, person=STAYS))])
    assert unlogged.beside(path).name in traces(path)
    log.forget_person(GONE).result(10)
    assert traces(path) == set()
    assert STAYS in unlogged.beside(path).read_text()
    log.close()


def test_a_turn_queued_before_forgetting_is_forgotten(path: Path, log: ConversationLog) -> None:
    """Order of calls is order of effects."""
    release = threading.Event()
    log._writer.submit_alone(lambda _: release.wait(10))
    recorded = log.record(an_entry(1, person=GONE))
    forgotten = log.forget_person(GONE)
    release.set()
    assert recorded.result(10) is Outcome.LOGGED
    assert forgotten.result(10).rows["turn"] == 1
    assert traces(path) == set()


@pytest.mark.usefixtures("impatient")
def test_a_reader_can_only_delay_the_wiping(path: Path) -> None:
    """While it holds the old state, bytes remain; the next opening removes them."""
    log = open_log(path)
    talk(log)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM turn").fetchone()
    assert not log.forget_person(GONE).result(10).wiped
    assert {holding.rows for holding in log.show_person(GONE)} == {0}
    log.close()
    reader.close()
    assert wiping_is_due(path)
    log = open_log(path)
    assert traces(path) == set()
    log.close()
    assert not wiping_is_due(path)


def test_a_process_killed_between_deleting_and_wiping_wipes_at_the_next_opening(path: Path) -> None:
    """The mark in the file outlives the process."""
    log = open_log(path)
    talk(log)
    log._writer.submit_alone(lambda db: privacy.forget(db, GONE)).result(10)
    assert traces(path)
    log.close()
    log = open_log(path)
    assert traces(path) == set()
    log.close()


def test_files_set_aside_are_named_because_they_may_hold_the_person(path: Path) -> None:
    """Nothing can be deleted from a file that cannot be read."""
    path.write_text("Dear diary")
    log = open_log(path)
    path.with_name("log.db2.damaged-x").touch()
    assert log.forget_person(GONE).result(10).left == (path.with_name("log.db.damaged-20260301T120000Z"),)
    log.close()


@pytest.mark.usefixtures("impatient")
def test_a_log_that_cannot_be_written_forgets_nothing_and_says_so(path: Path, log: ConversationLog) -> None:
    """The rows stay until somebody asks again."""
    talk(log, turns=2)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Fault, match=r"nothing was deleted from .*: database is locked"):
        log.forget_person(GONE).result(10)
    other.close()
    assert len(log.turns(f"of-{GONE}")) == 2


def test_a_file_beside_the_log_that_cannot_be_written_stops_the_forgetting(path: Path, log: ConversationLog) -> None:
    """Otherwise its turns would come back, and nobody would know."""
    talk(log, turns=2)
    unlogged.beside(path).mkdir()
    with pytest.raises(Fault, match=r"nothing was deleted from .*: is a directory"):
        log.forget_person(GONE).result(10)
    assert len(log.turns(f"of-{GONE}")) == 2
