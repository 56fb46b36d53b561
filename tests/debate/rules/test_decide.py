"""What each command comes to, and why it is refused."""

from __future__ import annotations

import pytest

from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
    End,
    Extend,
    Join,
    MakePoint,
    Next,
    Pause,
    Person,
    RaiseHand,
    Resume,
    ShowEvidence,
    Start,
    Tick,
    WithdrawHand,
)
from bot.debate.rules.decide import LONGEST_TEXT, decide
from bot.debate.rules.events import (
    BallotCast,
    Bell,
    BellRung,
    ClockSetBack,
    Ended,
    EvidenceShown,
    HandRaised,
    HandWithdrawn,
    Joined,
    Met,
    Paused,
    PhaseBegun,
    PointMade,
    Started,
)
from bot.debate.rules.state import evolve, fold
from bot.values.ballot import Round
from knowledge.errors import UserError
from tests.debate.rules.debates import ANN, BEGIN, BOB, FORMAT, FOUND, MINUTE, MODERATOR, SIDES, Led, started


def test_start_begins_the_first_phase() -> None:
    """With its clock and the moderator's name."""
    events = decide(None, Start(MODERATOR, " Cats win ", FORMAT, SIDES), BEGIN)
    assert events == (
        Started(BEGIN, "m", "Cats win", FORMAT, SIDES),
        Met(BEGIN, "m", "Mia"),
        PhaseBegun(BEGIN, "m", 0),
    )


def test_nothing_happens_without_a_debate_nor_twice() -> None:
    """Each refusal says what to do."""
    with pytest.raises(UserError, match="no debate here: a moderator starts one"):
        decide(None, Join(ANN, None), BEGIN)
    with pytest.raises(UserError, match="already running here"):
        started().do(Start(MODERATOR, "Again", FORMAT, SIDES))


def test_next_leads_through_every_phase_to_the_end() -> None:
    """And nothing comes after."""
    led = started()
    for place in range(len(FORMAT.phases)):
        led.do(Next(MODERATOR, place))
    assert led.events[-1] == Ended(BEGIN, "m")
    with pytest.raises(UserError, match="This debate is over"):
        led.do(Join(ANN, "cats"))
    assert led.do(Tick(), 60 * MINUTE) == ()


def test_next_pressed_twice_goes_on_once() -> None:
    """The second names a phase that is over."""
    led = started()
    led.do(Next(MODERATOR, 0))
    with pytest.raises(UserError, match='has already moved on: it is in the phase "Statement"'):
        led.do(Next(MODERATOR, 0))


def test_end_closes_at_once() -> None:
    """With its moderator."""
    assert started("result").do(End(MODERATOR), 5) == (Ended(BEGIN + 5, "m"),)


def test_bells_ring_at_half_time_at_the_last_minute_and_at_the_end() -> None:
    """Each once, however often somebody looks."""
    led = started("floor")
    for _ in range(14):
        led.do(Tick(), MINUTE // 2)
    assert [(event.bell, event.at_ms - BEGIN) for event in led.events if isinstance(event, BellRung)] == [
        (Bell.HALF, 3 * MINUTE),
        (Bell.MINUTE, 5 * MINUTE),
        (Bell.TIME, 6 * MINUTE),
    ]
    assert led.state.next_bell_ms() is None


def test_missed_bells_say_how_late_they_are() -> None:
    """After a stop of ten minutes, with the next thing that happens."""
    led = started("floor")
    led.do(Join(ANN, "cats"), 10 * MINUTE)
    assert led.bells() == [("half", 7 * MINUTE), ("minute", 5 * MINUTE), ("time", 4 * MINUTE)]
    assert led.events[-1] == Joined(BEGIN + 10 * MINUTE, "ann", "cats")


def test_short_phases_have_fewer_bells() -> None:
    """One of a minute has only its end."""
    assert set(started("result").state.bells()) == {Bell.TIME}


def test_a_pause_moves_the_bells() -> None:
    """By as long as it lasted."""
    led = started("floor")
    led.do(Pause(MODERATOR), MINUTE)
    assert led.state.next_bell_ms() is None
    assert led.do(Tick(), 60 * MINUTE) == ()
    led.do(Resume(MODERATOR))
    assert led.state.next_bell_ms() == BEGIN + 63 * MINUTE
    with pytest.raises(UserError, match="not paused"):
        led.do(Resume(MODERATOR))
    led.do(Pause(MODERATOR))
    with pytest.raises(UserError, match="already paused"):
        led.do(Pause(MODERATOR))


def test_an_extension_moves_what_has_not_rung_and_rings_the_end_anew() -> None:
    """Half time lies behind."""
    led = started("floor")
    led.do(Tick(), 6 * MINUTE)
    assert [bell for bell, _ in led.bells()] == ["half", "minute", "time"]
    led.do(Extend(MODERATOR, 2))
    led.do(Tick(), MINUTE)
    led.do(Tick(), MINUTE)
    assert led.bells()[3:] == [("minute", 0), ("time", 0)]
    with pytest.raises(UserError, match="by up to 60 minutes, not by 61"):
        led.do(Extend(MODERATOR, 61))


def test_a_clock_that_was_set_back_goes_on_from_there() -> None:
    """What had gone by the event before stays gone, and nothing rings twice."""
    led = started("floor")
    led.do(Tick(), 3 * MINUTE)
    led.now -= 60 * MINUTE
    assert led.do(Tick()) == (ClockSetBack(BEGIN - 57 * MINUTE, 60 * MINUTE),)
    assert led.state.next_bell_ms() == led.now + 2 * MINUTE
    led.do(Tick(), 3 * MINUTE)
    assert led.bells() == [("half", 0), ("minute", MINUTE), ("time", 0)]


def test_a_bell_due_in_a_phase_is_rung_before_the_next_begins() -> None:
    """Nothing is left out."""
    led = started("floor")
    events = led.do(Next(MODERATOR, 3), 4 * MINUTE)
    assert [type(event) for event in events] == [BellRung, PhaseBegun]


def test_joining_changes_the_side_and_says_nothing_twice() -> None:
    """A name that changed is noted."""
    led = started()
    assert led.do(Join(ANN, "cats"))[-1] == Joined(BEGIN, "ann", "cats")
    assert led.do(Join(ANN, "cats")) == ()
    assert led.do(Join(Person("ann", "Anna"), None)) == (Met(BEGIN, "ann", "Anna"), Joined(BEGIN, "ann", None))
    with pytest.raises(UserError, match='no side "cat"; did you mean "cats"'):
        led.do(Join(ANN, "cat"))


def test_points_are_numbered_and_carry_their_evidence() -> None:
    """By whoever is on the side that speaks."""
    led = started("first")
    led.do(Join(ANN, "cats"))
    led.do(MakePoint(ANN, " Cats wash. ", FOUND))
    assert led.do(MakePoint(ANN, "And sleep.", ())) == (PointMade(BEGIN, 2, "ann", "cats", "And sleep.", ()),)
    assert [event.text for event in led.events if isinstance(event, PointMade)] == ["Cats wash.", "And sleep."]


@pytest.mark.parametrize(
    ("phase", "side", "text", "refusal"),
    [
        ("vote", "cats", "Now", "First vote: points cannot be made now"),
        ("first", None, "Now", "You need to join a side to make a point"),
        ("first", "dogs", "Now", "Statement: only The cat club may make points now"),
        ("first", "cats", " \u200b\n", "This point is empty"),
        ("first", "cats", "x" * (LONGEST_TEXT + 1), f"has 1001 characters: shorten it to {LONGEST_TEXT}"),
    ],
)
def test_points_out_of_turn_are_refused(phase: str, side: str | None, text: str, refusal: str) -> None:
    """With the reason."""
    led = started(phase)
    led.do(Join(BOB, side))
    with pytest.raises(UserError, match=refusal):
        led.do(MakePoint(BOB, text, ()))


def test_who_is_called_may_make_a_point_without_a_side() -> None:
    """Until the phase is over; hands go down with the floor."""
    led = started("floor")
    with pytest.raises(UserError, match="No hands are raised"):
        led.do(CallNext(MODERATOR))
    assert led.do(RaiseHand(ANN)) == (Met(BEGIN, "ann", "Ann"), HandRaised(BEGIN, "ann", BEGIN))
    assert led.do(RaiseHand(ANN)) == ()
    led.do(RaiseHand(BOB))
    led.do(CallNext(MODERATOR))
    assert isinstance(led.do(MakePoint(ANN, "A question.", ()))[-1], PointMade)
    led.do(Next(MODERATOR, 3))
    assert (led.state.hands, led.state.speaker) == ({}, None)
    with pytest.raises(UserError, match="points cannot be made now"):
        led.do(MakePoint(ANN, "More.", ()))
    with pytest.raises(UserError, match="you cannot raise your hand now"):
        led.do(RaiseHand(ANN))


def test_a_hand_can_be_withdrawn_once() -> None:
    """The second time there is nothing to do."""
    led = started("floor")
    led.do(RaiseHand(ANN))
    assert led.do(WithdrawHand(ANN)) == (HandWithdrawn(BEGIN, "ann"),)
    assert led.do(WithdrawHand(ANN)) == ()


def test_evidence_is_shown_where_it_is_allowed() -> None:
    """For everybody."""
    led = started("first")
    event = led.do(ShowEvidence(BOB, "who washes?", FOUND[0]))[-1]
    assert event == EvidenceShown(BEGIN, "bob", "who washes?", FOUND[0])
    led.to_phase("second")
    with pytest.raises(UserError, match="Reply: evidence cannot be shown now"):
        led.do(ShowEvidence(BOB, "who washes?", FOUND[0]))


def test_a_vote_can_be_changed_until_its_ballot_closes() -> None:
    """The last one counts; nothing is known of either before no vote can change, nor ever when it came."""
    led = started()
    assert led.do(CastBallot(ANN, Round.BEFORE, "cats"), 2 * MINUTE) == (
        Met(BEGIN, "ann", "Ann"),
        BallotCast(BEGIN, "ann", Round.BEFORE),
    )
    assert led.do(CastBallot(ANN, Round.BEFORE, None)) == ()
    with pytest.raises(UserError, match="the ballot after the debate is not open"):
        led.do(CastBallot(ANN, Round.AFTER, "cats"))
    led.to_phase("revote")
    with pytest.raises(UserError, match="the ballot before the debate is not open"):
        led.do(CastBallot(ANN, Round.BEFORE, "dogs"))
    led.do(CastBallot(ANN, Round.AFTER, "dogs"))
    still_open = led.state.outcome
    led.do(Next(MODERATOR, 4))
    closed = led.state.outcome
    assert still_open is None
    assert closed is not None
    assert closed.matrix == ((0, 0, 0), (0, 0, 0), (0, 1, 0))


def test_what_a_moderator_does_names_the_moderator() -> None:
    """Whoever of them it was."""
    led = started()
    other = Person("n", "Noa")
    assert led.do(Pause(other))[-1] == Paused(BEGIN, "n")


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([Met(0, "a", "A")], "begins with its start"),
        ([*started().events, started().events[0]], "starts only once"),
        ([*started().events, PhaseBegun(0, "m", 0)], "phase 0 cannot begin where phase 1 comes next"),
        ([*started().events, Ended(0, "m"), Paused(0, "m")], "nothing follows the end"),
        ([*started().events, Joined(0, "a", "birds")], "no side 'birds'"),
    ],
)
def test_events_that_are_no_debate_are_found_out(events: list[Started], message: str) -> None:
    """Where they come from elsewhere."""
    with pytest.raises(ValueError, match=message):
        fold(events)


def test_fold_of_nothing_is_nothing() -> None:
    """And one by one is as good as at once."""
    assert fold([]) is None
    led: Led = started("floor")
    state = None
    for event in led.events:
        state = evolve(state, event)
    assert state == led.state
