"""Who of a guild's moderators did what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.log.privacy import PersonalTable
from knowledge.errors import Message

if TYPE_CHECKING:
    from bot.log.connection import Connection


TABLE: Final = PersonalTable(
    "audit",
    what=Message("something that you did as a moderator"),
    order="id",
    becomes={"person": "NULL"},
    fades="guild = :guild AND acted_utc < :before AND person IS NOT NULL",
)


@dataclass(frozen=True, slots=True)
class ModeratorAct:
    """Something that a moderator did, to what, and when (ISO 8601 in UTC).

    `person` is a pseudonym, None once that person was forgotten, and for what the bot did by itself.
    """

    person: str | None
    action: str
    subject: str
    acted_utc: str


def note(db: Connection, guild: str, person: str | None, action: str, subject: str, now: str) -> None:
    """Record what a moderator does, in the transaction in which it is done."""
    db.execute(
        "INSERT INTO audit (guild, person, action, subject, acted_utc) VALUES (?, ?, ?, ?, ?)",
        (guild, person, action, subject, now),
    )


def acts(db: Connection, guild: str, limit: int) -> tuple[ModeratorAct, ...]:
    """Return the last acts in a guild, newest first."""
    query = "SELECT person, action, subject, acted_utc FROM audit WHERE guild = ? ORDER BY id DESC LIMIT ?"
    return tuple(ModeratorAct(**row) for row in db.query(query, (guild, limit)))
