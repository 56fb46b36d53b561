"""A rehearsal: a whole debate of people who do not exist, in a moment, by the same rules as any other.

What they do is drawn by lot from a seed, what they say are the pack's example claims and questions, and the evidence is
really found.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
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
)
from bot.debate.rules.decide import decide
from bot.debate.rules.events import DebateSide
from bot.debate.rules.evidence import beside_point, evidence_on
from bot.debate.rules.state import PERMISSIONS, evolve
from bot.values.moments import MINUTE_MS, SECOND_MS
from knowledge.errors import UserError
from knowledge.model import Allowed, Speaks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.debate.rules.commands import Command
    from bot.debate.rules.events import Event
    from bot.debate.rules.state import Debate
    from bot.values.ballot import Choice, Round
    from embeddings.hits import Findings, StanceFinding
    from knowledge.model import Format, Pack

BEGIN_MS: Final = 1_767_294_000_000
"""2026-01-01 19:00 UTC: the same seed is to give the same debate, whenever it is asked for."""

_TURNOUT: Final = 0.9
"""How many of the people vote, each time."""
_MOVED: Final = 0.3
"""How many of them vote anew after what they heard."""
_RECONSIDERING: Final = 0.1
"""How many change a vote before it is closed."""
_LEANINGS: Final = (4, 3, 5)
"""How many lean to the first side, to the second, and to neither, in proportion."""
_ON_SIDES: Final = 0.1
"""How many take each side; the rest watch."""
_HANDS: Final = 10
_CALLS: Final = 5


def rehearse(
    pack: Pack,
    form: Format,
    *,
    people: int,
    seed: int,
    find: Callable[[str], Findings],
    stance: Callable[[str], StanceFinding],
) -> tuple[Event, ...]:
    """Return the events of a debate of so many people (2 or more), from its start to its end.

    `find` and `stance` are the retriever's. Raises UserError for a pack that has not two sides.
    """
    if len(pack.sides) != 2:  # noqa: PLR2004 - a debate has two
        raise UserError(f"a debate has two sides, and the pack {pack.id} has {len(pack.sides)}: choose another pack")
    return _Rehearsal(pack, form, people, random.Random(seed), find, stance).held()  # noqa: S311 - nothing secret


class _Rehearsal:
    """One debate while it is held; `now_ms` is its clock."""

    def __init__(
        self,
        pack: Pack,
        form: Format,
        people: int,
        lot: random.Random,
        find: Callable[[str], Findings],
        stance: Callable[[str], StanceFinding],
    ) -> None:
        self._pack = pack
        self._format = form
        self._lot = lot
        self._find = find
        self._stance = stance
        self._moderator = Person("moderator", "The moderator")
        self._people = [Person(f"person-{number}", f"Person {number}") for number in range(1, people + 1)]
        debaters = max(1, int(people * _ON_SIDES))
        self._members = (self._people[:debaters], self._people[debaters : 2 * debaters])
        self._sides = (pack.sides[0].id, pack.sides[1].id)
        self._texts = {
            side: [statement.text for statement in pack.statements if statement.stance == side]
            or [pack.side(side).short_name]
            for side in self._sides
        }
        self._questions = [topic.question for topic in pack.topics]
        self._leanings: dict[str, Choice] = {}
        self._events: list[Event] = []
        self._state: Debate | None = None
        self._now_ms = BEGIN_MS

    def held(self) -> tuple[Event, ...]:
        """Hold it."""
        first, second = self._pack.sides
        sides = (DebateSide(first.id, first.short_name), DebateSide(second.id, second.short_name))
        self._do(Start(self._moderator, self._pack.motion, self._format, sides))
        self._take_seats()
        for place in range(len(self._format.phases)):
            self._hold_phase(place)
            self._wait(5 * SECOND_MS)
            self._do(Next(self._moderator, place))
        return tuple(self._events)

    def _do(self, command: Command) -> None:
        for event in decide(self._state, command, self._now_ms):
            self._events.append(event)
            self._state = evolve(self._state, event)

    def _wait(self, duration_ms: int) -> None:
        """Let time pass, and ring every bell at its moment."""
        until_ms = self._now_ms + duration_ms
        while self._state is not None and (bell_ms := self._state.next_bell_ms()) is not None and bell_ms <= until_ms:
            self._now_ms = bell_ms
            self._do(Tick())
        self._now_ms = until_ms

    def _take_seats(self) -> None:
        seats: dict[str, str | None] = {person.id: None for person in self._people}
        for side, members in zip(self._sides, self._members, strict=True):
            seats.update((person.id, side) for person in members)
        for person in self._people:
            self._do(Join(person, seats[person.id]))

    def _hold_phase(self, place: int) -> None:
        """Do what the phase allows, at moments spread over its time, and wait for its end."""
        phase = self._format.phases[place]
        acts: list[Callable[[], None]] = []
        for held, permission in PERMISSIONS.items():
            if permission in phase.allows:
                acts += self._votes(held)
        if Allowed.POINTS in phase.allows and Allowed.FLOOR not in phase.allows:
            acts += self._speeches(phase.speaks, phase.minutes)
        if Allowed.EVIDENCE in phase.allows:
            acts.append(self._show_evidence)
        if Allowed.FLOOR in phase.allows:
            acts += self._floor()
        left_ms = phase.minutes * MINUTE_MS
        step_ms = left_ms // (len(acts) + 1)
        for act in acts:
            self._wait(step_ms)
            act()
        # What pauses and extensions add is waited for too: every bell rings before it goes on.
        while self._state is not None and (bell_ms := self._state.next_bell_ms()) is not None:
            self._wait(bell_ms - self._now_ms)

    def _votes(self, held: Round) -> list[Callable[[], None]]:
        """Return the votes of a ballot, in a drawn order, some of them changed at the end."""
        voters = [person for person in self._people if self._lot.random() < _TURNOUT]
        self._lot.shuffle(voters)
        changing = [person for person in voters if self._lot.random() < _RECONSIDERING]
        return [partial(self._vote, person, held) for person in (*voters, *changing)]

    def _vote(self, person: Person, held: Round) -> None:
        choices: tuple[Choice, ...] = (*self._sides, None)
        if person.id not in self._leanings or self._lot.random() < _MOVED:
            self._leanings[person.id] = self._lot.choices(choices, _LEANINGS)[0]
        self._do(CastBallot(person, held, self._leanings[person.id]))

    def _speeches(self, speaks: Speaks, minutes: int) -> list[Callable[[], None]]:
        """Return one point for every two minutes."""
        speaking = {Speaks.FIRST: (0,), Speaks.SECOND: (1,), Speaks.BOTH: (0, 1)}.get(speaks, ())
        drawn = [speaking[number % len(speaking)] for number in range(max(1, minutes // 2)) if speaking]
        return [partial(self._speak_for, self._members[at]) for at in drawn]

    def _speak_for(self, members: Sequence[Person]) -> None:
        self._speak(self._lot.choice(members))

    def _speak(self, person: Person) -> None:
        """Make a point of the side that the person is on; who watches asks one of the questions."""
        seat = None if self._state is None else self._state.seats.get(person.id)
        text = self._lot.choice(self._questions if seat is None else self._texts[seat])
        evidence = beside_point(self._pack, self._stance(text), self._sides, seat)
        self._do(MakePoint(person, text, evidence))

    def _show_evidence(self) -> None:
        query = self._lot.choice(self._questions)
        side = self._lot.choice(self._sides)
        person = self._lot.choice(self._people)
        self._do(ShowEvidence(person, query, evidence_on(self._pack, self._find(query), side)))

    def _floor(self) -> list[Callable[[], None]]:
        """Return the hands, then the calls with what is said, an extension and a pause among them."""
        raising = self._lot.sample(self._people, min(_HANDS, len(self._people)))
        hands = [partial(self._do, RaiseHand(person)) for person in raising]
        calls = [self._call] * min(_CALLS, len(raising))
        return [*hands, *calls[:2], self._extend, self._pause, *calls[2:]]

    def _call(self) -> None:
        self._do(CallNext(self._moderator))
        speaker = None if self._state is None else self._state.speaker
        self._wait(10 * SECOND_MS)
        self._speak(next(person for person in self._people if person.id == speaker))

    def _extend(self) -> None:
        self._do(Extend(self._moderator, 2))

    def _pause(self) -> None:
        self._do(Pause(self._moderator))
        self._wait(MINUTE_MS)
        self._do(Resume(self._moderator))
