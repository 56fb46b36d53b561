"""The transcript of a debate, made from its events alone: one object, which every kind of file shows.

Names and texts are on one line each and free of control characters. Ballots are sums, and only once no vote can change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.debate.rules.events import (
    BellRung,
    Called,
    ClockSetBack,
    Ended,
    EvidenceShown,
    Extended,
    HandRaised,
    HandWithdrawn,
    Met,
    Paused,
    PhaseBegun,
    PointMade,
    Resumed,
    Started,
)
from bot.debate.rules.state import Debate, evolve
from bot.values.ballot import Round, count, net_swing, shares, warnings
from bot.values.moments import SECOND_MS, iso_utc
from bot.values.text import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.debate.rules.events import Event, Evidence
    from bot.values.ballot import Counts
    from knowledge.model import Phase

UNDECIDED: Final = "undecided"

Parts = dict[str, Any]
"""A JSON object."""


def transcript_of(events: Sequence[Event], *, anonymous: bool = False) -> Parts:
    """Return a debate as one object; equal events give equal objects.

    When `anonymous`, people are called P1, P2, … in the order they first acted; their texts stay. Raises ValueError for
    events that are no debate.
    """
    scribe = _Scribe(_names(events, anonymous=anonymous))
    state: Debate | None = None
    for event in events:
        if state is not None:
            scribe.note(state, event)
        state = evolve(state, event)
    if state is None:
        raise ValueError("there are no events")
    return scribe.written(events, state, anonymous=anonymous)


def _names(events: Sequence[Event], *, anonymous: bool) -> dict[str, str]:
    """Return everybody's latest name, with a code where several people share it."""
    named: dict[str, str] = {}
    for event in events:
        if isinstance(event, Met):
            named[event.person] = harmless(event.name)
    codes = {person: f"P{number}" for number, person in enumerate(named, start=1)}
    if anonymous:
        return codes
    shown = list(named.values())
    return {
        person: f"{name} ({codes[person]})" if shown.count(name) > 1 or not name else name
        for person, name in named.items()
    }


class _Scribe:
    """The phases and acts of a debate, written event by event."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._phases: list[Parts] = []
        self._audit: list[Parts] = []

    def note(self, state: Debate, event: Event) -> None:
        """Write an event; `state` is the debate before it."""
        if isinstance(event, PhaseBegun | Ended) and self._phases:
            self._phases[-1]["ended_utc"] = iso_utc(event.at_ms)
            self._phases[-1]["lasted_s"] = state.elapsed_at(event.at_ms) // SECOND_MS
        if isinstance(event, PhaseBegun) and event.phase < len(state.format.phases):
            self._phases.append(_phase(state, event, state.format.phases[event.phase]))
        if isinstance(event, Extended) and self._phases:
            self._phases[-1]["extended_min"] += event.minutes
        if act := self._act(state, event):
            self._audit.append(act)
        if self._phases and (entry := self._entry(state, event)):
            self._phases[-1]["entries"].append({"at_utc": iso_utc(event.at_ms), **entry})

    def written(self, events: Sequence[Event], state: Debate, *, anonymous: bool) -> Parts:
        """Return the whole transcript."""
        first, last, seats = events[0], events[-1], list(state.seats.values())
        opened = [_audited(first, self._names.get(first.actor, "?"), "started")] if isinstance(first, Started) else []
        return {
            "motion": harmless(state.motion),
            "format": {"id": state.format.id, "name": harmless(state.format.name), "minutes": state.format.minutes},
            "sides": [{"id": side.id, "name": harmless(side.name)} for side in state.sides],
            "anonymous": anonymous,
            "begun_utc": iso_utc(first.at_ms),
            "ended_utc": iso_utc(last.at_ms) if state.ended else None,
            "people": {
                "on_sides": {side: seats.count(side) for side in state.side_ids},
                "watching": seats.count(None),
            },
            "ballots": {held.value: _ballot(state, held) for held in Round},
            "result": _result(state),
            "phases": self._phases,
            "audit": opened + self._audit,
        }

    def _act(self, state: Debate, event: Event) -> Parts | None:
        match event:
            case PhaseBegun(phase=place) if place < len(state.format.phases):
                act = f"began {harmless(state.format.phases[place].name)}"
            case Extended():
                act = f"extended by {event.minutes} min"
            case Called():
                act = f"called {self._names.get(event.person, '?')}"
            case Paused() | Resumed() | Ended():
                act = {Paused: "paused", Resumed: "resumed", Ended: "ended"}[type(event)]
            case _:
                return None
        return _audited(event, self._names.get(event.actor, "?"), act)

    def _entry(self, state: Debate, event: Event) -> Parts | None:
        entry: Parts | None = None
        match event:
            case PointMade():
                said = {"number": event.number, "side": _side(state, event.side), "text": harmless(event.text)}
                entry = {"kind": "point", **self._by(event.person), **said}
                entry["evidence"] = [_evidence(state, found) for found in event.evidence]
            case EvidenceShown():
                entry = {"kind": "evidence", **self._by(event.person), "text": harmless(event.query)}
                entry["evidence"] = [_evidence(state, event.evidence)]
            case HandRaised() | HandWithdrawn() | Called():
                kind = {HandRaised: "hand raised", HandWithdrawn: "hand withdrawn", Called: "called"}[type(event)]
                side = _side(state, state.seats.get(event.person))
                entry = {"kind": kind, **self._by(event.person), "side": side}
            case BellRung():
                entry = {"kind": "bell", "bell": event.bell.value, "late_s": event.late_ms // SECOND_MS}
            case Paused() | Resumed():
                entry = {"kind": "paused" if isinstance(event, Paused) else "resumed"}
            case Extended():
                entry = {"kind": "extended", "minutes": event.minutes}
            case ClockSetBack():
                entry = {"kind": "clock set back", "by_s": event.by_ms // SECOND_MS}
        return entry

    def _by(self, person: str) -> Parts:
        return {"person": self._names.get(person, "?")}


def _phase(state: Debate, event: PhaseBegun, phase: Phase) -> Parts:
    return {
        "id": phase.id,
        "name": harmless(phase.name),
        "speaks": [harmless(side.name) for side in state.speaking(phase)],
        "minutes": phase.minutes,
        "extended_min": 0,
        "begun_utc": iso_utc(event.at_ms),
        "ended_utc": None,
        "lasted_s": None,
        "entries": [],
    }


def _audited(event: Event, moderator: str, act: str) -> Parts:
    return {"at_utc": iso_utc(event.at_ms), "moderator": moderator, "act": act}


def _side(state: Debate, side: str | None) -> str | None:
    """Return a side's name; None for a watcher."""
    return next((harmless(known.name) for known in state.sides if known.id == side), None)


def _evidence(state: Debate, evidence: Evidence) -> Parts:
    """Return a side's quote; its text stays exactly the article's."""
    quote = evidence.quote
    written = None if quote is None else {name: getattr(quote, name) for name in quote.__dataclass_fields__}
    return {"side": _side(state, evidence.side) or harmless(evidence.side), "quote": written}


def _named_counts(state: Debate, counts: Sequence[float]) -> Parts:
    return dict(zip((*state.side_ids, UNDECIDED), counts, strict=True))


def _ballot(state: Debate, held: Round) -> Parts:
    """Return how many voted, and for what once no vote can change."""
    choices = state.ballots[held].values()
    counts = None if state.outcome is None else _named_counts(state, count(state.side_ids, choices))
    return {"voted": len(choices), "counts": counts}


def _result(state: Debate) -> Parts | None:
    """Return the paired ballots; shares (%) and swings (points) to one decimal, None where nobody voted twice."""
    if (outcome := state.outcome) is None:
        return None
    names = {side.id: harmless(side.name) for side in state.sides}
    held = outcome.paired > 0

    def percent(counts: Counts) -> Parts | None:
        return _named_counts(state, [round(share, 1) for share in shares(counts)]) if held else None

    return {
        "paired": outcome.paired,
        "voted_once": outcome.voted_once,
        "rows_before_columns_after": [*state.side_ids, UNDECIDED],
        "matrix": [list(row) for row in outcome.matrix],
        "shares_before": percent(outcome.before),
        "shares_after": percent(outcome.after),
        "swing": {side: round(net_swing(outcome, side), 1) for side in outcome.sides} if held else None,
        "winner": None if outcome.winner is None else names[outcome.winner],
        "warnings": list(warnings(outcome, names)),
    }
