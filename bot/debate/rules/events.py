"""What happens in a debate, as events: together, in their order, they are the debate.

Each carries when it happened (`at_ms`, see `moments`). `person` is an id under which the caller knows somebody, `actor`
that of a moderator: an event with an actor is the audit of what a moderator did. Values only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.values.ballot import Choice, Round  # noqa: TC001 - the codec reads the annotations at run time
from knowledge.model import Format  # noqa: TC001 - as above


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
