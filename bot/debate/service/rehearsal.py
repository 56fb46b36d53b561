"""Rehearse a whole debate with made-up participants, by the rules of a real one.

Their acts are drawn from a seed, their words are the pack's example claims (where it has none, its passages) and its
questions, and the evidence is really found.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

from bot.debate.rules import commands
from bot.debate.rules.commands import Person
from bot.debate.rules.decide import decide
from bot.debate.rules.evidence import beside_point, evidence_on, sides_of
from bot.debate.rules.state import PERMISSIONS, Debate, evolve, in_ms, with_result
from bot.values.ballot import LEAST, Round
from bot.values.moments import MINUTE_MS, SECOND_MS
from knowledge.errors import UserError
from knowledge.formats import Allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.debate.rules.events import Event
    from bot.values.ballot import Choice
    from embeddings.retriever import Retriever
    from knowledge.formats import Format, Speaks
    from knowledge.model import Pack

BEGIN_MS: Final = 1_767_294_000_000
"""2026-01-01 19:00 UTC: the same seed gives the same debate at any time."""

_TURNOUT: Final = 0.9
"""The share of people who vote, each time."""
_MOVED: Final = 0.3
"""The share of voters who choose anew in the second ballot."""
_RECONSIDERING: Final = 0.1
"""The share who change their vote before a ballot closes."""
_LEANINGS: Final = (4, 3, 4, 3)
"""How many lean to each side, in proportion."""
_UNDECIDED: Final = 5
"""… and to none."""
_ON_SIDES: Final = 0.1
"""The share of people on each side; the rest watch."""
_HANDS: Final = 10
_CALLS: Final = 5


def rehearse(
    pack: Pack, form: Format, *, people: int, seed: int, retriever: Retriever, least: int = LEAST
) -> tuple[Event, ...]:
    """Return the events of a debate of `people`, from start to end; `least` must have voted for a result.

    Raises UserError for fewer people than sides.
    """
    if people < len(pack.sides):
        raise UserError(f"a debate of {len(pack.sides)} sides needs as many people or more, not {people}")
    lot = random.Random(seed)  # noqa: S311 - nothing secret
    return _Rehearsal(pack, form, people, lot, retriever, least).events()


class _Rehearsal:
    """One debate while it is held; `now_ms` is its clock."""

    def __init__(
        self, pack: Pack, form: Format, people: int, lot: random.Random, retriever: Retriever, least: int
    ) -> None:
        self._pack = pack
        # The moderator of a rehearsal begins each phase.
        self._format = form = replace(form, by_itself=False)
        self._lot = lot
        self._retriever = retriever
        self._moderator = Person("moderator", "The moderator")
        self._people = [Person(f"person-{number}", f"Person {number}") for number in range(1, people + 1)]
        debaters = max(1, int(people * _ON_SIDES))
        self._sides = pack.side_ids
        self._members = {side: self._people[at * debaters : (at + 1) * debaters] for at, side in enumerate(self._sides)}
        self._texts = {
            side: [statement.text for statement in pack.statements if statement.stance == side]
            or [passage.text for passage in pack.of_voice(side)]
            for side in self._sides
        }
        self._questions = [topic.question for topic in pack.topics]
        self._leanings: dict[str, Choice] = {}
        self._ballots: dict[Round, dict[str, Choice]] = {held: {} for held in Round}
        self._least = least
        self._now_ms = BEGIN_MS
        start = commands.Start(self._moderator, pack.motion, form, sides_of(pack))
        self._events = list(decide(None, start, BEGIN_MS))
        self._state: Debate = reduce(evolve, self._events[1:], evolve(None, self._events[0]))

    def events(self) -> tuple[Event, ...]:
        """Hold the debate, and return its events."""
        seats = {person.id: side for side, members in self._members.items() for person in members}
        for person in self._people:
            self._do(commands.Join(person, seats.get(person.id)))
        for place in range(len(self._format.phases)):
            self._hold_phase(place)
            self._wait(5 * SECOND_MS)
            self._do(commands.Next(self._moderator, place))
        return tuple(self._events)

    def _do(self, command: commands.Command) -> None:
        if isinstance(command, commands.CastBallot):
            self._ballots[command.round][command.person.id] = command.choice
        for decided in decide(self._state, command, self._now_ms):
            event = with_result(self._state, decided, self._ballots, self._least)
            self._events.append(event)
            self._state = evolve(self._state, event)

    def _wait(self, duration_ms: int) -> None:
        """Let time pass, and ring every bell on time."""
        until_ms = self._now_ms + duration_ms
        while (bell_ms := self._state.next_bell_ms()) is not None and bell_ms <= until_ms:
            self._now_ms = bell_ms
            self._do(commands.Tick())
        self._now_ms = until_ms

    def _hold_phase(self, place: int) -> None:
        """Do what the phase allows, spread over its time, and wait for its end."""
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
        step_ms = in_ms(phase.minutes) // (len(acts) + 1)
        for act in acts:
            self._wait(step_ms)
            act()
        # Pauses and extensions make the phase longer: wait until every bell has rung.
        while (bell_ms := self._state.next_bell_ms()) is not None:
            self._wait(bell_ms - self._now_ms)

    def _votes(self, held: Round) -> list[Callable[[], None]]:
        """Return the votes of a ballot, in random order, some of them changed at the end."""
        voters = [person for person in self._people if self._lot.random() < _TURNOUT]
        self._lot.shuffle(voters)
        changing = [person for person in voters if self._lot.random() < _RECONSIDERING]
        return [partial(self._vote, person, held) for person in (*voters, *changing)]

    def _vote(self, person: Person, held: Round) -> None:
        choices: tuple[Choice, ...] = (*self._sides, None)
        if person.id not in self._leanings or self._lot.random() < _MOVED:
            self._leanings[person.id] = self._lot.choices(choices, (*_LEANINGS[: len(self._sides)], _UNDECIDED))[0]
        self._do(commands.CastBallot(person, held, self._leanings[person.id]))

    def _speeches(self, speaks: Speaks, minutes: float) -> list[Callable[[], None]]:
        """Return one point for every two minutes."""
        speaking = speaks.among(self._sides)
        drawn = [speaking[number % len(speaking)] for number in range(max(1, int(minutes // 2))) if speaking]
        return [partial(self._speak_for, self._members[side]) for side in drawn]

    def _speak_for(self, members: Sequence[Person]) -> None:
        self._speak(self._lot.choice(members))

    def _speak(self, person: Person) -> None:
        """Make a point of the person's side; a watcher asks one of the questions."""
        seat = self._state.seats.get(person.id)
        text = self._lot.choice(self._questions if seat is None else self._texts[seat])
        evidence = beside_point(self._pack, self._retriever.stance(text), self._sides, seat)
        self._do(commands.MakePoint(person, text, evidence))

    def _show_evidence(self) -> None:
        query = self._lot.choice(self._questions)
        side = self._lot.choice(self._sides)
        person = self._lot.choice(self._people)
        evidence = evidence_on(self._pack, self._retriever.find(query), side)
        self._do(commands.ShowEvidence(person, query, evidence))

    def _floor(self) -> list[Callable[[], None]]:
        """Return the hands, then the calls and what is said, with an extension and a pause between."""
        raising = self._lot.sample(self._people, min(_HANDS, len(self._people)))
        hands = [partial(self._do, commands.RaiseHand(person)) for person in raising]
        calls = [self._call] * min(_CALLS, len(raising))
        return [*hands, *calls[:2], partial(self._do, commands.Extend(self._moderator, 2)), self._pause, *calls[2:]]

    def _call(self) -> None:
        self._do(commands.CallNext(self._moderator))
        speaker = self._state.speaker
        self._wait(10 * SECOND_MS)
        self._speak(next(person for person in self._people if person.id == speaker))

    def _pause(self) -> None:
        self._do(commands.Pause(self._moderator))
        self._wait(MINUTE_MS)
        self._do(commands.Resume(self._moderator))
