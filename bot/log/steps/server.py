"""The same steps on PostgreSQL: its tables are made from the shape that the steps give to an SQLite file.

So there is one list of steps, and one set of numbers. A server that is behind gets the tables, columns and indices that
steps since then have added (`IN_PLACE`). Where one has changed more, the log goes through a file, in which it is done.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlite_utils import Database

from bot.log.steps import shape
from bot.log.steps.released import migrations
from knowledge.errors import UserError

# Names of tables and columns come from the steps.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bot.log.connection import Connection

_TYPES: Final = {
    "INTEGER": "BIGINT",
    "TEXT": 'TEXT COLLATE "C"',
    "REAL": "DOUBLE PRECISION",
    "FLOAT": "DOUBLE PRECISION",
}
_OWN: Final = ("sqlite_", "turn_fts")
"""How the names of SQLite's own tables begin."""
TOLD: Final = ("guild", "guild_channel", "channel_pack", "exclusion", "preference", "outbox")
"""The tables of whose changes other processes are told; and of conversations that are deleted."""
CHANNEL: Final = "dilemma"
"""Where they are told of them."""

_IN_ORDER: Final = sorted(shape.STEPS)
IN_PLACE: Final = frozenset({"m014_sparrings"})
"""The steps that only add tables, columns and indices. Others change keys or rows, which is done in a file alone."""

_FUNCTIONS: Final = (
    # As SQLite has them, for paths of one name.
    """
    CREATE OR REPLACE FUNCTION json_extract(object text, path text) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT CAST(object AS jsonb) ->> substr(path, 3) $$
    """,
    """
    CREATE OR REPLACE FUNCTION json_replace(object text, VARIADIC changes text[]) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$
        SELECT CAST(CAST(object AS jsonb) || coalesce((
            SELECT jsonb_object_agg(substr(changes[at], 3), changes[at + 1])
            FROM generate_series(1, array_length(changes, 1), 2) AS at
            WHERE jsonb_exists(CAST(object AS jsonb), substr(changes[at], 3))
        ), '{}') AS text)
    $$
    """,
    # The words of a question without accents, in small letters, parted at every sign that is neither letter nor digit.
    r"""
    CREATE OR REPLACE FUNCTION turn_words(question text, asked_as text) RETURNS tsvector LANGUAGE sql IMMUTABLE
    AS $$
        SELECT to_tsvector('pg_catalog.simple', regexp_replace(
            lower(regexp_replace(normalize(question || ' ' || asked_as, NFKD), '[\u0300-\u036f]', '', 'g')),
            '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f\ufffd]+', ' ', 'g'
        ))
    $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_notify('{CHANNEL}', TG_TABLE_NAME); RETURN NULL; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION delete_outbox() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN DELETE FROM outbox WHERE stream = old.id; RETURN NULL; END $$
    """,
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Statements that make each table, each column that is added to one, and each index and trigger, by name."""

    tables: dict[str, str]
    columns: dict[tuple[str, str], str]
    others: dict[str, str]


def bring_up_to_date(db: Connection) -> None:
    """Make the tables, or add what they lack, in the caller's transaction (UserError: a newer version wrote them)."""
    applied = applied_to(db)
    if unknown := applied - shape.STEPS:
        raise UserError(f"a newer version of dilemma wrote this log (step {max(unknown)}): update")
    if applied == shape.STEPS:
        return
    if applied and not shape.STEPS - applied <= IN_PLACE:
        raise UserError(
            "an older version of dilemma wrote this log, and tables in it have changed since: copy it into a file with "
            "that version (`dilemma log copy`), and from there into a new database with this one"
        )
    for statement in (*(() if applied else _FUNCTIONS), *_added(_shape_of(applied), _shape_of(shape.STEPS))):
        db.execute(statement)
    for step in sorted(shape.STEPS - applied):
        db.execute(f"INSERT INTO {shape.TABLE} (migration_set, name, applied_at) VALUES (?, ?, '')", (shape.SET, step))


def keys() -> dict[str, tuple[str, ...]]:
    """Return by what the rows of each table are numbered: their key, or SQLite's number where the key is a text."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as engine:
        migrations.apply(Database(engine, execute_plugins=False))
        sql = "SELECT name, type FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
        found = {table: engine.execute(sql, (table,)).fetchall() for table in shape.SHAPE}
    return {
        table: ("rowid",) if [kind for _, kind in key] == ["TEXT"] else tuple(name for name, _ in key)
        for table, key in found.items()
    }


def _added(before: _Shape, after: _Shape) -> Iterator[str]:
    """Yield what makes one shape of another that has less."""
    yield from (statement for name, statement in after.tables.items() if name not in before.tables)
    for place, statement in after.columns.items():
        if place not in before.columns and place[0] in before.tables:
            yield statement
    yield from (statement for name, statement in after.others.items() if name not in before.others)


def applied_to(db: Connection) -> frozenset[str]:
    """Return the steps that tables have been through."""
    if not db.holds(shape.TABLE):
        return frozenset()
    names = db.query(f"SELECT name FROM {shape.TABLE} WHERE migration_set = ?", (shape.SET,))
    return frozenset(row["name"] for row in names)


def _shape_of(steps: Collection[str]) -> _Shape:
    """Return what some steps, the first ones, make of an empty file."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as engine:
        if steps:
            later = [step for step in _IN_ORDER if step not in steps]
            migrations.apply(Database(engine, execute_plugins=False), stop_before=later[0] if later else None)
        listed = engine.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
        names = [name for (name,) in listed if not name.startswith(_OWN)]
        columns = {name: dict(_columns(engine, name)) for name in names}
        tables = {name: _table(engine, name, columns[name]) for name in _owners_first(engine, names)}
        others = {index: statement for name in names for index, statement in _indices(engine, name)}
        for trigger, table in engine.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"):
            if trigger.endswith("_outbox"):
                others[trigger] = (
                    f"CREATE TRIGGER {trigger} AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION delete_outbox()"
                )
    if "turn" in tables:
        others["turn_words_of"] = shape.WORDS_INDEX
    for table, changes in (*((table, "INSERT OR UPDATE OR DELETE") for table in TOLD), ("conversation", "DELETE")):
        if table in tables:
            others[f"{table}_told"] = (
                f"CREATE TRIGGER {table}_told AFTER {changes} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change()"
            )
    return _Shape(
        tables,
        {
            (name, column): f"ALTER TABLE {name} ADD COLUMN {line}"
            for name in names
            for column, line in columns[name].items()
        },
        others,
    )


def _columns(engine: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    """Yield each column's name, and how PostgreSQL defines it; the number of a row where SQLite has no other."""
    rows = engine.execute('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', (table,)).fetchall()
    keys = [row for row in rows if row[4]]
    for name, kind, required, default, _ in rows:
        line = f'"{name}" {_TYPES[kind]}'
        if [name] == [key[0] for key in keys] and kind == "INTEGER":
            line += " GENERATED BY DEFAULT AS IDENTITY"
        if default is not None:
            line += f" DEFAULT {default}"
        yield name, line + (" NOT NULL" if required else "")
    if [key[1] for key in keys] == ["TEXT"]:
        yield "rowid", "rowid BIGINT GENERATED BY DEFAULT AS IDENTITY"


def _table(engine: sqlite3.Connection, table: str, columns: dict[str, str]) -> str:
    rows = engine.execute("SELECT name, pk FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,))
    lines = [*columns.values(), f"PRIMARY KEY ({', '.join(name for name, _ in rows)})"]
    referring = 'SELECT "from", "table", "to", on_delete FROM pragma_foreign_key_list(?)'
    lines += (
        f"FOREIGN KEY ({column}) REFERENCES {other} ({key}) ON DELETE {deed}"
        for column, other, key, deed in engine.execute(referring, (table,))
    )
    return f"CREATE TABLE {table} ({', '.join(lines)})"


def _indices(engine: sqlite3.Connection, table: str) -> Iterator[tuple[str, str]]:
    listed = engine.execute('SELECT name, "unique", origin FROM pragma_index_list(?)', (table,)).fetchall()
    for name, unique, origin in listed:
        if origin != "c":  # the key has its own
            continue
        columns = ", ".join(column for (column,) in engine.execute("SELECT name FROM pragma_index_info(?)", (name,)))
        yield name, f"CREATE {'UNIQUE ' if unique else ''}INDEX {name} ON {table} ({columns})"


def _owners_first(engine: sqlite3.Connection, names: list[str]) -> Iterator[str]:
    """Yield tables after those that they refer to."""
    done: set[str] = set()
    while len(done) < len(names):
        for name in names:
            needs = {other for (other,) in engine.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (name,))}
            if name not in done and needs <= done:
                done.add(name)
                yield name
