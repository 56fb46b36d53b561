"""How long things are kept: as each guild says, lessons a month, and all about a guild a month after it left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.guild.store import guilds
from bot.log.access import read, write
from bot.log.care import clock as log_clock
from bot.process.journal import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from bot.guild.store.guilds import GuildAge
    from bot.log.connection import Job
    from bot.log.log import ConversationLog
    from bot.log.privacy import Forgotten
    from bot.process.clock import Clock

AFTER_LEAVING: Final = timedelta(days=30)
"""How long everything about a guild is kept after it put the bot out: it may have been a slip."""


PROBATION: Final = timedelta(days=1)
"""How long a clock that jumped has to go right before anything is deleted by it."""
DRIFT: Final = timedelta(hours=1)
"""How far it may be off meanwhile."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due: by guild what is older than a time (ISO 8601 in UTC), and guilds with everything in them."""

    before: Mapping[str, str]
    gone: frozenset[str]


def due(ages: Iterable[GuildAge], now_utc: datetime, days: int) -> Due:
    """Decide what is due; `days` is how long turns are kept where moderators set nothing."""
    before: dict[str, str] = {}
    gone: set[str] = set()
    for age in ages:
        if age.left_utc is not None and datetime.fromisoformat(age.left_utc) + AFTER_LEAVING <= now_utc:
            gone.add(age.guild)
        else:
            before[age.guild] = (now_utc - timedelta(days=age.retention_days or days)).isoformat()
    return Due(before, frozenset(gone))


class Retention:
    """Deletes in time. All coroutines belong to one event loop; without a log there is nothing to delete."""

    def __init__(self, log: ConversationLog | None, *, clock: Clock, days: int, copies: int = 2) -> None:
        """Keep turns for `days` days where a guild's moderators set nothing, and outside guilds; and so many copies."""
        self._copies = copies
        self._log = log
        self._days = days
        self._clock = clock
        self._trusted: tuple[datetime, float] | None = None
        self._doubted: tuple[datetime, float] | None = None

    async def entered(self, guild: str) -> None:
        """Note that the bot is in a guild: the clock of its deletion stops. Raises UserError."""
        await self._note(partial(guilds.enter, guild=guild))

    async def left(self, guild: str) -> None:
        """Note that a guild put the bot out: everything about it is deleted 30 days later. Raises UserError."""
        await self._note(partial(guilds.leave, guild=guild, now=self._now_utc()))

    async def compare(self, present: Collection[str], ours: Callable[[str], bool]) -> None:
        """Note which guilds the bot entered or left while it was not there to hear of it. Raises UserError.

        `present` are all that it is in now; `ours` tells whether this process would hear of a guild at all.
        """
        if self._log is not None:
            known = self._log.registry.guilds
            await self._note(partial(guilds.compare, known=known, present=present, ours=ours, now=self._now_utc()))

    async def sweep(self) -> Forgotten | None:
        """Delete what is due, without a trace; None without a log, or by a clock in doubt (UserError, Fault)."""
        if self._log is None or not await self._is_clock_right(self._log):
            return None
        ages = await read(self._log, partial(guilds.ages, known=self._log.registry.guilds))
        decided = due(ages, self._clock.now_utc(), self._days)
        forgotten = await asyncio.wrap_future(self._log.expire(decided.before, decided.gone, now=self._now_utc()))
        logger(__name__).info(
            "old turns deleted", rows=forgotten.rows.total(), guilds=len(decided.gone), wiped=forgotten.wiped
        )
        return forgotten

    async def _is_clock_right(self, log: ConversationLog) -> bool:
        """Doubt a clock that jumped against what was seen last, until an operator or a day confirms it."""
        now_utc, now_s = self._clock.now_utc(), self._clock.monotonic_s()
        seen = await read(log, log_clock.seen)
        expected = seen or now_utc
        if self._trusted is not None:
            expected = self._trusted[0] + timedelta(seconds=now_s - self._trusted[1])
        if abs(now_utc - expected) > log_clock.JUMP and not await asyncio.to_thread(
            log_clock.take_confirmation, log.path, now_utc
        ):
            if self._doubted is None or not self._goes_right(self._doubted, now_utc, now_s):
                self._doubted = now_utc, now_s
            if now_s - self._doubted[1] < PROBATION.total_seconds():
                logger(__name__).warning(
                    "the clock jumped, nothing is deleted by age until it was right for a day, or you run "
                    "`dilemma log trust-clock`",
                    days=round((now_utc - expected) / timedelta(days=1), 1),
                )
                return False
        self._trusted, self._doubted = (now_utc, now_s), None
        await write(log, partial(log_clock.see, now=now_utc.isoformat()))
        return True

    @staticmethod
    def _goes_right(since: tuple[datetime, float], now_utc: datetime, now_s: float) -> bool:
        """Return whether a clock has gone as the monotonic one since."""
        return abs(now_utc - since[0] - timedelta(seconds=now_s - since[1])) <= DRIFT

    def watch(self, changed: Callable[[], None]) -> None:
        """Have `changed` called, on any thread, when another process has deleted conversations."""
        if self._log is not None:
            self._log.watch(["conversation"], changed)

    async def copy(self) -> None:
        """Copy the log if that is due, and delete copies that are too old. Raises UserError."""
        if self._log is None:
            return
        copy = await asyncio.to_thread(self._log.back_up, self._now_utc(), self._copies)
        if copy is not None:
            logger(__name__).info("log copied", copy=copy.name)

    async def _note(self, job: Job[None]) -> None:
        if self._log is not None:
            await write(self._log, job)

    def _now_utc(self) -> str:
        return self._clock.now_utc().isoformat()
