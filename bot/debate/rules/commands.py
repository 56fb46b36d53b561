"""The commands of a debate.

`person` gives the command; the caller checks who is a moderator. A command that comes twice changes nothing the second
time, or is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.debate.rules.events import DebateSide, Evidence
    from bot.values.ballot import Choice, Round
    from knowledge.formats import Format


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts, and the name that others see.

    `id` is a pseudonym outside the service, and inside a code that is valid in this debate alone.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What one person asks of a debate."""

    person: Person


@dataclass(frozen=True, slots=True)
class Start(Asked):
    """Moderators only: open a debate, and begin its first phase."""

    motion: str
    format: Format
    sides: tuple[DebateSide, ...]


@dataclass(frozen=True, slots=True)
class Next(Asked):
    """Moderators only: begin the phase after the one at `place`, or end the debate after the last.

    `place` is that of the phase the moderator saw: a second press does not skip a phase.
    """

    place: int


class Pause(Asked):
    """Moderators only: stop the clock."""


class Resume(Asked):
    """Moderators only: restart the clock."""


@dataclass(frozen=True, slots=True)
class Extend(Asked):
    """Moderators only: give the phase more time."""

    minutes: float


@dataclass(frozen=True, slots=True)
class GoOn(Asked):
    """Moderators only: let phases begin by themselves when time is up, or not."""

    by_itself: bool


class End(Asked):
    """Moderators only: close the debate now."""


class CallNext(Asked):
    """Moderators only: give the floor to the first in the queue."""


@dataclass(frozen=True, slots=True)
class Join(Asked):
    """Take a side; None to watch."""

    side: str | None


@dataclass(frozen=True, slots=True)
class Prepare(Asked):
    """Let a side take preparation time; None is the person's own, another only a moderator's to name."""

    side: str | None = None


@dataclass(frozen=True, slots=True)
class EndPreparation(Asked):
    """Let a side's preparation time be over; None is the person's own, another only a moderator's to name."""

    side: str | None = None


@dataclass(frozen=True, slots=True)
class MakePoint(Asked):
    """Make a point; of the `evidence` found on it, what supports it comes first."""

    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class ShowEvidence(Asked):
    """Show everyone a side's best quote on a topic."""

    query: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class RaiseHand(Asked):
    """Ask for the floor, as of the moment of the press by Discord's clock; None: as of now."""

    pressed_ms: int | None = None


class WithdrawHand(Asked):
    """Stop asking for the floor."""


@dataclass(frozen=True, slots=True)
class CastBallot(Asked):
    """Vote, or change one's vote."""

    round: Round
    choice: Choice


@dataclass(frozen=True, slots=True)
class Tick:
    """From the clock: ring the bells that are due, and begin what begins by itself."""


Command = Asked | Tick
