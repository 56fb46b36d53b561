"""The rules of a debate: a command's events, or why it is refused.

    events = decide(state, command, now_ms)        state = fold(every event so far)

Nothing is kept here. Time comes in as a number and need not be right: a bell that rang never rings again, and a clock
that was set back goes on counting from there. A phase that begins by itself begins when the clock is looked at.
"""

from __future__ import annotations

from functools import reduce
from typing import Final

from bot.debate.rules import commands, events
from bot.debate.rules.state import PERMISSIONS, Debate, evolve, queue
from bot.values.ballot import Round
from bot.values.text import is_blank, sound
from knowledge.durations import in_minutes
from knowledge.errors import Message, UserError
from knowledge.formats import Allowed
from knowledge.reading.nearest import hint, quoted

LONGEST_TEXT: Final = 1000
"""Characters of a motion, a point or a query."""

LONGEST_EXTENSION_MIN: Final = 60

_CLOCK: Final = ""
"""Stands for the clock where a person acts."""

_PAUSED: Final = Message("The debate is already paused: resume it to continue.")
_NO_MOTION: Final = Message("This motion is empty: write it out.")
_NO_POINT: Final = Message("This point is empty: write it out.")
_NO_QUERY: Final = Message("This query is empty: write it out.")


def decide(state: Debate | None, command: commands.Command, now_ms: int) -> tuple[events.Event, ...]:
    """Return the events of a command after those the clock makes due; none where there is nothing to do.

    A vote has one the first time; what it is for is kept elsewhere.

    `now_ms` should come from a clock that no one sets while the program runs. Raises UserError when refused.
    """
    if isinstance(command, commands.Start):
        if state is not None:
            raise UserError("A debate is already running here: end it before you start another.")
        actor, motion = command.person.id, _text(command.motion, _NO_MOTION)
        return (
            events.Started(now_ms, actor, motion, command.format, command.sides),
            events.Met(now_ms, actor, command.person.name),
            events.PhaseBegun(now_ms, actor, 0),
        )
    if state is None:
        raise UserError("There is no debate here: a moderator starts one with `/debate start`.")
    due = list(_due(state, now_ms))
    if isinstance(command, commands.CastBallot):
        # When somebody votes is not kept: not even by a bell that rings at that moment.
        now_ms, due = state.at_ms, []
    for event in due:
        state = evolve(state, event)
    if isinstance(command, commands.Tick):
        return tuple(due)
    done = _done(state, command, now_ms)
    person = command.person
    if done and state.names.get(person.id) != person.name:
        due.append(events.Met(now_ms, person.id, person.name))
    return (*due, *done)


def _due(state: Debate, now_ms: int) -> tuple[events.Event, ...]:
    """Return the clock's own events: that it was set back, or what is due, in order."""
    if state.ended:
        return ()
    if now_ms < state.at_ms:
        return (events.ClockSetBack(now_ms, state.at_ms - now_ms),)
    due = _rung(state, now_ms) if state.preparing is None else _prepared_fully(state, state.preparing, now_ms)
    after = reduce(evolve, due, state)
    return (*due, _following(after, _CLOCK, now_ms)) if after.moves_on else due


def _rung(state: Debate, now_ms: int) -> tuple[events.Event, ...]:
    elapsed_ms = state.elapsed_at(now_ms)
    return tuple(
        events.BellRung(now_ms, bell, elapsed_ms - moment_ms)
        for bell, moment_ms in state.bells().items()
        if bell not in state.rung and moment_ms <= elapsed_ms
    )


def _prepared_fully(state: Debate, side: str, now_ms: int) -> tuple[events.Event, ...]:
    late_ms = now_ms - state.at_ms - state.left_to_prepare(side)
    return (events.PreparationOver(now_ms, _CLOCK, side, late_ms),) if late_ms >= 0 and not state.paused else ()


def _following(state: Debate, actor: str, now_ms: int) -> events.Event:
    """Return what comes after the phase."""
    if state.place + 1 < len(state.format.phases):
        return events.PhaseBegun(now_ms, actor, state.place + 1)
    return events.Ended(now_ms, actor)


def _done(state: Debate, command: commands.Command, now_ms: int) -> tuple[events.Event, ...]:
    if state.ended:
        raise UserError("This debate is over.")
    done: tuple[events.Event, ...] = ()
    match command:
        case commands.Next() | commands.End() | commands.CallNext() | commands.GoOn():
            done = _led(state, command, now_ms)
        case commands.Prepare() | commands.EndPreparation():
            done = _prepared(state, command, now_ms)
        case commands.Pause() | commands.Resume() | commands.Extend():
            done = _timed(state, command, now_ms)
        case commands.MakePoint() | commands.ShowEvidence():
            done = _said(state, command, now_ms)
        case commands.WithdrawHand(person) if person.id in state.hands:
            done = (events.HandWithdrawn(now_ms, person.id),)
        case commands.RaiseHand():
            done = _raised(state, command, now_ms)
        case commands.Join() | commands.CastBallot():
            done = _chosen(state, command, now_ms)
    return done


def _raised(state: Debate, command: commands.RaiseHand, now_ms: int) -> tuple[events.Event, ...]:
    person, pressed_ms = command.person.id, command.pressed_ms
    if not state.allows(Allowed.FLOOR):
        raise UserError("{phase}: you cannot raise your hand now. Wait for the open floor.", phase=_named(state))
    if person in {*state.hands, state.speaker}:
        return ()
    return (events.HandRaised(now_ms, person, now_ms if pressed_ms is None else pressed_ms),)


def _led(
    state: Debate, command: commands.Next | commands.End | commands.CallNext | commands.GoOn, now_ms: int
) -> tuple[events.Event, ...]:
    actor = command.person.id
    if isinstance(command, commands.GoOn):
        same = command.by_itself is state.by_itself
        return () if same else (events.GoingOn(now_ms, actor, command.by_itself),)
    if isinstance(command, commands.CallNext):
        waiting = queue(state)
        if not waiting:
            raise UserError("No hands are raised.")
        return (events.Called(now_ms, actor, waiting[0]),)
    if isinstance(command, commands.Next):
        if command.place != state.place:
            phase = quoted(state.phase.name)
            raise UserError("The debate has already moved on: it is in the phase {phase}.", phase=phase)
        return (_following(state, actor, now_ms),)
    return (events.Ended(now_ms, actor),)


def _prepared(
    state: Debate, command: commands.Prepare | commands.EndPreparation, now_ms: int
) -> tuple[events.Event, ...]:
    """Begin or end a side's preparation time."""
    person, side = command.person.id, command.side or state.seats.get(command.person.id)
    if not state.format.preparation:
        raise UserError("This debate has no preparation time.")
    if side is None:
        raise UserError("You need to join a side: preparation time belongs to a side.")
    _check_side(state, side)
    name = next(each.name for each in state.sides if each.id == side)
    if state.preparing not in {None, side}:
        raise UserError("Another side is preparing: wait until its time is over.")
    if isinstance(command, commands.EndPreparation):
        return () if state.preparing is None else (events.PreparationOver(now_ms, person, side, 0),)
    if state.preparing == side:
        return ()
    if state.paused:
        raise UserError(_PAUSED)
    if state.left_to_prepare(side) <= 0:
        raise UserError("{side} has no preparation time left.", side=name)
    if not state.may_prepare(side):
        raise UserError(
            "{side} can take preparation time between speeches: before its own begins, or when time is up.", side=name
        )
    return (events.PreparationBegun(now_ms, person, side),)


def _timed(
    state: Debate, command: commands.Pause | commands.Resume | commands.Extend, now_ms: int
) -> tuple[events.Event, ...]:
    actor = command.person.id
    if isinstance(command, commands.Extend):
        if not 0 < command.minutes <= LONGEST_EXTENSION_MIN:
            raise UserError(
                "A phase can be extended by up to {most} minutes, not by {minutes}.",
                most=LONGEST_EXTENSION_MIN,
                minutes=in_minutes(command.minutes),
            )
        return (events.Extended(now_ms, actor, command.minutes),)
    if isinstance(command, commands.Pause):
        if state.paused:
            raise UserError(_PAUSED)
        return (events.Paused(now_ms, actor),)
    if not state.paused:
        raise UserError("The debate is not paused.")
    return (events.Resumed(now_ms, actor),)


def _said(state: Debate, command: commands.MakePoint | commands.ShowEvidence, now_ms: int) -> tuple[events.Event, ...]:
    person = command.person.id
    if isinstance(command, commands.ShowEvidence):
        if not state.allows(Allowed.EVIDENCE):
            raise UserError("{phase}: evidence cannot be shown now.", phase=_named(state))
        _check_side(state, command.evidence.side)
        return (events.EvidenceShown(now_ms, person, _text(command.query, _NO_QUERY), command.evidence),)
    if person != state.speaker:
        _check_turn(state, person)
    text = _text(command.text, _NO_POINT)
    return (events.PointMade(now_ms, state.points + 1, person, state.seats.get(person), text, command.evidence),)


def _check_turn(state: Debate, person: str) -> None:
    """Refuse a point by somebody who does not have the floor and whose side is not speaking now."""
    phase = state.phase
    if not state.allows(Allowed.POINTS):
        raise UserError("{phase}: points cannot be made now.", phase=_named(state))
    if state.seats.get(person) is None:
        raise UserError("You need to join a side to make a point, or raise your hand during the open floor.")
    speaking = state.speaking(phase)
    if state.seats[person] not in {side.id for side in speaking}:
        raise UserError(
            "{phase}: only {sides} may make points now. Save yours for your side's turn.",
            phase=_named(state),
            sides=tuple(side.name for side in speaking),
        )


def _named(state: Debate) -> Message:
    """Return the name of the phase, which is translated where it is one of those that are there for all."""
    return Message(state.phase.name)


def _chosen(state: Debate, command: commands.Join | commands.CastBallot, now_ms: int) -> tuple[events.Event, ...]:
    person = command.person.id
    if isinstance(command, commands.Join):
        _check_side(state, command.side)
        same = person in state.seats and state.seats[person] == command.side
        return () if same else (events.Joined(now_ms, person, command.side),)
    if not state.allows(PERMISSIONS[command.round]):
        phase = _named(state)
        if command.round is Round.BEFORE:
            raise UserError("{phase}: the ballot before the debate is not open now.", phase=phase)
        raise UserError("{phase}: the ballot after the debate is not open now.", phase=phase)
    _check_side(state, command.choice)
    voted = person in state.voted[command.round]
    return () if voted else (events.BallotCast(now_ms, person, command.round),)


def _check_side(state: Debate, side: str | None) -> None:
    if side is not None and side not in state.side_ids:
        raise UserError("This debate has no side {side}{hint}", side=quoted(side), hint=hint(side, state.side_ids))


def _text(text: str, nothing: Message) -> str:
    """Return a text made sound. Raises UserError for an empty one, and one that is too long."""
    text = sound(text).strip()
    if is_blank(text):
        raise UserError(nothing)
    if len(text) > LONGEST_TEXT:
        raise UserError("This text has {size} characters: shorten it to {limit}.", size=len(text), limit=LONGEST_TEXT)
    return text
