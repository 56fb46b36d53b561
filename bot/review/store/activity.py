"""What was asked in a guild, counted: no person stands in anything that is given out here.

It must not know what a passage is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.rules.quote import Act
from knowledge.model import CONTEXT

# The queries are put together from the conditions beside them; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.log.connection import Connection

_ASKED: Final = "conversation.guild = :guild AND asked_utc >= :since AND act = :answer"
_SILENT: Final = "NOT EXISTS (SELECT 1 FROM citation WHERE citation.turn_id = turn.id AND block <> :context)"
_COUNT: Final = f"""
    SELECT count(*) AS asked, coalesce(sum({_SILENT}), 0) AS unanswered
    FROM turn JOIN conversation ON conversation.id = conversation_id WHERE {_ASKED}
"""
_FIRST_QUOTES: Final = f"""
    SELECT passage_id, count(*) AS turns
    FROM turn JOIN conversation ON conversation.id = conversation_id JOIN citation ON citation.turn_id = turn.id
    WHERE {_ASKED} AND position = 1 AND block <> :context GROUP BY passage_id
"""
_UNANSWERED: Final = f"""
    SELECT asked_as FROM turn JOIN conversation ON conversation.id = conversation_id
    WHERE {_ASKED} AND {_SILENT} GROUP BY asked_as ORDER BY count(*) DESC, max(asked_utc) DESC LIMIT :limit
"""
_VOTES: Final = """
    SELECT coalesce(sum(helpful), 0) AS helpful, count(*) AS votes FROM feedback
    WHERE guild = :guild AND voted_utc >= :since
"""


@dataclass(frozen=True, slots=True)
class Activity:
    """What was asked in a guild, and what people thought of the answers.

    `asked` counts questions, `unanswered` those on which both sides were silent; `first_quotes` counts questions by the
    passage that was quoted first. `helpful` and `unhelpful` are votes.
    """

    asked: int
    unanswered: int
    first_quotes: Mapping[str, int]
    helpful: int
    unhelpful: int


def activity(db: Connection, guild: str, since: str) -> Activity:
    """Count what happened in a guild since a time (ISO 8601 in UTC)."""
    key = _key(guild, since)
    (asked,) = db.query(_COUNT, key)
    (votes,) = db.query(_VOTES, key)
    return Activity(
        asked["asked"],
        asked["unanswered"],
        {row["passage_id"]: row["turns"] for row in db.query(_FIRST_QUOTES, key)},
        votes["helpful"],
        votes["votes"] - votes["helpful"],
    )


def unanswered(db: Connection, guild: str, since: str, limit: int) -> tuple[str, ...]:
    """Give the questions on which both sides were silent, the most frequent first, then the latest; each once."""
    return tuple(row["asked_as"] for row in db.query(_UNANSWERED, {**_key(guild, since), "limit": limit}))


def _key(guild: str, since: str) -> dict[str, object]:
    return {"guild": guild, "since": since, "answer": Act.ANSWER.value, "context": CONTEXT}
