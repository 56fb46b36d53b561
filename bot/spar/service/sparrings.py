"""Sparrings with people in a chat: one at a time for each in a channel, kept turn by turn, resumed after a restart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import uuid4
from weakref import WeakValueDictionary

from bot.log.access import read, write
from bot.process.feature import ReadOnce
from bot.spar.rules.held import Held
from bot.spar.store import sparrings
from bot.values.asker import Asker
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.answer.rules.sparring import Move
    from bot.answer.service.ask import Asking, Reply
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from bot.values.passage import PassageRef
    from knowledge.model import Pack


RECENT: Final = timedelta(hours=12)
"""How long ago a sparring may have begun that moderators are shown: as long as a lesson may last."""


class Sparrings(ReadOnce):
    """What runs. All coroutines belong to one event loop; everything raises UserError if the log cannot be used."""

    def __init__(
        self,
        log: ConversationLog | None,
        asking: Asking,
        *,
        clock: Clock,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        """Read nothing yet; `new_id` names what is begun."""
        super().__init__()
        self._log = log
        self._asking = asking
        self._clock = clock
        self._new_id = new_id
        self._running: dict[str, Held] = {}
        # A lock is there for as long as somebody has it or waits for it.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def _read(self) -> None:
        if self._log is not None:
            # Anew, in the thread that writes: what was read before a turn was kept must not be held after it.
            running = await (write if self._loaded else read)(self._log, sparrings.running)
            self._running = {held.id: held for held in running}

    async def forget(self, people: Collection[str]) -> None:
        """Let go of people's sparrings, once their turns are done."""
        for held in [held for held in self._running.values() if held.person in people]:
            async with self._turn_of(held.id):
                self._running.pop(held.id, None)

    def of(self, person: str, channel: int) -> Held | None:
        """Return what a person has running in a channel."""
        own = (each for each in self._running.values() if (each.person, each.channel) == (person, channel))
        return next(own, None)

    async def begin(self, asker: Asker, channel: int, side: str, pack: Pack) -> Held:
        """Begin a sparring against a side of a pack; one that runs there must end first."""
        if self.of(asker.person, channel) is not None:
            raise UserError("You are sparring here already: stop that first.")
        state, now_utc = self._asking.sparring(side, pack.id), self._clock.now_utc().isoformat()
        whose = self._new_id(), asker.person, asker.guild
        held = Held(*whose, channel, state, now_utc, began_in=channel, pack=pack.id)
        return await self._kept(held)

    async def settle(self, held: Held, channel: int) -> Held:
        """Move a sparring that was just begun into a thread of its own."""
        async with self._turn_of(held.id):
            return await self._kept(replace(await self.get(held.id), channel=channel))

    async def turn(
        self, identity: str, person: str, text: str, *, excluded: Collection[PassageRef], move: Move | None = None
    ) -> tuple[Reply, Held]:
        """Reply to what a person says, or to a `move` that they chose."""
        async with self._turn_of(identity):
            held = await self.get(identity)
            if held.person != person:
                raise UserError("Somebody else is sparring here: begin your own with `/spar`.")
            if held.ended_utc is not None:
                raise UserError("This sparring is over: begin another with `/spar`.")
            place = Asker(person, f"{held.guild}/{held.channel}")
            spar = partial(self._asking.spar, place, held.state, text, excluded=excluded, pack=held.pack)
            reply, state = await spar(move=move)
            ended = self._clock.now_utc().isoformat() if state.over else None
            return reply, await self._kept(replace(held, state=state, ended_utc=ended))

    async def get(self, identity: str) -> Held:
        """Return a sparring, also one that is over."""
        held = self._running.get(identity)
        if held is None and self._log is not None:
            held = await read(self._log, partial(sparrings.find, identity=identity))
        if held is None:
            raise UserError("This sparring is no longer kept: begin another with `/spar`.")
        return held

    async def recent(self, guild: str) -> tuple[Held, ...]:
        """Return those that began in a guild in the last hours, oldest first."""
        since = (self._clock.now_utc() - RECENT).isoformat()
        if self._log is None:
            return tuple(held for held in self._running.values() if held.guild == guild and held.started_utc >= since)
        return await read(self._log, partial(sparrings.recent, guild=guild, since=since))

    async def _kept(self, held: Held) -> Held:
        if self._log is not None:
            await write(self._log, partial(sparrings.save, held=held))
        self._running[held.id] = held
        if held.ended_utc is not None and self._log is not None:
            del self._running[held.id]
        return held

    def _turn_of(self, identity: str) -> asyncio.Lock:
        return self._turns.setdefault(identity, asyncio.Lock())
