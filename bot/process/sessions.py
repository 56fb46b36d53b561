"""Sessions with Discord: how many began within a day, how long there has been none, and when to try again.

Discord resets the token of a bot that begins more than 1,000 sessions a day, so they are counted across restarts, in a
small file beside the log, which also holds the hash of the announced commands.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.process.journal import logger
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from bot.process.clock import Clock

FIRST_DELAY_S: Final = 1.0
LONGEST_DELAY_S: Final = 60.0


class Uptime:
    """Which shards have a session, and since when others have none: before the first, since another one began."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._up: set[int] = set()
        self._down_s: dict[int, float] = {}
        self._never_up: set[int] = set()
        self._known = False
        self._began_s = clock.monotonic_s()

    def expect(self, shards: Iterable[int]) -> None:
        """Set which shards there are; others are forgotten."""
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

    def shards(self) -> dict[int, bool]:
        """Return of each shard that there is whether it has a session."""
        return dict.fromkeys(self._down_s, False) | dict.fromkeys(self._up, True)

    def silence_s(self) -> float:
        """Return the longest time that a shard has had no session; 0 when all have one."""
        if not self._known:
            return self._clock.monotonic_s() - self._began_s
        return self._clock.monotonic_s() - min(self._down_s.values()) if self._down_s else 0.0


class Backoff:
    """Delays that double until `reset`; `jitter` returns chance from 0 to 1."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._failures = 0

    def reset(self) -> None:
        """Note that it works."""
        self._failures = 0

    def next_s(self) -> float:
        """Return the next delay in seconds: between half and the whole of 1, 2, 4 … 60."""
        delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return delay_s * (0.5 + 0.5 * self._jitter())


DAY_S: Final = 24 * 60 * 60

WARN_AT: Final = 800
REFUSE_AT: Final = 950
"""Sessions of the last 24 hours; Discord's own limit is 1,000."""


class Ledger:
    """The file, read once and written at every change; a failure of it stops nothing."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        kept = _read(path)
        # Times of another clock's future count as now: a clock that was wrong must not lock the bot out.
        now_s = self._now_s()
        self._begun_s = [min(float(begun_s), now_s) for begun_s in kept.get("sessions_utc", ())]
        self._announced: str | None = kept.get("commands")

    def sessions(self) -> int:
        """Count the sessions begun in the last 24 hours."""
        since_s = self._now_s() - DAY_S
        self._begun_s = [begun_s for begun_s in self._begun_s if begun_s > since_s]
        return len(self._begun_s)

    def check(self) -> None:
        """Raise UserError when no more sessions may be begun today."""
        count = self.sessions()
        if count >= REFUSE_AT:
            hours = (self._begun_s[count - REFUSE_AT] + DAY_S - self._now_s()) / 3600
            raise UserError(
                f"{count} sessions were begun at Discord within a day, and at 1,000 Discord resets the token: find out "
                f"what disconnects the bot, and start it again in {max(hours, 0.1):.1f} hours"
            )

    def begin_session(self) -> None:
        """Count a session that is about to begin. Raises UserError when it may not."""
        self.check()
        self._begun_s.append(self._now_s())
        self._write()
        count = len(self._begun_s)
        if count >= WARN_AT:
            logger(__name__).warning("many sessions begun within a day", sessions=count, refused_from=REFUSE_AT)

    def is_announced(self, commands: str) -> bool:
        """Return whether Discord has these commands (their hash)."""
        return self._announced == commands

    def announce(self, commands: str) -> None:
        """Remember the hash of the commands that Discord has."""
        self._announced = commands
        self._write()

    def _now_s(self) -> float:
        return self._clock.now_utc().timestamp()

    def _write(self) -> None:
        """Replace the file whole, so that no crash leaves half of it."""
        text = json.dumps({"commands": self._announced, "sessions_utc": [round(begun_s) for begun_s in self._begun_s]})
        new = self._path.with_name(self._path.name + ".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_text(text, encoding="utf-8")
            new.replace(self._path)
        except OSError as error:
            logger(__name__).warning(
                "the count of sessions cannot be kept", file=str(self._path), reason=error.strerror
            )


def _read(path: Path) -> dict[str, Any]:
    """Return what is kept; nothing without a file, or from a spoilt one."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(kept, dict) and all(isinstance(begun, int | float) for begun in kept.get("sessions_utc", ())):
            return kept
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, RecursionError):
        pass
    logger(__name__).warning("the count of sessions cannot be read: it begins anew", file=str(path))
    return {}
