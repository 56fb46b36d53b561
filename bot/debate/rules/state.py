"""The state of a debate: the fold of its events, and the queue for the floor."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, Final

from bot.debate.rules import events
from bot.values.ballot import LEAST, Round, outcome_of
from bot.values.moments import MINUTE_MS
from knowledge.formats import BALLOTS, Allowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.values.ballot import Choice, Outcome
    from knowledge.formats import Format, Phase

PERMISSIONS: Final = {Round.BEFORE: Allowed.BALLOT_BEFORE, Round.AFTER: Allowed.BALLOT_AFTER}
"""What a phase must allow for a ballot to be open."""


LATE_BALLOT_MS: Final = 60_000
"""A ballot whose time was up so long ago, while nobody could vote, waits for a moderator."""


@dataclass(frozen=True, slots=True)
class Debate:
    """A debate after its last event, which was at `at_ms`.

    `place` is the current phase's in the format, `total_ms` its length with extensions, `elapsed_ms` how much of it had
    gone at the last event, without pauses; `rung` are the bells that have rung. `names` are those of everybody who ever
    acted, `seats` the sides people took (None: they watch). `hands` are people with the moments when
    they were raised, earliest first; `speaker` has the floor in this phase, `last_called` had it last in any phase, and
    `spoken` counts how often people spoke. With `by_itself`, the next phase begins when time is up, unless the debate
    `waits` for a moderator; `begun` is whether a point was made in this phase. `preparing` is the side that takes
    preparation time, and `prepared_ms` what each side has taken of it.
    """

    at_ms: int
    motion: str
    format: Format
    sides: tuple[events.DebateSide, ...]
    place: int = 0
    total_ms: int = 0
    elapsed_ms: int = 0
    paused: bool = False
    ended: bool = False
    rung: frozenset[events.Bell] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    seats: Mapping[str, str | None] = field(default_factory=dict)
    points: int = 0
    hands: Mapping[str, int] = field(default_factory=dict)
    speaker: str | None = None
    spoken: Mapping[str, int] = field(default_factory=dict)
    last_called: str | None = None
    voted: Mapping[Round, frozenset[str]] = field(default_factory=lambda: {held: frozenset() for held in Round})
    outcome: Outcome | None = None
    by_itself: bool = False
    waits: bool = False
    begun: bool = False
    preparing: str | None = None
    prepared_ms: Mapping[str, int] = field(default_factory=dict)

    @property
    def side_ids(self) -> tuple[str, ...]:
        """The ids of the sides, in the format's order."""
        return tuple(side.id for side in self.sides)

    @property
    def phase(self) -> Phase:
        """The current phase, the last one when the debate has ended."""
        return self.format.phases[self.place]

    def speaking(self, phase: Phase) -> tuple[events.DebateSide, ...]:
        """Return the sides that make points in a phase."""
        return phase.speaks.among(self.sides)

    def allows(self, allowed: Allowed) -> bool:
        """Return whether something is allowed now."""
        return not self.ended and allowed in self.phase.allows

    def elapsed_at(self, now_ms: int) -> int:
        """Return how much of the phase has gone at a moment; setting the clock back does not reduce it."""
        running = not self.paused and not self.ended and self.preparing is None
        return self.elapsed_ms + (max(0, now_ms - self.at_ms) if running else 0)

    def prepared_at(self, now_ms: int) -> Mapping[str, int]:
        """Return what each side has taken of its preparation time at a moment."""
        if self.preparing is None or self.paused or self.ended:
            return self.prepared_ms
        taken = min(self.left_to_prepare(self.preparing), max(0, now_ms - self.at_ms))
        return {**self.prepared_ms, self.preparing: self.prepared_ms.get(self.preparing, 0) + taken}

    def left_to_prepare(self, side: str) -> int:
        """Return what was left of a side's preparation time at the last event, in milliseconds."""
        return in_ms(self.format.preparation) - self.prepared_ms.get(side, 0)

    def may_prepare(self, side: str) -> bool:
        """Return whether no speech of another side would be broken off: time is up, or the side's own has not begun."""
        own = self.speaking(self.phase)
        return events.Bell.TIME in self.rung or (not self.begun and [each.id for each in own] == [side])

    @property
    def moves_on(self) -> bool:
        """Whether the next phase begins by itself now."""
        up = events.Bell.TIME in self.rung
        return up and self.by_itself and not self.waits and not self.paused and self.preparing is None

    def bells(self) -> dict[events.Bell, int]:
        """Return the bells of the phase with their moments, in milliseconds from its start, soonest first.

        A phase of at most one minute has no bell for the last minute, one of at most two no half time.
        """
        moments = {events.Bell.TIME: self.total_ms}
        if self.total_ms > MINUTE_MS:
            moments = {events.Bell.MINUTE: self.total_ms - MINUTE_MS} | moments
        if self.total_ms > 2 * MINUTE_MS:
            moments = {events.Bell.HALF: self.total_ms // 2} | moments
        return moments

    def next_bell_ms(self) -> int | None:
        """Return the moment when the clock acts next; None while it is stopped, or when nothing is left to do."""
        if self.paused or self.ended:
            return None
        if self.preparing is not None:
            return self.at_ms + self.left_to_prepare(self.preparing)
        if self.moves_on:
            return self.at_ms
        left = [moment for bell, moment in self.bells().items() if bell not in self.rung]
        return self.at_ms + min(left) - self.elapsed_ms if left else None


def in_ms(minutes: float) -> int:
    """Return minutes in milliseconds."""
    return round(minutes * MINUTE_MS)


def fold(history: Iterable[events.Event]) -> Debate | None:
    """Return the state after all events of a debate; None when there are none. Raises ValueError."""
    return reduce(evolve, history, None)


def evolve(state: Debate | None, event: events.Event) -> Debate:
    """Return the state after one more event. Raises ValueError for one that cannot come next."""
    if isinstance(event, events.Started):
        if state is not None:
            raise ValueError("a debate starts only once")
        return Debate(event.at_ms, event.motion, event.format, event.sides, by_itself=event.format.by_itself)
    if state is None:
        raise ValueError("a debate begins with its start")
    if state.ended:
        raise ValueError("nothing follows the end of a debate")
    if isinstance(event, events.BallotCast | events.Met):
        # Of a vote, and of a name that comes with one, it is not kept when they came.
        return _with_people(state, event)
    elapsed_ms, prepared_ms = state.elapsed_at(event.at_ms), state.prepared_at(event.at_ms)
    timed = replace(state, at_ms=event.at_ms, elapsed_ms=elapsed_ms, prepared_ms=prepared_ms)
    return _with_people(_with_time(timed, event), event)


def closes(state: Debate, event: events.Event) -> bool:
    """Return whether an event closes the last ballot."""
    votes = [at for at, phase in enumerate(state.format.phases) if any(ballot in phase.allows for ballot in BALLOTS)]
    if not votes or state.outcome is not None:
        return False
    return isinstance(event, events.Ended) or (isinstance(event, events.PhaseBegun) and event.phase > votes[-1])


def counted(event: events.Event, outcome: Outcome) -> events.Event:
    """Return an event that closes the last ballot, with the result. Raises ValueError for any other."""
    if not isinstance(event, events.PhaseBegun | events.Ended):
        raise ValueError(f"{event!r} closes no ballot")  # noqa: TRY004 - it is the wrong event, not the wrong type
    return replace(event, result=outcome)


def with_result(
    state: Debate, event: events.Event, ballots: Mapping[Round, Mapping[str, Choice]], least: int = LEAST
) -> events.Event:
    """Return an event, with the result of both ballots if it closes the last one."""
    if not closes(state, event):
        return event
    return counted(event, outcome_of(state.side_ids, ballots[Round.BEFORE], ballots[Round.AFTER], least))


def _with_time(state: Debate, event: events.Event) -> Debate:
    match event:
        case events.PhaseBegun():
            state = _in_phase(state, event)
        case events.Paused():
            state = replace(state, paused=True)
        case events.Resumed():
            state = replace(state, paused=False)
        case events.Extended():
            state = replace(state, total_ms=state.total_ms + in_ms(event.minutes))
            # Bells whose moment is ahead again will ring again.
            past = {bell for bell, moment in state.bells().items() if moment <= state.elapsed_ms}
            state = replace(state, rung=state.rung & past)
        case events.GoingOn():
            state = replace(state, by_itself=event.by_itself, waits=False)
        case events.BellRung():
            # A ballot that nobody could reach is not closed without being asked.
            voting = any(ballot in state.phase.allows for ballot in BALLOTS)
            waits = event.bell is events.Bell.TIME and voting and event.late_ms >= LATE_BALLOT_MS
            state = replace(state, rung=state.rung | {event.bell}, waits=waits)
        case events.PreparationBegun():
            _check_side(state, event.side)
            state = replace(state, preparing=event.side)
        case events.PreparationOver():
            state = replace(state, preparing=None)
        case events.Ended():
            state = replace(state, ended=True, outcome=event.result or state.outcome)
    return state


def _in_phase(state: Debate, event: events.PhaseBegun) -> Debate:
    """Begin a phase; hands stay raised only where it has a floor."""
    expected = state.place + 1 if state.total_ms else 0
    if event.phase != expected or expected >= len(state.format.phases):
        raise ValueError(f"phase {event.phase} cannot begin where phase {expected} comes next")
    phase = state.format.phases[event.phase]
    return replace(
        state,
        place=event.phase,
        outcome=event.result or state.outcome,
        total_ms=in_ms(phase.minutes),
        elapsed_ms=0,
        paused=False,
        waits=False,
        begun=False,
        preparing=None,
        rung=frozenset(),
        speaker=None,
        hands=state.hands if Allowed.FLOOR in phase.allows else {},
    )


def _with_people(state: Debate, event: events.Event) -> Debate:
    match event:
        case events.Met():
            state = replace(state, names={**state.names, event.person: event.name})
        case events.Joined():
            _check_side(state, event.side)
            state = replace(state, seats={**state.seats, event.person: event.side})
        case events.PointMade():
            # The speaker was counted when called.
            spoken = state.spoken if event.person == state.speaker else _once_more(state.spoken, event.person)
            state = replace(state, points=event.number, spoken=spoken, begun=True)
        case events.HandRaised():
            hands = {**_without_hand(state, event.person).hands, event.person: event.pressed_ms}
            state = replace(state, hands=dict(sorted(hands.items(), key=lambda hand: hand[1])))
        case events.HandWithdrawn():
            state = _without_hand(state, event.person)
        case events.Called(person=person):
            spoken = _once_more(state.spoken, person)
            state = replace(_without_hand(state, person), speaker=person, last_called=person, spoken=spoken)
        case events.BallotCast():
            voted = state.voted[event.round] | {event.person}
            state = replace(state, voted={**state.voted, event.round: voted})
    return state


def _check_side(state: Debate, side: str | None) -> None:
    if side is not None and side not in state.side_ids:
        raise ValueError(f"the debate has no side {side!r}")


def _without_hand(state: Debate, person: str) -> Debate:
    return replace(state, hands={other: raised for other, raised in state.hands.items() if other != person})


def _once_more(spoken: Mapping[str, int], person: str) -> dict[str, int]:
    return {**spoken, person: spoken.get(person, 0) + 1}


def queue(debate: Debate) -> tuple[str, ...]:
    """Return the people whose hands are raised, in the order they will be called if no other hand is raised.

    Of those who spoke least often, the first hand from a side other than the last speaker's comes first; watchers count
    as a side.
    """
    waiting = list(debate.hands)
    order: list[str] = []
    last = debate.last_called
    while waiting:
        side = None if last is None else (debate.seats.get(last),)
        # min() takes the first of equals, and hands are in the order they were raised.
        ranked = {person: (debate.spoken.get(person, 0), (debate.seats.get(person),) == side) for person in waiting}
        last = min(waiting, key=ranked.__getitem__)
        waiting.remove(last)
        order.append(last)
    return tuple(order)
