"""What people think of answers: votes, disputed quotes, and what moderators decided about those."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.guild.store import guilds
from bot.log.audit import note
from bot.log.connection import storable
from bot.log.privacy import PersonalTable, Published
from bot.log.turns import OF_OLD_TURNS
from bot.values.passage import PassageRef
from knowledge.errors import Message

if TYPE_CHECKING:
    from bot.log.connection import Connection
    from bot.values.asker import TurnRef

EXCLUDE: Final = "exclude"
KEEP: Final = "keep"
RESTORE: Final = "restore"

TABLES: Final = (
    PersonalTable(
        "feedback",
        expires=OF_OLD_TURNS,
        what=Message("an answer that you found helpful, or not"),
        turn="turn_id",
        order="turn_id",
        published=Published(
            what="A vote on an answer.",
            columns={"turn": "code('turn', turn_id)", "helpful": "helpful"},
            refers={"turn": "turn"},
            facets=("helpful",),
        ),
    ),
    PersonalTable(
        "dispute",
        expires="guild = :guild AND disputed_utc < :before",
        what=Message("a quote that you disputed, and why"),
        order="id",
        published=Published(
            what="A quote that somebody disputed, and what moderators decided: exclude or keep it.",
            columns={"turn": "code('turn', turn_id)", "pack": "pack", "passage": "passage_id", "verdict": "verdict"},
            typed={"reason": "reason"},
            refers={"turn": "turn"},
            facets=("verdict", "pack", "passage"),
        ),
    ),
)

_REASONS: Final = 3
"""Reasons of a disputed quote that are read, the latest."""


@dataclass(frozen=True, slots=True)
class Disputed:
    """A quote that people of a guild dispute and nobody has decided about.

    `count` counts people, who may dispute it below several answers; `reasons` are the latest, newest first; `questions`
    are those that it was quoted for, without the ones that were deleted since.
    """

    passage: PassageRef
    count: int
    reasons: tuple[str, ...]
    questions: tuple[str, ...]


def vote(db: Connection, person: str, guild: str, ref: TurnRef, now: str, *, helpful: bool) -> bool:
    """Keep a person's one vote on a turn, instead of the one of before; false when the log does not hold the turn."""
    turn_id = _turn(db, ref)
    if turn_id is None:
        return False
    db.execute(
        """
        INSERT INTO feedback (turn_id, person, guild, helpful, voted_utc)
        VALUES (:turn_id, :person, :guild, :helpful, :now)
        ON CONFLICT (turn_id, person) DO UPDATE SET helpful = excluded.helpful, voted_utc = excluded.voted_utc
        """,
        {"turn_id": turn_id, "person": person, "guild": guild, "helpful": int(helpful), "now": now},
    )
    return True


def dispute(db: Connection, person: str, guild: str, ref: TurnRef, passage_id: str, reason: str, now: str) -> bool:
    """Put a quote into a guild's queue; false when the log does not hold the turn.

    The same person's further words on it replace those of before, and put it back once it was decided about.
    """
    turn_id = _turn(db, ref)
    if turn_id is None:
        return False
    row = {"person": person, "guild": guild, "turn_id": turn_id, "passage_id": passage_id, "now": now}
    db.execute(
        """
        INSERT INTO dispute (person, guild, turn_id, pack, passage_id, reason, disputed_utc)
        VALUES (:person, :guild, :turn_id, (
            SELECT pack FROM conversation JOIN turn ON conversation_id = conversation.id WHERE turn.id = :turn_id
        ), :passage_id, :reason, :now)
        ON CONFLICT (person, turn_id, passage_id)
        DO UPDATE SET reason = excluded.reason, disputed_utc = excluded.disputed_utc, verdict = NULL
        """,
        {**row, "reason": storable(reason)},
    )
    return True


def disputed_turns(db: Connection) -> frozenset[int]:
    """Return the turns with a quote that somebody disputes."""
    return frozenset(int(row["turn_id"]) for row in db.query("SELECT turn_id FROM dispute WHERE turn_id IS NOT NULL"))


def disputed(db: Connection, guild: str) -> tuple[Disputed, ...]:
    """List the quotes that wait for a decision in a guild, most disputed first, then the one that waits longest."""
    rows = db.query(
        """
        SELECT pack, passage_id, dispute.person, reason, asked_as FROM dispute LEFT JOIN turn ON turn.id = turn_id
        WHERE guild = ? AND verdict IS NULL ORDER BY dispute.id
        """,
        (guild,),
    )
    of_passage: dict[PassageRef, list[tuple[str, str | None]]] = defaultdict(list)
    people: dict[PassageRef, set[str]] = defaultdict(set)
    for row in rows:
        passage = PassageRef(row["pack"], row["passage_id"])
        of_passage[passage].append((row["reason"], row["asked_as"]))
        people[passage].add(row["person"])
    waiting = [
        Disputed(
            passage,
            len(people[passage]),
            tuple(reason for reason, _ in said[::-1] if reason)[:_REASONS],
            tuple(dict.fromkeys(question for _, question in said if question is not None))[:_REASONS],
        )
        for passage, said in of_passage.items()
    ]
    return tuple(sorted(waiting, key=lambda one: -one.count))


def decide(db: Connection, guild: str, passage: PassageRef, verdict: str, person: str, now: str) -> int:
    """Settle all disputes of a quote in a guild with EXCLUDE or KEEP, and count them; for none nothing is done."""
    settled = db.execute(
        "UPDATE dispute SET verdict = ? WHERE guild = ? AND pack = ? AND passage_id = ? AND verdict IS NULL",
        (verdict, guild, passage.pack, passage.passage),
    )
    if settled:
        if verdict == EXCLUDE:
            guilds.exclude(db, guild, passage, now)
        note(db, guild, person, verdict, str(passage), now)
    return settled


def restore(db: Connection, guild: str, passage: PassageRef, person: str, now: str) -> bool:
    """Let an excluded quote be shown again in a guild; false when it was not excluded."""
    found = guilds.restore(db, guild, passage)
    if found:
        note(db, guild, person, RESTORE, str(passage), now)
    return found


def _turn(db: Connection, ref: TurnRef) -> int | None:
    turn_id: int | None = db.value(
        "SELECT id FROM turn WHERE conversation_id = ? AND number = ?", (ref.conversation_id, ref.number)
    )
    return turn_id
