"""A look at a fleet from outside, for whoever runs it: it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.fleet.store import leases as store
from bot.log.engines.server import Reachable
from bot.log.mark import fingerprint
from knowledge.errors import UserError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.sections import Server
    from bot.log.connection import Connection

FURTHEST_S: Final = 5.0
"""By how much a machine's clock may differ from the server's: bells of debates that move are rung by each one's own."""
OLDEST: Final = 12
"""The oldest release of PostgreSQL that is enough."""


def look(server: Server, secret: bytes | None, now: datetime) -> str:
    """Return what is found of a server and the processes on it, in a line. Raises UserError for what is to be mended.

    `now` is this machine's time; without a `secret` it is not compared.
    """
    with Reachable(server).reading() as db:
        version = str(db.value("SHOW server_version")).split()[0]
        if int(version.split(".")[0]) < OLDEST:
            raise UserError(f"PostgreSQL {version} is too old: {OLDEST} is the oldest that works")
        now_ms = store.now_ms(db)
        apart_s = now.timestamp() - now_ms / 1000
        if abs(apart_s) > FURTHEST_S:
            raise UserError(
                f"this machine's clock and the server's are {abs(apart_s):.0f} s apart: set both by a time server (NTP)"
            )
        noted = db.value("SELECT value FROM memo WHERE name = 'secret'") if db.holds("memo") else None
        if secret is not None and noted not in {None, fingerprint(secret)}:
            raise UserError(
                f"this is not the secret that the pseudonyms in {server} were made with: give every process the same "
                "DILEMMA_SECRET"
            )
        parts = [f"PostgreSQL {version}", f"clocks {abs(apart_s):.1f} s apart"]
        if secret is not None and noted is not None:
            parts.append("the secret is that of the log")
        parts += _processes(db, now_ms) if db.holds("fleet_process") else ["no process has shared shards yet"]
    return "; ".join(parts)


def _processes(db: Connection, now_ms: int) -> list[str]:
    """Return a phrase for each process, and one for the sessions of all (UserError: a shard is nobody's)."""
    members, held = store.living(db, now_ms), store.leases(db, now_ms)
    if members and (nobodys := set(range(members[0].terms.count)) - held.keys()):
        raise UserError(
            f"{len(nobodys)} of {members[0].terms.count} shards are nobody's, such as {min(nobodys)}: wait half a "
            "minute; if it stays so, no process is set to serve them (`shard_ids` under [discord])"
        )
    said = [
        f"{member.name} has {_shards(sum(holder == member.process.id for holder in held.values()))}"
        for member in members
    ]
    return [*(said or ["no process runs"]), f"sessions in 24 hours: {store.sessions(db, now_ms)}"]


def _shards(count: int) -> str:
    return "1 shard" if count == 1 else f"{count} shards"
