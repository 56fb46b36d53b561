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
    from collections.abc import Iterator

    from bot.screen.screen import Screen
    from bot.screen.session import Session


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
    """Build the index of each pack of the settings and make the fast encoder, or bring them up to date.

    Asking builds the index too when it is needed; done ahead, the first answer is there sooner. An exported index
    answers on machines where nothing that builds one is installed.
    """
    session = session_of(context)
    screen = session.screen
    if imported is not None and (force or exported is not None):
        raise UserError("--import takes an index as it is: leave out --force and --export")
    try:
        if imported is not None or exported is not None:
            told = [_carried(session, imported, exported, anew=force)]
        else:
            told = list(_built(session, anew=force))
    finally:
        screen.close()
    for line in told:
        screen.write(line)


def _carried(session: Session, imported: Path | None, exported: Path | None, *, anew: bool) -> str:
    """Take an index in, or write one to a file, and return what was done; it is one of the pack that is used."""
    from bot import opening

    screen, pack = session.screen, session.pack()
    config, passages = session.config.with_pack(session.config.pack.folder), f"{len(pack.passages)} passages"
    if imported is not None:
        with screen.busy("checking the index"):
            opening.import_index(config, pack, imported)
        return f"the index of {pack.id} is imported: {passages}"
    _, opened = opening.open_index_for(config, pack, screen, complete=True, anew=anew)
    assert exported is not None  # noqa: S101 - the caller wants one of the two
    try:
        with screen.busy("writing the index"):
            opening.export_index(config, pack, opened, exported)
    finally:
        opened.close()
    return f"the index of {pack.id} is in {exported}: {passages}; `dilemma index --import` takes it in"


def _built(session: Session, *, anew: bool) -> Iterator[str]:
    """Build the index of every pack with one encoder, and yield what was done."""
    from bot import opening

    shared = None
    for config, pack in opening.open_packs(session.config, session.screen.say):
        heard = _Heard(session.screen)
        shared, opened = opening.open_index_for(config, pack, heard, complete=True, anew=anew, shared=shared)
        opened.close()
        yield f"the index of {pack.id} is {heard.outcome}: {len(pack.passages)} passages"


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
