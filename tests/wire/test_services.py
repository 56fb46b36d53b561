from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.process.clock import SystemClock
from bot.process.limits import Limits
from bot.process.service import NotYetError
from bot.wire.services import Services
from knowledge.errors import UserError
from knowledge.model import Pack


async def test_why_it_cannot_start_is_told_to_whoever_runs_it_alone() -> None:
    """The reason names files, and people on Discord cannot mend it."""

    async def opened() -> None:
        raise UserError("/srv/log.db is in use by another bot")

    serving: Any = SimpleNamespace(opened=opened)
    clock = SystemClock()
    config: Any = None
    services = Services(serving, Limits(clock), clock, config, b"secret")
    with pytest.raises(UserError, match=r"^I cannot start: whoever runs me finds the reason in my messages"):
        await services.get(Pack)


async def test_a_log_that_cannot_be_read_yet_is_one_line_why() -> None:
    """Nothing is answered without knowing what was excluded."""

    async def opened() -> None:
        raise NotYetError("/srv/log.db cannot be used as the log: database is locked")

    serving: Any = SimpleNamespace(opened=opened)
    clock = SystemClock()
    config: Any = None
    services = Services(serving, Limits(clock), clock, config, b"secret")
    with pytest.raises(NotYetError) as told:
        await services.get(Pack)
    assert str(told.value) == (
        "I cannot read my log just now, and without it I do not know what may be quoted here: try again in a minute."
    )
