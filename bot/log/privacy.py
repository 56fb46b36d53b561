"""What the log holds about a person: shown, taken along, and deleted without a trace.

Every table with a person in it, directly or through the table it belongs to, stands in PERSONAL_TABLES; a test compares
that with the schema. It must not know who asks, or whether they may.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

# Names of tables and conditions stand in this file; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from bot.log.connection import Connection


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """How a table's rows of one person, or of all in one guild, are found and named.

    `belongs` is the SQL condition that holds for the rows, with `{whose}` where a table names the person and the guild;
    `what` says in words what a row tells about a person; `json_columns` hold JSON as text, and are exported as what
    they say. A row that others need, too, is not deleted with the person: `becomes` gives, by column, the SQL of
    what then stands in it; but rows for which the condition `goes` holds are deleted all the same.
    """

    table: str
    belongs: str
    what: str
    json_columns: tuple[str, ...] = ()
    becomes: Mapping[str, str] = field(default_factory=dict)
    goes: str | None = None

    @property
    def rows(self) -> str:
        """Return the SQL that picks the rows of `:person`."""
        return f"FROM {self.table} WHERE {self.of_person()}"

    def of_person(self) -> str:
        """Give the condition for the rows of `:person`."""
        return self.belongs.format(whose="person = :person")

    def of_guild(self) -> str:
        """Give the condition for the rows of `:guild`."""
        return self.belongs.format(whose="guild = :guild")


_ITSELF: Final = "{whose}"
_OF_CONVERSATIONS: Final = "conversation_id IN (SELECT id FROM conversation WHERE {whose})"
_OF_TURNS: Final = """turn_id IN (
    SELECT turn.id FROM turn JOIN conversation ON conversation.id = conversation_id WHERE {whose}
)"""

_UNSAID: Final = (
    "json_replace(event, '$.name', 'somebody who left', "
    "'$.text', '[deleted by its author]', '$.query', '[deleted by its author]')"
)
"""An event of a debate without its person's words: only what is there is replaced."""

_WITHDRAWN: Final = """
    json_extract(event, '$.event') IN ('ballot-cast', 'hand-raised')
    AND debate IN (SELECT id FROM debate WHERE NOT ended)
"""
"""Whoever comes back to a debate that goes on must not vote twice, and nobody who left is called."""

PERSONAL_TABLES: Final = (
    PersonalTable("conversation", _ITSELF, "where and when you started to ask, under your pseudonym"),
    PersonalTable("turn", _OF_CONVERSATIONS, "what you asked, when, and the answer you were given", ("answer",)),
    PersonalTable("citation", _OF_TURNS, "a passage that was quoted to you"),
    PersonalTable("gap", _OF_TURNS, "a side that had nothing to say to you"),
    PersonalTable("feedback", _ITSELF, "an answer that you found helpful, or not"),
    PersonalTable("dispute", _ITSELF, "a quote that you disputed, and why"),
    PersonalTable("preference", _ITSELF, "how you want answers to look"),
    PersonalTable("audit", _ITSELF, "something that you did as a moderator", becomes={"person": "NULL"}),
    PersonalTable("debate_person", _ITSELF, "that you took part in a debate, and the code that stands for you there"),
    PersonalTable(
        "debate_event",
        "person_id IN (SELECT id FROM debate_person WHERE {whose})",
        "what you did in a debate: your name there, sides, points, hands, votes, and what you did as its moderator",
        ("event",),
        {"person_id": "NULL", "event": _UNSAID},
        _WITHDRAWN,
    ),
    PersonalTable(
        "lesson",
        _ITSELF,
        "a lesson that you led, and what you called it",
        becomes={"person": "NULL", "title": "NULL"},
    ),
    PersonalTable("prompt_vote", _ITSELF, "your vote on a prompt, before or after the quotes were revealed"),
    PersonalTable("student_answer", _ITSELF, "an answer that you wrote on a prompt, with the name you had there"),
    PersonalTable("quiz_choice", _ITSELF, "what you chose in a quiz"),
)
"""The registry, owners before what they own; rows are deleted the other way round."""

GUILD_TABLES: Final[Mapping[str, str]] = {
    "exclusion": "guild = :guild",
    "guild_channel": "guild = :guild",
    "debate": "guild = :guild",
    "posting": "guild = :guild",
    "quiz": "guild = :guild",
    "schedule": "guild = :guild",
    "guild": "id = :guild",
}
"""Tables about a guild and no person, with the SQL condition that holds for the rows of `:guild`."""

_OF_GUILDS: Final = ("debate", "exclusion", "posting", "quiz", "schedule")
"""Those of them that may know a guild which no other table does."""

OTHER_TABLES: Final[Mapping[str, str]] = {
    **dict.fromkeys(GUILD_TABLES, "is about a guild, and goes with it"),
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
    """What was deleted about a person, or about a guild and all in it.

    `rows` counts by table. `unwritten` counts turns that still waited for the disk. `wiped` is false when bytes of the
    deleted rows may remain in the file until the log is opened next (a reader held it, or the disk was full).
    `left` are files beside the log, set aside when they were damaged, that may hold the person too: only a human can
    judge those.
    """

    rows: Counter[str]
    unwritten: int
    wiped: bool
    left: tuple[Path, ...]


def show(db: Connection, people: Collection[str]) -> tuple[Holding, ...]:
    """Count what every table holds about some people together."""
    return tuple(
        Holding(
            personal.table,
            sum(db.value(f"SELECT count(*) {personal.rows}", {"person": person}) for person in people),
            personal.what,
        )
        for personal in PERSONAL_TABLES
    )


def export(db: Connection, person: str) -> dict[str, list[dict[str, Any]]]:
    """Give every row about a person, by table, as JSON can hold it."""
    return {
        personal.table: [
            {column: _parsed(value) if column in personal.json_columns else value for column, value in row.items()}
            for row in db.query(f"SELECT * {personal.rows} ORDER BY rowid", {"person": person})
        ]
        for personal in PERSONAL_TABLES
    }


def forget(db: Connection, people: Collection[str]) -> Counter[str]:
    """Delete every row about some people in one transaction, and count them by table; `wipe` is due afterwards."""
    counts: Counter[str] = Counter()
    with db.atomic():
        for person in people:
            _sever(db, "person = :person", {"person": person})
            for personal in reversed(PERSONAL_TABLES):
                counts[personal.table] += remove(db, personal, personal.of_person(), {"person": person})
        mark_unwiped(db, counts)
    return counts


def forget_guild(db: Connection, guild: str) -> Counter[str]:
    """Delete every row about a guild and about people in it, as `forget` does, and none is kept for others."""
    counts: Counter[str] = Counter()
    key = {"guild": guild}
    with db.atomic():
        _sever(db, "guild = :guild", key)
        for personal in reversed(PERSONAL_TABLES):
            counts[personal.table] += delete(db, personal.table, personal.of_guild(), key)
        for table, condition in GUILD_TABLES.items():
            counts[table] += delete(db, table, condition, key)
        mark_unwiped(db, counts)
    return counts


def guilds(db: Connection) -> tuple[str, ...]:
    """List every guild that a row is about: whoever asks about a person asks for their pseudonym in each."""
    tables = (*(personal.table for personal in PERSONAL_TABLES if personal.belongs == _ITSELF), *_OF_GUILDS)
    union = " UNION ".join(f"SELECT guild FROM {table} WHERE guild IS NOT NULL" for table in tables)
    return tuple(row["id"] for row in db.query(f"SELECT id FROM guild UNION {union} ORDER BY 1"))


def remove(db: Connection, personal: PersonalTable, condition: str, key: dict[str, str]) -> int:
    """Delete the rows for which a condition holds, or what they must lose, and count them, in no own transaction."""
    if not personal.becomes:
        return delete(db, personal.table, condition, key)
    gone = delete(db, personal.table, f"({condition}) AND ({personal.goes})", key) if personal.goes else 0
    losing = ", ".join(f"{column} = {value}" for column, value in personal.becomes.items())
    return gone + db.execute(f"UPDATE {personal.table} SET {losing} WHERE {condition}", key)


def mark_unwiped(db: Connection, counts: Mapping[str, int]) -> None:
    """Note in the file that bytes of deleted rows may remain in it, if any were deleted."""
    if any(counts.values()):
        db.execute(f"PRAGMA user_version = {_UNWIPED}")


def delete(db: Connection, table: str, condition: str, key: dict[str, str]) -> int:
    """Delete the rows for which a condition holds, and count them, in no transaction of its own."""
    return db.execute(f"DELETE FROM {table} WHERE {condition}", key)


def _sever(db: Connection, condition: str, key: dict[str, str]) -> None:
    """Let no other conversation say from which of these it branched off."""
    db.execute(
        "UPDATE conversation SET branched_from = NULL, branched_at = NULL "
        f"WHERE branched_from IN (SELECT id FROM conversation WHERE {condition})",
        key,
    )


def wipe_is_due(db: Connection) -> bool:
    """Tell whether bytes of deleted rows may remain: a process can be killed between deleting and wiping."""
    return bool(db.value("PRAGMA user_version") == _UNWIPED)


def wipe(db: Connection) -> bool:
    """Remove every byte of deleted rows from the file and its WAL; false when a reader still holds the old WAL.

    secure_delete overwrites deleted cells, but copies remain where SQLite moved a cell inside a page, and FTS5 only
    marks a word as deleted: so the index is built anew and the file rewritten. Takes about 2 s per 100,000 turns, and
    runs outside a transaction.
    """
    rebuild_search(db)
    db.execute("VACUUM")
    busy = db.value("PRAGMA wal_checkpoint(TRUNCATE)")
    if not busy:
        db.execute(f"PRAGMA user_version = {_WIPED}")
    return not busy


def rebuild_search(db: Connection) -> None:
    """Build the index over what was asked anew."""
    db.execute("INSERT INTO turn_fts (turn_fts) VALUES ('rebuild')")


def _parsed(text: str) -> object:
    """Read JSON; what the disk has spoilt is the person's nevertheless, and is given as the text it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text
