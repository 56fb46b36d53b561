"""Clocks of debates: phases that begin by themselves, and preparation time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.debate.rules.commands import (
    CastBallot,
    End,
    EndPreparation,
    Extend,
    GoOn,
    Join,
    MakePoint,
    Next,
    Pause,
    Prepare,
    Resume,
    Tick,
)
from bot.debate.rules.events import Bell, BellRung, Ended, GoingOn, PhaseBegun, PreparationBegun, PreparationOver
from bot.debate.rules.terms import length_of, on_terms
from bot.values.ballot import Round
from knowledge.errors import UserError
from tests.debate.rules.debates import ANN, BEGIN, BOB, CAT, FORMAT, MINUTE, MODERATOR, started

BY_ITSELF = replace(FORMAT, by_itself=True)
PREPARED = replace(FORMAT, preparation=2)


def test_a_phase_begins_after_the_bell_of_the_one_before() -> None:
    """Nobody presses; a pause holds it up, and the last one ends the debate, with its result."""
    led = started(form=BY_ITSELF)
    led.do(CastBallot(ANN, Round.BEFORE, "cats"))
    begun = BEGIN + 3 * MINUTE
    assert led.do(Tick(), 3 * MINUTE)[-2:] == (BellRung(begun, Bell.TIME, 0), PhaseBegun(begun, "", 1))
    led.do(Pause(MODERATOR), MINUTE)
    assert led.do(Tick(), 60 * MINUTE) == ()
    led.do(Resume(MODERATOR))
    assert led.state.next_bell_ms() == led.now + MINUTE
    led.do(Tick(), 3 * MINUTE)
    assert led.state.phase.id == "second"
    for phase in FORMAT.phases[2:]:
        assert led.state.phase == phase
        led.do(Tick(), int(phase.minutes * MINUTE))
    assert led.events[-1] == Ended(led.now, "")
    assert led.state.outcome is not None
    assert led.do(Tick(), MINUTE) == ()


def test_a_phase_that_nobody_timed_has_its_whole_time() -> None:
    """After an hour away: the late bell rings, and one phase begins; but a ballot that nobody reached stays open."""
    led = started("first", BY_ITSELF)
    assert led.do(Tick(), 64 * MINUTE)[-2:] == (BellRung(led.now, Bell.TIME, 60 * MINUTE), PhaseBegun(led.now, "", 2))
    assert led.state.next_bell_ms() == led.now + 2 * MINUTE
    voting = started("revote", BY_ITSELF)
    assert isinstance(voting.do(Tick(), 4 * MINUTE)[-1], BellRung)
    assert voting.state.next_bell_ms() is None
    voting.do(CastBallot(ANN, Round.AFTER, "cats"))
    voting.do(Next(MODERATOR, voting.state.place))
    assert voting.state.phase.id == "result"


def test_a_moderator_lets_a_debate_go_on_by_itself_or_not() -> None:
    """Also once time is up; the second time nothing is changed."""
    led = started("first")
    led.do(Tick(), 4 * MINUTE)
    assert led.do(GoOn(MODERATOR, by_itself=True)) == (GoingOn(led.now, "m", by_itself=True),)
    assert led.do(GoOn(MODERATOR, by_itself=True)) == (PhaseBegun(led.now, "", 2),)
    led.do(GoOn(MODERATOR, by_itself=False))
    led.do(Tick(), 4 * MINUTE)
    assert (led.state.phase.id, led.state.next_bell_ms()) == ("second", None)
    led.do(GoOn(MODERATOR, by_itself=True))
    with pytest.raises(UserError, match='already moved on: it is in the phase "Open floor"'):
        led.do(Next(MODERATOR, 2))


def test_a_side_prepares_between_speeches_while_the_phases_clock_stands() -> None:
    """Its bank runs, stops, and is used up in the end."""
    led = started("first", PREPARED)
    led.do(Join(ANN, "cats"))
    led.do(Join(BOB, "dogs"))
    with pytest.raises(UserError, match="The dog club can take preparation time between speeches"):
        led.do(Prepare(BOB))
    assert led.do(Prepare(ANN), MINUTE)[-1] == PreparationBegun(led.now, "ann", "cats")
    assert led.do(Prepare(ANN)) == ()
    with pytest.raises(UserError, match="Another side is preparing"):
        led.do(Prepare(BOB))
    assert led.state.next_bell_ms() == led.now + 2 * MINUTE
    assert led.do(EndPreparation(ANN), MINUTE // 2) == (PreparationOver(led.now, "ann", "cats", 0),)
    assert (led.state.left_to_prepare("cats"), led.state.elapsed_ms) == (90_000, MINUTE)
    led.do(MakePoint(ANN, "Cats wash.", ()))
    with pytest.raises(UserError, match="between speeches"):
        led.do(Prepare(ANN))
    led.do(Tick(), 3 * MINUTE)
    assert Bell.TIME in led.state.rung
    led.do(Prepare(BOB))
    led.do(Pause(MODERATOR), MINUTE)
    assert led.do(Tick(), 60 * MINUTE) == ()
    led.do(EndPreparation(BOB))
    with pytest.raises(UserError, match="already paused"):
        led.do(Prepare(MODERATOR, "cats"))
    led.do(Resume(MODERATOR))
    led.do(Prepare(MODERATOR, "dogs"))
    # The program was away.
    assert led.do(Tick(), 11 * MINUTE) == (PreparationOver(led.now, "", "dogs", 10 * MINUTE),)
    assert (led.state.left_to_prepare("dogs"), led.state.left_to_prepare("cats")) == (0, 90_000)
    with pytest.raises(UserError, match="The dog club has no preparation time left"):
        led.do(Prepare(BOB))


def test_preparation_time_holds_up_what_goes_on_by_itself() -> None:
    """And ends with the phase in which it is taken."""
    led = started("first", replace(PREPARED, by_itself=True))
    led.do(Prepare(MODERATOR, "cats"), 3 * MINUTE)
    over = led.do(Tick(), 2 * MINUTE)
    assert over == (PreparationOver(led.now, "", "cats", 0),)
    assert led.do(Tick(), MINUTE)[-1] == PhaseBegun(led.now, "", 2)
    led.do(Prepare(MODERATOR, "dogs"))
    led.do(Next(MODERATOR, 2), MINUTE)
    assert (led.state.preparing, led.state.left_to_prepare("dogs")) == (None, MINUTE)


def test_who_is_on_no_side_and_a_debate_without_preparation_time_are_told_so() -> None:
    led = started("first", PREPARED)
    with pytest.raises(UserError, match="You need to join a side"):
        led.do(Prepare(CAT))
    with pytest.raises(UserError, match="no preparation time"):
        started("first").do(Prepare(ANN))
    led.do(End(MODERATOR))
    with pytest.raises(UserError, match="over"):
        led.do(Prepare(MODERATOR, "cats"))


def test_half_a_minute_counts() -> None:
    """In an extension and in the terms of a debate; bells fit."""
    form = on_terms(FORMAT, "90 s", "0:30", by_itself=True)
    assert [phase.minutes for phase in form.phases] == [3, 1.5, 1.5, 6, 3, 1]
    assert (form.preparation, form.by_itself, on_terms(FORMAT)) == (0.5, True, FORMAT)
    led = started("first", form)
    assert led.state.bells() == {Bell.MINUTE: 30_000, Bell.TIME: 90_000}
    led.do(Extend(MODERATOR, 0.5))
    assert led.state.total_ms == 2 * MINUTE
    for text, said in (
        ("soon", '"soon" is not a length of time'),
        ("0", "not a length"),
        ("4 h", "180 minutes at most"),
    ):
        with pytest.raises(UserError, match=said):
            length_of(text)
