"""Scheduled prompts: set for a channel, drawn when due, none repeated before all others had their turn.

A prompt is drawn, kept together with the next time, shown, and only then noted as shown: a crash in between neither
loses nor doubles it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from bot.lesson.rules.lesson import Posting
from bot.lesson.rules.prompt import draw_prompts, frame_of
from bot.lesson.rules.schedule import DueTime, Rule, due_or_missed, next_due
from bot.lesson.store import postings, schedules
from bot.lesson.store.schedules import Schedule
from bot.log.access import timely, write
from bot.process.charge import EVERYTHING, Charge
from bot.process.feature import ReadOnce
from bot.process.journal import logger
from bot.values.passage import of_pack
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.guild.service.settings import Settings
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from embeddings.library import Library

LONGEST_WAIT_S: Final = 60.0
"""How long to sleep at most: clocks are set, and laptops wake from sleep."""

_SEEDS: Final = 2**32


class Schedules(ReadOnce):
    """The schedules of channels. All coroutines belong to one event loop; `ready` comes first.

    A guild is Discord's id, a person a pseudonym; `log` is None if nothing is logged. Everything raises UserError if it
    cannot be kept or read just now.
    """

    def __init__(
        self,
        log: ConversationLog | None,
        library: Library,
        settings: Settings,
        *,
        clock: Clock,
        random: Random | None = None,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        charge: Charge = EVERYTHING,
    ) -> None:
        """Read nothing yet. `random` draws the seeds of prompts, None: the system's."""
        super().__init__()
        self._log = log
        self._library = library
        self._settings = settings
        self._clock = clock
        self._random = random or SystemRandom()
        self._new_id = new_id
        self._charge = charge
        self._schedules: dict[tuple[str, int], Schedule] = {}
        self._unshown: dict[str, Posting] = {}
        self._handed_out: set[str] = set()
        self._changed = asyncio.Event()
        self._setting = asyncio.Lock()

    async def _read(self) -> None:
        if self._log is None:
            return
        # In the thread that writes, so that nothing comes in between.
        async with self._setting:
            every, unshown = await write(self._log, schedules.kept)
            ours = [schedule for schedule in every if self._charge.holds(schedule.guild)]
            self._schedules = {(schedule.guild, schedule.channel): schedule for schedule in ours}
            self._unshown = {posting.id: posting for posting in unshown if self._charge.holds(posting.guild)}
            self._handed_out &= self._unshown.keys()
        self._changed.set()

    @timely
    async def set(
        self, guild: str, channel: int, rule: Rule, person: str, *, topic: str | None = None, pack: str | None = None
    ) -> Schedule:
        """Schedule prompts of a pack (None: the default) in a channel, on one topic (its id) or on any, and note who.

        Raises UserError for a topic without prompts.
        """
        pack = self._library.default.id if pack is None else pack
        draw_prompts(self._library.pack(pack), topic=topic, count=1, seed=0)
        now_utc = self._clock.now_utc()
        before = self._schedules.get((guild, channel))
        used = before.used if before is not None and before.pack == pack else ()
        schedule = Schedule(guild, channel, rule, topic, next_due(rule, now_utc).isoformat(), used, pack)
        what = f"channel={channel} {written(rule)}" + (f" topic={topic}" if topic else "")
        what += f" pack={pack}" if pack != self._library.default.id else ""
        job = partial(schedules.save, schedule=schedule, person=person, what=what, now=now_utc.isoformat())
        async with self._setting:
            await write(self._log, job)
            self._schedules[guild, channel] = schedule
        self._changed.set()
        return schedule

    @timely
    async def clear(self, guild: str, channel: int | None, person: str | None) -> int:
        """Remove a channel's schedule, or with None all of a guild, and return how many there were.

        Note who did it; None if nobody did, for the channel is gone.
        """
        what = f"channel={'all' if channel is None else channel} off"
        now = self._clock.now_utc().isoformat()
        job = partial(schedules.remove, guild=guild, channel=channel, person=person, what=what, now=now)
        async with self._setting:
            removed = await write(self._log, job)
            for key in [key for key in self._schedules if key[0] == guild and channel in {None, key[1]}]:
                del self._schedules[key]
        self._changed.set()
        return removed

    def in_guild(self, guild: str) -> tuple[Schedule, ...]:
        """Return a guild's schedules, by channel."""
        return tuple(schedule for (there, _), schedule in sorted(self._schedules.items()) if there == guild)

    async def untold(self) -> Posting:
        """Wait for a prompt to show, and hand it out once; call `shown` or `given_up` for it."""
        while True:
            for posting in await self.due():
                if posting.id not in self._handed_out:
                    self._handed_out.add(posting.id)
                    return posting
            await self.wait()

    async def due(self) -> tuple[Posting, ...]:
        """Draw the prompts that are due, and return all that were not `shown` or `given_up` yet."""
        async with self._setting:
            for schedule in tuple(self._schedules.values()):
                due = due_or_missed(schedule.rule, datetime.fromisoformat(schedule.next_utc), self._clock.now_utc())
                if due is not None:
                    await self._take(schedule, due)
        return tuple(self._unshown.values())

    async def shown(self, posting_id: str, message: int) -> None:
        """Note the message that shows a prompt."""
        await write(self._log, partial(postings.settle, posting_id=posting_id, message=message))
        self._done(posting_id)

    async def given_up(self, posting_id: str) -> None:
        """Drop a prompt that cannot be shown."""
        await write(self._log, partial(postings.withdraw, posting_id=posting_id))
        self._done(posting_id)

    async def wait(self) -> None:
        """Wait until something may be due: a time has come, or a schedule was set."""
        now_utc = self._clock.now_utc()
        next_utc = [datetime.fromisoformat(schedule.next_utc) for schedule in self._schedules.values()]
        times_s = [LONGEST_WAIT_S, *((due_utc - now_utc).total_seconds() for due_utc in next_utc)]
        try:
            async with asyncio.timeout(min(times_s)):
                await self._changed.wait()
        except TimeoutError:
            pass
        self._changed.clear()

    def _done(self, posting_id: str) -> None:
        self._unshown.pop(posting_id, None)
        self._handed_out.discard(posting_id)

    async def _take(self, before: Schedule, due: DueTime) -> None:
        """Move a schedule on to its next time, and draw a prompt unless this time is skipped or none is left."""
        after = replace(before, next_utc=due.next_utc.isoformat())
        posting = None
        excluded = of_pack(await self._settings.excluded(before.guild), before.pack)
        drawn = self._drawn(before, excluded) if due.act else None
        if drawn is not None:
            prompt_id, used = drawn
            after = replace(after, used=used)
            now_utc = self._clock.now_utc().isoformat()
            posting = Posting(
                self._new_id(), before.guild, before.channel, prompt_id, now_utc, before.next_utc, pack=before.pack
            )
        job = partial(schedules.take, before=before, after=after, posting=posting)
        taken, kept = await write(self._log, job)
        if not taken:
            # The guild was deleted from the log.
            del self._schedules[before.guild, before.channel]
            return
        self._schedules[before.guild, before.channel] = after
        if kept is not None:
            self._unshown[kept.id] = kept
        else:
            logger(__name__).info("a scheduled prompt was skipped", late_s=round(due.late.total_seconds()))

    def _drawn(self, schedule: Schedule, excluded: Collection[str]) -> tuple[str, tuple[str, ...]] | None:
        """Return a prompt whose question was not used in this round, and all used in it, this one included.

        `excluded` are ids of passages that must not be quoted. None if no prompt is left, because the pack has changed
        or is away, or too much is excluded: one schedule must not stop the others.
        """
        seed = self._random.randrange(_SEEDS)
        try:
            pack = self._library.pack(schedule.pack)
            draw = partial(draw_prompts, pack, topic=schedule.topic, count=1, seed=seed, unquoted=excluded)
            drawn = draw(excluding=schedule.used)
        except UserError as error:
            logger(__name__).info("a schedule has no prompts", reason=str(error))
            return None
        if not drawn:
            return None
        (prompt,) = drawn
        if frame_of(prompt.id) not in map(frame_of, schedule.used):
            return prompt.id, (*schedule.used, prompt.id)
        # All were used: a new round begins, but not with the last one.
        (prompt,) = draw(excluding=schedule.used[-1:])
        return prompt.id, (prompt.id,)


def written(rule: Rule) -> str:
    """Return a rule as moderators' history shows it: `mon,wed 07:45 Europe/Berlin missed=skip`."""
    return f"{rule.days} {rule.at:%H:%M} {rule.zone} missed={rule.missed.value}"
