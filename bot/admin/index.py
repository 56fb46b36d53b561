"""`index`: building the index ahead of the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer  # noqa: TC002 - typer reads the annotations at run time

from bot.screen.session import session_of

if TYPE_CHECKING:
    from bot.screen.screen import Screen


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma index")(index)


def index(context: typer.Context) -> None:
    """Build the index and make the fast encoder, or bring them up to date.

    Asking builds the index too when it is needed; done ahead, the first answer is there sooner.
    """
    from bot.opening import open_index_for  # noqa: PLC0415 - as little as possible is imported for the help

    session = session_of(context)
    screen = session.screen
    pack = session.pack()
    heard = _Heard(screen)
    try:
        _, opened = open_index_for(session.config, pack, heard, complete=True)
        opened.close()
    finally:
        screen.close()
    screen.write(f"the index of {pack.id} is {heard.outcome}: {len(pack.passages)} passages")


class _Heard:
    """Passes on to the screen what is said, and remembers whether an index was built."""

    def __init__(self, screen: Screen) -> None:
        """Begin with nothing built."""
        self.outcome = "up to date already"
        self.busy = screen.busy
        self.report = screen.report
        self._screen = screen

    def say(self, text: str) -> None:
        """Hear a line."""
        if text.startswith("building the index"):
            self.outcome = "built"
        self._screen.say(text)
