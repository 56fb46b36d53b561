"""What a feature is, and the parts that features open for each other."""

from __future__ import annotations

import asyncio
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
    """The parts of a running program, each found by its class; `closing` closes them."""

    def __init__(self, config: Config, clock: Clock, closing: ExitStack) -> None:
        self.config = config
        self.clock = clock
        self.closing = closing
        self._by_class: dict[type, Any] = {}

    def __iter__(self) -> Iterator[object]:
        return iter(self._by_class.values())

    def add(self, kind: type[T], part: T) -> T:
        """Keep a part, replacing one of the same class, and return it."""
        self._by_class[kind] = part
        return part

    def find(self, kind: type[T]) -> T | None:
        """Return the part of a class; None without one, as for a log that is turned off."""
        found: T | None = self._by_class.get(kind)
        return found

    def get(self, kind: type[T]) -> T:
        """Return the part of a class. Raises Fault when nobody opened it."""
        found = self.find(kind)
        if found is None:
            raise Fault(f"nobody opened a {kind.__name__}")
        return found


class Memory:
    """A service that keeps in memory what the log holds. Each method may stay as it is."""

    async def ready(self) -> None:
        """Read what must be known first, once (UserError)."""

    async def forget(self, people: Collection[str]) -> None:
        """Wait until the work of people (by pseudonym) is in the log, and drop what is remembered of them."""

    async def reread(self) -> None:
        """Drop or reread what was read: rows of people or guilds were deleted."""

    async def take_over(self) -> None:
        """Read what is this process's business by now: other guilds came to it, or went."""
        await self.reread()


class ReadOnce(Memory):
    """A memory of rows that are read before anything else is done, and anew when some were deleted: never two at once.

    Anew is only what was read at all.
    """

    def __init__(self) -> None:
        """Read nothing yet."""
        self._loading = asyncio.Lock()
        self._loaded = False

    async def ready(self) -> None:
        """Read the rows, unless that was done."""
        async with self._loading:
            if not self._loaded:
                await self._read()
                self._loaded = True

    async def reread(self) -> None:
        """Read the rows anew, if they were read."""
        async with self._loading:
            if self._loaded:
                await self._read()

    async def _read(self) -> None:
        """Read the rows, if there is a log (UserError)."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Feature(Generic[Exports_co, Table_co]):
    """The front door of a feature. Its functions import what they need when they are called.

    `open` adds its services to the parts, once the features in `after` are open. `exports` is for the chat, `tables`
    for the log, `commands` for the command line.
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
