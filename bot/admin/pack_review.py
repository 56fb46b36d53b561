"""`pack review`: what was proposed for a new pack, decided with one key each."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.admin.readiness import readiness
from bot.screen.session import session_of
from knowledge.errors import UserError
from knowledge.model import Span

# Imported when the command is called: `--help` needs none.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.authoring.drafts import Mark
    from bot.authoring.review import Review
    from bot.screen.screen import Screen
    from knowledge.model import Side

Folder = Annotated[Path | None, typer.Argument(help="The pack's folder; else the one that is used.")]

_QUIT: Final = "q"
_END: Final = ("\x03", "\x04", _QUIT)

Page = Annotated[bool, typer.Option("--page", help="As a page in a browser on this machine, until Ctrl-C.")]


def review(context: typer.Context, folder: Folder = None, *, page: Page = False) -> None:
    """Say who speaks in what a new pack left undecided, then look at the rest: one key each, saved after every one.

    Stop whenever you like, and go on later.
    """
    from bot.authoring.review import open_review
    from knowledge.pack import check_pack, load_pack

    session = session_of(context)
    place = folder or session.config.pack.folder
    if place is None:
        raise typer.BadParameter("name the pack's folder, as in `dilemma pack review phones`", param_hint="FOLDER")
    screen = session.screen
    opened = open_review(place)
    reviewed = _served(opened, screen) if page else _held(opened, screen, keys())
    screen.write(f"{reviewed.left} left to look at, {len(reviewed.draft.undecided)} of them undecided; all is saved")
    if problems := check_pack(place):
        raise UserError(f"{place} is not sound as it is now: {problems[0]}")
    for line in readiness(load_pack(place), place):
        screen.write(line)


def _served(review: Review, screen: Screen) -> Review:
    """Serve the page until Ctrl-C."""
    from bot.admin.review_page import ReviewServer

    with ReviewServer(review) as server:
        screen.say(f"open this in a browser on this machine; Ctrl-C ends it:\n{server.link}")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
        return server.review


def keys() -> Callable[[], str]:
    """Return what gives the next key: one at a terminal, the first letter of each line in a pipe."""
    if sys.stdin is not None and sys.stdin.isatty():
        return typer.getchar
    lines = iter(sys.stdin or ())
    return lambda: next((line.strip()[:1] for line in lines), _QUIT)


def _held(review: Review, screen: Screen, key: Callable[[], str]) -> Review:
    """Ask for one mark after another, until all were looked at or somebody ends it."""
    while (mark := review.next) is not None:
        for line, style in _card(review, mark):
            screen.write(line, style=style)
        try:
            pressed = key()
            if pressed in _END:
                break
            review = _split(review, mark, screen, key) if pressed == "/" else review.answered(mark, pressed)
        except KeyboardInterrupt:
            break
        except UserError as error:
            screen.say(str(error))
    return review


def _split(review: Review, mark: Mark, screen: Screen, key: Callable[[], str]) -> Review:
    places = review.places(mark)[:9]
    if not places:
        raise UserError("there is no place in it where it could be divided")
    for number, place in enumerate(places, start=1):
        screen.write(f"{mark.text[:place].rstrip()} ┃ {mark.text[place:]}", first=f"  [{number}] ", rest="      ")
    pressed = key()
    if pressed.isdecimal() and 1 <= int(pressed) <= len(places):
        return review.split(mark, places[int(pressed) - 1])
    raise UserError("it stays whole")


def _card(review: Review, mark: Mark) -> Iterator[tuple[str, str]]:
    """Yield what is shown of a mark: where it stands, with its neighbours, and what is proposed."""
    from bot.quote.rules.composition import around

    sides = review.frame.sides
    article = review.article(mark)
    span = Span(article.id, mark.start, mark.end)
    near = around(article, span, 1)
    done = len(review.draft.marks) - review.left
    yield "", ""
    yield (
        f"{done + 1} of {len(review.draft.marks)} · {article.title}, paragraph {article.paragraph_number(span)}",
        "dim",
    )
    if near.before:
        yield near.before, "dim"
    yield mark.text, "bold"
    if near.after:
        yield near.after, "dim"
    yield review.proposal(mark), ""
    yield _help(sides), "dim"


def _help(sides: Sequence[Side]) -> str:
    keys = [f"[{number}] {side.short_name}" for number, side in enumerate(sides, start=1)]
    rest = ["[w] the writer", "[s] skip", "[/] split", "[j] join", "[Enter] accept", "[u] undo", "[q] end"]
    return "  ".join([*keys, *rest])
