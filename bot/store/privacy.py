"""What the log holds about a person: shown, taken along, and deleted without a trace.

Every table with a person in it, directly or through the table it belongs to, stands in PERSONAL_TABLES; a test compares
that with the schema. It must not know who asks, or whether they may.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """How a table's rows of one person are found and named.

    `belongs` is the SQL condition that holds for the rows of `:person`; `what` says in words what a row tells about
    them; `json_columns` hold JSON as text, and are exported as what they say.
    """

    table: str
    belongs: str
    what: str
    json_columns: tuple[str, ...] = ()


_OF_CONVERSATIONS: Final = "conversation_id IN (SELECT id FROM conversation WHERE person = :person)"
_OF_TURNS: Final = """turn_id IN (
    SELECT turn.id FROM turn JOIN conversation ON conversation.id = conversation_id WHERE person = :person
)"""

PERSONAL_TABLES: Final = (
    PersonalTable("conversation", "person = :person", "where and when you started to ask, under your pseudonym"),
    PersonalTable("turn", _OF_CONVERSATIONS, "what you asked, when, and the answer you were given", ("answer",)),
    PersonalTable("citation", _OF_TURNS, "a passage that was quoted to you"),
    PersonalTable("gap", _OF_TURNS, "a side that had nothing to say to you"),
)
"""The registry, owners before what they own; rows are deleted the other way round."""

OTHER_TABLES: Final[Mapping[str, str]] = {
    "_sqlite_migrations": "holds the steps by which the file got its shape",
    "turn_fts": "indexes the words of turn; its triggers remove them with the turn, and `wipe` builds it anew",
    "turn_fts_config": "belongs to turn_fts",
    "turn_fts_data": "belongs to turn_fts",
    "turn_fts_docsize": "belongs to turn_fts",
    "turn_fts_idx": "belongs to turn_fts",
}
"""Tables that need no entry in the registry, and why."""

_WIPED: Final = 0
_UNWIPED: Final = 1
"""Values of user_version in the file's header: whether bytes of deleted rows may remain in it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """How many rows of a table are about a person, and what such a row tells."""

    table: str
    rows: int
    what: str

    def __str__(self) -> str:
        """Give the line that the person reads."""
        return f"{self.table}: {self.rows} ({self.what})"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted about a person.

    `rows` counts by table. `unwritten` counts turns that still waited for the disk. `wiped` is false when bytes of the
    deleted rows may remain in the file until the log is opened next (a reader held it, or the disk was full).
    `left` are files beside the log, set aside when they were damaged, that may hold the person too: only a human can
    judge those.
    """

    rows: Mapping[str, int]
    unwritten: int
    wiped: bool
    left: tuple[Path, ...]


def show(db: Database, person: str) -> tuple[Holding, ...]:
    """Count what every table holds about a person."""
    return tuple(
        Holding(
            personal.table, db.table(personal.table).count_where(personal.belongs, {"person": person}), personal.what
        )
        for personal in PERSONAL_TABLES
    )


def export(db: Database, person: str) -> dict[str, list[dict[str, Any]]]:
    """Give every row about a person, by table, as JSON can hold it."""
    return {
        personal.table: [
            {column: _parsed(value) if column in personal.json_columns else value for column, value in row.items()}
            for row in db.table(personal.table).rows_where(personal.belongs, {"person": person}, order_by="rowid")
        ]
        for personal in PERSONAL_TABLES
    }


def forget(db: Database, person: str) -> dict[str, int]:
    """Delete every row about a person in one transaction, and count them by table; `wipe` is due afterwards."""
    counts: dict[str, int] = {}
    with db.atomic():
        for personal in reversed(PERSONAL_TABLES):
            table = db.table(personal.table)
            counts[personal.table] = table.count_where(personal.belongs, {"person": person})
            table.delete_where(personal.belongs, {"person": person})
        db.execute(f"PRAGMA user_version = {_UNWIPED}")
    return counts


def wipe_is_due(db: Database) -> bool:
    """Tell whether bytes of deleted rows may remain: a process can be killed between deleting and wiping."""
    return bool(db.execute("PRAGMA user_version").fetchone()[0] == _UNWIPED)


def wipe(db: Database) -> bool:
    """Remove every byte of deleted rows from the file and its WAL; false when a reader still holds the old WAL.

    secure_delete overwrites deleted cells, but copies remain where SQLite moved a cell inside a page, and FTS5 only
    marks a word as deleted: so the index is built anew and the file rewritten. Takes about 2 s per 100,000 turns, and
    runs outside a transaction.
    """
    db.table("turn").rebuild_fts()
    db.vacuum()
    busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if not busy:
        db.execute(f"PRAGMA user_version = {_WIPED}")
    return not busy


def _parsed(text: str) -> object:
    """Read JSON; what the disk has spoilt is the person's nevertheless, and is given as the text it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text
