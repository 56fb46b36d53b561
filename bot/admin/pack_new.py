"""`pack new`: a pack made of files, asked step by step where something is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.admin.readiness import readiness
from bot.screen.session import session_of
from knowledge.errors import UserError
from knowledge.formats import LEAST_SIDES, MOST_SIDES
from knowledge.model import CONTEXT

# Imported when the command is called: `--help` needs none.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.authoring.making import Made, Material, Order
    from bot.screen.replies import Replies
    from bot.screen.screen import Screen

Folder = Annotated[Path | None, typer.Argument(help="The new folder; its name becomes the pack's id.")]
Sides = Annotated[
    list[str] | None,
    typer.Option(
        "--side", metavar="NAME=FILE", help="A side, and an article that speaks for it; NAME alone without one."
    ),
]
Reports = Annotated[
    list[Path] | None, typer.Option("--report", metavar="FILE", help="An article that lets several sides speak.")
]
Aliases = Annotated[
    list[str] | None, typer.Option("--alias", metavar="SIDE=WORDS", help="How the articles call a side, too.")
]
Speakers = Annotated[
    list[str] | None,
    typer.Option("--speaker", metavar="PERSON=SIDE", help="For which side a person speaks, or neither."),
]
Name = Annotated[str | None, typer.Option("--name", help="What the pack is called.")]
Motion = Annotated[str | None, typer.Option("--motion", help="What is debated, as a claim.")]
Titles = Annotated[list[str] | None, typer.Option("--title", metavar="FILE=TEXT", help="The title of an article.")]
Authors = Annotated[list[str] | None, typer.Option("--author", metavar="FILE=TEXT", help="Who wrote it.")]
Dates = Annotated[list[str] | None, typer.Option("--published", metavar="FILE=TEXT", help="When it appeared.")]
Publishers = Annotated[list[str] | None, typer.Option("--publisher", metavar="FILE=TEXT", help="Where it appeared.")]

_QUIT: Final = "the pack is not made: nothing was written"


def new(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    folder: Folder = None,
    *,
    side: Sides = None,
    report: Reports = None,
    alias: Aliases = None,
    speaker: Speakers = None,
    name: Name = None,
    motion: Motion = None,
    title: Titles = None,
    author: Authors = None,
    published: Dates = None,
    publisher: Publishers = None,
) -> None:
    """Make a pack of your own articles: read, cut into sentences with who speaks, and ready to be asked.

    Text, Markdown, web pages, PDF, Word, subtitles (.srt, .vtt) and channels from DiscordChatExporter are read. Where
    nothing is named in a terminal, everything is asked step by step. What is undecided waits for `dilemma pack review`.
    """
    from bot.authoring.making import Order, make_pack
    from bot.screen.replies import replies_to
    from knowledge.pack import load_pack

    screen = session_of(context).screen
    replies = replies_to(screen)
    if (folder is None or not (side or report)) and replies.at_terminal:
        order = _asked(folder, name, motion, replies, screen)
    elif folder is None:
        raise typer.BadParameter("name the folder to make, as in `dilemma pack new phones`", param_hint="FOLDER")
    else:
        names, files = _sides(side or ())
        facts = {"title": title, "author": author, "published": published, "publisher": publisher}
        paths = [*(path for _, path in files), *(report or ())]
        known = {key: _by_file(given or (), paths, f"--{key}") for key, given in facts.items()}
        order = Order(
            folder,
            tuple(names),
            tuple(_material(path, own, known) for own, path in (*files, *((None, path) for path in report or ()))),
            name,
            motion,
            _listed(alias or ()),
            dict(pair(each, "--speaker", "PERSON=SIDE") for each in speaker or ()),
        )
    with screen.busy("reading"):
        made = make_pack(order, screen.say)
    for line in _told(made):
        screen.write(line)
    for line in readiness(load_pack(made.folder), made.folder):
        screen.write(line)
    screen.write(f'try it: dilemma ask --pack {made.folder} "{made.topics[0].question}"')


def _told(made: Made) -> list[str]:
    from bot.authoring.making import voices_of

    voices = voices_of(made.draft.marks)
    names = {side.id: side.short_name for side in made.sides} | {CONTEXT: "the writers"}
    counted = ", ".join(f"{names[voice]} {voices[voice]}" for voice in names if voices[voice])
    topics = ", ".join(topic.name for topic in made.topics)
    return [
        f"{made.folder} is made: {sum(voices.values())} passages of {len(made.sources)} articles ({counted})",
        f"topics, to be renamed in pack.toml: {topics}",
        "whose the articles are, and what allows you to quote them, is for you to fill in at the end of SOURCES.md",
    ]


def _sides(given: Sequence[str]) -> tuple[list[str], list[tuple[str, Path]]]:
    """Return the names of sides, each once, and the files that speak for them."""
    names: dict[str, None] = {}
    files = []
    for each in given:
        name, _, file = each.partition("=")
        if not name.strip():
            raise typer.BadParameter(
                f'"{each}" has no name before the =, as in "For a ban=ban.txt"', param_hint="--side"
            )
        names[name.strip()] = None
        if file.strip():
            files.append((name.strip(), Path(file.strip())))
    return list(names), files


def pair(given: str, option: str, form: str) -> tuple[str, str]:
    """Return the two parts of what an option was given; the first "=" parts them."""
    first, _, second = (part.strip() for part in given.partition("="))
    if not first or not second:
        raise typer.BadParameter(f'"{given}" is not {form}', param_hint=option)
    return first, second


def _listed(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in given:
        side, words = pair(each, "--alias", "SIDE=WORDS")
        found[side] = (*found.get(side, ()), words)
    return found


def _by_file(given: Sequence[str], paths: Sequence[Path], option: str) -> dict[Path, str]:
    """Return what is known of files; for a single file its name may be left out."""
    found = {}
    for each in given:
        name, _, text = each.partition("=")
        path = next((path for path in paths if name.strip() in {str(path), path.name}), None)
        if path is None and len(paths) == 1:
            path, text = paths[0], each
        if path is None or not text.strip():
            files = ", ".join(path.name for path in paths)
            raise typer.BadParameter(f'"{each}" is not FILE=TEXT with one of the files {files}', param_hint=option)
        found[path] = text.strip()
    return found


def _material(path: Path, side: str | None, known: dict[str, dict[Path, str]]) -> Material:
    from bot.authoring.making import Material

    return Material(path, side, **{key: found.get(path) for key, found in known.items()})


def _asked(folder: Path | None, name: str | None, motion: str | None, replies: Replies, screen: Screen) -> Order:
    """Ask for everything, one thing after another; Enter leaves out what may be missing."""
    from bot.authoring.making import Material, Order

    def asked(what: str, *, needed: bool = False) -> str:
        while True:
            reply = replies.ask(what)
            if reply is None:
                raise UserError(_QUIT)
            if reply or not needed:
                return reply

    screen.say("A pack needs two to four sides and their articles. Enter leaves out what is not known; Ctrl-D ends it.")
    folder = folder or Path(asked("Name of the new folder: ", needed=True))
    names: list[str] = []
    materials: list[Material] = []

    def articles(side: str | None, whose: str) -> None:
        while file := asked(f"A file {whose} (Enter: no more): "):
            path = Path(file).expanduser()
            if not path.is_file():
                screen.say(f"there is no file {path}")
                continue
            author = asked("Its author (Enter: as the file says, if it does): ")
            published = asked("When it was published (Enter: as the file says): ")
            materials.append(Material(path, side, author=author or None, published=published or None))

    while len(names) < MOST_SIDES and (
        side := asked("A side, as people call it (Enter: no more): ", needed=len(names) < LEAST_SIDES)
    ):
        names.append(side)
        articles(side, f"that speaks for “{side}”")
    articles(None, "that lets several sides speak")
    motion = motion or asked("What is debated, as a claim (Enter: from the names of the sides): ") or None
    return Order(folder, tuple(dict.fromkeys(names)), tuple(materials), name, motion)
