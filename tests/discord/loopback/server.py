"""The stand-in as a server on 127.0.0.1: start, stop, vanish from the network and come back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from tests.discord.loopback.acting import Acting
from tests.discord.loopback.http_app import API, GATEWAY, make_app
from tests.discord.loopback.speaking import Speaking

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from tests.discord.loopback.session import Session

HOST = "127.0.0.1"


@dataclass
class Loopback(Acting, Speaking):
    """Discord on loopback. Use it as `async with Loopback() as loopback`; the port stays the same while it lives."""

    port: int = 0
    _runner: web.AppRunner | None = field(default=None, repr=False)

    @property
    def api_base(self) -> str:
        """The address for `[discord] api_base`."""
        return f"http://{HOST}:{self.port}{API}"

    @property
    def gateway_url(self) -> str:
        """The address for `[discord] gateway_url`."""
        return f"ws://{HOST}:{self.port}{GATEWAY}"

    @property
    def dead_url(self) -> str:
        """A gateway's address at which nobody answers, for `gateway.resume_url`."""
        return f"ws://{HOST}:1{GATEWAY}"

    async def come_online(self) -> None:
        """Open the port: the first time any free one, later the same again."""
        self._runner = web.AppRunner(make_app(self), access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url

    async def go_offline(self) -> None:
        """Close the port and break every connection; what is known stays known."""
        if self._runner is not None:
            await self.gateway.drop()
            await self._runner.cleanup()
            self._runner = None

    async def ready(self) -> Session:
        """Wait until the bot has been told READY and its guilds; give its session."""

        def welcomed() -> Session | None:
            guilds = len(self.world.bot_guilds())
            return next((each for each in self.gateway.connected if len(each.events) > guilds), None)

        return await self.until(welcomed, "the bot to connect")

    async def __aenter__(self) -> Self:
        """Come online."""
        await self.come_online()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go what is held, and go offline."""
        self.faults.clear()
        await self.go_offline()
