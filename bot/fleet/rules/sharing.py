"""Who takes which shard. Every process decides this for itself, from the same rows, and comes to the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEAT_S: Final = 3.0
"""How often a process says that it lives."""
LEASE_S: Final = 15.0
"""How long a shard is a process's without such a word: then another takes it."""
IDENTIFY_EVERY_MS: Final = 5_000
"""Discord lets one session of a bucket begin in this time."""
DAY_MS: Final = 24 * 60 * 60 * 1000
MOST_SESSIONS: Final = 950
"""Sessions of a day from which none is begun; at 1,000, Discord resets the token."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that lives; `wanted` are the only shards that it takes, None: any."""

    id: str
    wanted: frozenset[int] | None = None


def shared_out(count: int, processes: Iterable[Process], held: Mapping[int, str]) -> dict[int, str]:
    """Return by shard whose it is to be. `held` says whose each is now.

    Shards that somebody names are theirs; the rest is shared out evenly. Nothing moves that need not.
    """
    living = sorted(processes, key=lambda process: process.id)
    share: dict[int, str] = {}
    for shard in range(count):
        asking = [process.id for process in living if process.wanted is not None and shard in process.wanted]
        if asking:
            share[shard] = held[shard] if held.get(shard) in asking else asking[0]
    takers = [process.id for process in living if process.wanted is None]
    free = [shard for shard in range(count) if shard not in share]
    if not takers:
        return share
    has = {taker: [shard for shard in free if held.get(shard) == taker] for taker in takers}
    # Whoever has most keeps the one more that does not come out even.
    takers.sort(key=lambda taker: -len(has[taker]))
    least, more = divmod(len(free), len(takers))
    quota = {taker: least + (place < more) for place, taker in enumerate(takers)}
    for taker in takers:
        share |= dict.fromkeys(has[taker][: quota[taker]], taker)
    rest = (shard for shard in free if shard not in share)
    for taker in takers:
        missing = quota[taker] - len(has[taker])
        share |= {next(rest): taker for _ in range(missing)}
    return dict(sorted(share.items()))


def bucket_of(shard: int, concurrency: int) -> int:
    """Return the bucket of a shard: of each, Discord lets one session begin at a time."""
    return shard % concurrency
