"""What every command starts from: settings and parts, each imported and made when a command asks for it."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from knowledge.errors import UserError

# Commands ask for parts one by one, and each part costs its imports; hence the imports inside the methods.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import typer

    from bot.config.sections import Config
    from bot.process.feature import Parts
    from bot.screen.screen import Screen
    from knowledge.model import Pack


class Opening(Protocol):
    """What opens the parts of the program."""

    def configure(self, path: Path | None, environ: Mapping[str, str], /) -> Config:
        """Read the settings, and send the program's own messages where they say (UserError)."""

    def open_pack(self, config: Config, say: Callable[[str], None], /) -> Pack:
        """Load the pack that the settings name (UserError)."""

    def open_app(self, config: Config, *, holder: str, listener: Screen) -> AbstractContextManager[Parts]:
        """Open everything that answering needs (UserError)."""


@dataclass(frozen=True)
class Session:
    """One call of the program: which config file it names (None: none), its environment, and what opens its parts.

    `pack_named` is the pack that it names by folder or id, None for those of the settings.
    """

    config_path: Path | None
    environ: Mapping[str, str]
    opening: Callable[[], Opening]
    pack_named: Path | None = None

    @cached_property
    def screen(self) -> Screen:
        """The two streams."""
        from bot.screen.screen import Screen

        return Screen()

    @cached_property
    def config(self) -> Config:
        """The settings. Reading them sets the program's own messages up too. Raises UserError."""
        from bot.config.loading import left_alone

        config = self.opening().configure(self.config_path, self.environ)
        if remark := left_alone(self.config_path, self.environ):
            self.screen.say(remark)
        if self.pack_named is not None:
            from knowledge.pack import folder_named

            config = config.with_pack(folder_named(self.pack_named, config.pack.folders))
        return config

    def pack(self, *, sided: bool = False, identity: str | None = None) -> Pack:
        """Load the pack that the settings name (UserError); where it must be `sided`, one without sides is refused.

        With the `identity` of one that is there, that is loaded, unless the call names another.
        """
        from knowledge.pack import folder_of, shipped_folders

        config = self.config
        if identity is not None and self.pack_named is None:
            folder = folder_of(identity, (*config.pack.folders, *shipped_folders()))
            config = config if folder is None else config.with_pack(folder)
        pack = self.opening().open_pack(config, self.screen.say)
        if sided:
            check_sided(pack)
        return pack

    @contextmanager
    def app(self, holder: str, *, log: bool = True, log_path: Path | None = None) -> Iterator[Parts]:
        """Open everything that answering needs (UserError); `holder` names the command to others that want the log.

        Without `log` nothing is logged; a `log_path` is logged to, whatever the settings say.
        """
        wanted: dict[str, object] = {} if log else {"enabled": False}
        if log and log_path is not None:
            wanted = {"enabled": True, "path": log_path}
        config = self.config.model_copy(update={"log": self.config.log.model_copy(update=wanted)})
        try:
            with self.opening().open_app(config, holder=holder, listener=self.screen) as parts:
                yield parts
        finally:
            self.screen.close()


def check_sided(pack: Pack) -> None:
    """Refuse a pack without sides for what needs them (UserError)."""
    if not pack.sides:
        raise UserError(
            f"the pack {pack.id} has no sides: it can only be searched, with `dilemma ask` and `dilemma lab rank`"
        )


def session_of(context: typer.Context) -> Session:
    """Return the session that the program was started with."""
    session = context.obj
    if not isinstance(session, Session):
        raise TypeError(f"a command was started without its session, but with {session!r}")
    return session
