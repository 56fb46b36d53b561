"""How long the bot has been without a session, and how long to wait before it tries again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.process.clock import Clock

FIRST_DELAY_S: Final = 1.0
LONGEST_DELAY_S: Final = 60.0


class Uptime:
    """Which shards have a session, and since when others have none.

    Shards begin one after the other, some seconds apart: those that never had a session count from the last beginning
    of another.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin without any, not even knowing how many there will be."""
        self._clock = clock
        self._up: set[int] = set()
        self._down_s: dict[int, float] = {}
        self._never_up: set[int] = set()
        self._known = False
        self._began_s = clock.monotonic_s()

    def expect(self, shards: Iterable[int]) -> None:
        """Say which shards there are; what is known of others is forgotten."""
        wanted = set(shards)
        for shard in (self._up | self._down_s.keys()) - wanted:
            self._up.discard(shard)
            self._down_s.pop(shard, None)
        new = wanted - self._up - self._down_s.keys()
        since_s = self._clock.monotonic_s() if self._known else self._began_s
        self._down_s.update(dict.fromkeys(new, since_s))
        self._never_up = (self._never_up & wanted) | new
        self._known = True

    def up(self, shard: int) -> None:
        """Note that a shard has its session (READY or RESUMED)."""
        self._up.add(shard)
        self._never_up.discard(shard)
        self._down_s.pop(shard, None)
        self._down_s.update(dict.fromkeys(self._never_up, self._clock.monotonic_s()))

    def down(self, shard: int) -> None:
        """Note that a shard has lost its connection."""
        if shard in self._up:
            self._up.remove(shard)
            self._down_s[shard] = self._clock.monotonic_s()

    def lost(self) -> None:
        """Note that no shard is connected any more."""
        for shard in tuple(self._up):
            self.down(shard)

    def silence_s(self) -> float:
        """Give the seconds for which the shard that is worst off has had no session; 0 when all have one."""
        if not self._known:
            return self._clock.monotonic_s() - self._began_s
        return self._clock.monotonic_s() - min(self._down_s.values()) if self._down_s else 0.0


class Backoff:
    """Delays that double, with jitter, until something works again."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        """Take the source of chance: numbers from 0 to 1."""
        self._jitter = jitter
        self._failures = 0

    def reset(self) -> None:
        """Note that it works."""
        self._failures = 0

    def next_s(self) -> float:
        """Give the next delay in seconds: between half and the whole of 1, 2, 4 … 60."""
        delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return delay_s * (0.5 + 0.5 * self._jitter())
