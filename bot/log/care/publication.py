"""A copy of a log for research: what each table lets out of the house, and nothing else.

It is made anew, so no page of the log, and no byte of a deleted row, comes into it. Ids become numbers from 1, in the
order in which they are met; times become days. A file beside it tells Datasette what the tables are, and their facets.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from contextlib import closing
from typing import TYPE_CHECKING, Final

from bot.log.engines.sqlite import read_only

# Names of tables and conditions stand in the registry; values are always bound.
# ruff: noqa: S608

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bot.log.privacy import Published, Table

TYPED: Final = "With questions: some of this was typed by people, and may name them."
UNTYPED: Final = "Without people, and without anything that they typed."
_AT_ONCE: Final = 500


def companion(target: Path) -> Path:
    """Return the file that says what is in a copy."""
    return target.with_suffix(".metadata.json")


def publish(log: Path, target: Path, tables: Iterable[Table], *, typed: bool) -> dict[str, int]:
    """Write a copy into a new file, with its companion, and return how many rows each table has.

    With `typed`, what people typed is in it. Raises OSError (FileExistsError), sqlite3.Error; then nothing is left.
    """
    published = {table.name: table.published for table in tables if table.published is not None}
    written: list[Path] = []
    try:
        for file in (target, companion(target)):
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            written.append(file)
        with closing(read_only(log)) as source, closing(sqlite3.connect(target, isolation_level=None)) as copy:
            source.create_function("code", 2, _Codes().code)
            source.execute("BEGIN")
            copy.execute("PRAGMA temp_store = MEMORY")
            copy.execute("BEGIN")
            counts = {name: _fill(source, copy, name, what, typed=typed) for name, what in published.items()}
            copy.execute("COMMIT")
        companion(target).write_text(json.dumps(_metadata(target, published, typed=typed), indent=1), encoding="utf-8")
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        raise
    return counts


class _Codes:
    """Numbers that stand for ids, of each kind from 1."""

    def __init__(self) -> None:
        self._known: defaultdict[str, dict[object, int]] = defaultdict(dict)

    def code(self, kind: str, value: object) -> int | None:
        """Return the number of an id; None for none."""
        known = self._known[kind]
        return None if value is None else known.setdefault(value, len(known) + 1)


def _fill(source: sqlite3.Connection, copy: sqlite3.Connection, name: str, what: Published, *, typed: bool) -> int:
    columns = {**what.columns, **(what.typed if typed else {})}
    defined = ", ".join(f'"{column}"{_constraint(what, column)}' for column in columns)
    copy.execute(f"CREATE TABLE {name} ({defined})")
    selected = ", ".join(columns.values())
    rows = source.execute(f"SELECT {selected} FROM {name} WHERE {what.where}")
    into = f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})"
    while some := rows.fetchmany(_AT_ONCE):
        copy.executemany(into, some)
    return int(copy.execute(f"SELECT count(*) FROM {name}").fetchone()[0])


def _constraint(what: Published, column: str) -> str:
    if column == what.key:
        return " INTEGER PRIMARY KEY"
    return f" REFERENCES {what.refers[column]}" if column in what.refers else ""


def _metadata(target: Path, published: dict[str, Published], *, typed: bool) -> dict[str, object]:
    return {
        "title": "Questions and answers, for research",
        "description": TYPED if typed else UNTYPED,
        "databases": {
            target.stem: {
                "tables": {
                    name: {"description": what.what, "facets": list(what.facets), "size": 50}
                    for name, what in published.items()
                }
            }
        },
    }
