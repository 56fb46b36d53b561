"""What is still to be told: of each stream how far it has come, how far it was told, and in which message last.

A stream is named after the thing that things happen to; they are numbered from 1, and told in their order. Whoever
writes what happens puts it here in the same transaction, so that it is told although the program dies in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.log.privacy import Table

if TYPE_CHECKING:
    from bot.log.connection import Connection

TABLE: Final = Table("outbox")

UNTOLD: Final = "SELECT stream FROM outbox WHERE told < number"
"""Picks the streams of which something is still to be told."""


def beside(row: str) -> str:
    """Return the SQL that puts `told` and `message` beside each row of a table; `row` is the SQL of its stream."""
    return f"LEFT JOIN (SELECT stream, told, message FROM outbox) ON stream = {row}"  # noqa: S608 - names only


def put(db: Connection, stream: str, guild: str, number: int) -> None:
    """Note that everything up to a number is to be told; 0 is nothing yet."""
    db.execute(
        """
        INSERT INTO outbox (stream, guild, number, told) VALUES (?, ?, ?, 0)
        ON CONFLICT (stream) DO UPDATE SET number = max(number, excluded.number)
        """,
        (stream, guild, number),
    )


def tell(db: Connection, stream: str, number: int, message: int | None = None) -> None:
    """Note that everything up to a number was told, the last of it in a message; what is noted already stays."""
    row = {"stream": stream, "number": number, "message": message}
    db.execute("UPDATE outbox SET told = :number, message = :message WHERE stream = :stream AND told < :number", row)


def told(db: Connection, stream: str) -> int:
    """Return up to which number a stream was told; 0 for an unknown one, and in a log of before there was an outbox."""
    return (db.value("SELECT told FROM outbox WHERE stream = ?", (stream,)) or 0) if db.holds(TABLE.name) else 0
