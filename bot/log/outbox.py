"""The outbox: for each stream the number of its last event, the last one announced, and the message of that.

A stream's events are numbered from 1. An event is put here in the transaction that writes it, so that it is announced
even when the program dies in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.log.privacy import Table

if TYPE_CHECKING:
    from bot.log.connection import Connection

TABLE: Final = Table("outbox")

UNTOLD: Final = "SELECT stream FROM outbox WHERE told < number"
"""Selects the streams that have something to announce."""


def beside(row: str) -> str:
    """Return the SQL that joins `told` and `message` to a table; `row` is the SQL of its stream."""
    return f"LEFT JOIN (SELECT stream, told, message FROM outbox) AS announced ON stream = {row}"  # noqa: S608 - names only


def put(db: Connection, stream: str, guild: str, number: int) -> None:
    """Note that everything up to a number is to be announced; 0 is nothing yet."""
    db.execute(
        """
        INSERT INTO outbox (stream, guild, number, told) VALUES (?, ?, ?, 0)
        ON CONFLICT (stream) DO UPDATE SET number = excluded.number WHERE outbox.number < excluded.number
        """,
        (stream, guild, number),
    )


def tell(db: Connection, stream: str, number: int, message: int | None = None) -> None:
    """Note that everything up to a number was announced, the last in `message`; the number never falls."""
    row = {"stream": stream, "number": number, "message": message}
    db.execute("UPDATE outbox SET told = :number, message = :message WHERE stream = :stream AND told < :number", row)


def told(db: Connection, stream: str) -> int:
    """Return the last number announced of a stream; 0 for an unknown one, and in a log without an outbox."""
    return (db.value("SELECT told FROM outbox WHERE stream = ?", (stream,)) or 0) if db.holds(TABLE.name) else 0
