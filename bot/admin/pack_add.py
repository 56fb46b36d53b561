"""`pack add`: an article more for a pack, or for a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.admin.readiness import readiness
from bot.screen.session import session_of

# Imported when the command is called: `--help` needs none.
# ruff: noqa: PLC0415

File = Annotated[Path, typer.Argument(help="The article.")]
Side = Annotated[str | None, typer.Option("--side", help="The side that it speaks for; a report, if omitted.")]
Speakers = Annotated[
    list[str] | None,
    typer.Option("--speaker", metavar="PERSON=SIDE", help="For which side a person speaks, or neither."),
]
To = Annotated[Path | None, typer.Option("--to", metavar="FOLDER", help="A new folder for a copy of the pack.")]
Title = Annotated[str | None, typer.Option("--title", help="Its title.")]
Author = Annotated[str | None, typer.Option("--author", help="Who wrote it.")]
Published = Annotated[str | None, typer.Option("--published", help="When it appeared.")]
Publisher = Annotated[str | None, typer.Option("--publisher", help="Where it appeared.")]


def add(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    file: File,
    *,
    side: Side = None,
    speaker: Speakers = None,
    to: To = None,
    title: Title = None,
    author: Author = None,
    published: Published = None,
    publisher: Publisher = None,
) -> None:
    """Add an article to the pack that is used (`--pack FOLDER`), with all its marks kept.

    The pack that comes with the program is copied first: name the new folder with --to.
    """
    from bot.admin.pack_new import pair
    from bot.authoring.adding import add_article
    from bot.authoring.making import Material
    from knowledge.pack import SHIPPED, load_pack

    session = session_of(context)
    screen = session.screen
    place, marks = add_article(
        session.config.pack.folder or SHIPPED,
        Material(file, side, title, author, published, publisher),
        to=to,
        speakers=dict(pair(each, "--speaker", "PERSON=SIDE") for each in speaker or ()),
        say=screen.say,
    )
    quotable = sum(mark.quotable for mark in marks)
    screen.write(f"{place}: {quotable} more to quote, {len(marks) - quotable} undecided")
    for line in readiness(load_pack(place), place):
        screen.write(line)
