"""`index`: the index of a pack, built here, or carried to a machine that cannot build one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.screen.session import session_of
from knowledge.errors import UserError

# As little as possible is imported for the help.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bot.screen.screen import Screen


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma index --export phones.dilemma")(index)


def index(
    context: typer.Context,
    *,
    force: Annotated[bool, typer.Option("--force", help="Make both anew, from nothing that is kept.")] = False,
    exported: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write the index and the fast encoder to one file that travels."),
    ] = None,
    imported: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help="Use such a file here, after every hash in it was checked."),
    ] = None,
) -> None:
    """Build the index and make the fast encoder, or bring them up to date.

    Asking builds the index too when it is needed; done ahead, the first answer is there sooner. An exported index
    answers on machines where nothing that builds one is installed.
    """
    from bot import opening

    session = session_of(context)
    screen = session.screen
    pack = session.pack()
    passages = f"{len(pack.passages)} passages"
    heard = _Heard(screen)
    try:
        if imported is not None:
            if force or exported is not None:
                raise UserError("--import takes an index as it is: leave out --force and --export")
            with screen.busy("checking the index"):
                opening.import_index(session.config, pack, imported)
        else:
            _, opened = opening.open_index_for(session.config, pack, heard, complete=True, anew=force)
            try:
                if exported is not None:
                    with screen.busy("writing the index"):
                        opening.export_index(session.config, pack, opened, exported)
            finally:
                opened.close()
    finally:
        screen.close()
    if imported is not None:
        screen.write(f"the index of {pack.id} is imported: {passages}")
    elif exported is not None:
        screen.write(f"the index of {pack.id} is in {exported}: {passages}; `dilemma index --import` takes it in")
    else:
        screen.write(f"the index of {pack.id} is {heard.outcome}: {passages}")


class _Heard:
    """Passes messages on to the screen, and remembers whether an index was built."""

    def __init__(self, screen: Screen) -> None:
        self.outcome = "up to date already"
        self.busy = screen.busy
        self.report = screen.report
        self._screen = screen

    def say(self, text: str) -> None:
        if text.startswith("building the index"):
            self.outcome = "built"
        self._screen.say(text)
