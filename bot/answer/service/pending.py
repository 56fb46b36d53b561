"""Promised answers, noted in the log; one that cannot be written delays no more than one of them, by a moment."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.log import pending
from bot.log.access import read
from bot.process.journal import logger
from bot.process.pending import Pending
from bot.values.asker import NO_GUILD
from bot.values.promise import LIFETIME, Promise
from knowledge.errors import Fault

if TYPE_CHECKING:
    from concurrent.futures import Future

    from bot.log.connection import Job
    from bot.log.log import ConversationLog
    from bot.process.charge import Charge
    from bot.process.clock import Clock

WITHIN_S: Final = 0.2
"""How long an acknowledgement waits for the disk at most."""


class PendingAnswers(Pending):
    """What was promised in this run, and what is left of earlier ones. Belongs to one event loop."""

    def __init__(self, log: ConversationLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._own: set[int] = set()
        self._stuck = False

    async def note(self, promise: Promise) -> None:
        """Note that an answer is promised, and wait for the disk: WITHIN_S at most, and once only while it is stuck."""
        self._own.add(promise.interaction)
        written = self._write(partial(pending.note, promise=promise))
        if written is None or self._stuck:
            return
        done, _ = await asyncio.wait({asyncio.wrap_future(written)}, timeout=WITHIN_S)
        self._stuck = not done

    def drop(self, interaction: int) -> None:
        """Forget a promise: its answer is out."""
        self._own.discard(interaction)
        self._write(partial(pending.drop, interaction=interaction))

    def sweep(self) -> None:
        """Forget what nobody can answer any more."""
        self._write(partial(pending.expire, before=self._too_old()))

    async def left(self, charge: Charge) -> tuple[Promise, ...]:
        """Return what runs that are gone promised in guilds of a charge, and can still be answered. Raises UserError.

        Where there are other processes, one of them may just be answering what is younger than their leases.
        """
        found = await read(self._log, pending.left)
        too_old = self._too_old()
        too_young = (self._clock.now_utc() - timedelta(seconds=charge.settled_s)).isoformat()
        return tuple(
            each
            for each in found
            if each.interaction not in self._own
            and too_old <= each.promised_utc <= too_young
            and charge.holds(each.guild or NO_GUILD)
        )

    def _too_old(self) -> str:
        return (self._clock.now_utc() - LIFETIME).isoformat()

    def _write(self, job: Job[None]) -> Future[None] | None:
        try:
            written = self._log.write(job, adding=True)
        except Fault as fault:
            logger(__name__).info("promised answers are not noted", reason=str(fault))
            return None
        written.add_done_callback(self._written)
        return written

    def _written(self, written: Future[None]) -> None:
        """Note whether the log can be written, in its own thread."""
        failure = written.exception()
        if failure is None:
            self._stuck = False
        else:
            logger(__name__).info("promised answers are not noted", reason=str(failure))
