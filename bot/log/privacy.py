"""What the log holds about people: shown, exported, deleted without a trace, and expired.

Each table is registered with how a person's rows are found in it; a test compares that with the schema. Many rows are
deleted in steps (`care/forgetting.py`), and then the file is wiped (`care/tidying.py`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

# Names of tables and conditions stand in the registry; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from bot.log.connection import Connection
    from knowledge.errors import Message

_ITSELF: Final = "{whose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What of a table stands in a copy for research: SQL by column, over rows for which `where` holds.

    `what` says in words what a row is. `typed` are columns that people typed, which only a copy with questions has.
    `key` is the column that numbers the rows, `refers` names the tables that others number; by `facets` the rows are
    sorted. In SQL, `code(kind, id)` is a number that stands for an id in this copy alone.
    """

    what: str
    columns: Mapping[str, str]
    typed: Mapping[str, str] = field(default_factory=dict)
    where: str = "1"
    key: str | None = None
    refers: Mapping[str, str] = field(default_factory=dict)
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table about guilds, with the SQL conditions that find rows of it.

    `belongs` selects the rows of one guild: `{whose}` becomes the test of `column`. `expires` selects rows of `:guild`
    older than `:before` (None: none expires); `longest` caps the age, whatever the guild's setting. `turn` is the
    column that says with which turn a row goes. Rows of a table that is not `copied` stand in no backup, and in a copy
    for research only what is `published`.
    """

    name: str
    belongs: str = _ITSELF
    expires: str | None = None
    longest: timedelta | None = None
    column: str = "guild"
    turn: str | None = None
    copied: bool = True
    published: Published | None = None

    def of_guild(self) -> str:
        """Return the condition for the rows of `:guild`."""
        return self.belongs.format(whose=f"{self.column} = :guild")

    def delete(self, db: Connection, condition: str, key: Mapping[str, Any]) -> int:
        """Delete the rows for which a condition holds, and count them."""
        return db.execute(f"DELETE FROM {self.name} WHERE {condition}", key)

    def expire(self, db: Connection, key: Mapping[str, str]) -> int:
        """Delete the expired rows of `:guild`, and count them."""
        return 0 if self.expires is None else self.delete(db, self.expires, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """How a person finds and reads their rows where a seal stands for them, in the column `voter`.

    `scopes` is SQL that lists what they can be sealed for. Where there is a sealed `choice`, `of` is the column that
    says of what, `source` is SQL for a text beside each row, and `choices` tells from both what could be chosen.
    """

    scopes: str
    of: str | None = None
    source: str = "NULL"
    choices: Callable[[Any, Any], Sequence[str]] = lambda _source, _of: ()

    def marks(self, db: Connection, person: str) -> list[str]:
        """Return what may stand for a person."""
        return [db.seal.voter(row["scope"], person) for row in db.query(self.scopes)]

    def read(self, db: Connection, row: dict[str, Any]) -> dict[str, Any]:
        """Return a row as the person reads it; the mark itself where it cannot be opened."""
        source = row.pop("source")
        if self.of is not None:
            with suppress(ValueError, TypeError, LookupError):
                known: list[str | None] = [*self.choices(source, row[self.of]), None]
                row["choice"] = db.seal.opened(row["voter"], row[self.of], row["choice"], known)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalTable(Table):
    """A table about people, too: `belongs` selects one in the same way.

    `what` says in words what a row tells about a person; `json_columns` are exported as JSON. Rows that others need
    stay when the person is forgotten: `becomes` gives, by column, the SQL of their new values, except for rows that
    `goes` selects; those that `fades` selects lose the person when they expire. `severs` runs first, over `{whose}`.
    The columns `withheld` are not exported: credentials of the bot. Rows are exported in the `order`.
    """

    what: Message
    json_columns: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    sealed: Sealed | None = None
    order: str = "rowid"
    becomes: Mapping[str, str] = field(default_factory=dict)
    goes: str | None = None
    fades: str | None = None
    severs: str | None = None

    def of_person(self) -> str:
        """Return the condition for the rows of a person, by their `key`."""
        return self.belongs.format(whose="person = :person" if self.sealed is None else "voter IN :marks")

    def key(self, db: Connection, person: str) -> dict[str, Any]:
        """Return what the condition binds."""
        return {"person": person} if self.sealed is None else {"marks": self.sealed.marks(db, person)}

    def rows(self, db: Connection, person: str) -> list[dict[str, Any]]:
        """Return the rows of a person, as they read them."""
        beside = "" if self.sealed is None else f", ({self.sealed.source}) AS source"
        sql = f"SELECT {self.name}.*{beside} FROM {self.name} WHERE {self.of_person()} ORDER BY {self.order}"
        found = db.query(sql, self.key(db, person))
        return found if self.sealed is None else [self.sealed.read(db, row) for row in found]

    def forget(self, db: Connection, person: str) -> int:
        """Delete or change the rows of a person, and count them."""
        key = self.key(db, person)
        if not self.becomes:
            return self.delete(db, self.of_person(), key)
        gone = self.delete(db, f"({self.of_person()}) AND ({self.goes})", key) if self.goes else 0
        return gone + self._lose(db, self.of_person(), key)

    def expire(self, db: Connection, key: Mapping[str, str]) -> int:
        """Delete or change the expired rows of `:guild`, and count them."""
        faded = 0 if self.fades is None else self._lose(db, self.fades, key)
        # Not `super()`: a class with slots is made anew by its decorator.
        return faded + Table.expire(self, db, key)

    def _lose(self, db: Connection, condition: str, key: Mapping[str, Any]) -> int:
        losing = ", ".join(f"{column} = {value}" for column, value in self.becomes.items())
        return db.execute(f"UPDATE {self.name} SET {losing} WHERE {condition}", key)


@dataclass(frozen=True, slots=True)
class Holding:
    """How many rows of a table are about a person, and what such a row tells."""

    table: str
    rows: int
    what: Message

    def __str__(self) -> str:
        """Return the line that the person reads."""
        return f"{self.table}: {self.rows} ({self.what})"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted about a person, or about a guild and all in it.

    `rows` counts by table, `unwritten` turns that waited for the disk. `wiped` is false when bytes may remain in the
    file for a while (a large index, a reader, a full disk). `left` are damaged files set aside, for a human to judge.
    """

    rows: Counter[str]
    unwritten: int
    wiped: bool
    left: tuple[Path, ...]


class Registry:
    """The tables of a log, owners before what they own. A deletion is one transaction; wiping is due afterwards."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.tables = tuple(tables)
        self._of_turns = tuple(table for table in reversed(self.tables) if table.turn is not None)
        self.personal = tuple(table for table in self.tables if isinstance(table, PersonalTable))

    def show(self, db: Connection, people: Collection[str]) -> tuple[Holding, ...]:
        """Count what every table holds about some people together."""
        return tuple(
            Holding(
                table.name,
                sum(
                    db.value(f"SELECT count(*) FROM {table.name} WHERE {table.of_person()}", table.key(db, person))
                    for person in people
                ),
                table.what,
            )
            for table in self.personal
        )

    def export(self, db: Connection, person: str) -> dict[str, list[dict[str, Any]]]:
        """Return every row about a person, by table, as JSON can hold it."""
        return {
            table.name: [
                {
                    column: _parsed(value) if column in table.json_columns else value
                    for column, value in row.items()
                    if column not in table.withheld
                }
                for row in table.rows(db, person)
            ]
            for table in self.personal
        }

    def forget(self, db: Connection, people: Collection[str]) -> Counter[str]:
        """Delete every row about some people."""
        counts: Counter[str] = Counter()
        with db.atomic():
            for person in people:
                self._sever(db, "person = :person", {"person": person})
                for table in reversed(self.personal):
                    counts[table.name] += table.forget(db, person)
            mark_unwiped(db, counts)
        return counts

    def forget_guild(self, db: Connection, guild: str) -> Counter[str]:
        """Delete every row about a guild and about people in it; none is kept for others."""
        counts: Counter[str] = Counter()
        key = {"guild": guild}
        with db.atomic():
            self._sever(db, "guild = :guild", key)
            for table in reversed(self.tables):
                counts[table.name] += table.delete(db, table.of_guild(), key)
            mark_unwiped(db, counts)
        return counts

    def expire(self, db: Connection, before: Mapping[str, str], gone: Collection[str], now: str) -> Counter[str]:
        """Delete what is older than `before` says for each guild, and everything about the guilds `gone`.

        Times are ISO 8601 in UTC.
        """
        counts: Counter[str] = Counter()
        with db.atomic():
            for guild, moment in before.items():
                for table in reversed(self.tables):
                    cap = "" if table.longest is None else (datetime.fromisoformat(now) - table.longest).isoformat()
                    counts[table.name] += table.expire(db, {"guild": guild, "before": max(moment, cap)})
            for guild in gone:
                counts.update(self.forget_guild(db, guild))
            mark_unwiped(db, counts)
        return counts

    def delete_turns(self, db: Connection, ids: Collection[int]) -> Counter[str]:
        """Delete turns with all that belongs to them."""
        counts: Counter[str] = Counter()
        for table in self._of_turns:
            counts[table.name] += table.delete(db, f"{table.turn} IN :ids", {"ids": ids})
        mark_unwiped(db, counts)
        return counts

    def guilds(self, db: Connection) -> tuple[str, ...]:
        """Return every guild that has rows: a person has a pseudonym in each."""
        own = [table for table in self.tables if table.belongs == _ITSELF]
        union = " UNION ".join(
            f"SELECT {table.column} AS guild FROM {table.name} WHERE {table.column} IS NOT NULL" for table in own
        )
        return tuple(row["guild"] for row in db.query(f"{union} ORDER BY guild"))

    def _sever(self, db: Connection, whose: str, key: Mapping[str, str]) -> None:
        for table in self.personal:
            if table.severs is not None:
                db.execute(table.severs.format(whose=whose), key)


def mark_unwiped(db: Connection, counts: Mapping[str, int]) -> None:
    """Note that bytes of deleted rows may remain, if any were deleted."""
    if any(counts.values()):
        db.mark_unwiped()


def erase(db: Connection, table: str, column: str, scope: str) -> None:
    """Delete the votes of a scope; their bytes go with the next wiping, hours later at most."""
    mark_unwiped(db, {table: db.execute(f"DELETE FROM {table} WHERE {column} = ?", (scope,))})


def _parsed(text: str) -> object:
    """Return JSON parsed; spoilt JSON stays a text, for it is the person's, too."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
