from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.process.clock import SystemClock
from bot.process.limits import Limits
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
