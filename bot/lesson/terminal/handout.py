"""`handout`: sheets on topics, to print and hand out or to show on a wall."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.answer.terminal.ask import WrongUseError
from bot.screen.session import session_of

if TYPE_CHECKING:
    from bot.lesson.rules.handout import Handout, HandoutOptions


class Form(Enum):
    """The forms of a handout."""

    HTML = "html"
    PDF = "pdf"


Topics = Annotated[
    list[str] | None,
    typer.Argument(metavar="TOPIC", help="Topics of `dilemma topics`; without any, all on which both speak."),
]
To = Annotated[Form | None, typer.Option("--format", help="The form; else as PATH ends, else html.")]
Slides = Annotated[bool, typer.Option("--slides", help="For a projector: one idea a page.")]
LargePrint = Annotated[bool, typer.Option("--large-print", help="In letters of 18 points.")]
Dyslexia = Annotated[bool, typer.Option("--dyslexia", help="In plain letters, wide apart.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A new file; else it goes into a pipe.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma handout privacy elections --out handout.pdf")(handout)


def handout(
    context: typer.Context,
    topics: Topics = None,
    form: To = None,
    slides: Slides = False,  # noqa: FBT002 - a flag
    large_print: LargePrint = False,  # noqa: FBT002 - a flag
    dyslexia: Dyslexia = False,  # noqa: FBT002 - a flag
    out: Out = None,
) -> None:
    """Write sheets for a class: a question, both sides' quotes with room for notes, who says what, and hard words.

    A topic has one or two pages. HTML opens and prints in any browser; PDF needs the extra "pdf".
    """
    from bot.lesson.rules.handout import HandoutOptions, handout_of  # noqa: PLC0415 - see the package

    session = session_of(context)
    if out is None and (sys.stdout is None or sys.stdout.isatty()):
        raise WrongUseError("a handout is no text for a terminal: name a file, as in --out handout.html")
    if form is None:
        form = Form.PDF if out is not None and out.suffix.casefold() == ".pdf" else Form.HTML
    made = handout_of(session.pack(), topics or ())
    options = HandoutOptions(large_print, dyslexia)
    if out is None:
        sys.stdout.buffer.write(_written(made, options, form, slides=slides))
        return
    from bot.screen.writing import new_file  # noqa: PLC0415 - as above

    with new_file(out) as stream, session.screen.busy("laying out"):
        stream.buffer.write(_written(made, options, form, slides=slides))
    session.screen.say(f"written to {out}: {', '.join(sheet.name for sheet in made.sheets)}")


def _written(made: Handout, options: HandoutOptions, form: Form, *, slides: bool) -> bytes:
    from bot.lesson.rules.handout_files import as_html, as_slides  # noqa: PLC0415 - as above
    from bot.lesson.service.printing import printed  # noqa: PLC0415 - as above

    page = (as_slides if slides else as_html)(made, options)
    return printed(page) if form is Form.PDF else page.encode()
