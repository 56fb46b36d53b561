"""The events of a debate as JSON objects, and back, each value checked on its way in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_args

from bot.debate.rules.events import Event
from knowledge.codec import read_as, written
from knowledge.errors import UserError
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION: Final = 1
_VERSION_KEY: Final = "dilemma_debate"
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

_KINDS: Final = {_INNER_CAPITAL.sub("-", kind.__name__).lower(): kind for kind in get_args(Event)}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def record_of(events: Iterable[Event]) -> dict[str, Any]:
    """Write events as one JSON object. It holds every ballot: it is for keeping, not for showing."""
    return {_VERSION_KEY: _VERSION, "events": [event_object(event) for event in events]}


def events_in(record: object) -> tuple[Event, ...]:
    """Read what `record_of` wrote. Raises UserError with the number of the event (from 1) and what is wrong with it."""
    if (
        not isinstance(record, dict)
        or record.get(_VERSION_KEY) != _VERSION
        or not isinstance(record.get("events"), list)
    ):
        raise UserError(f'it is no debate that was kept: an object with "{_VERSION_KEY}": {_VERSION} and its "events"')
    return tuple(_event(value, number) for number, value in enumerate(record["events"], start=1))


def event_object(event: Event) -> dict[str, Any]:
    """Write one event as a JSON object."""
    return {"event": _NAMES[type(event)], **written(event)}


def event_of(value: object) -> Event:
    """Read what `event_object` wrote. Raises ValueError."""
    name = str(value.get("event", "")) if isinstance(value, dict) else ""
    if not isinstance(value, dict) or name not in _KINDS:
        raise ValueError(f'an object that names itself under "event" is wanted, not {quoted(name)}{hint(name, _KINDS)}')
    event: Event = read_as(_KINDS[name], {key: part for key, part in value.items() if key != "event"}, name)
    return event


def _event(value: object, number: int) -> Event:
    try:
        return event_of(value)
    except ValueError as error:
        raise UserError(f"event {number}: {error}") from None
