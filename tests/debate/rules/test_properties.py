"""What holds of a debate whatever people do, in whatever order, and whatever the clock does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
    End,
    EndPreparation,
    Extend,
    GoOn,
    Join,
    MakePoint,
    Next,
    Pause,
    Person,
    Prepare,
    RaiseHand,
    Resume,
    Start,
    Tick,
    WithdrawHand,
)
from bot.debate.rules.decide import decide
from bot.debate.rules.events import (
    BallotCast,
    Bell,
    BellRung,
    ClockSetBack,
    Ended,
    Extended,
    Paused,
    PhaseBegun,
    Resumed,
    event_object,
    event_of,
)
from bot.debate.rules.state import evolve, fold
from bot.values.ballot import Round
from knowledge.errors import UserError
from tests.debate.rules.debates import BEGIN, FORMAT, MINUTE, MODERATOR, SIDES

if TYPE_CHECKING:
    from bot.debate.rules.commands import Command
    from bot.debate.rules.events import DebateSide, Event
    from bot.debate.rules.state import Debate
    from bot.values.ballot import Choice

PEOPLE = st.sampled_from([Person(name, name.upper()) for name in "abcd"])
CHOICES = st.sampled_from(["cats", "dogs", None])
HOUR = 60 * MINUTE
BANK_MIN = 2


class DebateMachine(RuleBasedStateMachine):
    """A debate in which anything happens; beside it, a plain account of votes and of the phase's time."""

    def __init__(self) -> None:
        """Start one."""
        super().__init__()
        self.stored: list[Event] = []
        self.folded: Debate | None = None
        self.now = BEGIN
        self.votes: dict[Round, dict[str, Choice]] = {held: {} for held in Round}
        self.phases: list[int] = []
        self.stopped = False
        self.rung: set[tuple[int, Bell, int]] = set()
        self.give(Start(MODERATOR, "Cats", replace(FORMAT, preparation=BANK_MIN), SIDES))

    @property
    def state(self) -> Debate:
        """The state after all that is stored."""
        assert self.folded is not None
        return self.folded

    def give(self, command: Command) -> bool:
        """Give a command; tell whether it was taken."""
        try:
            events = decide(self.folded, command, self.now)
        except UserError:
            return False
        for event in events:
            self.account(event)
            self.stored.append(event)
            self.folded = evolve(self.folded, event)
        return True

    def account(self, event: Event) -> None:
        """Keep the account, and check what a single event must keep to."""
        if isinstance(event, Paused | Resumed | PhaseBegun):
            self.stopped = isinstance(event, Paused)
        if isinstance(event, PhaseBegun):
            assert event.phase == len(self.phases)
            self.phases.append(event.phase)
        before = self.folded
        if before is None or isinstance(event, ClockSetBack):
            return
        if isinstance(event, BellRung):
            deadline = (before.place, event.bell, before.bells()[event.bell])
            assert deadline not in self.rung
            assert before.elapsed_at(event.at_ms) - deadline[2] == event.late_ms >= 0
            assert not self.stopped
            assert before.preparing is None
            self.rung.add(deadline)
        else:
            # Whatever happens, what was due before it has been rung before it.
            due = {bell for bell, moment in before.bells().items() if moment <= before.elapsed_at(event.at_ms)}
            assert due <= before.rung or not before.total_ms

    @rule(duration=st.integers(0, 4 * MINUTE))
    def time_passes(self, duration: int) -> None:
        """Nobody does anything."""
        self.now += duration

    @rule(jump=st.one_of(st.sampled_from([-HOUR, HOUR]), st.integers(-HOUR, HOUR)), looking=st.booleans())
    def clock_jumps(self, jump: int, *, looking: bool) -> None:
        """Somebody set it, and perhaps somebody looks at it then."""
        self.now += jump
        if looking:
            self.clock_is_looked_at()

    @rule()
    def restart(self) -> None:
        """Everything is read from where it was stored, and comes to the same."""
        self.stored = [event_of(json.loads(json.dumps(event_object(event)))) for event in self.stored]
        assert fold(self.stored) == self.folded

    @rule()
    def clock_is_looked_at(self) -> None:
        """Then no bell is left that is due; where the clock was set back, it is looked at again at once."""
        self.give(Tick())
        if isinstance(self.stored[-1], ClockSetBack):
            self.give(Tick())
        state = self.state
        due = state.next_bell_ms()
        assert due is None or self.now < due <= self.now + max(state.total_ms, BANK_MIN * MINUTE)
        assert not any(isinstance(event, BellRung | ClockSetBack) for event in decide(state, Tick(), self.now))

    @rule(person=PEOPLE, held=st.sampled_from(Round), choice=CHOICES)
    def somebody_votes(self, person: Person, held: Round, choice: Choice) -> None:
        """Count it exactly when it was taken."""
        if self.give(CastBallot(person, held, choice)):
            self.votes[held][person.id] = choice

    @rule(person=PEOPLE, side=CHOICES)
    def somebody_joins(self, person: Person, side: str | None) -> None:
        """On a side or to watch."""
        self.give(Join(person, side))

    @rule(person=PEOPLE, up=st.booleans())
    def somebody_wants_the_floor(self, person: Person, *, up: bool) -> None:
        """Or no longer."""
        self.give(RaiseHand(person) if up else WithdrawHand(person))

    @rule(person=PEOPLE)
    def somebody_makes_a_point(self, person: Person) -> None:
        """Numbers go up by one."""
        number = self.state.points
        assert not self.give(MakePoint(person, "So it is.", ())) or self.state.points == number + 1

    @rule()
    def moderator_calls(self) -> None:
        """Whoever is called had a hand up."""
        hands = self.state.hands
        assert not self.give(CallNext(MODERATOR)) or self.state.speaker in hands

    @rule()
    def moderator_goes_on(self) -> None:
        """To the phase after this one."""
        self.give(Next(MODERATOR, self.state.place))

    @rule(command=st.sampled_from([Pause(MODERATOR), Resume(MODERATOR), Extend(MODERATOR, 1), Extend(MODERATOR, 7)]))
    def moderator_stops_the_clock(self, command: Command) -> None:
        """Or lets it run, or gives more time."""
        self.give(command)

    @rule(by_itself=st.booleans())
    def moderator_lets_it_go_on(self, *, by_itself: bool) -> None:
        """Or not."""
        self.give(GoOn(MODERATOR, by_itself))

    @rule(side=st.sampled_from(SIDES), begins=st.booleans())
    def a_side_prepares(self, side: DebateSide, *, begins: bool) -> None:
        """Or is ready."""
        if self.give(Prepare(MODERATOR, side.id) if begins else EndPreparation(MODERATOR, side.id)):
            assert begins is (self.state.preparing == side.id)

    @rule(really=st.integers(0, 20))
    def moderator_ends(self, really: int) -> None:
        """Seldom."""
        if really == 0:
            self.give(End(MODERATOR))

    @invariant()
    def no_ballot_is_lost(self) -> None:
        """Nor doubled, nor another's."""
        assert self.state.voted == {held: frozenset(votes) for held, votes in self.votes.items()}
        outcome = self.state.outcome
        if outcome is not None:
            assert 2 * outcome.paired + outcome.voted_once == sum(map(len, self.votes.values()))

    @invariant()
    def nobody_prepares_longer_than_there_is_time(self) -> None:
        """Whatever the clock does."""
        assert all(0 <= self.state.left_to_prepare(side.id) <= BANK_MIN * MINUTE for side in SIDES)

    @invariant()
    def bells_that_rang_stay_rung(self) -> None:
        """Each deadline that lies behind has rung once at most, and once for certain as soon as anybody looks."""
        state = self.state
        assert state.place == self.phases[-1]
        behind = {bell for bell, moment in state.bells().items() if (state.place, bell, moment) in self.rung}
        assert behind <= state.rung
        assert state.elapsed_ms >= 0

    def teardown(self) -> None:
        """In the end every deadline of the last phase rings, once: the others were passed by or have rung."""
        state = self.state
        if not state.ended:
            self.give(GoOn(MODERATOR, by_itself=False))
            if state.paused:
                self.give(Resume(MODERATOR))
            self.give(Tick())
            for _ in range(4):
                self.now += 100 * HOUR
                self.give(Tick())
            assert self.state.ended or self.state.rung == set(self.state.bells())
        self.restart()
        kinds = [type(event) for event in self.stored]
        assert kinds.count(Ended) <= 1
        assert kinds.count(BallotCast) >= sum(map(len, self.votes.values()))
        assert sum(kind is BellRung for kind in kinds) <= 3 * (len(self.phases) + kinds.count(Extended))


DebateMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestDebate = DebateMachine.TestCase
