"""The rows of scheduled prompts: where, when, and which have been posted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Final

from bot.lesson.rules.days import days_in
from bot.lesson.rules.schedule import Missed, Rule
from bot.lesson.store import postings
from bot.log.audit import note
from bot.values.passage import FIRST_PACK

if TYPE_CHECKING:
    from bot.lesson.rules.lesson import Posting
    from bot.log.connection import Connection

SCHEDULE: Final = "schedule"
"""The act's name in the history of a guild's moderators."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a channel gets a prompt, on the topic with the id `topic` or, if None, on any.

    `next_utc` is the next time, ISO 8601; `used` are the ids of the prompts of this round, in which none repeats.
    """

    guild: str
    channel: int
    rule: Rule
    topic: str | None
    next_utc: str
    used: tuple[str, ...] = ()
    pack: str = FIRST_PACK


def every(db: Connection) -> tuple[Schedule, ...]:
    """Return all schedules, by guild and channel."""
    return tuple(_schedule(row) for row in db.query("SELECT * FROM schedule ORDER BY guild, channel"))


def kept(db: Connection) -> tuple[tuple[Schedule, ...], tuple[Posting, ...]]:
    """Return all schedules, and their prompts that were never shown."""
    return every(db), postings.never_shown(db)


def save(db: Connection, schedule: Schedule, person: str, what: str, now: str) -> None:
    """Keep a channel's schedule in place of its last one, with the prompts used so far; note who did `what`."""
    rule = {
        "days": str(schedule.rule.days),
        "zone": schedule.rule.zone,
        "at": f"{schedule.rule.at:%H:%M}",
        "missed": schedule.rule.missed.value,
    }
    db.execute(
        """
        INSERT INTO schedule (guild, channel, days, at, zone, missed, topic, next_utc, used, pack)
        VALUES (:guild, :channel, :days, :at, :zone, :missed, :topic, :next_utc, '[]', :pack)
        ON CONFLICT (guild, channel) DO UPDATE SET days = excluded.days, at = excluded.at, zone = excluded.zone,
            missed = excluded.missed, topic = excluded.topic, next_utc = excluded.next_utc, pack = excluded.pack,
            used = CASE WHEN schedule.pack = excluded.pack THEN schedule.used ELSE excluded.used END
        """,
        asdict(schedule) | rule,
    )
    note(db, schedule.guild, person, SCHEDULE, what, now)


def remove(db: Connection, guild: str, channel: int | None, person: str | None, what: str, now: str) -> int:
    """Delete a channel's schedule, or with None all of a guild, and return how many; note who did `what` if any."""
    key = {"guild": guild, "channel": channel}
    condition = "guild = :guild AND (:channel IS NULL OR channel = :channel)"
    removed = db.execute(f"DELETE FROM schedule WHERE {condition}", key)  # noqa: S608 - a constant
    if removed:
        note(db, guild, person, SCHEDULE, what, now)
    return removed


def take(db: Connection, before: Schedule, after: Schedule, posting: Posting | None) -> tuple[bool, Posting | None]:
    """Move a schedule on to its next time, and keep the prompt to show, if any; all or nothing.

    Return False if the schedule is no longer as it was `before`.
    """
    taken = db.execute(
        """
        UPDATE schedule SET next_utc = :next_utc, used = :used
        WHERE guild = :guild AND channel = :channel AND next_utc = :before
        """,
        asdict(after) | {"before": before.next_utc, "used": json.dumps(after.used)},
    )
    return taken > 0, postings.post(db, posting) if taken and posting is not None else None


def _schedule(row: dict[str, Any]) -> Schedule:
    rule = Rule(time.fromisoformat(row["at"]), row["zone"], days_in(row["days"]), Missed(row["missed"]))
    used = tuple(json.loads(row["used"]))
    return Schedule(row["guild"], row["channel"], rule, row["topic"], row["next_utc"], used, row["pack"])
