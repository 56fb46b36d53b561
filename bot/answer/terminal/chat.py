"""`chat`: a conversation at the terminal, or one that is read from a pipe."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations at run time
from typing import Annotated

import typer

from bot.screen.session import session_of


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma chat --log debate-club.sqlite3")(chat)


def chat(
    context: typer.Context,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="PATH", help="Log to this file, instead of the settings' own.")
    ] = None,
) -> None:
    """Hold a conversation: ask, ask back, ask for more. /help lists what else there is, Ctrl-D ends it.

    Each line of a pipe is one question.
    """
    # These are imported only when a conversation begins; see the package.
    from bot.answer.terminal.conversation import Conversing  # noqa: PLC0415
    from bot.answer.terminal.talk import talking  # noqa: PLC0415
    from bot.screen.typing_in import lines_of_pipe, prompted  # noqa: PLC0415

    session = session_of(context)
    screen = session.screen
    interactive = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    with talking(session, context.command_path, log_path=log) as (pack, talk):
        typed = prompted(screen.say) if interactive else lines_of_pipe(sys.stdin)
        Conversing(pack, talk, screen, at_terminal=interactive).hold(typed)
