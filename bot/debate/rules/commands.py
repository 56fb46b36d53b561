"""What can be asked of a debate. Values only.

`person` is whoever asks. Whether somebody is a moderator the caller knows, and lets nobody else give the commands that
are theirs; a command that comes twice changes nothing the second time, or is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.debate.rules.events import DebateSide, Evidence
    from bot.values.ballot import Choice, Round
    from knowledge.model import Format


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts, and the name that others see.

    `id` is a pseudonym to the service, which hands it on as the code that stands for it in this debate alone.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Start:
    """A moderator's: open a debate, and begin its first phase."""

    person: Person
    motion: str
    format: Format
    sides: tuple[DebateSide, DebateSide]


@dataclass(frozen=True, slots=True)
class Next:
    """A moderator's: go on to the phase after the one at this place, or end the debate after the last.

    `place` is that of the phase that the moderator saw: pressed twice, it goes on only once.
    """

    person: Person
    place: int


@dataclass(frozen=True, slots=True)
class Pause:
    """A moderator's: stop the clock."""

    person: Person


@dataclass(frozen=True, slots=True)
class Resume:
    """A moderator's: let the clock run again."""

    person: Person


@dataclass(frozen=True, slots=True)
class Extend:
    """A moderator's: give the phase more time."""

    person: Person
    minutes: int


@dataclass(frozen=True, slots=True)
class End:
    """A moderator's: close the debate now."""

    person: Person


@dataclass(frozen=True, slots=True)
class CallNext:
    """A moderator's: give the floor to whoever is first in the queue."""

    person: Person


@dataclass(frozen=True, slots=True)
class Join:
    """Take a side; None to watch."""

    person: Person
    side: str | None


@dataclass(frozen=True, slots=True)
class MakePoint:
    """Make a point; `evidence` is what was found on it, first what supports it."""

    person: Person
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ShowEvidence:
    """Have a side's best quote on something shown to all."""

    person: Person
    query: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RaiseHand:
    """Ask for the floor."""

    person: Person


@dataclass(frozen=True, slots=True)
class WithdrawHand:
    """Ask for it no longer."""

    person: Person


@dataclass(frozen=True, slots=True)
class CastBallot:
    """Vote, or change one's vote."""

    person: Person
    round: Round
    choice: Choice


@dataclass(frozen=True, slots=True)
class Tick:
    """Nobody's: look at the clock, and ring what is due."""


Command = (
    Start
    | Next
    | Pause
    | Resume
    | Extend
    | End
    | CallNext
    | Join
    | MakePoint
    | ShowEvidence
    | RaiseHand
    | WithdrawHand
    | CastBallot
    | Tick
)
