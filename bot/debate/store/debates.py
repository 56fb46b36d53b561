"""Debates as rows: one for each event, and one for each person, under a code that means nothing elsewhere.

Events hold codes, never pseudonyms; only `debate_person` says whose a code is. What people vote stands under seal in a
table of its own, and only until the last ballot closes: from then on there are the sums in the event that closed it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.debate.rules.events import Ended, event_object, event_of
from bot.debate.rules.state import counted
from bot.log import outbox
from bot.log.audit import note
from bot.log.connection import storable
from bot.log.privacy import PersonalTable, Published, Sealed, Table, erase
from bot.values.ballot import Round, opened_ballots, outcome_of
from bot.values.passage import FIRST_PACK
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.debate.rules.events import Event
    from bot.log.connection import Connection
    from bot.values.ballot import Choice

ACTION: Final = "debate"
"""The audit's name for everything a moderator does in a debate."""

TABLES: Final = (
    # The last event decides whether a debate is too old, ended or not. Its people and events go with it.
    Table(
        "debate",
        expires="guild = :guild AND last_utc < :before",
        published=Published(
            what="A debate.",
            columns={
                "debate": "code('debate', id)",
                "server": "code('server', guild)",
                "day": "substr(began_utc, 1, 10)",
                "ended": "ended",
                "pack": "pack",
            },
            typed={"motion": "motion"},
            key="debate",
            facets=("server", "day", "pack"),
        ),
    ),
    PersonalTable(
        "debate_person",
        what=Message("that you took part in a debate, and the code that stands for you there"),
        order="id",
    ),
    PersonalTable(
        "debate_event",
        "person_id IN (SELECT id FROM debate_person WHERE {whose})",
        what=Message(
            "what you did in a debate: your name there, sides, points, hands, that you voted, and what you did as its "
            "moderator"
        ),
        order="debate, number",
        json_columns=("event",),
        becomes={
            "person_id": "NULL",
            # json_replace leaves alone what is not there.
            "event": "json_replace(event, '$.name', 'somebody who left', "
            "'$.text', '[deleted by its author]', '$.query', '[deleted by its author]')",
        },
        # Somebody who returns to a running debate must not take two seats, nor count twice; nobody who left is called.
        goes="""
            json_extract(event, '$.event') IN ('joined', 'ballot-cast', 'hand-raised')
            AND debate IN (SELECT id FROM debate WHERE ended = 0)
        """,
        published=Published(
            what="What happened in a debate, in order; `result` has the sums of its votes, where they may be told.",
            columns={
                "debate": "code('debate', debate)",
                "number": "number",
                "event": "json_extract(event, '$.event')",
                "side": "json_extract(event, '$.side')",
                "result": "json_extract(event, '$.result')",
            },
            refers={"debate": "debate"},
            facets=("event", "side"),
        ),
    ),
    PersonalTable(
        "debate_vote",
        sealed=Sealed(
            scopes="SELECT DISTINCT debate AS scope FROM debate_vote",
            of="round",
            source="SELECT event FROM debate_event WHERE debate_event.debate = debate_vote.debate AND number = 1",
            choices=lambda first, _: [side["id"] for side in json.loads(first)["sides"]],
        ),
        what=Message("your vote in a debate, until the last ballot closes"),
        copied=False,
        order="debate, voter, round DESC",
    ),
)

_INSERT_DEBATE: Final = """
    INSERT INTO debate (id, guild, channel, motion, began_utc, last_utc, ended, pack)
    VALUES (:id, :guild, :channel, :motion, :now, :now, 0, :pack)
"""
_INSERT_PERSON: Final = (
    "INSERT INTO debate_person (debate, guild, person, code) VALUES (:debate, :guild, :person, :code)"
)
_INSERT_EVENT: Final = """
    INSERT INTO debate_event (debate, number, person_id, event)
    VALUES (:debate, :number, (SELECT id FROM debate_person WHERE debate = :debate AND code = :code), :event)
"""
_INSERT_VOTE: Final = """
    INSERT INTO debate_vote (debate, voter, guild, round, choice)
    VALUES (:debate, :voter, :guild, :round, :choice)
    ON CONFLICT (debate, voter, round) DO UPDATE SET choice = excluded.choice
"""
_KNOWN: Final = "SELECT 1 FROM debate_person WHERE debate = :debate AND person = :person AND code = :code"
_UNFINISHED: Final = f"SELECT * FROM debate WHERE ended = 0 OR id IN ({outbox.UNTOLD}) ORDER BY began_utc, id"  # noqa: S608 - names only
_HEAD: Final = "id, guild, motion, began_utc, CASE WHEN ended = 1 THEN last_utc END AS ended_utc"


class OutOfStepError(Exception):
    """A debate, or a person's code in it, was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Events to add to a debate at once (see `as_kept`), from the number `first` on, and who caused them.

    `person` is a pseudonym with its code in the debate, None for the clock; `newcomer` says that the code is new.
    `vote` is what that person votes. `closing` is the place of the event that closes the last ballot, if one does.
    `audit` are lines for the guild's audit. `now` is ISO 8601 in UTC, None for what has no time.
    """

    debate: str
    guild: str
    first: int
    events: tuple[Event, ...]
    person: tuple[str, str] | None
    newcomer: bool
    audit: tuple[str, ...]
    now: str | None
    vote: tuple[Round, Choice] | None = None
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """The event (its place among those that happen) in which the result of two ballots is to stand."""

    place: int
    sides: tuple[str, ...]
    least: int


@dataclass(frozen=True, slots=True)
class KeptDebate:
    """A debate's rows: where it is shown, its numbered events, and its people.

    `told` is the number of the last announced event, `codes` maps pseudonyms to codes. An event that cannot be read is
    left out, and its number is in `spoilt`: later events may not fit.
    """

    id: str
    guild: str
    channel: int
    events: tuple[tuple[int, Event], ...]
    codes: Mapping[str, str]
    thread: int | None = None
    panel: int | None = None
    told: int = 0
    spoilt: tuple[int, ...] = ()
    pack: str = FIRST_PACK


@dataclass(frozen=True, slots=True)
class DebateHead:
    """A debate in a list; times are ISO 8601 in UTC, `ended_utc` is None while it is running."""

    id: str
    guild: str
    motion: str
    began_utc: str
    ended_utc: str | None


def begin(db: Connection, channel: int, motion: str, pack: str, happening: Happening) -> None:
    """Insert a new debate with its first events."""
    row = {"id": happening.debate, "guild": happening.guild, "channel": channel, "now": happening.now}
    db.execute(_INSERT_DEBATE, {**row, "motion": storable(motion), "pack": pack})
    append(db, happening)


def append(db: Connection, happening: Happening) -> tuple[Event, ...]:
    """Add events to a debate, with a newcomer, a vote and the lines of the audit; return them, with the result.

    Raises OutOfStepError when the debate or the person's code is gone.
    """
    debate = happening.debate
    moved = db.execute(
        "UPDATE debate SET last_utc = coalesce(?, last_utc), ended = ? WHERE id = ?",
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
        if happening.vote is not None:
            held, choice = happening.vote
            voter = db.seal.voter(debate, person)
            mark = db.seal.choice(voter, held.value, choice)
            db.execute(_INSERT_VOTE, {**key, "voter": voter, "round": held.value, "choice": mark})
        for line in happening.audit:
            note(db, happening.guild, person, ACTION, line, happening.now or "")
    happened = _counted(db, happening)
    rows = [
        {
            "debate": debate,
            "number": number,
            "code": whose(event),
            "event": _json(event),
        }
        for number, event in enumerate(happened, start=happening.first)
    ]
    db.execute_many(_INSERT_EVENT, rows)
    outbox.put(db, debate, happening.guild, happening.first + len(rows) - 1)
    return happened


def votes_of(db: Connection, debate: str, person: str, sides: tuple[str, ...]) -> dict[Round, Choice]:
    """Return how somebody voted so far in ballots of which the last is not closed."""
    voter = db.seal.voter(debate, person)
    return {held: votes[voter] for held, votes in ballots(db, debate, sides).items() if voter in votes}


def _counted(db: Connection, happening: Happening) -> tuple[Event, ...]:
    """Put the result into the event that closes the last ballot, and delete the votes."""
    closing, happened = happening.closing, list(happening.events)
    if closing is not None:
        cast = ballots(db, happening.debate, closing.sides)
        outcome = outcome_of(closing.sides, cast[Round.BEFORE], cast[Round.AFTER], closing.least)
        happened[closing.place] = counted(happened[closing.place], outcome)
        erase(db, "debate_vote", "debate", happening.debate)
    return tuple(happened)


def ballots(db: Connection, debate: str, sides: tuple[str, ...]) -> dict[Round, dict[str, Choice]]:
    """Return both ballots, each a mapping from marks of voters to their choices."""
    votes = db.query("SELECT voter, round, choice FROM debate_vote WHERE debate = ?", (debate,))
    return opened_ballots(db.seal, votes, (*sides, None))


def _json(event: Event) -> str:
    return json.dumps(event_object(event), ensure_ascii=False)


def as_kept(event: Event) -> Event:
    """Return an event as it will be read back, without characters that SQLite cannot hold."""
    return event_of(storable(event_object(event)))


def whose(event: Event) -> str | None:
    """Return the code of the person who acts or is called in an event; None for the clock's."""
    return getattr(event, "person", None) or getattr(event, "actor", None) or None


def settle(db: Connection, debate: str, thread: int | None, panel: int | None) -> None:
    """Note where a debate is shown; None leaves what is there. A new thread has no panel yet."""
    db.execute(
        """
        UPDATE debate SET panel = coalesce(:panel, CASE WHEN :thread IS NULL OR thread = :thread THEN panel END),
            thread = coalesce(:thread, thread) WHERE id = :debate
        """,
        {"debate": debate, "thread": thread, "panel": panel},
    )


def unfinished(db: Connection) -> tuple[KeptDebate, ...]:
    """Return the debates that are running or ended unannounced, oldest first."""
    return tuple(_kept(db, row) for row in db.query(_UNFINISHED))


def one(db: Connection, debate: str) -> KeptDebate | None:
    """Return a debate; None when there is none."""
    row = db.first("SELECT * FROM debate WHERE id = ?", (debate,))
    return None if row is None else _kept(db, row)


def recent(db: Connection, limit: int, guild: str | None = None) -> tuple[DebateHead, ...]:
    """Return the latest debates of a guild, or of all, newest first."""
    return _heads(db, "guild = coalesce(?, guild)", (guild, limit))


def beginning_with(db: Connection, letters: str, limit: int) -> tuple[DebateHead, ...]:
    """Return the latest debates whose ids begin with some hexadecimal digits, newest first."""
    return _heads(db, "substr(id, 1, ?) = ?", (len(letters), letters, limit))


def _heads(db: Connection, where: str, values: tuple[str | int | None, ...]) -> tuple[DebateHead, ...]:
    # A log that is only read may be from before there were debates.
    if not db.holds("debate"):
        return ()
    query = f"SELECT {_HEAD} FROM debate WHERE {where} ORDER BY began_utc DESC, id LIMIT ?"  # noqa: S608 - names only
    return tuple(DebateHead(**row) for row in db.query(query, values))


def _kept(db: Connection, row: Mapping[str, Any]) -> KeptDebate:
    events: list[tuple[int, Event]] = []
    spoilt: list[int] = []
    for kept in db.query("SELECT number, event FROM debate_event WHERE debate = ? ORDER BY number", (row["id"],)):
        try:
            events.append((kept["number"], event_of(json.loads(kept["event"]))))
        except ValueError:
            spoilt.append(kept["number"])
    people = db.query("SELECT person, code FROM debate_person WHERE debate = ?", (row["id"],))
    return KeptDebate(
        id=row["id"],
        guild=row["guild"],
        channel=row["channel"],
        thread=row["thread"],
        panel=row["panel"],
        told=outbox.told(db, row["id"]),
        events=tuple(events),
        codes={one["person"]: one["code"] for one in people},
        spoilt=tuple(spoilt),
        pack=row.get("pack", FIRST_PACK),
    )
