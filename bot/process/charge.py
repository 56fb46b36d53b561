"""Which guilds a process looks after: all of them, or those of its shards, which several processes share out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.values.shards import Terms


class Charge:
    """All guilds."""

    settled_s = 0.0
    """After how long it is certain that a process that had a guild before is gone."""

    def holds(self, guild: str) -> bool:  # noqa: ARG002 - see above
        """Return whether what goes on in a guild is this process's business: its clocks, and what it is told."""
        return True

    def acts_for(self, guild: str) -> bool:
        """Return whether that is certain just now: another process may not have taken the guild over unnoticed."""
        return self.holds(guild)


EVERYTHING: Final = Charge()
"""What a process looks after that shares nothing."""


class Shared(Charge, ABC):
    """A share of the guilds. Its coroutines belong to one event loop; `terms` are known once it has joined."""

    terms: Terms

    @property
    @abstractmethod
    def shards(self) -> frozenset[int]:
        """The shards that are this process's."""

    @abstractmethod
    def leases(self) -> Mapping[int, float]:
        """Return for how many more seconds each of them is."""

    @abstractmethod
    async def join(self, ask: Callable[[], Awaitable[Terms]]) -> None:
        """Take part; `ask` finds out the terms where no other process says them. Raises UserError."""

    @abstractmethod
    async def run(self, moved: Callable[[], Awaitable[None]]) -> None:
        """Keep what is this process's, take its share, and call `moved` after each change, until cancelled."""

    @abstractmethod
    async def changed(self, known: frozenset[int]) -> frozenset[int]:
        """Wait until the shards are others than those known, and return them."""

    @abstractmethod
    async def let_go(self, shards: frozenset[int]) -> None:
        """Leave to others what is not this process's any more of some shards, which have no session here."""

    @abstractmethod
    async def permit(self, shard: int) -> None:
        """Wait until a shard may begin a session: all processes share Discord's limits. Raises UserError at the end."""

    @abstractmethod
    async def leave(self) -> None:
        """Leave everything to others at once."""
