"""What every command starts from: the settings, and the parts that they name, each made when it is asked for.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

# Commands ask for parts one by one, and each part costs its imports; hence the imports inside the methods.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import typer

    from bot.app import App
    from bot.config import Config
    from bot.log.reader import LogReader
    from bot.screen.screen import Screen
    from knowledge.model import Pack


@dataclass(frozen=True)
class Session:
    """One call of the program: which config file it names (None: none), and its environment."""

    config_path: Path | None
    environ: Mapping[str, str]

    @cached_property
    def screen(self) -> Screen:
        """The two streams."""
        from bot.screen.screen import Screen

        return Screen()

    @cached_property
    def config(self) -> Config:
        """The settings. Reading them sets the program's own messages up too. Raises UserError."""
        from bot.app import configure

        return configure(self.config_path, self.environ)

    def pack(self) -> Pack:
        """Load the pack that the settings name (UserError)."""
        from bot.opening import open_pack

        return open_pack(self.config)

    def log_reader(self) -> LogReader:
        """Open the log for reading, beside whoever writes it (UserError)."""
        from bot.log.reader import LogReader

        return LogReader.existing(self.config.log.file)

    @contextmanager
    def app(self, holder: str, *, log: bool = True, log_path: Path | None = None) -> Iterator[App]:
        """Open everything that answering needs (UserError); `holder` names the command to others that want the log.

        Without `log` nothing is logged; a `log_path` is logged to, whatever the settings say.
        """
        from bot.app import open_app

        wanted: dict[str, object] = {} if log else {"enabled": False}
        if log and log_path is not None:
            wanted = {"enabled": True, "path": log_path}
        config = self.config.model_copy(update={"log": self.config.log.model_copy(update=wanted)})
        try:
            with open_app(config, holder=holder, environ=self.environ, listener=self.screen) as app:
                yield app
        finally:
            self.screen.close()


def session_of(context: typer.Context) -> Session:
    """Give the session that the program was started with."""
    session = context.obj
    if not isinstance(session, Session):
        raise TypeError(f"a command was started without its session, but with {session!r}")
    return session
