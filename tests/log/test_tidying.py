"""Deleting costs what it deletes, and leaves no byte: in tables, full-text index, WAL and file."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.log import log as whole_log
from bot.log.care import checking
from bot.log.care.forgetting import AT_ONCE
from bot.log.care.tidying import is_steppable
from bot.log.opening import reading
from knowledge.errors import UserError
from tests.log.fixtures import in_a_file
from tests.log.samples import NOW, an_answer, an_entry, on_server, open_log, traces

if TYPE_CHECKING:
    from bot.config.sections import Server
    from bot.log.connection import Connection
    from bot.log.log import ConversationLog

ROOT = Path(__file__).parents[2]
PEOPLE = {letter * 64: f"{letter}xqz{letter}" for letter in "abcdef"}
"""People, each with a word that stands in all their questions."""
KILLED = """
import os, sys
from pathlib import Path
from bot.log.log import ConversationLog
from bot.log.care import forgetting
from tests.log.samples import open_log
steps = int(sys.argv[3])
deletion = forgetting.people
def interrupted(*arguments):
    for number, pause in enumerate(deletion(*arguments)):
        if number == steps:
            os.kill(os.getpid(), 9)
        yield pause
forgetting.people = interrupted
open_log(Path(sys.argv[1])).forget_people([sys.argv[2]]).result()
os.kill(os.getpid(), 9)
"""


def fill(log: ConversationLog, turns: int = 900) -> dict[str, list[str]]:
    """Let people talk in turn, under random ids, so that pages of the indexes split; return their conversations."""
    chance = random.Random(3)  # noqa: S311 - the same each time
    talks: dict[str, list[str]] = {person: [] for person in PEOPLE}
    for number in range(turns):
        person, word = list(PEOPLE.items())[number % len(PEOPLE)]
        within = number // len(PEOPLE) % 5
        if within == 0:
            talks[person].append(uuid.UUID(int=chance.getrandbits(128)).hex)
        question = f"{word}{number} asks {word} " + " ".join(chance.choices(["alpha", "beta", "gamma", "delta"], k=6))
        said = an_answer(question, said=f"{word} said " + "x" * chance.randrange(3_000))
        entry = an_entry(within + 1, conversation_id=talks[person][-1], person=person, place="4711/7", answer=said)
        recorded = log.record(rows_of(entry))
        if number % 20 == 0:
            recorded.result(10)
    log.write(lambda _: None).result(10)
    return talks


def whole(path: Path) -> bool:
    """Let SQLite check tables and the full-text index."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO turn_fts (turn_fts, rank) VALUES ('integrity-check', 1)")
        return bool(db.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@in_a_file
def test_many_turns_go_in_steps_without_a_trace_and_others_write_meanwhile(path: Path, log: ConversationLog) -> None:
    """Four of six people, one by one; the file shrinks, and what stays is whole."""
    talks = fill(log)
    size = path.stat().st_size
    stays = list(PEOPLE)[4:]
    for person in list(PEOPLE)[:4]:
        texts = [person, PEOPLE[person], *talks[person]]
        assert traces(path, *texts) > AT_ONCE
        deleting = log.forget_people([person])
        written = [log.record(rows_of(an_entry(n, conversation_id=person[:9], person=stays[0]))) for n in (1, 2, 3)]
        assert [one.result(10).value for one in written] == ["logged"] * 3
        forgotten = deleting.result(30)
        assert (forgotten.rows["turn"], forgotten.rows["conversation"], forgotten.wiped) == (150, 30, True)
        assert traces(path, *texts) == 0
    assert path.stat().st_size < 0.8 * size
    assert len(log.search("asks", 999)) == 300
    log.close()
    assert not path.with_name("log.db-wal").exists()
    assert whole(path)


def test_old_turns_of_many_go_in_steps_too(place: Path | Server, log: ConversationLog) -> None:
    """With the conversations that are empty then."""
    talks = fill(log, 300)
    forgotten = log.expire({"4711": "2027"}, [], now=NOW).result(30)
    assert {name: rows for name, rows in forgotten.rows.items() if rows} == {
        "turn": 300,
        "citation": 600,
        "gap": 300,
        "conversation": 60,
    }
    assert forgotten.wiped is not on_server(log)
    assert traces(place, *PEOPLE, *PEOPLE.values(), *(talk for own in talks.values() for talk in own)) == 0


@pytest.mark.parametrize("steps", [2, 999])
def test_a_deletion_that_is_killed_is_finished_by_the_next_opening(path: Path, steps: int) -> None:
    """Others lose nothing; killed after its last step, only the wiping is left."""
    log = open_log(path)
    talks = fill(log, 60 * len(PEOPLE))
    log.close()
    gone = next(iter(PEOPLE))
    command = [sys.executable, "-c", KILLED, str(path), gone, str(steps)]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == -9
    log = open_log(path)
    while log.read(lambda db: db.value("SELECT count(*) FROM erasure")):
        log.forget_people(["nobody"]).result(30)  # its steps and those of the other take turns
    assert log.forget_people(["nobody"]).result(30).wiped
    assert len(log.recent(999)) == 60 * (len(PEOPLE) - 1)
    log.close()
    assert traces(path, gone, PEOPLE[gone], *talks[gone]) == 0
    assert whole(path)


def older(path: Path) -> dict[str, list[str]]:
    """Make a log of the older form, from which a person was deleted but not wiped."""
    log = open_log(path)
    talks = fill(log, 120)
    log.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA auto_vacuum = NONE")
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")
        db.execute("PRAGMA secure_delete = OFF")
        db.execute("DELETE FROM citation")
        db.execute("PRAGMA user_version = 1")
    return talks


def look(path: Path) -> tuple[bool, bool]:
    """Say whether the file is of today's form, and whether bytes of deleted rows may be left."""
    with reading(path) as db:
        return is_steppable(db), db.wipe_is_due


def test_an_older_log_is_rewritten_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one when it is opened, a large one when the operator says so; until then, nothing is called wiped."""
    older(path)
    monkeypatch.setattr(checking, "SMALL", 1_000)
    log = open_log(path)
    size = path.stat().st_size // 1_000_000 + 1
    (notice,) = log.notices
    assert notice == (
        f"{path} is of an older form, in which bytes of deleted turns may remain: stop what has it open and run "
        f"`dilemma log convert` once (about 1 s and {size} MB of free space)"
    )
    quoted = path.read_bytes().count(b" said xxx")
    assert not log.forget_people(["nobody"]).result(10).wiped
    with pytest.raises(UserError, match="is in use by dilemma chat"):
        whole_log.rewrite(path, holder="x", now=NOW)
    log.close()
    assert look(path) == (False, True)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Free", (), {"free": 1_000}))
    with pytest.raises(
        UserError, match=r"cannot be rewritten: that takes \d MB beside it, and 0 MB are free; make room"
    ):
        whole_log.rewrite(path, holder="x", now=NOW)
    monkeypatch.undo()
    assert look(path) == (False, True)
    assert whole_log.rewrite(path, holder="x", now=NOW) == f"about 1 s and {size} MB of free space"
    assert whole_log.rewrite(path, holder="x", now=NOW) is None
    assert (look(path), path.stat().st_mode & 0o777) == ((True, False), 0o600)
    assert 0 < path.read_bytes().count(b" said xxx") < quoted - 60
    assert whole(path)
    log = open_log(path)
    assert (log.notices, len(log.recent(999))) == ((), 120)
    log.close()


def test_a_log_that_somebody_reads_is_not_rewritten(path: Path) -> None:
    """What they read would be gone under them."""
    older(path)

    def opened_beside(db: Connection) -> None:
        db.value("SELECT count(*) FROM turn")
        with pytest.raises(UserError, match="database is locked"):
            whole_log.rewrite(path, holder="x", now=NOW)

    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        with reading(path) as db:
            opened_beside(db)
    assert look(path) == (False, True)
