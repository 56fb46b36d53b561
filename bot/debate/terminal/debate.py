"""`debate`: simulate a debate, and show or export one from a file or the log."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.screen.separators import Decimal, Separator, separators_of
from bot.screen.session import session_of
from knowledge.errors import UserError

# Commands import when they are called: other commands start without what these need.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.debate.rules.events import Event
    from bot.debate.rules.transcript import Parts
    from bot.screen.session import Session
    from knowledge.formats import Format
    from knowledge.model import Pack

_PEOPLE: Final = 200
_MOST_PEOPLE: Final = 1000
_SEED: Final = 7
_LISTED: Final = 20


class TranscriptForm(Enum):
    """The kinds of transcript file."""

    MARKDOWN = "md"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


Kept = Annotated[
    str,
    typer.Argument(metavar="DEBATE", help="A file from `debate simulate --out`, or an id from `debate list`."),
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="List at most N debates.")]
People = Annotated[int, typer.Option("--people", metavar="N", min=2, max=_MOST_PEOPLE, help="Number of participants.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same number gives the same debate.")]
FormatId = Annotated[
    str | None,
    typer.Option("--format", metavar="ID", help="A format of the pack or the settings; else the first that fits."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A new file for the debate.")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="PATH", help="Draw the result too, as a PNG.")]
To = Annotated[TranscriptForm, typer.Option("--to", help="The kind of file.")]
Anonymous = Annotated[bool, typer.Option("--anonymous", help="Name people by codes.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Rehearse a debate; show and export one.", rich_markup_mode=None)
    group.command(epilog="Example:  dilemma debate simulate --people 200 --seed 7 --out debate.json")(simulate)
    group.command("list", epilog="Example:  dilemma debate list --limit 5")(list_kept)
    group.command(epilog="Example:  dilemma debate replay debate.json")(replay)
    group.command(epilog="Example:  dilemma debate export debate.json --to html > debate.html")(export)
    app.add_typer(group, name="debate")


def simulate(
    context: typer.Context,
    people: People = _PEOPLE,
    seed: Seed = _SEED,
    form: FormatId = None,
    out: Out = None,
    plot: Plot = None,
) -> None:
    """Simulate a whole debate with made-up participants and real evidence, and print it."""
    from bot.debate.rules.saved import record_of
    from bot.debate.service.rehearsal import rehearse
    from bot.screen.writing import new_file
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

    session = session_of(context)
    chosen = _format_of(session, form)
    if plot is not None:
        _check_plot(plot, chosen)
    with session.app("dilemma debate", log=False) as parts, session.screen.busy("debating"):
        least = session.config.votes.least
        found = parts.get(Retriever)
        events = rehearse(parts.get(Pack), chosen, people=people, seed=seed, retriever=found, least=least)
    if out is not None:
        with new_file(out, private=True) as stream:
            json.dump(record_of(events), stream, ensure_ascii=False)
            stream.write("\n")
        session.screen.say(f"written to {out}")
    if plot is not None:
        _draw(events, plot)
        session.screen.say(f"the chart of the result is written to {plot}")
    _show(session, events)


def list_kept(context: typer.Context, limit: Limit = _LISTED) -> None:
    """List the debates in the log, the latest at the end."""
    from bot.debate.terminal.kept import list_debates

    list_debates(session_of(context), limit)


def replay(context: typer.Context, debate: Kept) -> None:
    """Print a debate."""
    from bot.debate.terminal.kept import events_of

    session = session_of(context)
    _show(session, *events_of(session, debate))


def export(
    context: typer.Context,
    debate: Kept,
    to: To = TranscriptForm.MARKDOWN,
    *,
    anonymous: Anonymous = False,
    separator: Separator = "",
    decimal: Decimal = "",
) -> None:
    """Write the transcript of a debate, with no active content and with ballots as sums."""
    from bot.debate.rules.transcript import in_form
    from bot.debate.terminal.kept import events_of

    session = session_of(context)
    separators = separators_of(session.environ, separator, decimal)
    events, pack = events_of(session, debate)
    transcript = _transcript(events, session.pack(identity=pack), anonymous=anonymous)
    sys.stdout.write(in_form(transcript, to.value, separators))


def _show(session: Session, events: Sequence[Event], pack: str | None = None) -> None:
    from bot.debate.terminal.kept import lines_of

    session.screen.show(lines_of(_transcript(events, session.pack(identity=pack)), session.screen.width))


def _format_of(session: Session, identity: str | None) -> Format:
    from bot.debate.rules.terms import check_fits, fitting
    from knowledge.reading.formats import joined
    from knowledge.reading.nearest import hint, quoted

    pack = session.pack(sided=True)
    formats = {known.id: known for known in joined(pack.formats, session.config.formats)}
    fit = fitting(formats.values(), len(pack.sides))
    if identity is None:
        identity = fit[0].id if fit else next(iter(formats))
    if identity not in formats:
        there_is_none = f"neither the pack nor the settings have a format {quoted(identity)}{hint(identity, formats)}"
        raise typer.BadParameter(there_is_none, param_hint="--format")
    check_fits(formats[identity], len(pack.sides), fit)
    return formats[identity].among(len(pack.sides))


def _check_plot(path: Path, form: Format) -> None:
    """Raise UserError for a chart that could not be drawn, before the work is done."""
    from bot.screen.plotting import check_plot
    from knowledge.formats import BALLOTS

    check_plot(path)
    if not any(ballot in phase.allows for phase in form.phases for ballot in BALLOTS):
        raise UserError(f"the chart shows ballots, and the format {form.id} has none: leave out --plot")


def _draw(events: Sequence[Event], path: Path) -> None:
    from bot.debate.rules.state import fold
    from bot.debate.service.chart import result_png
    from bot.screen.plotting import write_picture

    state = fold(events)
    if state is None or state.outcome is None:
        raise ValueError("a debate without a result")
    write_picture(path, result_png(state.outcome, {side.id: side.name for side in state.sides}))


def _transcript(events: Sequence[Event], pack: Pack, *, anonymous: bool = False) -> Parts:
    from bot.debate.rules.transcript import transcript_of

    try:
        return transcript_of(events, pack, anonymous=anonymous)
    except ValueError as error:
        raise UserError(f"these events are no debate: {error}") from None
