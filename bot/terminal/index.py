"""`index`: building the index ahead of the first question."""

from __future__ import annotations

import typer  # noqa: TC002 - typer reads the annotations at run time

from bot.terminal.session import session_of


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma index")(index)


def index(context: typer.Context) -> None:
    """Build the index, or bring it up to date.

    Asking does this too when it is needed; done ahead, the first answer is there sooner.
    """
    # These import numpy, torch and faiss.
    from bot.app import load_encoder  # noqa: PLC0415
    from embeddings.index import open_index  # noqa: PLC0415

    session = session_of(context)
    screen = session.screen
    config = session.config
    pack = session.pack()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        screen.say(text)

    try:
        with screen.busy("loading the model"):
            encoder = load_encoder(config)
        open_index(pack, encoder, config.index.folder, say=say, report=screen.report).close()
    finally:
        screen.close()
    done = "built" if said else "up to date already"
    screen.write(f"the index of {pack.id} is {done}: {len(pack.passages)} passages")
