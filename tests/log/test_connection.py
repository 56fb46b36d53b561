from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.log.engines.sqlite import SqliteConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.log.connection import Connection


@pytest.fixture
def db() -> Iterator[Connection]:
    """Open a database with a table of numbers, each allowed once."""
    opened = SqliteConnection(sqlite3.connect(":memory:", isolation_level=None))
    opened.execute("CREATE TABLE number (n INTEGER PRIMARY KEY, word TEXT)")
    yield opened
    opened.close()


def test_rows_come_back_by_column(db: Connection) -> None:
    """From a query, and from a statement that says what it wrote."""
    db.execute_many("INSERT INTO number VALUES (?, ?)", [(1, "one"), (2, "two")])
    assert db.query("SELECT word, n FROM number ORDER BY n") == [{"word": "one", "n": 1}, {"word": "two", "n": 2}]
    assert db.value("INSERT INTO number VALUES (:n, 'three') RETURNING n", {"n": 3}) == 3
    assert db.first("SELECT n FROM number WHERE n > ? ORDER BY n", (1,)) == {"n": 2}
    assert (db.first("SELECT n FROM number WHERE n > 9"), db.value("SELECT n FROM number WHERE n > 9")) == (None, None)
    assert db.execute("DELETE FROM number WHERE n < 3") == 2


def test_tables_are_known_by_name(db: Connection) -> None:
    """What is no table is not held."""
    assert (db.holds("number"), db.holds("nothing")) == (True, False)


def adding(db: Connection, *statements: str) -> None:
    """Add numbers, all or none."""
    with db.atomic():
        for statement in statements:
            db.execute(statement)


def test_what_fails_inside_is_undone_alone(db: Connection) -> None:
    """The outer transaction goes on."""
    with db.atomic():
        adding(db, "INSERT INTO number VALUES (1, 'one')")
        with pytest.raises(sqlite3.IntegrityError):
            adding(db, "INSERT INTO number VALUES (2, 'two')", "INSERT INTO number VALUES (1, 'again')")
        adding(db, "INSERT INTO number VALUES (3, 'three')")
    assert not db.in_transaction
    assert [row["n"] for row in db.query("SELECT n FROM number ORDER BY n")] == [1, 3]


@pytest.mark.parametrize(
    "again", ["INSERT INTO number VALUES (1, '')", "INSERT OR ROLLBACK INTO number VALUES (1, '')"]
)
def test_what_fails_outside_is_undone_whole(db: Connection, again: str) -> None:
    """Also where the engine has undone it already."""
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        adding(db, "INSERT INTO number VALUES (1, 'one')", again)
    assert not db.in_transaction
    assert db.value("SELECT count(*) FROM number") == 0
