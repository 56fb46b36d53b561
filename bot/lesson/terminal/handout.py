"""`handout`: sheets on topics, to print and hand out, or to project."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.answer.terminal.ask import WrongUseError
from bot.lesson.terminal.lesson import MOST_PROMPTS, PROMPTS
from bot.screen.session import session_of

if TYPE_CHECKING:
    from bot.lesson.rules.handout import Handout, HandoutOptions


class PaperName(Enum):
    """The sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


class HandoutFormat(Enum):
    """The formats of a handout."""

    HTML = "html"
    PDF = "pdf"


Topics = Annotated[
    list[str] | None,
    typer.Argument(metavar="TOPIC", help="Topics of `dilemma topics` (all with every side, if omitted)."),
]
To = Annotated[HandoutFormat | None, typer.Option("--format", help="The format (from PATH, or html, if omitted).")]
Slides = Annotated[bool, typer.Option("--slides", help="For a projector: one idea a page.")]
LargePrint = Annotated[bool, typer.Option("--large-print", help="Large print: letters of 18 points.")]
Dyslexia = Annotated[bool, typer.Option("--dyslexia", help="Plain, wide-spaced letters.")]
Paper = Annotated[PaperName, typer.Option("--paper", help="What it is printed on.")]
Notes = Annotated[bool, typer.Option("--notes", help="With --slides: three on a page, with lines for notes.")]
Seed = Annotated[
    int | None, typer.Option("--seed", metavar="N", help="The questions of the lesson that was held with this number.")
]
Questions = Annotated[
    int | None,
    typer.Option("--prompts", metavar="N", min=1, max=MOST_PROMPTS, help="With --seed and no topic: how many (1)."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A new file (standard output, if omitted).")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma handout privacy elections --out handout.pdf")(handout)


def handout(  # noqa: PLR0913, PLR0917 - options of a command
    context: typer.Context,
    topics: Topics = None,
    form: To = None,
    slides: Slides = False,  # noqa: FBT002 - a flag
    large_print: LargePrint = False,  # noqa: FBT002 - a flag
    dyslexia: Dyslexia = False,  # noqa: FBT002 - a flag
    paper: Paper = PaperName.A4,
    notes: Notes = False,  # noqa: FBT002 - a flag
    seed: Seed = None,
    prompts: Questions = None,
    out: Out = None,
) -> None:
    """Write sheets for a class: a question, each side's quotes with room for notes, who says what, and hard words.

    A topic has one or two pages; the last page is the teacher's. HTML opens and prints in any browser; PDF needs the
    extra "pdf".
    """
    from bot.lesson.rules.handout import (  # noqa: PLC0415 - not needed for `--help`
        HandoutOptions,
        Paper,
        handout_of,
    )

    session = session_of(context)
    if out is None and (sys.stdout is None or sys.stdout.isatty()):
        raise WrongUseError("a handout cannot be shown in a terminal: name a file, as in --out handout.html")
    if form is None:
        form = HandoutFormat.PDF if out is not None and out.suffix.casefold() == ".pdf" else HandoutFormat.HTML
    if notes and not slides:
        raise WrongUseError("--notes is about slides: add --slides")
    if prompts is not None and (seed is None or topics):
        raise WrongUseError("--prompts says how many questions --seed draws: give --seed, and no topic")
    made = handout_of(session.pack(sided=True), topics or (), seed=seed, questions=prompts or PROMPTS)
    options = HandoutOptions(large_print, dyslexia, Paper[paper.name], notes)
    if out is None:
        sys.stdout.buffer.write(_written(made, options, form, slides=slides))
        return
    from bot.screen.writing import new_file  # noqa: PLC0415 - as above

    with new_file(out) as stream, session.screen.busy("laying out"):
        stream.buffer.write(_written(made, options, form, slides=slides))
    session.screen.say(f"written to {out}: {', '.join(sheet.name for sheet in made.sheets)}")


def _written(made: Handout, options: HandoutOptions, form: HandoutFormat, *, slides: bool) -> bytes:
    from bot.lesson.rules.handout_files import as_html, as_slides  # noqa: PLC0415 - as above
    from bot.lesson.service.printing import printed  # noqa: PLC0415 - as above

    page = (as_slides if slides else as_html)(made, options)
    return printed(page) if form is HandoutFormat.PDF else page.encode()
