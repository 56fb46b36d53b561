"""What of an open log is done in another way on each engine."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bot.log.connection import Connection
    from bot.log.mark import Mark
    from bot.log.privacy import Forgotten, Table
    from bot.log.spill import Spill
    from bot.log.writer import Writer


@contextmanager
def needing_extra() -> Iterator[None]:
    """Turn a missing library into a sentence that says how to install it (UserError)."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(
            'a log in PostgreSQL needs psycopg: install it with `pip install "dilemma-bot[postgres]"`'
        ) from error


class Source(Protocol):
    """Where a log can be read; `name` is what people know it by, and `path` the one beside which its files lie."""

    @property
    def name(self) -> str:
        """The path, or the address."""

    @property
    def path(self) -> Path:
        """The path."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Open the log for reading, and close it again (UserError)."""


class Engine(Source, Protocol):
    """A log that is open for writing. `then` is called once it is there again after it was lost."""

    then: Callable[[], None]

    def begin(self, writer: Writer) -> Collection[str]:
        """Work through a writer from now on; return the people whose deletion a process before this one began."""

    def after(self, deletion: Future[Forgotten]) -> Future[Forgotten]:
        """Return the outcome of a deletion: known once nothing of it remains, or when that takes too long."""

    def outdate(self) -> None:
        """Note that a person left who may be in copies (OSError)."""

    def set_aside(self) -> tuple[Path, ...]:
        """List the files that were set aside as damaged, oldest first."""

    def back_up(self, now: str, kept: int, tables: Iterable[Table]) -> Path | None:
        """Copy the log if that is due and no business of others; return the copy. `kept` copies stay (UserError)."""

    def watch(self, tables: Collection[str], changed: Callable[[], None]) -> None:
        """Have `changed` called, on any thread, when another process may have changed one of some tables."""

    def stop(self) -> None:
        """End what goes on beside the writer, before that is closed."""

    def release(self, lost: str | None, *, ended: bool) -> None:
        """Let others have the log; `lost` says what became of it, `ended` whether nothing is written any more."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A log that was opened for writing: who writes it, what waits for it, and sentences about what opening did."""

    engine: Engine
    writer: Writer
    spill: Spill
    mark: Mark
    notices: tuple[str, ...]
