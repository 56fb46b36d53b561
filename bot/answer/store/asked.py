"""What was asked: counted in a guild, listed where and while a lesson was held, and deleted with it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bot.answer.rules.activity import Activity
from bot.quote.rules.quote import Act
from bot.values.passage import PassageRef
from knowledge.model import CONTEXT

# The queries are put together from the conditions beside them; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from bot.log.connection import Connection

_ASKED: Final = "conversation.guild = :guild AND asked_utc >= :since AND act = :answer"
_SILENT: Final = "NOT EXISTS (SELECT 1 FROM citation WHERE citation.turn_id = turn.id AND block <> :context)"
_COUNT: Final = f"""
    SELECT count(*) AS asked, count(*) FILTER (WHERE {_SILENT}) AS unanswered
    FROM turn JOIN conversation ON conversation.id = conversation_id WHERE {_ASKED}
"""
_FIRST_QUOTES: Final = f"""
    SELECT pack, passage_id, count(*) AS turns
    FROM turn JOIN conversation ON conversation.id = conversation_id JOIN citation ON citation.turn_id = turn.id
    WHERE {_ASKED} AND position = 1 AND block <> :context GROUP BY pack, passage_id
"""
_UNANSWERED: Final = f"""
    SELECT asked_as FROM turn JOIN conversation ON conversation.id = conversation_id
    WHERE {_ASKED} AND {_SILENT} GROUP BY asked_as ORDER BY count(*) DESC, max(asked_utc) DESC LIMIT :limit
"""
_VOTES: Final = """
    SELECT coalesce(sum(helpful), 0) AS helpful, count(*) AS votes FROM feedback
    WHERE guild = :guild AND voted_utc >= :since
"""
_DURING: Final = "place = :place AND asked_utc >= :since AND asked_utc <= :until"
_TURNS: Final = f"SELECT turn.id FROM turn JOIN conversation ON conversation.id = conversation_id WHERE {_DURING}"
_LISTED: Final = f"""
    SELECT person, asked_as AS question,
        CASE WHEN pack = :pack THEN passage_id WHEN passage_id IS NOT NULL THEN '' END AS passage,
        act = :clarify AS asked_back
    FROM turn JOIN conversation ON conversation.id = conversation_id
    LEFT JOIN citation ON citation.turn_id = turn.id AND position = 1 AND block <> :context
    WHERE {_DURING} AND act IN (:answer, :clarify) ORDER BY turn.id
"""
_OWNED: Final = {
    "gap": f"turn_id IN ({_TURNS})",
    "citation": f"turn_id IN ({_TURNS})",
    "feedback": f"turn_id IN ({_TURNS})",
    "turn": f"id IN ({_TURNS})",
    "conversation": "place = :place AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation_id = conversation.id)",
}
"""The rows that belong to what was asked, by table, what is owned before its owner."""


class Period(NamedTuple):
    """A place, and from when to when something was asked there: ISO 8601 in UTC, both moments included."""

    place: str
    since: str
    until: str


def activity(db: Connection, guild: str, since: str) -> Activity:
    """Count what happened in a guild since a time (ISO 8601 in UTC)."""
    key = _key(guild, since)
    (asked,) = db.query(_COUNT, key)
    (votes,) = db.query(_VOTES, key)
    return Activity(
        asked["asked"],
        asked["unanswered"],
        {PassageRef(row["pack"], row["passage_id"]): row["turns"] for row in db.query(_FIRST_QUOTES, key)},
        votes["helpful"],
        votes["votes"] - votes["helpful"],
    )


def unanswered(db: Connection, guild: str, since: str, limit: int) -> tuple[str, ...]:
    """Return the questions on which no side was quoted, the most frequent first, then the latest; each once."""
    return tuple(row["asked_as"] for row in db.query(_UNANSWERED, {**_key(guild, since), "limit": limit}))


def _key(guild: str, since: str) -> dict[str, object]:
    return {"guild": guild, "since": since, "answer": Act.ANSWER.value, "context": CONTEXT}


def listed(db: Connection, period: Period, pack: str) -> list[dict[str, Any]]:
    """List what was asked, in order: `person`, `question`, the `passage` first quoted or None, `asked_back` (0, 1).

    A passage of another pack is an empty one.
    """
    key = {
        **period._asdict(),
        "pack": pack,
        "answer": Act.ANSWER.value,
        "clarify": Act.CLARIFY.value,
        "context": CONTEXT,
    }
    return db.query(_LISTED, key)


def delete(db: Connection, period: Period) -> Counter[str]:
    """Delete all that was asked, with what hangs on it, and count the rows by table, in no own transaction."""
    key = period._asdict()
    return Counter({table: db.execute(f"DELETE FROM {table} WHERE {rows}", key) for table, rows in _OWNED.items()})
