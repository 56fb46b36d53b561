"""Deleting what is too old to be kept. How old that is, others decide.

It must not know the time.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bot.log import privacy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.log.connection import Connection

_OLD_TURNS: Final = """asked_utc < :before AND conversation_id IN (SELECT id FROM conversation WHERE guild = :guild)"""
_OF_OLD_TURNS: Final = """turn_id IN (
    SELECT turn.id FROM turn JOIN conversation ON conversation.id = conversation_id
    WHERE guild = :guild AND asked_utc < :before
)"""
_EMPTY: Final = "guild = :guild AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation_id = conversation.id)"

_OLD: Final[Mapping[str, str]] = {
    "gap": _OF_OLD_TURNS,
    "citation": _OF_OLD_TURNS,
    "feedback": _OF_OLD_TURNS,
    "turn": _OLD_TURNS,
    "conversation": _EMPTY,
    "dispute": "guild = :guild AND disputed_utc < :before",
    "audit": "guild = :guild AND acted_utc < :before AND person IS NOT NULL",
}
"""What is too old, by table, what is owned before its owner. `preference` is not: it holds as long as it is wished."""

_OLD_DEBATES: Final = "guild = :guild AND last_utc < :before"
"""Debates in which nothing has happened since, ended or not."""

_OF_OLD_POSTINGS: Final = "posting IN (SELECT id FROM posting WHERE guild = :guild AND posted_utc < :before)"
_OLD_LESSONS: Final[Mapping[str, str]] = {
    "quiz_choice": "quiz IN (SELECT id FROM quiz WHERE guild = :guild AND started_utc < :before)",
    "student_answer": _OF_OLD_POSTINGS,
    "prompt_vote": _OF_OLD_POSTINGS,
    "quiz": "guild = :guild AND started_utc < :before",
    "posting": "guild = :guild AND posted_utc < :before",
    "lesson": "guild = :guild AND started_utc < :before",
}
"""What is too old of lessons, of prompts and of quizzes, by table, what is owned before its owner."""


def expire(
    db: Connection, before: Mapping[str, str], gone: Collection[str], *, lessons_before: Mapping[str, str]
) -> Counter[str]:
    """Delete what is older than `before` says for each guild, and everything about the guilds `gone`.

    Lessons, prompts and quizzes have times of their own, `lessons_before`. In one transaction; counts by table. `wipe`
    is due afterwards.
    """
    counts: Counter[str] = Counter()
    with db.atomic():
        for guild, moment in before.items():
            key = {"guild": guild, "before": moment}
            for personal in reversed(privacy.PERSONAL_TABLES):
                if personal.table in _OLD:
                    counts[personal.table] += privacy.remove(db, personal, _OLD[personal.table], key)
            # Its people and its events go with it.
            counts["debate"] += privacy.delete(db, "debate", _OLD_DEBATES, key)
        for guild, moment in lessons_before.items():
            for table, condition in _OLD_LESSONS.items():
                counts[table] += privacy.delete(db, table, condition, {"guild": guild, "before": moment})
        for guild in gone:
            counts.update(privacy.forget_guild(db, guild))
        privacy.mark_unwiped(db, counts)
    return counts
