"""One process of a fleet: it says that it lives, takes its share of the shards, and lets go what is another's."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.fleet.rules.sharing import BEAT_S, IDENTIFY_EVERY_MS, LEASE_S, MOST_SESSIONS, Process
from bot.fleet.store import leases as store
from bot.process.charge import Shared
from bot.process.clock import Waking
from bot.process.journal import logger
from bot.values.shards import Terms, shard_of
from knowledge.errors import DilemmaError, UserError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.fleet.service.desk import Desk
    from bot.log.connection import Connection
    from bot.process.clock import Clock

_AGAIN_S: Final = 1.0
"""Pause before a server that cannot be reached is asked again by who wants to join."""
_LEAVING_S: Final = 0.5
"""How long a program that ends waits for the server."""


class Fleet(Shared):
    """A process among others. Until it has joined, it looks after everything: a terminal never does."""

    settled_s = LEASE_S

    def __init__(
        self,
        desk: Desk,
        me: Process,
        name: str,
        *,
        clock: Clock,
        count: int = 0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`name` says where it runs; it insists on `count` shards, unless that is 0.

        One that wants no shard by its number wants all of them.
        """
        self._desk = desk
        self._me = me
        self._name = name
        self._clock = clock
        self._count = count
        self._sleep = sleep
        self._joined = False
        self._shards: frozenset[int] = frozenset()
        self._going: frozenset[int] = frozenset()
        self._told: frozenset[int] = frozenset()
        self._until_s = 0.0
        self._out_of_reach = False
        self._waking = Waking(sleep)

    @property
    def shards(self) -> frozenset[int]:
        """The shards that are this process's."""
        return self._shards

    def holds(self, guild: str) -> bool:
        """Return whether a guild's shard is this process's."""
        return not self._joined or shard_of(guild, self.terms.count) in self._shards

    def acts_for(self, guild: str) -> bool:
        """Return whether that is certain: the lease has not run out while the server could not be reached."""
        return self.holds(guild) and (not self._joined or self._clock.monotonic_s() < self._until_s)

    def leases(self) -> dict[int, float]:
        """Return for how many more seconds each shard is this process's; below 0 the lease has run out."""
        left_s = self._until_s - self._clock.monotonic_s()
        return dict.fromkeys(sorted(self._shards), left_s)

    async def join(self, ask: Callable[[], Awaitable[Terms]]) -> None:
        """Take part, on the terms of those who run already, else on those that `ask` finds out. Raises UserError."""
        others = await self._others()
        terms = others[0].terms if others else await ask()
        if self._count and others and self._count != terms.count:
            raise UserError(
                f"`shard_count` under [discord] is {self._count}, but the processes that run already split the servers "
                f"into {terms.count} shards: set the same everywhere, and stop all of them before you change it"
            )
        self.terms = Terms(self._count or terms.count, terms.concurrency)
        if self._me.wanted == frozenset():
            self._me = replace(self._me, wanted=frozenset(range(self.terms.count)))
        self._joined = True
        await self._beat()

    async def run(self, moved: Callable[[], Awaitable[None]]) -> None:
        """Keep what is this process's, and take its share, until cancelled."""
        while True:
            if self._told != self._shards:
                shards = self._shards
                with suppress(DilemmaError):  # said already; what was not read is read with the next beat
                    await moved()
                    logger(__name__).info("shards", taken=sorted(shards - self._told), left=sorted(self._told - shards))
                    self._told = shards
                    self._waking.wake()
            await self._sleep(BEAT_S)
            await self._beat()

    async def changed(self, known: frozenset[int]) -> frozenset[int]:
        """Wait until what this process looks after is something else than what is known, and return it."""
        while self._told == known:
            await self._waking.rest(None)
        return self._told

    async def let_go(self, shards: frozenset[int]) -> None:
        """Leave to others what is theirs of some shards; where the server cannot be reached, the leases run out."""
        going = sorted(shards & self._going)
        with suppress(sqlite3.Error):
            if going:
                await self._desk.do(lambda db, _now_ms: store.let_go(db, self._me, going))

    async def permit(self, shard: int) -> None:
        """Wait until a shard may begin a session. Raises UserError when there were too many today."""

        def begin(db: Connection, now_ms: int) -> tuple[int, int]:
            if full_ms := store.until_more_ms(db, now_ms):
                return 0, full_ms
            return store.begin_session(db, shard, self.terms.concurrency, now_ms), 0

        while True:
            try:
                wait_ms, full_ms = await self._desk.do(begin)
            except sqlite3.Error as error:
                # Whoever cannot ask the others keeps to the slowest pace by itself.
                self._note_failure(error)
                await self._sleep(IDENTIFY_EVERY_MS / 1000)
                return
            if full_ms:
                raise UserError(
                    f"{MOST_SESSIONS} sessions were begun at Discord within a day by all processes together, and at "
                    "1,000 Discord resets the token: find out what disconnects the bot, and start it again in "
                    f"{max(full_ms / 3_600_000, 0.1):.1f} hours"
                )
            if not wait_ms:
                return
            await self._sleep(wait_ms / 1000)

    async def leave(self) -> None:
        """Leave everything to others; where that cannot be said in time, they take it when the leases have run out."""
        self._joined, self._shards = True, frozenset()
        with suppress(sqlite3.Error, TimeoutError):
            async with asyncio.timeout(_LEAVING_S):
                await self._desk.do(lambda db, _now_ms: store.leave(db, self._me))

    async def _others(self) -> tuple[store.Member, ...]:
        while True:
            try:
                return await self._desk.do(store.living)
            except sqlite3.Error as error:
                self._note_failure(error)
                await self._sleep(_AGAIN_S)

    async def _beat(self) -> None:
        began_s = self._clock.monotonic_s()
        try:
            held = await self._desk.do(lambda db, now_ms: store.beat(db, self._me, self._name, self.terms, now_ms))
        except sqlite3.Error as error:
            self._note_failure(error)
            return
        if self._out_of_reach:
            logger(__name__).info("the leases can be renewed again")
        self._out_of_reach = False
        self._until_s = began_s + LEASE_S
        self._shards, self._going = held.stay, held.go

    def _note_failure(self, error: sqlite3.Error) -> None:
        if not self._out_of_reach:
            logger(__name__).warning("the leases cannot be renewed", reason=str(error))
        self._out_of_reach = True
