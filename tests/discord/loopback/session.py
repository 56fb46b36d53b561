"""One gateway session: what was sent, and to whom it is due.

It must not know what the events mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from tests.discord.loopback.wire import Json

GUILDS, MEMBERS, PRESENCES = 1 << 0, 1 << 1, 1 << 8
GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT = 0, 1, 2, 3, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11


@dataclass(eq=False, slots=True)
class Session:
    """A session begun by IDENTIFY. Its events are kept, so that RESUME gets those that were missed.

    `socket` is None while nobody is connected. `shard` is (own number, how many there are).
    """

    id: str
    intents: int
    shard: tuple[int, int]
    identify: Json
    socket: web.WebSocketResponse | None = None
    events: list[Json] = field(default_factory=list)

    def covers(self, guild_id: int | None) -> bool:
        """Whether events of a guild (None: outside of guilds) go to this shard."""
        number, count = self.shard
        return number == (0 if guild_id is None else (guild_id >> 22) % count)

    async def dispatch(self, event: str, content: Json) -> None:
        """Send an event to whoever is connected, under the next number, and keep it."""
        packet = {"op": DISPATCH, "t": event, "s": len(self.events) + 1, "d": content}
        self.events.append(packet)
        await self.send(packet)

    async def replay(self, after: int) -> None:
        """Send again what came after event number `after`."""
        for packet in self.events[after:]:
            await self.send(packet)

    async def send(self, packet: Json) -> None:
        """Send a packet; one that nobody is there to take is lost, as on a broken line."""
        if self.socket is not None and not self.socket.closed:
            try:
                await self.socket.send_json(packet)
            except ConnectionError:
                self.socket = None
