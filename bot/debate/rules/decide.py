"""Leading a debate: what a command comes to, as events, or why it is refused.

    events = decide(state, command, now_ms)        state = fold(every event so far)

Nothing is kept here: whoever stores the events before anybody hears of them can be stopped at any moment. Time comes in
as a number and need not be right: what rang never rings again, and a clock that was set back goes on counting from
there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
    End,
    Extend,
    Join,
    MakePoint,
    Next,
    Pause,
    RaiseHand,
    Resume,
    ShowEvidence,
    Start,
    Tick,
    WithdrawHand,
)
from bot.debate.rules.events import (
    BallotCast,
    BellRung,
    Called,
    ClockSetBack,
    Ended,
    EvidenceShown,
    Extended,
    HandRaised,
    HandWithdrawn,
    Joined,
    Met,
    Paused,
    PhaseBegun,
    PointMade,
    Resumed,
    Started,
)
from bot.debate.rules.state import PERMISSIONS, Debate, evolve, queue
from bot.values.ballot import Round
from bot.values.text import is_blank, sound
from knowledge.errors import Message, UserError
from knowledge.model import Allowed, Speaks
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from bot.debate.rules.commands import Command, Person
    from bot.debate.rules.events import Event

LONGEST_TEXT: Final = 1000
"""Characters of a motion, a point or a query."""

LONGEST_EXTENSION_MIN: Final = 60

_NO_MOTION: Final = Message("There is nothing in this motion: write it out.")
_NO_POINT: Final = Message("There is nothing in this point: write it out.")
_NO_QUERY: Final = Message("There is nothing in this query: write it out.")


def decide(state: Debate | None, command: Command, now_ms: int) -> tuple[Event, ...]:
    """Return the events that a command comes to, those before it that the clock makes due first; none: nothing to do.

    `now_ms` should come from a clock that no one sets while the program runs. Raises UserError, and nothing happens.
    """
    if isinstance(command, Start):
        return _started(state, command, now_ms)
    if state is None:
        raise UserError("There is no debate here: a moderator can start one.")
    if state.ended:
        if isinstance(command, Tick):
            return ()
        raise UserError("This debate is over.")
    events = list(_due(state, now_ms))
    for event in events:
        state = evolve(state, event)
    if isinstance(command, Tick):
        return tuple(events)
    done = _done(state, command, now_ms)
    if done:
        events += _met(state, command.person, now_ms)
    return (*events, *done)


def _started(state: Debate | None, command: Start, now_ms: int) -> tuple[Event, ...]:
    if state is not None:
        raise UserError("This debate has started already: end it before you start another here.")
    actor = command.person.id
    return (
        Started(now_ms, actor, _text(command.motion, _NO_MOTION), command.format, command.sides),
        Met(now_ms, actor, command.person.name),
        PhaseBegun(now_ms, actor, 0),
    )


def _due(state: Debate, now_ms: int) -> tuple[Event, ...]:
    """Return what the clock alone brings: that it was set back, or the bells that are due, in their order."""
    if now_ms < state.at_ms:
        return (ClockSetBack(now_ms, state.at_ms - now_ms),)
    elapsed_ms = state.elapsed_at(now_ms)
    return tuple(
        BellRung(now_ms, bell, elapsed_ms - moment_ms)
        for bell, moment_ms in state.bells().items()
        if bell not in state.rung and moment_ms <= elapsed_ms
    )


def _met(state: Debate, person: Person, now_ms: int) -> tuple[Event, ...]:
    known = state.names.get(person.id) == person.name
    return () if known else (Met(now_ms, person.id, person.name),)


def _done(state: Debate, command: Command, now_ms: int) -> tuple[Event, ...]:
    """Return what a command itself comes to."""
    match command:
        case Next() | End() | CallNext():
            done = _led(state, command, now_ms)
        case Pause() | Resume() | Extend():
            done = _timed(state, command, now_ms)
        case MakePoint() | ShowEvidence():
            done = _said(state, command, now_ms)
        case RaiseHand() | WithdrawHand():
            done = _asked_for_floor(state, command, now_ms)
        case CastBallot():
            done = _voted(state, command, now_ms)
        case Join(person, side):
            _check_side(state, side)
            same = person.id in state.seats and state.seats[person.id] == side
            done = () if same else (Joined(now_ms, person.id, side),)
        case _:
            done = ()
    return done


def _led(state: Debate, command: Next | End | CallNext, now_ms: int) -> tuple[Event, ...]:
    actor = command.person.id
    if isinstance(command, CallNext):
        waiting = queue(state)
        if not waiting:
            raise UserError("No hand is raised.")
        return (Called(now_ms, actor, waiting[0]),)
    if isinstance(command, Next):
        if command.place != state.place:
            phase = quoted(state.phase.name)
            raise UserError("The debate has gone on already: it is in the phase {phase}.", phase=phase)
        if state.place + 1 < len(state.format.phases):
            return (PhaseBegun(now_ms, actor, state.place + 1),)
    return (Ended(now_ms, actor),)


def _timed(state: Debate, command: Pause | Resume | Extend, now_ms: int) -> tuple[Event, ...]:
    actor = command.person.id
    if isinstance(command, Extend):
        if not 1 <= command.minutes <= LONGEST_EXTENSION_MIN:
            raise UserError(
                "A phase can be extended by 1 to {most} minutes, not by {minutes}.",
                most=LONGEST_EXTENSION_MIN,
                minutes=command.minutes,
            )
        return (Extended(now_ms, actor, command.minutes),)
    if isinstance(command, Pause):
        if state.paused:
            raise UserError("The debate is paused already: resume it to go on.")
        return (Paused(now_ms, actor),)
    if not state.paused:
        raise UserError("The debate is not paused.")
    return (Resumed(now_ms, actor),)


def _asked_for_floor(state: Debate, command: RaiseHand | WithdrawHand, now_ms: int) -> tuple[Event, ...]:
    person = command.person.id
    raised = person in state.hands
    if isinstance(command, WithdrawHand):
        return (HandWithdrawn(now_ms, person),) if raised else ()
    if not state.allows(Allowed.FLOOR):
        raise UserError("{phase}: no hands are taken now. Raise yours when the floor is open.", phase=state.phase.name)
    return () if raised or person == state.speaker else (HandRaised(now_ms, person),)


def _said(state: Debate, command: MakePoint | ShowEvidence, now_ms: int) -> tuple[Event, ...]:
    person = command.person.id
    if isinstance(command, ShowEvidence):
        if not state.allows(Allowed.EVIDENCE):
            raise UserError("{phase}: no evidence is shown now.", phase=state.phase.name)
        _check_side(state, command.evidence.side)
        return (EvidenceShown(now_ms, person, _text(command.query, _NO_QUERY), command.evidence),)
    if person != state.speaker:
        _check_turn(state, person)
    text = _text(command.text, _NO_POINT)
    return (PointMade(now_ms, state.points + 1, person, state.seats.get(person), text, command.evidence),)


def _check_turn(state: Debate, person: str) -> None:
    """Refuse a point of somebody who has not the floor and is on no side that speaks now."""
    phase = state.phase
    if not state.allows(Allowed.POINTS):
        raise UserError("{phase}: no points are made now.", phase=phase.name)
    if state.seats.get(person) is None:
        raise UserError("Only who has joined a side makes points: join one, or raise your hand when the floor is open.")
    speaking = {Speaks.FIRST: state.sides[:1], Speaks.SECOND: state.sides[1:], Speaks.BOTH: state.sides}
    sides = speaking.get(phase.speaks, ())
    if state.seats[person] not in {side.id for side in sides}:
        raise UserError(
            "{phase}: only {sides} may make points now. Keep yours for your side's turn.",
            phase=phase.name,
            sides=tuple(side.name for side in sides),
        )


def _voted(state: Debate, command: CastBallot, now_ms: int) -> tuple[Event, ...]:
    if not state.allows(PERMISSIONS[command.round]):
        phase = state.phase.name
        if command.round is Round.BEFORE:
            raise UserError("{phase}: the ballot before the debate is not open now.", phase=phase)
        raise UserError("{phase}: the ballot after the debate is not open now.", phase=phase)
    _check_side(state, command.choice)
    ballot = state.ballots[command.round]
    person = command.person.id
    same = person in ballot and ballot[person] == command.choice
    return () if same else (BallotCast(now_ms, person, command.round, command.choice),)


def _check_side(state: Debate, side: str | None) -> None:
    if side is not None and side not in state.side_ids:
        raise UserError("This debate has no side {side}{hint}", side=quoted(side), hint=hint(side, state.side_ids))


def _text(text: str, nothing: Message) -> str:
    """Make a text sound; refuse one in which there is nothing, and one that is too long."""
    text = sound(text).strip()
    if is_blank(text):
        raise UserError(nothing)
    if len(text) > LONGEST_TEXT:
        raise UserError("This text has {size} characters: shorten it to {limit}.", size=len(text), limit=LONGEST_TEXT)
    return text
