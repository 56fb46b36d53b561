"""Values as JSON has them, and back: dataclasses, enums, tuples, sets and mappings, as their fields are declared.

One codec for files, rows of the log and the index, with the standard library alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from knowledge.reading.nearest import quoted

T = TypeVar("T")
Reader = Callable[[Any], Any]

_PLAIN: Final[Mapping[type, tuple[frozenset[type], str]]] = {
    str: (frozenset({str}), "a text"),
    int: (frozenset({int}), "a whole number"),
    float: (frozenset({int, float}), "a number"),
    bool: (frozenset({bool}), "true or false"),
}
"""The types that a declared one may have in JSON, and what it is called in messages."""


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    """A part is not as declared; its path is put together on the way out."""

    path = ""


def written(value: Any) -> Any:  # noqa: ANN401 - whatever the fields of a dataclass hold
    """Return a value as JSON has it; what is unknown here (an array) stays as it is."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: written(part) for key, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [written(part) for part in value]
    if is_dataclass(value):
        return {field.name: written(getattr(value, field.name)) for field in fields(value)}
    return value


def read_as(kind: type[T], value: object, name: str) -> T:
    """Return the value of this kind that `written` wrote; mappings come back frozen.

    Raises ValueError with the name and the path of the part that is not as declared.
    """
    try:
        found: T = _reader(cast("Any", kind))(value)
    except _Wrong as wrong:
        raise ValueError(f"{name}{wrong.path}: {wrong}") from None
    return found


@cache
def _reader(kind: Any) -> Reader:  # noqa: ANN401 - any type that a field may have
    origin, parts = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        inner = _reader(next(part for part in parts if part is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _list_of(parts[0], tuple) if parts[1:] == (...,) else _row_of(parts)
    if origin is frozenset:
        return _list_of(parts[0], frozenset)
    if origin in {dict, Mapping}:
        return _mapping_of(parts[1], dict if origin is dict else MappingProxyType)
    if is_dataclass(kind):
        return _parts_of(kind)
    words = kind if isinstance(kind, type) and issubclass(kind, Enum) else parts if origin is Literal else ()
    return _one_of({str(written(word)): word for word in words}) if words else _value_of(kind, origin)


def _value_of(kind: Any, origin: type | None) -> Reader:  # noqa: ANN401 - as above
    if kind is Any:
        return lambda value: value
    allowed, wanted = _PLAIN.get(kind, ({kind, origin}, f"a {getattr(kind, '__name__', kind)}"))

    def read(value: object) -> object:
        if type(value) not in allowed:
            raise _Wrong(f"{wanted} is wanted, not {value!r:.60}")
        return value

    return read


def _one_of(members: Mapping[str, Any]) -> Reader:
    def read(value: object) -> Any:  # noqa: ANN401 - a word, or the member of an enum
        if not isinstance(value, str) or value not in members:
            raise _Wrong(f"{quoted(str(value))} is none of {', '.join(map(quoted, members))}")
        return members[value]

    return read


def _list_of(part: Any, made: Callable[[Any], Any]) -> Reader:  # noqa: ANN401 - as above
    reader = _reader(part)
    return lambda value: made([reader(own) for own in _listed(value)])


def _row_of(parts: tuple[Any, ...]) -> Reader:
    readers = [_reader(part) for part in parts]

    def read(value: object) -> tuple[Any, ...]:
        listed = _listed(value)
        if len(listed) != len(readers):
            raise _Wrong(f"{len(readers)} are wanted, not {len(listed)}")
        return tuple([reader(part) for reader, part in zip(readers, listed, strict=True)])

    return read


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(f"a list is wanted, not {value!r:.60}")
    return value


def _mapping_of(part: Any, made: Callable[[Any], Any]) -> Reader:  # noqa: ANN401 - as above
    reader = _reader(part)

    def read(value: object) -> Any:  # noqa: ANN401 - a mapping of either kind
        if not isinstance(value, dict):
            raise _Wrong(f"an object is wanted, not {value!r:.60}")
        return made(_named((key, reader, own) for key, own in value.items()))

    return read


def _parts_of(kind: Any) -> Reader:  # noqa: ANN401 - any dataclass
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(value: object) -> Any:  # noqa: ANN401 - as above
        if not isinstance(value, dict) or value.keys() != readers.keys():
            raise _Wrong(f"an object with {', '.join(map(quoted, readers))} is wanted")
        return kind(**_named((name, reader, value[name]) for name, reader in readers.items()))

    return read


def _named(parts: Iterable[tuple[str, Reader, object]]) -> dict[str, Any]:
    """Return the parts by name; the name of a wrong one goes into its path."""
    found = {}
    name = ""
    try:
        for name, reader, value in parts:
            found[name] = reader(value)
    except _Wrong as wrong:
        wrong.path = f".{name}{wrong.path}"
        raise
    return found
