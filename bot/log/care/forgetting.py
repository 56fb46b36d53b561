"""Deleting many turns in small transactions, so that what others write need not wait. A few go at once."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.log.connection import persistent
from bot.log.privacy import PersonalTable
from knowledge.errors import Message

# The conditions are constants; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Collection, Generator, Mapping

    from bot.log.connection import Connection
    from bot.log.privacy import Registry

    Deleting = Generator[float, None, None]
    """Steps that add to a count of deleted rows by table."""

TABLE: Final = PersonalTable("erasure", what=Message("that you are being forgotten just now"), copied=False)
"""The people whose many turns are being deleted: whoever opens the log after a crash goes on with it."""

AT_ONCE: Final = 50
"""Turns of a person that are deleted in one transaction with everything else."""
_CONVERSATIONS: Final = 20
"""Conversations that one step looks through."""
_FIRST: Final = 4
"""Turns that the first step deletes: how long one takes, the first tells."""
_STEP_S: Final = 0.02
"""How long a step may take, with its commit."""
_EVER: Final = "~"
"""Later than any time in ISO 8601."""


def people(db: Connection, registry: Registry, gone: Collection[str], counts: Counter[str]) -> Deleting:
    """Delete every row about some people: those of their turns in steps, then all others at once."""
    for person in gone:
        key = {"person": person}
        owned = "conversation_id IN (SELECT id FROM conversation WHERE person = :person)"
        if (
            db.value(f"SELECT count(*) FROM (SELECT 1 FROM turn WHERE {owned} LIMIT {AT_ONCE + 1}) AS few", key)
            > AT_ONCE
        ):
            db.execute("INSERT INTO erasure (person) VALUES (:person) ON CONFLICT DO NOTHING", key)
            yield from _turns(db, registry, "person = :person", {**key, "before": _EVER}, counts)
    counts.update(persistent(db, partial(registry.forget, db, gone)))


def unfinished(db: Connection) -> tuple[str, ...]:
    """Return the people whose deletion was begun and not finished."""
    return tuple(row["person"] for row in db.query("SELECT person FROM erasure"))


def expired(
    db: Connection, registry: Registry, before: Mapping[str, str], gone: Collection[str], now: str, counts: Counter[str]
) -> Deleting:
    """Delete what is older than `before` says for each guild, and everything about the guilds `gone`, in steps."""
    for guild, moment in before.items() | dict.fromkeys(gone, _EVER).items():
        key = {"guild": guild, "before": moment}
        yield from _turns(db, registry, "guild = :guild", key, counts, emptied=True)
    counts.update(persistent(db, partial(registry.expire, db, before, gone, now)))


def at_once(db: Connection, deletion: Callable[[Connection], Counter[str]], counts: Counter[str]) -> Deleting:
    """Run a deletion that counts its rows."""
    counts.update(deletion(db))
    yield 0.0


def _turns(
    db: Connection,
    registry: Registry,
    whose: str,
    key: Mapping[str, str],
    counts: Counter[str],
    *,
    emptied: bool = False,
) -> Deleting:
    """Delete the turns before `:before` of some conversations, and these too where none is left of one `emptied`."""
    after, size = 0, _FIRST
    listing = f"""
        SELECT rowid AS number, id FROM conversation WHERE {whose} AND rowid > :after ORDER BY rowid
        LIMIT {_CONVERSATIONS}
    """
    old = "SELECT id FROM turn WHERE conversation_id IN :talks AND asked_utc < :before"
    while talks := db.query(listing, {**key, "after": after}):
        after = talks[-1]["number"]
        listed = [talk["id"] for talk in talks]
        turns = [row["id"] for row in db.query(old, {**key, "talks": listed})]
        yield 0.0
        begin = 0
        while begin < len(turns):
            began_s = time.monotonic()
            counts.update(persistent(db, partial(registry.delete_turns, db, turns[begin : begin + size])))
            taken_s = time.monotonic() - began_s
            begin += size
            size = max(1, min(2 * size, int(size * _STEP_S / max(taken_s, 1e-6))))
            yield 0.0
        if emptied and turns:
            counts["conversation"] += db.execute(
                """
                DELETE FROM conversation WHERE id IN :talks
                AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation_id = conversation.id)
                """,
                {"talks": listed},
            )
            yield 0.0
