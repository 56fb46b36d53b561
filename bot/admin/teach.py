"""`teach`: the program asks, a person presses the number of the right quote, and each press is an example."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.screen.session import session_of
from knowledge.errors import UserError
from knowledge.model import CONTEXT

# Imported when the command is called: `--help` needs none.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.authoring.teaching import Asked, Candidates, Teaching
    from bot.screen.screen import Screen
    from bot.screen.session import Session
    from knowledge.model import Pack, Passage

To = Annotated[Path | None, typer.Option("--to", metavar="FOLDER", help="A new folder for a copy of the pack.")]

_END: Final = ("\x03", "\x04", "q")
_HELP: Final = "[1-9] the quote that answers  [+] several  [0] none  [s] skip  [u] undo  [q] end"
_LOGGED: Final = 500
"""Turns of the log that are looked through, the latest."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma teach --pack phones")(teach)


def teach(context: typer.Context, *, to: To = None) -> None:
    """Answer questions with one key each: every press is an example question of the pack (`--pack FOLDER`), on disk.

    At a terminal, questions of your own log come first: unanswered, disputed and unsure ones. They become part of the
    pack. Stop whenever you like, and go on later. The packs that come with the program are copied first: see --to.
    """
    from bot.admin.pack_review import keys
    from bot.authoring.teaching import Candidates, Teaching, questions_for
    from bot.opening import load_encoder
    from embeddings.index.collection import kept_collection
    from knowledge.pack import load_pack

    session = session_of(context)
    screen = session.screen
    folder = _own_folder(session, to)
    pack = load_pack(folder)
    try:
        with screen.busy("loading the model"):
            encoder = load_encoder(session.config)
        collection = kept_collection(pack, encoder, session.config.index.folder, screen.report)
    finally:
        screen.close()
    teaching = Teaching(folder, pack)
    _held(
        teaching,
        list(questions_for(pack, _logged(session, pack))),
        Candidates(pack, collection, encoder),
        screen,
        keys(),
    )
    screen.write(f"{len(teaching.given)} examples more in {folder}; all is saved")
    load_pack(folder)


def _own_folder(session: Session, to: Path | None) -> Path:
    """Return the pack's folder, or that of a copy, which is made now (UserError)."""
    from bot.authoring.folder import changing, check_new, check_own
    from knowledge.pack import SHIPPED

    folder = session.config.pack.folder or SHIPPED
    if to is None:
        check_own(folder)
        return folder
    check_new(to)
    with changing(folder, to, "name a folder elsewhere") as fresh:
        fresh.chmod(0o755)
        fresh.rename(to)
    return to


def _logged(session: Session, pack: Pack) -> list[Asked]:
    """Return what people asked of the pack without a good answer, if the log's owner sits at the terminal."""
    from bot.answer.store.opinions import disputed_turns
    from bot.authoring.teaching import Asked
    from bot.log.reader import LogReader

    place = session.config.log_place
    if sys.stdin is None or not sys.stdin.isatty() or not session.config.log.enabled or not isinstance(place, Path):
        return []
    if not place.exists() or (hasattr(os, "geteuid") and place.stat().st_uid != os.geteuid()):
        return []
    reader = LogReader.existing(place)
    disputed = reader.read(disputed_turns)
    kinds: dict[str, list[Asked]] = {"unanswered": [], "disputed": [], "unsure": []}
    for turn in reader.recent(_LOGGED):
        if turn.pack != pack.id or turn.act != "answer":
            continue
        kind = None
        if not any(turn.answer["sides"].values()):
            kind = "unanswered"
        elif turn.id in disputed:
            kind = "disputed"
        elif "unsure" in turn.answer.get("gap_kinds", {}).values():
            kind = "unsure"
        if kind is not None:
            kinds[kind].append(Asked(turn.asked_as, f"the log, {kind}"))
    return [asked for found in kinds.values() for asked in found]


def _held(
    teaching: Teaching, left: list[Asked], candidates: Candidates, screen: Screen, key: Callable[[], str]
) -> None:
    """Ask one question after another, until there is none left or somebody ends it."""
    while left:
        asked = left[0]
        passages = candidates.for_question(asked.text)
        for line, style, rest in _card(teaching, asked, passages):
            screen.write(line, style=style, rest=rest)
        try:
            pressed = key()
            if pressed in _END:
                return
            if pressed == "u":
                left.insert(0, teaching.undo())
            elif pressed == "s":
                left.pop(0)
            else:
                teaching.teach(asked, _chosen(pressed, passages, screen, key))
                left.pop(0)
        except KeyboardInterrupt:
            return
        except UserError as error:
            screen.say(str(error))
    screen.write("there is nothing more to ask")


def _chosen(pressed: str, passages: Sequence[Passage], screen: Screen, key: Callable[[], str]) -> list[str]:
    """Return the passages that keys name; raise UserError for another key."""
    if pressed == "0":
        return []
    if pressed != "+":
        return [_numbered(pressed, passages)]
    screen.write("the numbers, then [Enter]", style="dim")
    chosen: list[str] = []
    while (pressed := key()) not in {"\r", "\n", "", *_END}:
        chosen.append(_numbered(pressed, passages))
    if not chosen:
        raise UserError("no number was pressed: [0] says that none answers")
    return list(dict.fromkeys(chosen))


def _numbered(pressed: str, passages: Sequence[Passage]) -> str:
    if pressed.isdecimal() and 1 <= int(pressed) <= len(passages):
        return passages[int(pressed) - 1].id
    raise UserError(f"there is no [{pressed}] here")


def _card(teaching: Teaching, asked: Asked, passages: Sequence[Passage]) -> Iterator[tuple[str, str, str]]:
    """Yield the lines about a question: text, style, and what its further lines begin with."""
    names = {side.id: f"{side.emoji} {side.short_name}" for side in teaching.pack.sides} | {CONTEXT: "the writer"}
    yield "", "", ""
    yield f"{len(teaching.given) + 1} · from {asked.origin}", "dim", ""
    yield asked.text, "bold", ""
    for number, passage in enumerate(passages, start=1):
        yield f"[{number}] {names[passage.voice]}: “{passage.text}”", "", "    "
    yield _HELP, "dim", ""
