"""Promised answers, noted in the log beside everything else: a log that cannot be written delays none of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.log import pending
from bot.log.access import read
from bot.process.journal import logger
from bot.process.pending import Pending
from bot.values.promise import LIFETIME, Promise
from knowledge.errors import Fault

if TYPE_CHECKING:
    from concurrent.futures import Future

    from bot.log.connection import Job
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock


class PendingAnswers(Pending):
    """What was promised in this run, and what is left of earlier ones. Belongs to one event loop."""

    def __init__(self, log: ConversationLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._own: set[int] = set()

    def note(self, promise: Promise) -> None:
        """Note that an answer was promised."""
        self._own.add(promise.interaction)
        self._write(partial(pending.note, promise=promise))

    def drop(self, interaction: int) -> None:
        """Forget a promise: its answer is out."""
        self._own.discard(interaction)
        self._write(partial(pending.drop, interaction=interaction))

    def sweep(self) -> None:
        """Forget what nobody can answer any more."""
        self._write(partial(pending.expire, before=self._too_old()))

    async def left(self) -> tuple[Promise, ...]:
        """Return what an earlier run promised and can still be answered. Raises UserError."""
        found = await read(self._log, pending.left)
        too_old = self._too_old()
        return tuple(each for each in found if each.interaction not in self._own and each.promised_utc >= too_old)

    def _too_old(self) -> str:
        return (self._clock.now_utc() - LIFETIME).isoformat()

    def _write(self, job: Job[None]) -> None:
        try:
            written = self._log.write(job)
        except Fault as fault:
            logger(__name__).info("promised answers are not noted", reason=str(fault))
            return
        written.add_done_callback(_log_failure)


def _log_failure(written: Future[None]) -> None:
    """Log what kept the log from being written, in the writer's thread."""
    if (failure := written.exception()) is not None:
        logger(__name__).info("promised answers are not noted", reason=str(failure))
