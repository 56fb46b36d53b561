"""What a feature is to the program, and what the features of a running program open for each other.

It must not know any feature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from contextlib import ExitStack

    from bot.config.sections import Config
    from bot.process.clock import Clock

    Commands: TypeAlias = Iterable[Callable[[Any], None]]
    """Each adds commands to a `typer.Typer`."""

T = TypeVar("T")
Exports_co = TypeVar("Exports_co", covariant=True)
Table_co = TypeVar("Table_co", covariant=True)


class Parts:
    """The parts of a running program, each found by its class. What `closing` holds is closed in the end."""

    def __init__(self, config: Config, clock: Clock, closing: ExitStack) -> None:
        self.config = config
        self.clock = clock
        self.closing = closing
        self._by_class: dict[type, Any] = {}

    def __iter__(self) -> Iterator[object]:
        """Walk through the parts, first opened first."""
        return iter(self._by_class.values())

    def add(self, kind: type[T], part: T) -> T:
        """Keep a part, in place of one of the same class."""
        self._by_class[kind] = part
        return part

    def find(self, kind: type[T]) -> T | None:
        """Return the part of a class; None where there is none, as the log where nothing is logged."""
        found: T | None = self._by_class.get(kind)
        return found

    def get(self, kind: type[T]) -> T:
        """Return the part of a class. Raises Fault when nobody opened it."""
        found = self.find(kind)
        if found is None:
            raise Fault(f"nobody opened a {kind.__name__}")
        return found


class Memory:
    """What a service keeps in memory of what the log holds. Each method may be left as it is."""

    async def ready(self) -> None:
        """Read what must be known before anything else, unless that was done (UserError)."""

    async def forget(self, people: Collection[str]) -> None:
        """Wait until what people (by pseudonym) are about is in the log, and let go of what is remembered of them."""

    async def reread(self) -> None:
        """Forget what was read of the log, or read it anew: rows of people or guilds were deleted from it."""


@dataclass(frozen=True, slots=True)
class Feature(Generic[Exports_co, Table_co]):
    """The front door of a feature. All its functions import what they need when they are called, and not before.

    `open` adds its services to the parts, those of the features `after` which it comes being there. `exports` returns
    what it brings to a chat, `tables` what it keeps in the log, `commands` what it brings to the command line.
    """

    name: str
    after: tuple[str, ...]
    open: Callable[[Parts], object]
    exports: Callable[[], Exports_co]
    tables: Callable[[], Iterable[Table_co]] = tuple
    commands: Callable[[], Commands] = tuple


def open_features(features: Iterable[Feature[Any, Any]], parts: Parts) -> None:
    """Open features in their order. Raises Fault when one comes before one that it needs."""
    opened: set[str] = set()
    for feature in features:
        if missing := set(feature.after) - opened:
            raise Fault(f"the feature {feature.name} comes before {', '.join(sorted(missing))}")
        feature.open(parts)
        opened.add(feature.name)
