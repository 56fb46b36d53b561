"""Answers that were promised and are not out yet, for the run that follows one that was killed.

A row holds the token that answers an interaction, a credential for 15 minutes: none of this table belongs into a copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.log.connection import storable
from bot.log.privacy import PersonalTable
from bot.values.promise import LIFETIME, Promise
from knowledge.errors import Message

if TYPE_CHECKING:
    from bot.log.connection import Connection


TABLE: Final = PersonalTable(
    "pending_answer",
    what=Message("what you are being answered just now"),
    order="interaction",
    expires="guild = :guild AND promised_utc < :before",
    longest=LIFETIME,
    withheld=("token",),
    copied=False,
)


def note(db: Connection, promise: Promise) -> None:
    """Note that an answer was promised."""
    db.execute(
        """
        INSERT INTO pending_answer (interaction, token, guild, person, locale, typed, promised_utc)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (interaction) DO UPDATE SET token = excluded.token, typed = excluded.typed,
            promised_utc = excluded.promised_utc
        """,
        (
            promise.interaction,
            promise.token,
            promise.guild,
            promise.person,
            promise.locale,
            storable(promise.typed),
            promise.promised_utc,
        ),
    )


def drop(db: Connection, interaction: int) -> None:
    """Forget a promise."""
    db.execute("DELETE FROM pending_answer WHERE interaction = ?", (interaction,))


def expire(db: Connection, before: str) -> None:
    """Forget what was promised before a time (ISO 8601 in UTC)."""
    db.execute("DELETE FROM pending_answer WHERE promised_utc < ?", (before,))


def left(db: Connection) -> tuple[Promise, ...]:
    """Return every promise, oldest first."""
    query = """
        SELECT interaction, token, guild, person, locale, typed, promised_utc FROM pending_answer ORDER BY promised_utc
    """
    return tuple(Promise(**row) for row in db.query(query))
