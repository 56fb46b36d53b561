"""A debate as a file: its events as one JSON object, of this version or of the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.debate.rules.events import Event, event_object, event_of
from bot.debate.rules.state import Debate, evolve, with_result
from bot.values.ballot import Round
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.values.ballot import Choice

_VERSION: Final = 2
_VERSION_KEY: Final = "dilemma_debate"
_BALLOT: Final = "ballot-cast"
_CLOSING: Final = ("phase-begun", "ended")
"""The events that may close the last ballot."""


def record_of(events: Iterable[Event]) -> dict[str, Any]:
    """Return events as one JSON object."""
    return {_VERSION_KEY: _VERSION, "events": [event_object(event) for event in events]}


def events_in(record: object) -> tuple[Event, ...]:
    """Read what `record_of` wrote, now or earlier. Raises UserError naming the event (from 1) and its fault."""
    if (
        not isinstance(record, dict)
        or record.get(_VERSION_KEY) not in {_VERSION - 1, _VERSION}
        or not isinstance(record.get("events"), list)
    ):
        raise UserError(f'not a saved debate: expected an object with "{_VERSION_KEY}": {_VERSION} and its "events"')
    # In the first version, events told who chose what.
    first = record[_VERSION_KEY] != _VERSION
    votes = _Votes()
    events: list[Event] = []
    for number, value in enumerate(record["events"], start=1):
        try:
            events.append(votes.taken_from(value) if first else event_of(value))
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"event {number}: {error}") from None
    return tuple(events)


class _Votes:
    """The votes of a file of the first version, which become the sums of the event that closes the last ballot."""

    def __init__(self) -> None:
        self._cast: dict[Round, dict[str, Choice]] = {held: {} for held in Round}
        self._state: Debate | None = None

    def taken_from(self, value: object) -> Event:
        """Return an event without what somebody chose, with the result where it closes the last ballot."""
        if isinstance(value, dict) and value.get("event") == _BALLOT:
            value = dict(value)
            self._cast[Round(value["round"])][value["person"]] = value.pop("choice")
        elif isinstance(value, dict) and value.get("event") in _CLOSING:
            value = {**value, "result": None}
        event = event_of(value)
        if self._state is not None:
            event = with_result(self._state, event, self._cast)
        self._state = evolve(self._state, event)
        return event
