"""What happens in a debate, as events, and as the JSON that keeps them: together, in their order, they are the debate.

Each carries when it happened (`at_ms`, see `moments`). `person` is an id under which the caller knows somebody, `actor`
that of a moderator: an event with an actor is the audit of what a moderator did. Values only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, get_args

from bot.values.ballot import Choice, Round  # noqa: TC001 - the codec reads the annotations at run time
from knowledge.codec import read_as, written
from knowledge.errors import UserError
from knowledge.model import Format  # noqa: TC001 - as above
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable


class Bell(Enum):
    """What is said of the time in a phase, in the order in which it comes."""

    HALF = "half"
    MINUTE = "minute"
    """One minute is left."""
    TIME = "time"


@dataclass(frozen=True, slots=True)
class DebateSide:
    """A side of the debate, as it is to be shown."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote with where it stands: `text` equals the article's characters from `start` to `end`."""

    passage: str
    article: str
    title: str
    author: str | None
    paragraph: int
    start: int
    end: int
    text: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best quote of a side; None when the articles have none."""

    side: str
    quote: Cited | None


@dataclass(frozen=True, slots=True)
class Started:
    """A moderator opened the debate; always the first event. `sides` stand in the order of the format's."""

    at_ms: int
    actor: str
    motion: str
    format: Format
    sides: tuple[DebateSide, DebateSide]


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody acts for the first time, or under another name than before."""

    at_ms: int
    person: str
    name: str


@dataclass(frozen=True, slots=True)
class PhaseBegun:
    """A moderator went on to a phase (its place in the format, from 0)."""

    at_ms: int
    actor: str
    phase: int


@dataclass(frozen=True, slots=True)
class Paused:
    """A moderator stopped the clock of the phase."""

    at_ms: int
    actor: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """A moderator let the clock run again."""

    at_ms: int
    actor: str


@dataclass(frozen=True, slots=True)
class Extended:
    """A moderator gave the phase more time."""

    at_ms: int
    actor: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A moderator closed the debate; always the last event."""

    at_ms: int
    actor: str


@dataclass(frozen=True, slots=True)
class ClockSetBack:
    """The clock shows less than at the event before, by so much: time is counted from here on."""

    at_ms: int
    by_ms: int


@dataclass(frozen=True, slots=True)
class BellRung:
    """A bell of the current phase was rung, so much after its moment."""

    at_ms: int
    bell: Bell
    late_ms: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody took a side; None to watch."""

    at_ms: int
    person: str
    side: str | None


@dataclass(frozen=True, slots=True)
class PointMade:
    """Somebody made a point; None is the side of whoever watches. `evidence`: first what supports it."""

    at_ms: int
    number: int
    person: str
    side: str | None
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """Somebody had a side's best quote on something shown to all."""

    at_ms: int
    person: str
    query: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class HandRaised:
    """Somebody asked for the floor."""

    at_ms: int
    person: str


@dataclass(frozen=True, slots=True)
class HandWithdrawn:
    """Somebody no longer asks for the floor."""

    at_ms: int
    person: str


@dataclass(frozen=True, slots=True)
class Called:
    """A moderator gave somebody the floor."""

    at_ms: int
    actor: str
    person: str


@dataclass(frozen=True, slots=True)
class BallotCast:
    """Somebody voted, or changed their vote; secret, whatever is shown of a debate."""

    at_ms: int
    person: str
    round: Round
    choice: Choice


Event = (
    Started
    | Met
    | PhaseBegun
    | Paused
    | Resumed
    | Extended
    | Ended
    | ClockSetBack
    | BellRung
    | Joined
    | PointMade
    | EvidenceShown
    | HandRaised
    | HandWithdrawn
    | Called
    | BallotCast
)


_VERSION: Final = 1
_VERSION_KEY: Final = "dilemma_debate"
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

_KINDS: Final = {_INNER_CAPITAL.sub("-", kind.__name__).lower(): kind for kind in get_args(Event)}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def record_of(events: Iterable[Event]) -> dict[str, Any]:
    """Write events as one JSON object. It holds every ballot: it is for keeping, not for showing."""
    return {_VERSION_KEY: _VERSION, "events": [event_object(event) for event in events]}


def events_in(record: object) -> tuple[Event, ...]:
    """Read what `record_of` wrote. Raises UserError with the number of the event (from 1) and what is wrong with it."""
    if (
        not isinstance(record, dict)
        or record.get(_VERSION_KEY) != _VERSION
        or not isinstance(record.get("events"), list)
    ):
        raise UserError(f'it is no debate that was kept: an object with "{_VERSION_KEY}": {_VERSION} and its "events"')
    return tuple(_event(value, number) for number, value in enumerate(record["events"], start=1))


def event_object(event: Event) -> dict[str, Any]:
    """Write one event as a JSON object."""
    return {"event": _NAMES[type(event)], **written(event)}


def event_of(value: object) -> Event:
    """Read what `event_object` wrote. Raises ValueError."""
    name = str(value.get("event", "")) if isinstance(value, dict) else ""
    if not isinstance(value, dict) or name not in _KINDS:
        raise ValueError(f'an object that names itself under "event" is wanted, not {quoted(name)}{hint(name, _KINDS)}')
    event: Event = read_as(_KINDS[name], {key: part for key, part in value.items() if key != "event"}, name)
    return event


def _event(value: object, number: int) -> Event:
    try:
        return event_of(value)
    except ValueError as error:
        raise UserError(f"event {number}: {error}") from None
