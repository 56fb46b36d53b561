"""The rows by which processes share out shards, on a PostgreSQL server: who lives, whose each shard is, what began.

They hold nothing of guilds or people, and are made anew where they are missing: nothing is lost with them but the
count of a day's sessions. Times are those of the server's clock, in milliseconds, so that no other clock matters.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.fleet.rules.sharing import DAY_MS, IDENTIFY_EVERY_MS, LEASE_S, MOST_SESSIONS, Process, bucket_of, shared_out
from bot.values.shards import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.log.connection import Connection

_MADE: Final = (
    """
    CREATE TABLE IF NOT EXISTS fleet_process (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, wanted TEXT, shards BIGINT NOT NULL, concurrency BIGINT NOT NULL,
        since_ms BIGINT NOT NULL, seen_ms BIGINT NOT NULL
    )
    """,
    "CREATE TABLE IF NOT EXISTS fleet_shard (shard BIGINT PRIMARY KEY, holder TEXT, until_ms BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS fleet_bucket (bucket BIGINT PRIMARY KEY, begun_ms BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS fleet_session (begun_ms BIGINT NOT NULL, shard BIGINT NOT NULL)",
)
_LEASE_MS: Final = int(LEASE_S * 1000)


@dataclass(frozen=True, slots=True)
class Member:
    """A process as others see it; `name` says where it runs, `seen_ms` when it last said that it lives."""

    process: Process
    name: str
    terms: Terms
    since_ms: int
    seen_ms: int


@dataclass(frozen=True, slots=True)
class Held:
    """Which shards a process has: those that stay its own, and those that it is to let go."""

    stay: frozenset[int]
    go: frozenset[int]


def make(db: Connection) -> None:
    """Make the tables, unless they are there."""
    with db.atomic():
        for statement in _MADE:
            db.execute(statement)


def now_ms(db: Connection) -> int:
    """Return the server's time."""
    return int(db.value("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"))


def living(db: Connection, now_ms: int) -> tuple[Member, ...]:
    """Return the processes that live, the oldest first."""
    rows = db.query("SELECT * FROM fleet_process WHERE seen_ms > ? ORDER BY since_ms, id", (now_ms - _LEASE_MS,))
    return tuple(
        Member(
            Process(row["id"], None if row["wanted"] is None else frozenset(json.loads(row["wanted"]))),
            row["name"],
            Terms(row["shards"], row["concurrency"]),
            row["since_ms"],
            row["seen_ms"],
        )
        for row in rows
    )


def leases(db: Connection, now_ms: int) -> dict[int, str]:
    """Return by shard whose it is; those that are nobody's are left out."""
    rows = db.query("SELECT shard, holder FROM fleet_shard WHERE until_ms > ? ORDER BY shard", (now_ms,))
    return {row["shard"]: row["holder"] for row in rows}


def beat(db: Connection, me: Process, name: str, terms: Terms, now_ms: int) -> Held:
    """Say that a process lives, keep what it has, and take what of its share is nobody's."""
    with _adding(db):
        row = {
            "id": me.id,
            "name": name,
            "wanted": None if me.wanted is None else json.dumps(sorted(me.wanted)),
            "shards": terms.count,
            "concurrency": terms.concurrency,
            "now": now_ms,
        }
        db.execute(
            """
            INSERT INTO fleet_process (id, name, wanted, shards, concurrency, since_ms, seen_ms)
            VALUES (:id, :name, :wanted, :shards, :concurrency, :now, :now)
            ON CONFLICT (id) DO UPDATE SET seen_ms = excluded.seen_ms
            """,
            row,
        )
        db.execute("DELETE FROM fleet_process WHERE seen_ms <= ?", (now_ms - _LEASE_MS,))
        lease: dict[str, Any] = {"me": me.id, "now": now_ms, "until": now_ms + _LEASE_MS}
        # One that ran out is lost even if nobody took it: others may be about to.
        db.execute("UPDATE fleet_shard SET until_ms = :until WHERE holder = :me AND until_ms > :now", lease)
        members, held = living(db, now_ms), leases(db, now_ms)
        share = shared_out(terms.count, [member.process for member in members], held)
        mine = frozenset(shard for shard, whose in share.items() if whose == me.id)
        lease["wanted"] = sorted(mine - held.keys())
        if lease["wanted"]:
            db.execute_many(
                "INSERT INTO fleet_shard (shard, holder, until_ms) VALUES (?, NULL, 0) ON CONFLICT DO NOTHING",
                [(shard,) for shard in lease["wanted"]],
            )
            # What another takes at this moment is not waited for.
            free = "SELECT shard FROM fleet_shard WHERE shard IN :wanted AND until_ms <= :now FOR UPDATE SKIP LOCKED"
            db.execute(f"UPDATE fleet_shard SET holder = :me, until_ms = :until WHERE shard IN ({free})", lease)  # noqa: S608 - constants
        has = frozenset(shard for shard, whose in leases(db, now_ms).items() if whose == me.id)
    return Held(has & mine, has - mine)


def let_go(db: Connection, me: Process, shards: list[int]) -> None:
    """Leave shards to others."""
    row = {"me": me.id, "shards": shards}
    db.execute("UPDATE fleet_shard SET until_ms = 0 WHERE holder = :me AND shard IN :shards", row)


def leave(db: Connection, me: Process) -> None:
    """Leave everything to others: the process ends."""
    with _adding(db):
        db.execute("DELETE FROM fleet_process WHERE id = ?", (me.id,))
        db.execute("UPDATE fleet_shard SET until_ms = 0 WHERE holder = ?", (me.id,))


def begin_session(db: Connection, shard: int, concurrency: int, now_ms: int) -> int:
    """Count a session that is about to begin, and return 0; or the milliseconds to wait before the next try."""
    with _adding(db):
        bucket = {"bucket": bucket_of(shard, concurrency), "now": now_ms, "since": now_ms - IDENTIFY_EVERY_MS}
        taken = db.execute(
            """
            INSERT INTO fleet_bucket (bucket, begun_ms) VALUES (:bucket, :now)
            ON CONFLICT (bucket) DO UPDATE SET begun_ms = excluded.begun_ms WHERE fleet_bucket.begun_ms <= :since
            """,
            bucket,
        )
        if taken:
            db.execute("DELETE FROM fleet_session WHERE begun_ms <= ?", (now_ms - DAY_MS,))
            db.execute("INSERT INTO fleet_session (begun_ms, shard) VALUES (?, ?)", (now_ms, shard))
            return 0
        begun_ms = db.value("SELECT begun_ms FROM fleet_bucket WHERE bucket = ?", (bucket["bucket"],))
    return max(1, int(begun_ms) + IDENTIFY_EVERY_MS - now_ms)


def sessions(db: Connection, now_ms: int) -> int:
    """Count the sessions that all processes began in 24 hours."""
    return int(db.value("SELECT count(*) FROM fleet_session WHERE begun_ms > ?", (now_ms - DAY_MS,)))


def until_more_ms(db: Connection, now_ms: int) -> int:
    """Return the milliseconds until another session may begin today; 0 when one may now."""
    newest = "SELECT begun_ms FROM fleet_session WHERE begun_ms > ? ORDER BY begun_ms DESC"
    row = db.value(f"{newest} LIMIT 1 OFFSET {MOST_SESSIONS - 1}", (now_ms - DAY_MS,))
    return 0 if row is None else int(row) + DAY_MS - now_ms


@contextmanager
def _adding(db: Connection) -> Iterator[None]:
    """Do all or nothing, without waiting for those who write to the log."""
    db.begin(adding=True)
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
