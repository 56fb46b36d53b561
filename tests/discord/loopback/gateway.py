"""Discord's gateway: HELLO, IDENTIFY, READY, RESUME, and everything that goes wrong with it.

It must not know HTTP beyond the socket's first request, nor what interactions are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.discord.loopback import session as gate
from tests.discord.loopback.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.discord.loopback.wire import Json
    from tests.discord.loopback.world import World

HEARTBEAT_MS = 41_250
AUTHENTICATION_FAILED, NOT_AUTHENTICATED, INVALID_INTENTS, DISALLOWED_INTENTS = 4004, 4003, 4013, 4014
ALL_INTENTS = (1 << 26) - 1


class Stage(Enum):
    """Moments of a connection at which a test can let it break or fall silent."""

    CONNECTED = "before HELLO"
    GREETED = "after HELLO, when IDENTIFY or RESUME arrives"
    READY = "after READY, before the guilds"
    RESUMING = "after RESUME, before RESUMED"


@dataclass(slots=True)
class Gateway:
    """The gateway. `identifies` and `resumes` keep what arrived; `sessions` those that can be resumed, by id.

    `resume_url` is what READY tells (a test may let it point to a dead port); `refuse_with` closes the next IDENTIFY
    with that code. `changed` is called whenever something happened that a test may wait for.
    """

    world: World
    changed: Callable[[], None]
    url: str = ""
    resume_url: str | None = None
    refuse_with: int | None = None
    identifies: list[Json] = field(default_factory=list)
    resumes: list[Json] = field(default_factory=list)
    heartbeats: int = 0
    sessions: dict[str, Session] = field(default_factory=dict)
    _breaks: dict[Stage, int] = field(default_factory=dict)
    _silences: set[Stage] = field(default_factory=set)
    _sockets: set[web.WebSocketResponse] = field(default_factory=set)
    _transports: dict[web.WebSocketResponse, Any] = field(default_factory=dict)

    @property
    def connected(self) -> list[Session]:
        """The sessions that somebody listens to."""
        return [each for each in self.sessions.values() if each.socket is not None and not each.socket.closed]

    async def accept(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection to its end."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        self._sockets.add(socket)
        self._transports[socket] = request.transport
        try:
            if not await self._ends_here(Stage.CONNECTED, socket):
                await socket.send_json({"op": gate.HELLO, "d": {"heartbeat_interval": HEARTBEAT_MS}, "s": None})
                async for message in socket:
                    if message.type is WSMsgType.TEXT:
                        await self._receive(socket, json.loads(message.data))
        finally:
            self._sockets.discard(socket)
            self._transports.pop(socket, None)
            for each in self.sessions.values():
                if each.socket is socket:
                    each.socket = None
            self.changed()
        return socket

    async def _receive(self, socket: web.WebSocketResponse, packet: Json) -> None:
        kind, content = packet["op"], packet["d"]
        if kind == gate.HEARTBEAT:
            self.heartbeats += 1
            await socket.send_json({"op": gate.HEARTBEAT_ACK, "d": None, "s": None})
        elif kind in {gate.IDENTIFY, gate.RESUME}:
            (self.identifies if kind == gate.IDENTIFY else self.resumes).append(content)
            self.changed()
            if await self._ends_here(Stage.GREETED, socket):
                return
            await (self._identify if kind == gate.IDENTIFY else self._resume)(socket, content)
            self.changed()
        elif kind == gate.PRESENCE:
            return
        elif kind == gate.REQUEST_MEMBERS:
            raise AssertionError("the bot asked for a guild's members, which needs a privileged intent")
        else:
            await socket.close(code=4001 if self._session_of(socket) else NOT_AUTHENTICATED)

    def _session_of(self, socket: web.WebSocketResponse) -> Session | None:
        return next((each for each in self.sessions.values() if each.socket is socket), None)

    async def _identify(self, socket: web.WebSocketResponse, content: Json) -> None:
        intents = content["intents"]
        code = self.refuse_with
        self.refuse_with = None
        if content["token"] != self.world.token:
            code = AUTHENTICATION_FAILED
        elif intents & ~ALL_INTENTS:
            code = INVALID_INTENTS
        elif intents & gate.PRIVILEGED:
            code = DISALLOWED_INTENTS
        if code is not None:
            await socket.close(code=code)
            return
        number, count = content.get("shard") or (0, 1)
        for old in [each for each in self.sessions.values() if each.socket is None and each.shard == (number, count)]:
            del self.sessions[old.id]
        begun = Session(f"{self.world.new_id():032x}", intents, (number, count), content, socket)
        self.sessions[begun.id] = begun
        await self._welcome(begun, socket)

    async def _welcome(self, begun: Session, socket: web.WebSocketResponse) -> None:
        guilds = [guild for guild in self.world.bot_guilds() if begun.covers(guild.id)]
        ready: Json = {
            "v": 10,
            "session_id": begun.id,
            "resume_gateway_url": self.resume_url or self.url,
            "session_type": "normal",
            "shard": list(begun.shard),
            "user": {**self.world.bot.wire(), "verified": True, "mfa_enabled": False, "email": None},
            "application": {"id": str(self.world.bot.id), "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "private_channels": [],
        }
        await begun.dispatch("READY", ready)
        if await self._ends_here(Stage.READY, socket):
            return
        for guild in guilds:
            if begun.intents & gate.GUILDS:
                await begun.dispatch("GUILD_CREATE", guild.wire(self.world.bot))

    async def _resume(self, socket: web.WebSocketResponse, content: Json) -> None:
        if content["token"] != self.world.token:
            await socket.close(code=AUTHENTICATION_FAILED)
            return
        resumed = self.sessions.get(content["session_id"])
        if resumed is None:
            await socket.send_json({"op": gate.INVALID_SESSION, "d": False, "s": None})
            return
        if await self._ends_here(Stage.RESUMING, socket):
            return
        resumed.socket = socket
        await resumed.replay(content["seq"] or 0)
        await resumed.dispatch("RESUMED", {"_trace": []})

    async def _ends_here(self, stage: Stage, socket: web.WebSocketResponse) -> bool:
        """Break the connection if that is ordered for this stage, or say that nothing more is to be sent."""
        if self._breaks.get(stage, 0) > 0:
            self._breaks[stage] -= 1
            self._abort(socket)
            return True
        if stage not in self._silences:
            return False
        if stage is Stage.CONNECTED:
            async for _ in socket:
                pass
        return True

    def drop_at(self, stage: Stage, times: int = 1) -> None:
        """Break the next connections that come to this stage, without a close frame."""
        self._breaks[stage] = times

    def fall_silent_at(self, stage: Stage) -> None:
        """Say nothing more to connections that come to this stage, and keep them open."""
        self._silences.add(stage)

    def speak_again(self) -> None:
        """Take back every `fall_silent_at`; connections that wait in silence stay silent."""
        self._silences.clear()

    def _abort(self, socket: web.WebSocketResponse) -> None:
        transport = self._transports.get(socket)
        if transport is not None:
            transport.abort()

    async def drop(self) -> None:
        """Break all connections as a dying network does: no close frame. Sessions can be resumed."""
        for socket in list(self._sockets):
            self._abort(socket)
        self._forget_sockets()

    async def close(self, code: int) -> None:
        """Close all connections with a code. Sessions can be resumed."""
        for socket in list(self._sockets):
            await socket.close(code=code)
        self._forget_sockets()

    def _forget_sockets(self) -> None:
        for each in self.sessions.values():
            each.socket = None

    async def ask_to_reconnect(self) -> None:
        """Send op 7 to everyone: come back and resume."""
        for each in self.connected:
            await each.send({"op": gate.RECONNECT, "d": None, "s": None})
            each.socket = None

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Send op 9 to everyone; without `resumable` the sessions are gone and IDENTIFY is due."""
        for each in self.connected:
            await each.send({"op": gate.INVALID_SESSION, "d": resumable, "s": None})
            each.socket = None
        if not resumable:
            self.sessions.clear()

    def forget_sessions(self) -> None:
        """Let every RESUME from now on be answered with op 9."""
        self.sessions.clear()

    async def dispatch(self, event: str, content: Json, guild_id: int | None, intents: int = 0) -> int:
        """Send an event to the sessions that it concerns and that asked for it; give how many hear it now.

        Sessions that nobody listens to keep it until they are resumed. One bit of `intents` is needed (0: none).
        """
        heard = 0
        for each in list(self.sessions.values()):
            if each.covers(guild_id) and (not intents or each.intents & intents):
                heard += each in self.connected
                await each.dispatch(event, content)
        return heard
