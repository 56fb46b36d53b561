"""Discord's shards: into how many a bot's guilds are split, and which hears of a guild."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """What Discord says of a bot: into how many shards its guilds are split, and how many may begin at a time."""

    count: int
    concurrency: int


def shard_of(guild: str, count: int) -> int:
    """Return the shard that hears of a guild, by Discord's own rule; what belongs to none is heard of on the first."""
    return (int(guild) >> 22) % count if guild.isdigit() else 0
