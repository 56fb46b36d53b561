"""How much one person, one guild and all together may ask: token buckets on the monotonic clock, and a bounded queue.

Wall time would lock people out when the machine's clock is set back.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from knowledge.errors import Message, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.process.clock import Clock


@dataclass(frozen=True, slots=True)
class Rate:
    """What a bucket lets through: `burst` at once, then one every `every_s` seconds."""

    burst: int
    every_s: float


PERSON: Final = Rate(burst=5, every_s=3.0)
GUILD: Final = Rate(burst=60, every_s=1.0)

PRESS: Final = Rate(burst=20, every_s=1.0)
"""What a person may do beside asking, at the cost of one read or write of the log: turn pages, vote."""

NOTICE: Final = Rate(burst=1, every_s=15.0)
"""How often a person is told in public that they ask too fast."""

QUEUE: Final = 500
"""Questions under way at once; on a small machine they wait some ten seconds."""

_REMEMBERED: Final = 64
"""Answers that estimate the pace."""

_SWEEP_AT: Final = 10_000
"""Buckets above which full ones are dropped."""


class Haste(Enum):
    """Why somebody has to wait."""

    ASKING = "asking"
    """They ask one question after another."""
    PRESSING = "pressing"
    """They press one button, or give one command, after another."""
    CROWD = "crowd"
    """Others ask, too."""
    CLOSING = "closing"
    """The program is ending."""


class Busy(UserError):  # noqa: N818 - it is a state, not a mistake
    """Somebody has to wait; `wait_s` is for how many whole seconds, rounded up."""

    def __init__(self, wait_s: float, why: Haste = Haste.CROWD) -> None:
        self.wait_s = max(1, math.ceil(wait_s))
        super().__init__(_waiting(why, self.wait_s))


def _waiting(why: Haste, wait_s: int) -> Message:
    match why:
        case Haste.ASKING:
            return Message(
                "You're asking quickly – please wait {number} second.",
                "You're asking quickly – please wait {number} seconds.",
                number=wait_s,
            )
        case Haste.PRESSING:
            return Message(
                "That was quick – please wait {number} second.",
                "That was quick – please wait {number} seconds.",
                number=wait_s,
            )
        case Haste.CROWD:
            return Message(
                "Many people are asking – please wait {number} second.",
                "Many people are asking – please wait {number} seconds.",
                number=wait_s,
            )
        case Haste.CLOSING:
            return Message(
                "I am being restarted – please try again in {number} second.",
                "I am being restarted – please try again in {number} seconds.",
                number=wait_s,
            )


class Buckets:
    """A token bucket for each key, kept as the time when it is full again (the generic cell rate algorithm)."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at_s: dict[str, float] = {}
        self._sweep_at = _SWEEP_AT

    def __len__(self) -> int:
        return len(self._full_at_s)

    def wait_s(self, key: str, now_s: float) -> float:
        """Return the seconds until the key's next token, 0 when there is one."""
        full_at_s = max(self._full_at_s.get(key, now_s), now_s)
        return max(0.0, full_at_s - now_s - (self._rate.burst - 1) * self._rate.every_s)

    def take(self, key: str, now_s: float) -> None:
        """Take a token; ask `wait_s` first."""
        self._full_at_s[key] = max(self._full_at_s.get(key, now_s), now_s) + self._rate.every_s
        if len(self._full_at_s) > self._sweep_at:
            self._full_at_s = {key: full_at_s for key, full_at_s in self._full_at_s.items() if full_at_s > now_s}
            self._sweep_at = max(_SWEEP_AT, 2 * len(self._full_at_s))


class Limits:
    """Lets questions in, or says when to come again. Belongs to one event loop."""

    def __init__(self, clock: Clock, *, person: Rate = PERSON, guild: Rate = GUILD, queue: int = QUEUE) -> None:
        self._clock = clock
        self._people = Buckets(person)
        self._guilds = Buckets(guild)
        self._presses = Buckets(PRESS)
        self._notices = Buckets(NOTICE)
        self._queue = queue
        self._under_way = 0
        self._answered_s: deque[float] = deque(maxlen=_REMEMBERED)
        self._closed_for_s: float | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def under_way(self) -> int:
        """How many questions are let in and not answered yet."""
        return self._under_way

    def close(self, wait_s: float) -> None:
        """Admit nobody any more: they may try again in `wait_s` seconds, for the program is ending."""
        self._closed_for_s = wait_s

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        await self._idle.wait()

    def may_be_told(self, person: str) -> bool:
        """Return whether a person may be told in public that the bot is busy, and count that as done."""
        now_s = self._clock.monotonic_s()
        if self._notices.wait_s(person, now_s) > 0:
            return False
        self._notices.take(person, now_s)
        return True

    @contextmanager
    def admitted(self, person: str, guild: str | None, own: Haste = Haste.ASKING) -> Iterator[None]:
        """Admit one question, under way until the block ends (Busy); `guild` is None in DMs.

        `own` is why somebody who is too quick has to wait.
        """
        if self._closed_for_s is not None:
            raise Busy(self._closed_for_s, Haste.CLOSING)
        now_s = self._clock.monotonic_s()
        own_s = self._people.wait_s(person, now_s)
        others_s = 0.0 if guild is None else self._guilds.wait_s(guild, now_s)
        if self._under_way >= self._queue:
            others_s = max(others_s, self._wait_for_queue_s(now_s), 1.0)
        if max(own_s, others_s) > 0:
            raise Busy(max(own_s, others_s), own if own_s >= others_s else Haste.CROWD)
        self._people.take(person, now_s)
        if guild is not None:
            self._guilds.take(guild, now_s)
        try:
            with self._counted():
                yield
        finally:
            self._answered_s.append(self._clock.monotonic_s())

    @contextmanager
    def pressing(self, person: str) -> Iterator[None]:
        """Admit a press, under way until the block ends (Busy)."""
        if self._closed_for_s is not None:
            raise Busy(self._closed_for_s, Haste.CLOSING)
        now_s = self._clock.monotonic_s()
        if (wait_s := self._presses.wait_s(person, now_s)) > 0:
            raise Busy(wait_s, Haste.PRESSING)
        self._presses.take(person, now_s)
        with self._counted():
            yield

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    def _wait_for_queue_s(self, now_s: float) -> float:
        """Estimate by the last answers how long those under way will take."""
        if not self._answered_s or now_s <= self._answered_s[0]:
            return 1.0
        each_s = (now_s - self._answered_s[0]) / len(self._answered_s)
        return min(60.0, each_s * self._under_way)
