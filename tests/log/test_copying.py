"""A log moves to PostgreSQL and back: nothing is lost, added or changed, also when the copying is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answer.store import opinions
from bot.answer.store.turns import rows_of
from bot.guild.store import guilds
from bot.log import outbox
from bot.log.engines.copying import copy
from bot.log.mark import Mark
from bot.log.reader import LogReader
from bot.values.asker import TurnRef
from knowledge.errors import UserError
from tests.log.samples import NOW, REGISTRY, an_entry, open_log

if TYPE_CHECKING:
    from bot.config.sections import Server
    from bot.log.connection import Connection
    from tests.log.postgres import PostgresServer

ROOT = Path(__file__).parents[2]
KILLED = """
import os, sys
from pathlib import Path
from bot.config.sections import Server
from bot.log.engines import copying
from tests.log.samples import NOW, REGISTRY
copying._BATCH = 7
seen = [0]
def told(table, rows):
    seen[0] += 1
    if seen[0] == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
place = lambda text: Server(text, Path(sys.argv[1])) if "://" in text else Path(text)
copying.copy(place(sys.argv[1]), place(sys.argv[2]), REGISTRY.tables, holder="copy", now=NOW, told=told)
"""


@pytest.fixture
def server(postgres: PostgresServer, path: Path) -> Server:
    """Give an empty log on a server."""
    return postgres.cleared(path)


@pytest.fixture
def filled(path: Path) -> Path:
    """Make a log in which two people ask, vote, dispute and choose."""
    log = open_log(path)
    for number in range(1, 31):
        entry = an_entry(number, place="47/11", question=f"what of Größe {number}?")
        other = replace(entry, conversation_id=f"d{number % 4}", person="p2")
        log.record(rows_of(entry))
        log.record(rows_of(other)).result(10)

    def job(db: Connection) -> None:
        opinions.vote(db, "p2", "47", TurnRef("c1", 3), NOW, helpful=True)
        guilds.save_style(db, "p1", "47", "plain")
        outbox.put(db, "stream", "47", 3)

    log.write(job).result(10)
    log.close()
    Mark(path).adopt("0123456789abcdef")
    return path


def contents(place: Path | Server) -> dict[str, list[dict[str, object]]]:
    """Give every row of every table."""

    def everything(db: Connection) -> dict[str, list[dict[str, object]]]:
        names = [table.name for table in REGISTRY.tables]
        return {name: sorted(db.query(f"SELECT * FROM {name}"), key=str) for name in names}  # noqa: S608 - names only

    return LogReader.existing(place).read(everything)


def copied(source: Path | Server, target: Path | Server) -> dict[str, int]:
    return copy(source, target, REGISTRY.tables, holder="copy", now=NOW)


def test_a_log_goes_to_a_server_and_comes_back_the_same(filled: Path, postgres: PostgresServer, path: Path) -> None:
    """Row by row, with ids and pseudonyms; the next turns have numbers behind those, and words are found."""
    server = postgres.database(path)
    before = contents(filled)
    rows = copied(filled, server)
    assert (rows["turn"], rows["citation"], rows["feedback"], rows["outbox"]) == (60, 120, 1, 1)
    assert contents(server) == before
    back = path.with_name("back.db")
    assert copied(server, back) == rows
    assert contents(back) == before
    assert Mark(back).secret == "0123456789abcdef"  # noqa: S105 - a fingerprint
    for place in (server, back):
        log = open_log(place)
        log.record(rows_of(an_entry(31, question="one more"))).result(10)
        assert [turn.id for turn in log.recent(2)] == [61, 60]
        assert len(log.search("größ 30", 9)) == 2
        log.close()


@pytest.mark.parametrize("steps", [2, 9])
def test_a_copy_that_is_killed_goes_on(filled: Path, postgres: PostgresServer, path: Path, steps: int) -> None:
    """In either direction; until it is done, no bot begins to write there."""
    server = postgres.database(path)
    for source, target in ((filled, server), (server, path.with_name("back.db"))):
        command = [sys.executable, "-c", KILLED, str(source), str(target), str(steps)]
        assert subprocess.run(command, cwd=ROOT, check=False, env=os.environ | {"PGAPPNAME": "x"}).returncode == -9
        with pytest.raises(UserError, match=r"is half a copy of .*: run `dilemma log copy` once more"):
            open_log(target)
        assert copied(source, target)["turn"] == 60
        assert contents(target) == contents(source)


def test_a_place_that_has_a_log_already_is_not_written_into(filled: Path, server: Server) -> None:
    """Nor half a copy of another one; and a log that is in use is not copied."""
    copied(filled, server)
    with pytest.raises(UserError, match=r"there is a log at postgresql://.* already: name an empty place"):
        copied(filled, server)
    log = open_log(server)
    with pytest.raises(UserError, match=r"is in use by \d sessions of dilemma: stop those first"):
        copied(server, filled.with_name("back.db"))
    log.close()
    log = open_log(filled)
    with pytest.raises(UserError, match="is in use by dilemma chat"):
        copied(filled, server)
    log.close()


def test_rows_that_differ_in_the_end_are_an_error(
    filled: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody wrote into the target."""
    from bot.log.engines import copying  # noqa: PLC0415 - to change it

    finding = copying._copied

    def spoiling(old: Connection, new: Connection, *rest: object) -> object:
        state = finding(old, new, *rest)  # type: ignore[arg-type]
        if rest[0] == "turn":
            new.execute("UPDATE turn SET question = 'another' WHERE number = 7")
        return state

    monkeypatch.setattr(copying, "_copied", spoiling)
    with pytest.raises(UserError, match=r"the table turn has 60 rows in .* and 60 in .*, or they differ"):
        copied(filled, server)
