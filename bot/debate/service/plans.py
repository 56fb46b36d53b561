"""Planned debates: kept in the log, reminded of, and opened with those who signed up.

What is to be shown of one is handed out step by step, and noted when it was. A debate that was opened has its plan's
id: whatever the program dies in, it is opened once, and whoever signed up is seated.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from bot.debate.rules.commands import Join, Person, Start
from bot.debate.rules.decide import decide
from bot.debate.rules.plan import End, Plan, Step, begins, next_look, signed_up, step_of
from bot.debate.service.audit import Done, line_of
from bot.debate.store import plans as store
from bot.log.access import read, timely, write
from bot.process.charge import EVERYTHING, Charge
from bot.process.clock import Waking
from bot.process.feature import ReadOnce
from bot.process.journal import logger
from bot.values.text import harmless
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.debate.service.chronicle import Held
    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from knowledge.formats import Format

_LOOK_S: Final = 60.0
"""How long to sleep at most: clocks are set, and laptops wake from sleep."""


class Plans(ReadOnce):
    """All plans. Its coroutines belong to one event loop; call `ready` before anything else.

    What uses the log raises UserError where there is none, and where it cannot be read or written now.
    """

    def __init__(
        self,
        log: ConversationLog | None,
        debates: Debates,
        *,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        charge: Charge = EVERYTHING,
    ) -> None:
        super().__init__()
        self._log = log
        self._debates = debates
        self._clock = clock
        self._charge = charge
        self._waking = Waking(sleep)
        self._plans: dict[str, Plan] = {}
        self._out: set[str] = set()
        self._changing = asyncio.Lock()

    async def ready(self) -> None:
        """Read the debates and the plans, unless that was done."""
        await self._debates.ready()
        await super().ready()

    async def _read(self) -> None:
        if self._log is None:
            return
        async with self._changing:
            kept = await read(self._log, store.all_kept)
            self._plans = {plan.id: plan for plan in kept if self._charge.holds(plan.guild)}
            self._out &= self._plans.keys()
        self._waking.wake()

    @timely
    async def make(  # noqa: PLR0913 - what a moderator chooses
        self,
        actor: Person,
        guild: str,
        channel: int,
        motion: str,
        form: Format,
        *,
        when: tuple[str, str, str],
        reminder: float,
        event: bool,
        pack: str | None = None,
    ) -> Plan:
        """Plan a debate on a pack (None: the default) for a day, a time and a zone as somebody typed them.

        `reminder` is in minutes before. With an `event`, the server gets one of its own. Raises UserError for what
        cannot be held, or not then.
        """
        # What could not be started is not planned.
        matter = self._debates.about(pack)
        decide(None, Start(actor, motion, form, matter.sides), 0)
        now_utc = self._clock.now_utc()
        starts_utc = begins(*when, now_utc)
        reminder_utc = starts_utc - timedelta(minutes=reminder)
        plan = Plan(uuid4().hex, guild, channel, motion.strip(), form, starts_utc, reminder_utc, 0 if event else None)
        plan = replace(plan, pack=matter.pack.id)
        # A moment that has gone is not reminded of.
        plan = replace(plan, reminded=reminder_utc <= now_utc)
        what = line_of(motion, Done.PLANNED, f"{starts_utc:%Y-%m-%d %H:%M} UTC")
        async with self._changing:
            job = partial(store.keep, plan=plan, person=actor.id, what=what, now=now_utc.isoformat())
            await write(self._log, job)
            self._plans[plan.id] = plan
        self._waking.wake()
        return plan

    def get(self, plan_id: str, guild: str) -> Plan:
        """Return a guild's plan. Raises UserError for one that is over."""
        plan = self._plans.get(plan_id)
        if plan is None or plan.guild != guild or plan.end is not None:
            raise UserError("This plan is over: the debate was opened or cancelled.")
        return plan

    def guild_of(self, plan_id: str) -> str | None:
        """Return the guild of a plan, over or not; None for one that is not kept."""
        plan = self._plans.get(plan_id)
        return None if plan is None else plan.guild

    def live(self) -> tuple[Plan, ...]:
        """Return the plans that are not over."""
        return tuple(plan for plan in self._plans.values() if plan.end is None)

    def in_guild(self, guild: str) -> tuple[Plan, ...]:
        """Return a guild's plans that are not over, the soonest first."""
        found = [plan for plan in self.live() if plan.guild == guild]
        return tuple(sorted(found, key=lambda plan: (plan.starts_utc, plan.id)))

    @timely
    async def sign_up(self, plan_id: str, guild: str, actor: Person, place: int | None) -> Plan:
        """Give somebody a seat on the side at a place (from 0), or with None none. Raises UserError when refused."""
        person = Person(actor.id, harmless(actor.name))
        async with self._changing:
            plan = self.get(plan_id, guild)
            after = signed_up(plan, person, None if place is None else self._debates.about(plan.pack).sides[place])
            if after != plan:
                await write(self._log, partial(store.sign_up, plan=after, person=person.id))
                self._plans[plan_id] = after
        return after

    @timely
    async def cancel(self, plan_id: str, guild: str, actor: Person) -> Plan:
        """End a plan whose debate was not opened, and note who did."""
        async with self._changing:
            plan = replace(self.get(plan_id, guild), end=End.CANCELLED)
            what, now = line_of(plan.motion, Done.CANCELLED), self._clock.now_utc().isoformat()
            await write(self._log, partial(store.cancel, plan=plan, person=actor.id, what=what, now=now))
            self._plans[plan_id] = plan
        self._waking.wake()
        return plan

    @timely
    async def open(self, plan_id: str, guild: str, actor: Person) -> Held:
        """Start the debate, and seat those who signed up. Raises UserError when refused."""
        plan = self.get(plan_id, guild)
        if not plan.held:
            start = partial(self._debates.start, actor, guild, plan.channel, plan.motion, plan.format)
            await start(identity=plan.id, pack=plan.pack)
            self._plans[plan_id] = replace(self._plans[plan_id], held=True)
        await self.seat(plan_id)
        held = self._debates.get(plan_id)
        if held is None:
            raise UserError("This debate is over, or was deleted.")
        return held

    async def seat(self, plan_id: str) -> None:
        """Seat those who signed up in their debate, and end the plan."""
        for seat in self._plans[plan_id].seats:
            try:
                await self._debates.act(plan_id, Person(seat.person, seat.name), partial(Join, side=seat.side))
            except UserError as refused:
                logger(__name__).info("somebody is not seated", debate=plan_id, reason=str(refused))
        await self.note(plan_id, end=End.OPENED)

    async def untold(self) -> str:
        """Wait for a plan about which something is to be done, and hand its id out once; `step` says what."""
        while True:
            now_utc = self._clock.now_utc()
            for plan in self._plans.values():
                if plan.id not in self._out and step_of(plan, now_utc) is not None:
                    self._out.add(plan.id)
                    return plan.id
            waits_s = [(next_look(plan) - now_utc).total_seconds() for plan in self._plans.values()]
            await self._waking.rest(min([_LOOK_S, *(wait_s for wait_s in waits_s if wait_s > 0)]))

    def step(self, plan_id: str) -> tuple[Plan, Step] | None:
        """Return what is to be done now about a plan that was handed out; None, and it is back, for nothing."""
        plan = self._plans.get(plan_id)
        step = None if plan is None else step_of(plan, self._clock.now_utc())
        if plan is None or step is None:
            self._out.discard(plan_id)
            self._waking.wake()
            return None
        return plan, step

    async def note(self, plan_id: str, **done: Any) -> None:  # noqa: ANN401 - fields of a plan
        """Note what was done about a plan: `message`, `event`, `reminded` or `end`."""
        async with self._changing:
            if (plan := self._plans.get(plan_id)) is not None:
                plan = replace(plan, **done)
                await write(self._log, partial(store.settle, plan=plan))
                self._plans[plan_id] = plan
        self._waking.wake()

    async def drop(self, plan_id: str) -> None:
        """Delete a plan that is over."""
        async with self._changing:
            await write(self._log, partial(store.drop, plan=plan_id))
            self._plans.pop(plan_id, None)

    def now_utc(self) -> datetime:
        """Return the date and time."""
        return self._clock.now_utc()
