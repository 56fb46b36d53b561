"""What people did in a place beside asking: told by the feature that keeps it to those that do not know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answer.rules.sparring import Sparred
    from bot.answer.store.asked import Period
    from bot.log.connection import Connection


class Beside:
    """Who tells it: `sparred` lists the sparrings that began in a place in a period, oldest first."""

    def __init__(self) -> None:
        """Know of nobody yet."""
        self.sparred: Callable[[Connection, Period], tuple[Sparred, ...]] = lambda _db, _period: ()
