"""Answers that were promised and are not out yet: what the next run has to say where this one is killed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.process.charge import Charge
    from bot.values.promise import Promise


class Pending:
    """Keeps promises where nothing is logged: not at all. Nothing fails with it."""

    async def note(self, promise: Promise) -> None:
        """Note that an answer is promised, and wait until a kill cannot undo that, but never for long."""

    def drop(self, interaction: int) -> None:
        """Forget a promise: its answer is out."""

    def sweep(self) -> None:
        """Forget what nobody can answer any more."""

    async def left(self, charge: Charge) -> tuple[Promise, ...]:  # noqa: ARG002 - nothing is kept
        """Return what runs that are gone promised in guilds of a charge, and can still be answered. Raises UserError.

        Where there are other processes, one of them may just be answering what is younger than their leases.
        """
        return ()
