from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.log.samples import open_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.log import ConversationLog
    from tests.log.postgres import PostgresServer


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
