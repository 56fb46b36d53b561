from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.log.samples import open_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.log.log import ConversationLog


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Say where a log is made."""
    return tmp_path / "log.db"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for locks: the test knows that they stay."""
    monkeypatch.setattr("bot.log.opening.BUSY_TIMEOUT_S", 0.0)


@pytest.fixture
def log(path: Path) -> Iterator[ConversationLog]:
    """Give an empty log, closed at the end."""
    opened = open_log(path)
    yield opened
    opened.close()
