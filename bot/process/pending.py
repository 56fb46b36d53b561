"""Answers that were promised and are not out yet: what the next run has to say where this one is killed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.values.promise import Promise


class Pending:
    """Keeps promises where nothing is logged: not at all. Nothing waits for it, and nothing fails with it."""

    def note(self, promise: Promise) -> None:
        """Note that an answer was promised."""

    def drop(self, interaction: int) -> None:
        """Forget a promise: its answer is out."""

    def sweep(self) -> None:
        """Forget what nobody can answer any more."""

    async def left(self) -> tuple[Promise, ...]:
        """Return what an earlier run promised and can still be answered. Raises UserError."""
        return ()
