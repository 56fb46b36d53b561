"""`spar`: argue against one side, which answers with its own quotes alone; typed at a prompt, or a turn a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.screen.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answer.rules.sparring import Sparring
    from bot.answer.terminal.talk import Talk
    from bot.screen.lines import Line
    from bot.screen.replies import Replies
    from bot.screen.screen import Screen
    from knowledge.model import Pack

Against = Annotated[str, typer.Option("--against", metavar="SIDE", help="The side that the bot holds.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A new file for what came of it (Markdown).")]
NoLog = Annotated[bool, typer.Option("--no-log", help="Do not log what is said.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma spar --pack phones --against 'For a ban'")(spar)


def spar(
    context: typer.Context,
    against: Against,
    out: Out = None,
    no_log: NoLog = False,  # noqa: FBT002 - a flag
) -> None:
    """Argue against a side. It meets each claim with a quote not yet used, or says that it has none.

    Say it in your own words: claim something, ask for the source, insist, grant a point, ask for another one, swap the
    sides, stop. Ctrl-D stops, too. At the end you read what was met, granted and left. Each line of a pipe is a turn.
    """
    # Imported only when a sparring begins, so that `--help` is quick.
    from bot.answer.rules.sparring import begun  # noqa: PLC0415
    from bot.answer.terminal.talk import talking  # noqa: PLC0415
    from bot.screen.replies import replies_to  # noqa: PLC0415
    from bot.screen.writing import check_new, new_file  # noqa: PLC0415
    from bot.spar.rules.outcome import markdown  # noqa: PLC0415

    session = session_of(context)
    if out is not None:
        check_new(out)
    screen, begin = session.screen, begun(session.pack(sided=True), against)
    with talking(session, context.command_path, log=not no_log) as (pack, talk):
        sparring = held(pack, talk, begin, screen, replies_to(screen))
        screen.show(_told(pack, sparring, screen.width))
        if out is not None:
            with new_file(out) as stream:
                stream.write(markdown(pack, sparring))
            screen.say(f"written to {out}")


def held(pack: Pack, talk: Talk, sparring: Sparring, screen: Screen, replies: Replies) -> Sparring:
    """Take turn after turn, until the person stops or there are no more."""
    from bot.quote.terminal.layout import AnswerLayout  # noqa: PLC0415 - as above
    from bot.screen.lines import Line  # noqa: PLC0415 - as above
    from knowledge.errors import UserError  # noqa: PLC0415 - as above

    screen.say(f"The bot holds {pack.side(sparring.held).name}: argue against it.")
    screen.say("You may ask for the source, insist, grant a point, ask for another one, swap sides, or stop.")
    while not sparring.over and (typed := replies.ask("You: ")) is not None:
        if not typed:
            continue
        try:
            reply, sparring = talk.spar(sparring, typed)
        except UserError as error:
            screen.say(str(error))
            continue
        asked = None if replies.at_terminal else "You said"
        screen.show((*AnswerLayout(pack, screen.width).answer(reply.answer, asked, reply.notices), Line("")))
    return sparring


def _told(pack: Pack, sparring: Sparring, width: int | None) -> Iterator[Line]:
    from bot.screen.lines import Line, wrapped  # noqa: PLC0415 - as above
    from bot.spar.rules.outcome import sections  # noqa: PLC0415 - as above
    from bot.values.text import harmless  # noqa: PLC0415 - as above

    for part in sections(pack, sparring):
        yield Line(str(part.heading), "bold reverse")
        for item in part.items:
            yield from (Line(line) for line in wrapped(harmless(str(item)), width, "- ", "  "))
        yield Line("")
