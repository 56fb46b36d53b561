"""What the tests of several services share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.debate.service.held_debates import debates_over, open_log
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server
    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog


@pytest.fixture
def clock() -> MovedClock:
    """Give a clock."""
    return MovedClock()


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    """Open a log at noon."""
    opened = open_log(place)
    yield opened
    opened.close()


@pytest.fixture
async def debates(log: ConversationLog, clock: MovedClock) -> Debates:
    """Give the debates, read from that log."""
    service = debates_over(log, clock)
    await service.ready()
    return service
