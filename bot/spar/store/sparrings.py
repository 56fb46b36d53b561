"""The rows of sparrings: what was said, and which quotes answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.answer.rules.sparring import Sparring
from bot.log.connection import storable
from bot.log.privacy import PersonalTable
from bot.spar.rules.held import Held
from bot.spar.rules.outcome import counted
from knowledge.codec import read_as, written
from knowledge.errors import Message

if TYPE_CHECKING:
    from bot.answer.rules.sparring import Sparred
    from bot.answer.store.asked import Period
    from bot.log.connection import Connection

_BEGAN_IN: Final = "began_in"
"""The channel where it began, beside the sparring itself in the column `state`."""

TABLES: Final = (
    PersonalTable(
        "sparring",
        expires="guild = :guild AND started_utc < :before",
        what=Message("a sparring: what you said in it, and which quotes answered"),
        json_columns=("state",),
    ),
)


def save(db: Connection, held: Held) -> None:
    """Keep a sparring, in place of what was kept of it."""
    db.execute(
        """
        INSERT INTO sparring (id, person, guild, channel, state, started_utc, ended_utc, pack)
        VALUES (:id, :person, :guild, :channel, :state, :started_utc, :ended_utc, :pack)
        ON CONFLICT (id) DO UPDATE
        SET channel = excluded.channel, state = excluded.state, ended_utc = excluded.ended_utc
        """,
        {
            "id": held.id,
            "person": held.person,
            "guild": held.guild,
            "channel": held.channel,
            "state": storable(json.dumps({**written(held.state), _BEGAN_IN: held.began_in})),
            "started_utc": held.started_utc,
            "ended_utc": held.ended_utc,
            "pack": held.pack,
        },
    )


def running(db: Connection) -> tuple[Held, ...]:
    """Return those that were not ended, oldest first."""
    return tuple(map(_held, db.query("SELECT * FROM sparring WHERE ended_utc IS NULL ORDER BY started_utc")))


def recent(db: Connection, guild: str, since: str) -> tuple[Held, ...]:
    """Return those that began in a guild since a time (ISO 8601 in UTC), oldest first."""
    key = {"guild": guild, "since": since}
    return tuple(
        map(
            _held,
            db.query("SELECT * FROM sparring WHERE guild = :guild AND started_utc >= :since ORDER BY started_utc", key),
        )
    )


def during(db: Connection, period: Period) -> tuple[Sparred, ...]:
    """Return how far those went that began in a channel in a period, whatever threads they moved to."""
    guild, _, channel = period.place.partition("/")
    return tuple(
        counted(held)
        for held in recent(db, guild, period.since)
        if str(held.began_in) == channel and held.started_utc <= period.until
    )


def find(db: Connection, identity: str) -> Held | None:
    """Return a sparring; None when it is gone."""
    rows = db.query("SELECT * FROM sparring WHERE id = :id", {"id": identity})
    return next(map(_held, rows), None)


def _held(row: dict[str, Any]) -> Held:
    kept = json.loads(row["state"])
    # Older ones do not know it.
    began_in = kept.pop(_BEGAN_IN, None)
    state = read_as(Sparring, kept, "sparring")
    place, times = (row["id"], row["person"], row["guild"], row["channel"]), (row["started_utc"], row["ended_utc"])
    return Held(*place, state, *times, began_in, row["pack"])
