"""Prompts that come by themselves: where, when, and which have come already.

Functions over an open database.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Final

from bot.lesson.rules.schedule import Missed, Rule
from bot.lesson.store import postings
from bot.log.audit import note

if TYPE_CHECKING:
    from bot.lesson.rules.lesson import Posting
    from bot.log.connection import Connection

SCHEDULE: Final = "schedule"
"""How the history of a guild's moderators names what they did."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a channel gets a prompt, and about what: `topic` is the id of one, None for any.

    `next_utc` is the next time, ISO 8601; `used` are the ids of the prompts that came since all had come.
    """

    guild: str
    channel: int
    rule: Rule
    topic: str | None
    next_utc: str
    used: tuple[str, ...] = ()


def every(db: Connection) -> tuple[Schedule, ...]:
    """List all schedules, by guild and channel."""
    return tuple(_schedule(row) for row in db.query("SELECT * FROM schedule ORDER BY guild, channel"))


def kept(db: Connection) -> tuple[tuple[Schedule, ...], tuple[Posting, ...]]:
    """Return all schedules, with the prompts that they wanted and that were never shown."""
    return every(db), postings.never_shown(db)


def save(db: Connection, schedule: Schedule, person: str, what: str, now: str) -> None:
    """Keep a channel's schedule instead of the one of before, and note who set it, in words `what`.

    What came before counts as used under the new one, too.
    """
    row = {
        "guild": schedule.guild,
        "channel": schedule.channel,
        "weekday": schedule.rule.weekday,
        "at": f"{schedule.rule.at:%H:%M}",
        "zone": schedule.rule.zone,
        "missed": schedule.rule.missed.value,
        "topic": schedule.topic,
        "next_utc": schedule.next_utc,
    }
    db.execute(
        """
        INSERT INTO schedule (guild, channel, weekday, at, zone, missed, topic, next_utc, used)
        VALUES (:guild, :channel, :weekday, :at, :zone, :missed, :topic, :next_utc, '[]')
        ON CONFLICT (guild, channel) DO UPDATE SET weekday = excluded.weekday, at = excluded.at, zone = excluded.zone,
            missed = excluded.missed, topic = excluded.topic, next_utc = excluded.next_utc
        """,
        row,
    )
    note(db, schedule.guild, person, SCHEDULE, what, now)


def remove(db: Connection, guild: str, channel: int | None, person: str | None, what: str, now: str) -> int:
    """Delete a channel's schedule, or all of a guild, note who did it, and count them; for none nothing is noted."""
    key = {"guild": guild, "channel": channel}
    condition = "guild = :guild AND (:channel IS NULL OR channel = :channel)"
    removed = db.execute(f"DELETE FROM schedule WHERE {condition}", key)  # noqa: S608 - a constant
    if removed:
        note(db, guild, person, SCHEDULE, what, now)
    return removed


def take(db: Connection, before: Schedule, after: Schedule, posting: Posting | None) -> tuple[bool, Posting | None]:
    """Let a time that has come be over: note the next one, and keep the prompt that is to be shown, if any is.

    All or nothing. False, and nothing happens, when the schedule is no longer as it was `before`.
    """
    row = {
        "guild": before.guild,
        "channel": before.channel,
        "before": before.next_utc,
        "next_utc": after.next_utc,
        "used": json.dumps(after.used),
    }
    taken = db.execute(
        """
        UPDATE schedule SET next_utc = :next_utc, used = :used
        WHERE guild = :guild AND channel = :channel AND next_utc = :before
        """,
        row,
    )
    return taken > 0, postings.post(db, posting) if taken and posting is not None else None


def _schedule(row: dict[str, Any]) -> Schedule:
    rule = Rule(time.fromisoformat(row["at"]), row["zone"], row["weekday"], Missed(row["missed"]))
    return Schedule(row["guild"], row["channel"], rule, row["topic"], row["next_utc"], tuple(json.loads(row["used"])))
