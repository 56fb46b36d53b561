"""A turn on its way into the log: its rows, and how they are inserted."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bot.log.privacy import PersonalTable, Published
from bot.values.asker import NO_GUILD, guild_of
from bot.values.passage import FIRST_PACK
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.log.connection import Connection

_INSERT_CONVERSATION: Final = """
    INSERT INTO conversation (id, person, place, started_utc, branched_from, branched_at, guild, pack)
    VALUES (:id, :person, :place, :started_utc, :branched_from, :branched_at, :guild, :pack)
    ON CONFLICT (id) DO NOTHING
"""
_INSERT_TURN: Final = """
    INSERT INTO turn (conversation_id, number, asked_utc, question, asked_as, act, first_side, stance, message,
                      duration_ms, answer)
    VALUES (:conversation_id, :number, :asked_utc, :question, :asked_as, :act, :first_side, :stance, :message,
            :duration_ms, :answer)
    RETURNING id
"""
_INSERT_CITATION: Final = """
    INSERT INTO citation (turn_id, position, block, passage_id, article_id, start, "end", text, confidence)
    VALUES (:turn_id, :position, :block, :passage_id, :article_id, :start, :end, :text, :confidence)
"""
_SAME: Final = """
    SELECT 1 FROM turn
    WHERE conversation_id = :conversation_id AND number = :number AND asked_utc = :asked_utc AND answer = :answer
"""
_INSERT_GAP: Final = "INSERT INTO gap (turn_id, side, text) VALUES (:turn_id, :side, :text)"

OF_OLD_TURNS: Final = """turn_id IN (
    SELECT turn.id FROM turn JOIN conversation ON conversation.id = conversation_id
    WHERE guild = :guild AND asked_utc < :before
)"""
"""Selects the rows of expired turns."""

_OF_TURNS: Final = """turn_id IN (
    SELECT turn.id FROM turn JOIN conversation ON conversation.id = conversation_id WHERE {whose}
)"""

_TURN: Final = "code('turn', turn_id)"
_OF_TURN: Final = "(SELECT {} FROM conversation WHERE conversation.id = conversation_id)"
_KIND_OF_PLACE: Final = (
    f"CASE WHEN guild IS NULL THEN 'terminal' WHEN guild = '{NO_GUILD}' THEN 'direct message' ELSE 'server' END"
)

TABLES: Final = (
    PersonalTable(
        "conversation",
        expires="guild = :guild AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation_id = conversation.id)",
        what=Message("where and when you started to ask, under your pseudonym"),
        # No other conversation says any more from which of these it branched off.
        severs="""
            UPDATE conversation SET branched_from = NULL, branched_at = NULL
            WHERE branched_from IN (SELECT id FROM conversation WHERE {whose})
        """,
        published=Published(
            what="A conversation of one person in one place.",
            columns={
                "conversation": "code('conversation', id)",
                "day": "substr(started_utc, 1, 10)",
                "place": _KIND_OF_PLACE,
                "server": f"CASE {_KIND_OF_PLACE} WHEN 'server' THEN code('server', guild) END",
                "branched": "branched_from IS NOT NULL",
                "pack": "pack",
            },
            key="conversation",
            facets=("place", "server", "day", "pack"),
        ),
    ),
    PersonalTable(
        "turn",
        "conversation_id IN (SELECT id FROM conversation WHERE {whose})",
        "asked_utc < :before AND conversation_id IN (SELECT id FROM conversation WHERE guild = :guild)",
        what=Message("what you asked, when, and the answer you were given"),
        json_columns=("answer",),
        turn="id",
        order="id",
        published=Published(
            what="A question and its answer: `letters` is how long it was, `first_side` who came first in the answer.",
            columns={
                "turn": "code('turn', id)",
                "conversation": "code('conversation', conversation_id)",
                "number": "number",
                "day": "substr(asked_utc, 1, 10)",
                "place": _OF_TURN.format(_KIND_OF_PLACE),
                "act": "act",
                "first_side": "first_side",
                "stance": "stance",
                "letters": "length(question)",
                "duration_ms": "round(duration_ms)",
            },
            typed={"question": "question", "asked_as": "asked_as"},
            key="turn",
            refers={"conversation": "conversation"},
            facets=("act", "first_side", "place", "day"),
        ),
    ),
    PersonalTable(
        "citation",
        _OF_TURNS,
        OF_OLD_TURNS,
        what=Message("a passage that was quoted to you"),
        turn="turn_id",
        order="turn_id, position",
        published=Published(
            what="A passage that was quoted in an answer, with its place in the article and the search's confidence.",
            columns={
                "turn": _TURN,
                "position": "position",
                "block": "block",
                "passage": "passage_id",
                "article": "article_id",
                "start": "start",
                "end": '"end"',
                "quote": "text",
                "confidence": "round(confidence, 3)",
            },
            refers={"turn": "turn"},
            facets=("block", "article", "passage"),
        ),
    ),
    PersonalTable(
        "gap",
        _OF_TURNS,
        OF_OLD_TURNS,
        what=Message("a side that had nothing to say to you"),
        turn="turn_id",
        order="turn_id, side",
        published=Published(
            what="A side that an answer found nothing of.",
            columns={"turn": _TURN, "side": "side"},
            refers={"turn": "turn"},
            facets=("side",),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """A turn as rows of the four tables, of values that SQLite and JSON can hold."""

    conversation: dict[str, Any]
    turn: dict[str, Any]
    citations: list[dict[str, Any]]
    gaps: list[dict[str, Any]]

    def to_json(self) -> str:
        """Return the rows as one line of ASCII."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Rows:
        """Read a line of `to_json` back; ValueError, TypeError, KeyError, RecursionError for anything else.

        An older line does not know of branches, guilds and packs.
        """
        rows = json.loads(line)
        # What SQLite would take and no reader could show.
        datetime.fromisoformat(rows["turn"]["asked_utc"])
        if not isinstance(json.loads(rows["turn"]["answer"]), dict):
            raise ValueError("the answer is none")  # noqa: TRY004 - it is the line that is wrong
        conversation = rows.pop("conversation")
        since = {"branched_from": None, "branched_at": None, "guild": guild_of(conversation["place"])}
        since["pack"] = FIRST_PACK
        return cls(conversation=since | conversation, **rows)


def insert(db: Connection, rows: Rows) -> int:
    """Insert a turn with its citations, inside the caller's transaction, and return its id.

    Raises sqlite3.IntegrityError for a number that is taken, ValueError for another person's conversation: the turn
    would be shown to, and deleted with, the wrong one.
    """
    conversation = rows.conversation
    db.execute(_INSERT_CONVERSATION, conversation)
    if db.value("SELECT person FROM conversation WHERE id = :id", conversation) != conversation["person"]:
        raise ValueError(f"conversation {conversation['id']} belongs to another person")
    turn_id: int = db.value(_INSERT_TURN, rows.turn)
    db.execute_many(_INSERT_CITATION, [{"turn_id": turn_id, **citation} for citation in rows.citations])
    db.execute_many(_INSERT_GAP, [{"turn_id": turn_id, **gap} for gap in rows.gaps])
    return turn_id


def insert_all(db: Connection, many: Sequence[Rows]) -> list[int]:
    """Insert several turns as `insert` does one, in few statements; where it raises, nothing of them may stay."""
    talks = {rows.conversation["id"]: rows.conversation for rows in reversed(many)}
    kept = db.query("SELECT id, person FROM conversation WHERE id IN :ids", {"ids": list(talks)})
    known = {row["id"]: row["person"] for row in kept}
    for rows in many:
        talk, person = rows.conversation["id"], rows.conversation["person"]
        if known.setdefault(talk, talks[talk]["person"]) != person:
            raise ValueError(f"conversation {talk} belongs to another person")
    numbers = db.reserve("turn", len(many))
    new = talks.keys() - {row["id"] for row in kept}
    _fill(db, "conversation", [talk for identity, talk in talks.items() if identity in new])
    _fill(db, "turn", [{"id": number, **rows.turn} for number, rows in zip(numbers, many, strict=True)])
    for table, owned in (("citation", "citations"), ("gap", "gaps")):
        of_turns = zip(numbers, many, strict=True)
        _fill(db, table, [{"turn_id": number, **row} for number, rows in of_turns for row in getattr(rows, owned)])
    return numbers


def _fill(db: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.fill(table, list(rows[0]), [list(row.values()) for row in rows])


def is_inserted(db: Connection, rows: Rows) -> bool:
    """Return whether the log holds exactly this turn already."""
    return db.value(_SAME, rows.turn) is not None
