"""`/ready`: each part on its own, and a status that a supervisor understands."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.process.clock import SystemClock
from bot.process.feature import Parts
from bot.process.service import Health, NotYetError, Serving
from bot.process.sessions import Uptime
from bot.wire.ready import ready_at, state_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


def a_free_port() -> int:
    """Find a port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_each_part_is_told_on_its_own() -> None:
    """A log that cannot be opened, an index that opens, Discord without a session; at last a log that fails later."""
    troubles: dict[str, str | None] = {"log": None, "index": None}
    config: Any = None

    @contextmanager
    def opening() -> Iterator[Parts]:
        serving.hinder(UserError("database is locked"))
        with ExitStack() as stack:
            parts = Parts(config, SystemClock(), stack)
            parts.add(Health, Health({part: partial(troubles.get, part) for part in troubles}))
            yield parts

    uptime = Uptime(SystemClock())
    serving = Serving(opening, clock=SystemClock())
    port = a_free_port()

    async def asked() -> tuple[int, dict[str, str]]:
        async with session.get(f"http://127.0.0.1:{port}/ready") as answer:
            return answer.status, await answer.json()

    async with aiohttp.ClientSession() as session, ready_at(port, lambda: state_of(serving, uptime)):
        assert await asked() == (503, dict.fromkeys(("log", "index"), "is being opened") | {"discord": "no session"})
        serving.begin()
        with pytest.raises(NotYetError):
            await serving.opened()
        assert await asked() == (
            503,
            {"log": "database is locked", "index": "is being opened", "discord": "no session"},
        )
        await serving.opened()
        uptime.expect([0])
        uptime.up(0)
        assert await asked() == (200, {"log": "ok", "index": "ok", "discord": "ok"})
        troubles["log"] = "cannot be written; waiting: 1 turn"
        assert await asked() == (503, {"log": troubles["log"], "index": "ok", "discord": "ok"})
        with pytest.raises(UserError, match=rf"`ready_port` under \[discord\] is {port}, which cannot be had"):
            async with ready_at(port, dict):
                pass
    assert await serving.close(10)
