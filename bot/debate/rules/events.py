"""The events of a debate, and their JSON. In order, they are the whole debate.

Each has the moment when it happened (`at_ms`, see `moments`). `person` is the caller's id of somebody, `actor` that of
a moderator; what the clock does has an empty one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, get_args

from bot.values.ballot import Outcome, Round  # noqa: TC001 - the codec reads the annotations at run time
from knowledge.codec import read_as, written
from knowledge.formats import LEAST_SIDES, MOST_SIDES, Format
from knowledge.reading.nearest import hint, quoted


class Bell(Enum):
    """The bells of a phase, in order."""

    HALF = "half"
    MINUTE = "minute"
    """One minute is left."""
    TIME = "time"


@dataclass(frozen=True, slots=True)
class DebateSide:
    """A side of the debate, as shown."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote and its place: `text` equals the article's characters from `start` to `end`."""

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
class Led:
    """What a moderator does: such an event is its own audit."""

    at_ms: int
    actor: str


@dataclass(frozen=True, slots=True)
class Acted:
    """What somebody does, or what is done to them."""

    at_ms: int
    person: str


@dataclass(frozen=True, slots=True)
class Started(Led):
    """A moderator opened the debate; always the first event. `sides` are in the format's order."""

    motion: str
    format: Format
    sides: tuple[DebateSide, ...]

    def __post_init__(self) -> None:
        """Refuse a debate of one side, and of more than there can be (ValueError)."""
        if not LEAST_SIDES <= len(self.sides) <= MOST_SIDES:
            raise ValueError(f"a debate has {LEAST_SIDES} to {MOST_SIDES} sides, not {len(self.sides)}")


@dataclass(frozen=True, slots=True)
class Met(Acted):
    """Somebody acted for the first time, or under a new name."""

    name: str


@dataclass(frozen=True, slots=True)
class PhaseBegun(Led):
    """A moderator, or the clock, began a phase (its place in the format, from 0).

    `result` is there after the last ballot.
    """

    phase: int
    result: Outcome | None = None


class Paused(Led):
    """A moderator stopped the phase's clock."""


class Resumed(Led):
    """A moderator restarted the phase's clock."""


@dataclass(frozen=True, slots=True)
class Extended(Led):
    """A moderator gave the phase more time."""

    minutes: float


@dataclass(frozen=True, slots=True)
class GoingOn(Led):
    """A moderator let phases begin by themselves, or not any more."""

    by_itself: bool


@dataclass(frozen=True, slots=True)
class Ended(Led):
    """A moderator, or the clock, closed the debate; always the last event.

    `result` is there if that closed the last ballot.
    """

    result: Outcome | None = None


@dataclass(frozen=True, slots=True)
class ClockSetBack:
    """The clock shows `by_ms` less than at the event before: time is counted from here on."""

    at_ms: int
    by_ms: int


@dataclass(frozen=True, slots=True)
class BellRung:
    """A bell of the current phase rang, `late_ms` after its moment."""

    at_ms: int
    bell: Bell
    late_ms: int


@dataclass(frozen=True, slots=True)
class Joined(Acted):
    """Somebody took a side; None to watch."""

    side: str | None


@dataclass(frozen=True, slots=True)
class PreparationBegun(Acted):
    """Somebody took preparation time for a side."""

    side: str


@dataclass(frozen=True, slots=True)
class PreparationOver(Acted):
    """Somebody ended a side's preparation time, or the clock did: `late_ms` after nothing was left of it."""

    side: str
    late_ms: int


@dataclass(frozen=True, slots=True)
class PointMade:
    """Somebody made a point; `side` is None for a watcher. `evidence`: what supports it comes first."""

    at_ms: int
    number: int
    person: str
    side: str | None
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class EvidenceShown(Acted):
    """Somebody had a side's best quote on a topic shown to everyone."""

    query: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class HandRaised(Acted):
    """Somebody asked for the floor, at `pressed_ms` by Discord's clock: hands may arrive in another order."""

    pressed_ms: int


class HandWithdrawn(Acted):
    """Somebody no longer asks for the floor."""


@dataclass(frozen=True, slots=True)
class Called(Led):
    """A moderator gave somebody the floor."""

    person: str


@dataclass(frozen=True, slots=True)
class BallotCast(Acted):
    """Somebody voted. For what is kept elsewhere, under seal, and when is not kept: the moment is the last event's."""

    round: Round


Event = (
    Started
    | Met
    | PhaseBegun
    | Paused
    | Resumed
    | Extended
    | GoingOn
    | Ended
    | ClockSetBack
    | BellRung
    | Joined
    | PreparationBegun
    | PreparationOver
    | PointMade
    | EvidenceShown
    | HandRaised
    | HandWithdrawn
    | Called
    | BallotCast
)


_INNER_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

_KINDS: Final = {_INNER_CAPITAL.sub("-", kind.__name__).lower(): kind for kind in get_args(Event)}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


_LATER: Final = {"preparation": 0, "by_itself": False, "seats": None, "sides": [2]}
"""What formats did not have at first."""


def format_object(value: object) -> object:
    """Return a format as JSON, of this version, from one of any version."""
    return {**_LATER, **value} if isinstance(value, dict) else value


def event_object(event: Event) -> dict[str, Any]:
    """Return one event as a JSON object."""
    return {"event": _NAMES[type(event)], **written(event)}


def event_of(value: object) -> Event:
    """Read what `event_object` wrote. Raises ValueError."""
    name = str(value.get("event", "")) if isinstance(value, dict) else ""
    if not isinstance(value, dict) or name not in _KINDS:
        raise ValueError(f'"event" must name a kind of event, not {quoted(name)}{hint(name, _KINDS)}')
    parts = {key: part for key, part in value.items() if key != "event"}
    if _KINDS[name] is HandRaised:
        # Hands of older debates count from when they arrived.
        parts.setdefault("pressed_ms", parts.get("at_ms"))
    if _KINDS[name] is Started:
        parts["format"] = format_object(parts.get("format"))
    event: Event = read_as(_KINDS[name], parts, name)
    return event
