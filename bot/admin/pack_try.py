"""`pack try`: a first answer from one of the packs that come with the program."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from bot.answer.terminal.ask import ask
from bot.screen.session import session_of
from knowledge.errors import UserError

Name = Annotated[str | None, typer.Argument(help="The pack, by its name; all are listed without one.")]


def try_(context: typer.Context, name: Name = None) -> None:
    """Answer a first question from a pack that comes with the program, and say how to go on.

    Without a name, list these packs. Nothing is logged.
    """
    from knowledge.pack import load_pack, shipped_folders  # noqa: PLC0415 - `--help` needs none

    session = session_of(context)
    screen = session.screen
    folders = {folder.name: folder for folder in shipped_folders()}
    if name is None:
        for known, folder in folders.items():
            pack = load_pack(folder)
            screen.write(f"{known}: {pack.title}, {len(pack.passages)} passages", rest="  ")
        return
    if name not in folders:
        raise UserError(f"no pack {name!r} comes with the program: try one of {', '.join(folders)}")
    pack = load_pack(folders[name])
    context.obj = replace(session, pack_named=folders[name])
    ask(context, [pack.topics[0].question], no_log=True)
    screen.write("")
    screen.write(f'ask more: dilemma ask --pack {name} "{pack.topics[-1].question}"', rest="  ")
    screen.write(f"make it yours: dilemma teach --pack {name} --to my-{name}", rest="  ")
