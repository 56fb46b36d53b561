"""`/ready` and `/metrics` over HTTP, on this machine alone, for whatever watches.

The first says of log, index and Discord, one by one, whether they work; the second counts.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from aiohttp import web

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from bot.process.service import Serving
    from bot.process.sessions import Uptime

_HOST: Final = "127.0.0.1"
_WELL: Final = "ok"

_PROMETHEUS: Final = "text/plain; version=0.0.4; charset=utf-8"


def state_of(serving: Serving, uptime: Uptime) -> dict[str, str]:
    """Return of each part what keeps it from working, or "ok"."""
    troubles = serving.troubles() | {"discord": "no session" if uptime.silence_s() else None}
    return {part: trouble or _WELL for part, trouble in troubles.items()}


@asynccontextmanager
async def ready_at(
    port: int, state: Callable[[], Mapping[str, str]], figures: Callable[[], bytes]
) -> AsyncIterator[None]:
    """Answer `GET /ready` (200 where everything works, else 503) and `/metrics` until the block ends. UserError."""

    async def ready(_request: web.Request) -> web.Response:
        now = state()
        return web.json_response(now, status=200 if set(now.values()) == {_WELL} else 503)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=figures(), headers={"Content-Type": _PROMETHEUS})

    served = web.Application()
    served.router.add_get("/ready", ready)
    served.router.add_get("/metrics", metrics)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, _HOST, port).start()
        except OSError as error:
            raise UserError(
                "`ready_port` under [discord] is {port}, which cannot be had ({reason}): name another",
                port=port,
                reason=error.strerror,
            ) from error
        yield
    finally:
        await runner.cleanup()
