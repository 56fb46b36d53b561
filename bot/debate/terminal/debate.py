"""`debate`: a rehearsal of a debate, and the showing and exporting of one that was kept in a file or in the log."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.screen.session import session_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.debate.rules.events import Event
    from bot.debate.rules.transcript import Parts
    from bot.screen.session import Session
    from knowledge.model import Format

_PEOPLE: Final = 200
_MOST_PEOPLE: Final = 1000
_SEED: Final = 7
_FORMAT: Final = "oxford"
_LISTED: Final = 20


class TranscriptForm(Enum):
    """The forms of a transcript."""

    MARKDOWN = "md"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


Kept = Annotated[
    str,
    typer.Argument(
        metavar="DEBATE", help="A file that `debate simulate --out` keeps, or an id that `debate list` lists."
    ),
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="List at most N debates.")]
People = Annotated[int, typer.Option("--people", metavar="N", min=2, max=_MOST_PEOPLE, help="How many take part.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same number gives the same debate.")]
FormatId = Annotated[str, typer.Option("--format", metavar="ID", help="A format of the pack or the settings.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A new file to keep the debate in.")]
Plot = Annotated[Path | None, typer.Option("--plot", metavar="PATH", help="Draw the result too, as a PNG.")]
To = Annotated[TranscriptForm, typer.Option("--to", help="The form.")]
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
    form: FormatId = _FORMAT,
    out: Out = None,
    plot: Plot = None,
) -> None:
    """Hold a debate of people who do not exist, with evidence that is really found, and print it."""
    from bot.debate.rules.events import record_of  # noqa: PLC0415 - see the package
    from bot.debate.service.rehearsal import rehearse  # noqa: PLC0415
    from bot.screen.writing import new_file  # noqa: PLC0415
    from embeddings.retriever import Retriever  # noqa: PLC0415
    from knowledge.model import Pack  # noqa: PLC0415

    session = session_of(context)
    chosen = _format_of(session, form)
    if plot is not None:
        _check_plot(plot, chosen)
    with session.app("dilemma debate", log=False) as parts, session.screen.busy("debating"):
        events = rehearse(parts.get(Pack), chosen, people=people, seed=seed, retriever=parts.get(Retriever))
    if out is not None:
        with new_file(out) as stream:
            json.dump(record_of(events), stream, ensure_ascii=False)
            stream.write("\n")
        session.screen.say(f"written to {out}")
    if plot is not None:
        _draw(events, plot)
        session.screen.say(f"the chart of the result is written to {plot}")
    _show(session, events)


def list_kept(context: typer.Context, limit: Limit = _LISTED) -> None:
    """List the debates that a bot keeps in the log, the last at the end."""
    from bot.debate.terminal.kept import list_debates  # noqa: PLC0415 - see the package

    list_debates(session_of(context), limit)


def replay(context: typer.Context, debate: Kept) -> None:
    """Print a debate from its events."""
    from bot.debate.terminal.kept import events_of  # noqa: PLC0415 - see the package

    session = session_of(context)
    _show(session, events_of(session, debate))


def export(
    context: typer.Context,
    debate: Kept,
    to: To = TranscriptForm.MARKDOWN,
    anonymous: Anonymous = False,  # noqa: FBT002 - a flag
) -> None:
    """Write the transcript of a debate: nothing in it can be run, and ballots are sums."""
    from bot.debate.rules.transcript import FORMS  # noqa: PLC0415 - see the package
    from bot.debate.terminal.kept import events_of  # noqa: PLC0415

    events = events_of(session_of(context), debate)
    sys.stdout.write(FORMS[to.value](_transcript(events, anonymous=anonymous)))


def _show(session: Session, events: Sequence[Event]) -> None:
    from bot.debate.terminal.kept import lines_of  # noqa: PLC0415 - see the package

    session.screen.show(lines_of(_transcript(events), session.screen.width))


def _format_of(session: Session, identity: str) -> Format:
    """Choose a format of the pack or of the settings."""
    from knowledge.reading.formats import joined  # noqa: PLC0415 - see the package
    from knowledge.reading.nearest import hint, quoted  # noqa: PLC0415

    formats = {known.id: known for known in joined(session.pack().formats, session.config.formats)}
    if identity not in formats:
        there_is_none = f"neither the pack nor the settings have a format {quoted(identity)}{hint(identity, formats)}"
        raise typer.BadParameter(there_is_none, param_hint="--format")
    return formats[identity]


def _check_plot(path: Path, form: Format) -> None:
    """Refuse a chart that could not be drawn in the end, before the work is done (UserError)."""
    from bot.screen.plotting import check_plot  # noqa: PLC0415 - see the package
    from knowledge.model import BALLOTS  # noqa: PLC0415

    check_plot(path)
    if not any(ballot in phase.allows for phase in form.phases for ballot in BALLOTS):
        raise UserError(f"the chart shows the ballots, and nobody votes in the format {form.id}: leave out --plot")


def _draw(events: Sequence[Event], path: Path) -> None:
    """Draw what the ballots of a debate that is over came to. Raises UserError."""
    from bot.debate.rules.state import fold  # noqa: PLC0415 - see the package
    from bot.debate.service.chart import result_png  # noqa: PLC0415
    from bot.screen.plotting import write_picture  # noqa: PLC0415

    state = fold(events)
    if state is None or state.outcome is None:
        raise ValueError("a debate without a result")
    write_picture(path, result_png(state.outcome, {side.id: side.name for side in state.sides}))


def _transcript(events: Sequence[Event], *, anonymous: bool = False) -> Parts:
    from bot.debate.rules.transcript import transcript_of  # noqa: PLC0415 - see the package

    try:
        return transcript_of(events, anonymous=anonymous)
    except ValueError as error:
        raise UserError(f"these events are no debate: {error}") from None
