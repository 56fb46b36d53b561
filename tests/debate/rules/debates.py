"""Debates to test with: a short format, people, and a debate that is led by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.debate.rules.commands import CastBallot, Next, Person, Start
from bot.debate.rules.decide import decide
from bot.debate.rules.events import BellRung, Cited, DebateSide, Evidence
from bot.debate.rules.state import Debate, closes, counted, fold
from bot.values.ballot import Round, outcome_of
from knowledge.formats import Allowed, Format, Phase, Speaks

if TYPE_CHECKING:
    from bot.debate.rules.commands import Command
    from bot.debate.rules.events import Event
    from bot.values.ballot import Choice

MINUTE: Final = 60_000
BEGIN: Final = 1_767_294_000_000
"""2026-01-01 19:00 UTC."""

SIDES: Final = (DebateSide("cats", "The cat club"), DebateSide("dogs", "The dog club"))
MODERATOR: Final = Person("m", "Mia")
ANN, BOB, CAT, DAN = (Person(name.lower(), name) for name in ("Ann", "Bob", "Cat", "Dan"))

FORMAT: Final = Format(
    "tiny",
    "Tiny debate",
    (
        Phase("vote", "First vote", Speaks.NONE, 3, (Allowed.BALLOT_BEFORE,)),
        Phase("first", "Statement", Speaks.FIRST, 4, (Allowed.POINTS, Allowed.EVIDENCE)),
        Phase("second", "Reply", Speaks.SECOND, 4, (Allowed.POINTS,)),
        Phase("floor", "Open floor", Speaks.BOTH, 6, (Allowed.POINTS, Allowed.FLOOR)),
        Phase("revote", "Last vote", Speaks.NONE, 3, (Allowed.BALLOT_AFTER,)),
        Phase("result", "Result", Speaks.NONE, 1, ()),
    ),
)

QUOTE: Final = Cited("wash", "club-paper", "Why cats", None, 2, 10, 30, "Cats wash themselves", "The club's own words")
FOUND: Final = (Evidence("cats", QUOTE), Evidence("dogs", None))


@dataclass
class Led:
    """A debate that began at BEGIN; `now` is its clock."""

    events: list[Event] = field(default_factory=list)
    now: int = BEGIN
    ballots: dict[Round, dict[str, Choice]] = field(default_factory=lambda: {held: {} for held in Round})

    @property
    def state(self) -> Debate:
        """Where it stands, folded from all events."""
        state = fold(self.events)
        assert state is not None
        return state

    def do(self, command: Command, after: int = 0) -> tuple[Event, ...]:
        """Give a command so many milliseconds later."""
        self.now += after
        events = tuple(map(self._counted, decide(fold(self.events), command, self.now)))
        if isinstance(command, CastBallot):
            self.ballots[command.round][command.person.id] = command.choice
        self.events += events
        return events

    def _counted(self, event: Event) -> Event:
        """Put the result into the event that closes the last ballot."""
        state = fold(self.events)
        if state is None or not closes(state, event):
            return event
        return counted(event, outcome_of(state.side_ids, self.ballots[Round.BEFORE], self.ballots[Round.AFTER], 1))

    def to_phase(self, identity: str) -> None:
        """Go on, phase by phase."""
        while self.state.phase.id != identity:
            self.do(Next(MODERATOR, self.state.place))

    def bells(self) -> list[tuple[str, int]]:
        """List the bells rung so far, with how late each was."""
        return [(event.bell.value, event.late_ms) for event in self.events if isinstance(event, BellRung)]


def started(phase: str = "vote", form: Format = FORMAT) -> Led:
    """Start a debate and go to a phase."""
    led = Led()
    led.do(Start(MODERATOR, "Cats make better pets", form, SIDES))
    led.to_phase(phase)
    return led
