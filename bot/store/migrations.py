"""The shape of the log as numbered steps: each is applied once, in order, and never changed after it was released.

A later step has the next number; a table with a person in it is also registered in `privacy.py`. It must not know how
rows are written or read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlite_utils import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

migrations: Final = Migrations("conversation-log")


@migrations()
def m001_conversations(db: Database) -> None:
    """Conversations, their turns, and each turn's quotes and silences.

    `citation.position` counts from 1 in the order shown; `citation.block` is a side's id or "context". `turn.answer`
    is the answer object of the JSON contract. Times are ISO 8601 in UTC.
    """
    conversation = db.table("conversation").create(
        {"id": str, "person": str, "place": str, "started_utc": str},
        pk="id",
        not_null=["id", "person", "place", "started_utc"],
        strict=True,
    )
    conversation.create_index(["person", "place"])
    turn = db.table("turn").create(
        {
            "id": int,
            "conversation_id": str,
            "number": int,
            "asked_utc": str,
            "question": str,
            "asked_as": str,
            "act": str,
            "first_side": str,
            "stance": str,
            "message": str,
            "duration_ms": float,
            "answer": str,
        },
        pk="id",
        not_null=["conversation_id", "number", "asked_utc", "question", "asked_as", "act", "duration_ms", "answer"],
        foreign_keys=[("conversation_id", "conversation", "id")],
        strict=True,
    )
    turn.create_index(["conversation_id", "number"], unique=True)
    db.table("citation").create(
        {
            "turn_id": int,
            "position": int,
            "block": str,
            "passage_id": str,
            "article_id": str,
            "start": int,
            "end": int,
            "text": str,
            "confidence": float,
        },
        pk=("turn_id", "position"),
        not_null=["turn_id", "position", "block", "passage_id", "article_id", "start", "end", "text", "confidence"],
        foreign_keys=[("turn_id", "turn", "id")],
        strict=True,
    )
    db.table("gap").create(
        {"turn_id": int, "side": str, "text": str},
        pk=("turn_id", "side"),
        not_null=["turn_id", "side", "text"],
        foreign_keys=[("turn_id", "turn", "id")],
        strict=True,
    )


@migrations()
def m002_search(db: Database) -> None:
    """Full-text search over what was asked; triggers keep it in step with the turns."""
    db.table("turn").enable_fts(
        ["question", "asked_as"], create_triggers=True, tokenize="unicode61 remove_diacritics 2"
    )
