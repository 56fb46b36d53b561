"""The events of a debate as JSON objects, and back, each value checked on its way in.

It must not know where they are kept.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin, get_type_hints

from bot.debate.rules.events import Event
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
    return {"event": _NAMES[type(event)], **_plain(event)}


def event_of(value: object) -> Event:
    """Read what `event_object` wrote. Raises ValueError."""
    name = str(value.get("event", "")) if isinstance(value, dict) else ""
    if not isinstance(value, dict) or name not in _KINDS:
        raise ValueError(f'an object that names itself under "event" is wanted, not {quoted(name)}{hint(name, _KINDS)}')
    event: Event = _read(_KINDS[name], {key: part for key, part in value.items() if key != "event"}, name)
    return event


def _event(value: object, number: int) -> Event:
    try:
        return event_of(value)
    except ValueError as error:
        raise UserError(f"event {number}: {error}") from None


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever an event holds
    """Write a value with what JSON has."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _read(kind: Any, value: Any, where: str) -> Any:  # noqa: ANN401 - any type that an event's field may have
    """Read a value as what its field is declared to be; `where` names it in messages."""
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        kind = next(part for part in get_args(kind) if part is not type(None))
        return None if value is None else _read(kind, value, where)
    if origin is tuple:
        return _read_tuple(get_args(kind), value, where)
    if is_dataclass(kind):
        return _read_parts(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        valid = [member.value for member in kind]
        if value not in valid:
            raise ValueError(f"{where}: {quoted(str(value))} is none of {', '.join(map(quoted, valid))}")
        return kind(value)
    if type(value) is not kind:
        raise ValueError(f"{where}: {'a whole number' if kind is int else 'a text'} is wanted, not {value!r:.60}")
    return value


def _read_tuple(kinds: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{where}: a list is wanted, not {value!r:.60}")  # noqa: TRY004 - of one kind with the others
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(kinds) != len(value):
        raise ValueError(f"{where}: {len(kinds)} are wanted, not {len(value)}")
    return tuple(_read(kind, part, where) for kind, part in zip(kinds, value, strict=True))


def _read_parts(kind: Any, value: object, where: str) -> Any:  # noqa: ANN401 - any dataclass
    hints = get_type_hints(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise ValueError(f"{where}: an object with {', '.join(map(quoted, hints))} is wanted")
    return kind(**{name: _read(hint_, value[name], f"{where}.{name}") for name, hint_ in hints.items()})
