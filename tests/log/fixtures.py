from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from bot.log import opening
from bot.log.engines import file, server
from tests.log.samples import open_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.engines.sqlite import SqliteConnection
    from bot.log.log import ConversationLog
    from tests.log.postgres import PostgresServer

STEP_BY_STEP: Final = opening._bring_up_to_date
"""How an empty log gets its tables elsewhere; tests of the steps put it back."""

RESERVED: Final = 64 * 1024
"""Bytes that a log reserves beside it in tests: in memory, much room takes time."""


@pytest.fixture(scope="session", autouse=True)
def new_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give a new log the tables of one that was made step by step, once: hundreds of tests begin with a new log."""
    first = tmp_path_factory.mktemp("first") / "log.db"
    open_log(first).close()
    with closing(sqlite3.connect(first, check_same_thread=False)) as made, pytest.MonkeyPatch.context() as patch:

        def bring_up_to_date(db: SqliteConnection, engine: sqlite3.Connection) -> None:
            if db.value("SELECT count(*) FROM sqlite_master"):
                STEP_BY_STEP(db, engine)
            else:
                made.backup(engine)

        patch.setattr(opening, "_bring_up_to_date", bring_up_to_date)
        for each in (file, server):
            patch.setattr(each, "RESERVED", RESERVED)
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Say where a log is made."""
    return tmp_path / "log.db"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for locks: the test knows that they stay."""
    monkeypatch.setattr("bot.log.opening.BUSY_TIMEOUT_S", 0.0)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, path: Path) -> Path | Server:
    """Say where a log lies: in a file, and on a server."""
    if request.param == "sqlite":
        return path
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.cleared(path)


in_a_file = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""Marks tests of matters that only a file has: its bytes, pages, copies, permissions and disk."""


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    """Give an empty log on each engine, closed at the end."""
    opened = open_log(place)
    yield opened
    opened.close()
