"""Debates as rows: an event is one, and so is a person who took part, under a code that means nothing elsewhere.

Events hold codes, never pseudonyms; only `debate_person` says whose a code is. Functions over an open database; it must
not know which events may follow which, who may cause them, or what the time is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.debate.rules.events import Ended, event_object, event_of
from bot.log import outbox
from bot.log.audit import note
from bot.log.connection import storable
from bot.log.privacy import PersonalTable, Table
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.debate.rules.events import Event
    from bot.log.connection import Connection

ACTION: Final = "debate"
"""What the audit calls everything that a moderator does in a debate."""

TABLES: Final = (
    # A debate in which nothing has happened since is too old, ended or not. Its people and its events go with it.
    Table("debate", expires="guild = :guild AND last_utc < :before"),
    PersonalTable(
        "debate_person", what=Message("that you took part in a debate, and the code that stands for you there")
    ),
    PersonalTable(
        "debate_event",
        "person_id IN (SELECT id FROM debate_person WHERE {whose})",
        what=Message(
            "what you did in a debate: your name there, sides, points, hands, votes, and what you did as its moderator"
        ),
        json_columns=("event",),
        becomes={
            "person_id": "NULL",
            # Without its person's words: only what is there is replaced.
            "event": "json_replace(event, '$.name', 'somebody who left', "
            "'$.text', '[deleted by its author]', '$.query', '[deleted by its author]')",
        },
        # Whoever comes back to a debate that goes on must not vote twice, and nobody who left is called.
        goes="""
            json_extract(event, '$.event') IN ('ballot-cast', 'hand-raised')
            AND debate IN (SELECT id FROM debate WHERE NOT ended)
        """,
    ),
)

_INSERT_DEBATE: Final = """
    INSERT INTO debate (id, guild, channel, motion, began_utc, last_utc, ended)
    VALUES (:id, :guild, :channel, :motion, :now, :now, 0)
"""
_INSERT_PERSON: Final = (
    "INSERT INTO debate_person (debate, guild, person, code) VALUES (:debate, :guild, :person, :code)"
)
_INSERT_EVENT: Final = """
    INSERT INTO debate_event (debate, number, person_id, event)
    VALUES (:debate, :number, (SELECT id FROM debate_person WHERE debate = :debate AND code = :code), :event)
"""
_KNOWN: Final = "SELECT 1 FROM debate_person WHERE debate = :debate AND person = :person AND code = :code"
_UNFINISHED: Final = f"SELECT * FROM debate WHERE NOT ended OR id IN ({outbox.UNTOLD}) ORDER BY began_utc, id"  # noqa: S608 - names only
_HEAD: Final = "id, guild, motion, began_utc, CASE WHEN ended THEN last_utc END AS ended_utc"


class OutOfStepError(Exception):
    """A debate, or a person's code in it, is not there as the caller knows it: it was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be added to a debate at once: events (see `as_kept`) from the number `first` on, and who caused them.

    `person` is a pseudonym with its code in the debate, None where the clock alone did; `newcomer` says that the code
    is new. `audit` are lines for the guild's audit. `now` is ISO 8601 in UTC.
    """

    debate: str
    guild: str
    first: int
    events: tuple[Event, ...]
    person: tuple[str, str] | None
    newcomer: bool
    audit: tuple[str, ...]
    now: str


@dataclass(frozen=True, slots=True)
class KeptDebate:
    """A debate as its rows say: where it is shown, its events with their numbers, and who is who.

    `told` is the number of the last event that was announced, `codes` maps pseudonyms. An event that the disk has
    spoilt is left out, and named in `spoilt`: what follows it may not fit.
    """

    id: str
    guild: str
    channel: int
    thread: int | None
    panel: int | None
    told: int
    events: tuple[tuple[int, Event], ...]
    codes: Mapping[str, str]
    spoilt: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DebateHead:
    """What a list says of a debate; times are ISO 8601 in UTC, `ended_utc` is None while it goes on."""

    id: str
    guild: str
    motion: str
    began_utc: str
    ended_utc: str | None


def begin(db: Connection, channel: int, motion: str, happening: Happening) -> None:
    """Keep a new debate with its first events."""
    row = {"id": happening.debate, "guild": happening.guild, "channel": channel, "now": happening.now}
    db.execute(_INSERT_DEBATE, {**row, "motion": storable(motion)})
    append(db, happening)


def append(db: Connection, happening: Happening) -> None:
    """Add events to a debate, with whoever takes part in it for the first time, and the audit of what was done.

    Raises OutOfStepError when the debate or the person's code is gone.
    """
    debate = happening.debate
    moved = db.execute(
        "UPDATE debate SET last_utc = ?, ended = ? WHERE id = ?",
        (happening.now, int(any(isinstance(event, Ended) for event in happening.events)), debate),
    )
    if not moved:
        raise OutOfStepError
    if happening.person is not None:
        person, code = happening.person
        key = {"debate": debate, "guild": happening.guild, "person": person, "code": code}
        if happening.newcomer:
            db.execute(_INSERT_PERSON, key)
        elif db.value(_KNOWN, key) is None:
            raise OutOfStepError
        for line in happening.audit:
            note(db, happening.guild, person, ACTION, line, happening.now)
    rows = [
        {"debate": debate, "number": number, "code": whose(event), "event": _written(event)}
        for number, event in enumerate(happening.events, start=happening.first)
    ]
    db.execute_many(_INSERT_EVENT, rows)
    outbox.put(db, debate, happening.guild, happening.first + len(rows) - 1)


def as_kept(event: Event) -> Event:
    """Return an event as it will be read back: what SQLite cannot hold in its texts is replaced."""
    return event_of(storable(event_object(event)))


def whose(event: Event) -> str | None:
    """Return the code of the person whom an event is about: who acts, or who is called; None for the clock's."""
    return getattr(event, "person", None) or getattr(event, "actor", None)


def settle(db: Connection, debate: str, thread: int | None, panel: int | None) -> None:
    """Note where a debate is shown; None leaves what is there. Another thread has no panel yet."""
    db.execute(
        """
        UPDATE debate SET panel = coalesce(:panel, CASE WHEN :thread IS NULL OR thread IS :thread THEN panel END),
            thread = coalesce(:thread, thread) WHERE id = :debate
        """,
        {"debate": debate, "thread": thread, "panel": panel},
    )


def mark_told(db: Connection, debate: str, number: int) -> None:
    """Note that everything up to an event has been announced."""
    outbox.tell(db, debate, number)


def unfinished(db: Connection) -> tuple[KeptDebate, ...]:
    """Read the debates that go on, and those that ended unannounced, oldest first."""
    return tuple(_kept(db, row) for row in db.query(_UNFINISHED))


def one(db: Connection, debate: str) -> KeptDebate | None:
    """Read a debate; None when there is none."""
    row = db.first("SELECT * FROM debate WHERE id = ?", (debate,))
    return None if row is None else _kept(db, row)


def recent(db: Connection, limit: int, guild: str | None = None) -> tuple[DebateHead, ...]:
    """List the debates that began last, newest first, of a guild or of all."""
    if not _has_any(db):
        return ()
    query = f"SELECT {_HEAD} FROM debate WHERE guild = coalesce(?, guild) ORDER BY began_utc DESC, id LIMIT ?"  # noqa: S608 - names only
    return tuple(DebateHead(**row) for row in db.query(query, (guild, limit)))


def beginning_with(db: Connection, letters: str, limit: int) -> tuple[DebateHead, ...]:
    """List debates whose ids begin with some hexadecimal digits, newest first."""
    if not _has_any(db):
        return ()
    query = f"SELECT {_HEAD} FROM debate WHERE substr(id, 1, ?) = ? ORDER BY began_utc DESC, id LIMIT ?"  # noqa: S608 - names only
    return tuple(DebateHead(**row) for row in db.query(query, (len(letters), letters, limit)))


def _has_any(db: Connection) -> bool:
    """Return whether the log can hold debates: one that is only read may not be of today's shape."""
    return db.holds("debate")


def _written(event: Event) -> str:
    return json.dumps(event_object(event), ensure_ascii=False)


def _kept(db: Connection, row: Mapping[str, Any]) -> KeptDebate:
    rows = db.query("SELECT number, event FROM debate_event WHERE debate = ? ORDER BY number", (row["id"],))
    events, spoilt = _read(rows)
    people = db.query("SELECT person, code FROM debate_person WHERE debate = ?", (row["id"],))
    return KeptDebate(
        id=row["id"],
        guild=row["guild"],
        channel=row["channel"],
        thread=row["thread"],
        panel=row["panel"],
        told=outbox.told(db, row["id"]),
        events=events,
        codes={one["person"]: one["code"] for one in people},
        spoilt=spoilt,
    )


def _read(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[tuple[int, Event], ...], tuple[int, ...]]:
    """Read events from their rows, and name those that cannot be."""
    events: list[tuple[int, Event]] = []
    spoilt: list[int] = []
    for row in rows:
        try:
            events.append((row["number"], event_of(json.loads(row["event"]))))
        except ValueError:
            spoilt.append(row["number"])
    return tuple(events), tuple(spoilt)
