"""`debate`: a rehearsal of a debate, and the showing and exporting of one that was kept in a file."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.terminal.session import session_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.debate_events import Event
    from bot.core.transcript import Parts
    from bot.terminal.session import Session
    from knowledge.formats import Format
    from knowledge.model import Pack

_PEOPLE: Final = 200
_MOST_PEOPLE: Final = 1000
_SEED: Final = 7
_FORMAT: Final = "oxford"


class Form(Enum):
    """The forms of a transcript."""

    MARKDOWN = "md"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


Kept = Annotated[Path, typer.Argument(metavar="FILE", help="The debate, as `debate simulate --out` keeps it.")]
People = Annotated[int, typer.Option("--people", metavar="N", min=2, max=_MOST_PEOPLE, help="How many take part.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same number gives the same debate.")]
FormatId = Annotated[str, typer.Option("--format", metavar="ID", help="The format, as the pack names it.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="A new file to keep the debate in.")]
To = Annotated[Form, typer.Option("--to", help="The form.")]
Anonymous = Annotated[bool, typer.Option("--anonymous", help="Name people by codes.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Rehearse a debate; show and export one.", rich_markup_mode=None)
    group.command(epilog="Example:  dilemma debate simulate --people 200 --seed 7 --out debate.json")(simulate)
    group.command(epilog="Example:  dilemma debate replay debate.json")(replay)
    group.command(epilog="Example:  dilemma debate export debate.json --to html > debate.html")(export)
    app.add_typer(group, name="debate")


def simulate(
    context: typer.Context,
    people: People = _PEOPLE,
    seed: Seed = _SEED,
    form: FormatId = _FORMAT,
    out: Out = None,
) -> None:
    """Hold a debate of people who do not exist, with evidence that is really found, and print it."""
    from bot.core.debate_record import record_of  # noqa: PLC0415 - see the package
    from bot.services.rehearsing import rehearse  # noqa: PLC0415
    from bot.terminal.writing import new_file  # noqa: PLC0415

    session = session_of(context)
    chosen = _format_of(session.pack(), form)
    with session.app("dilemma debate", log=False) as app, session.screen.busy("debating"):
        find, stance = app.retriever.find, app.retriever.stance
        events = rehearse(app.pack, chosen, people=people, seed=seed, find=find, stance=stance)
    if out is not None:
        with new_file(out) as stream:
            json.dump(record_of(events), stream, ensure_ascii=False)
            stream.write("\n")
        session.screen.say(f"written to {out}")
    _show(session, events)


def replay(context: typer.Context, file: Kept) -> None:
    """Print a debate from its events."""
    _show(session_of(context), _events_in(file))


def export(
    context: typer.Context,
    file: Kept,
    to: To = Form.MARKDOWN,
    anonymous: Anonymous = False,  # noqa: FBT002 - a flag
) -> None:
    """Write the transcript of a debate: nothing in it can be run, and ballots are sums."""
    from bot.core import transcript_files as files  # noqa: PLC0415 - see the package

    session_of(context)
    written = {
        Form.MARKDOWN: files.as_markdown,
        Form.HTML: files.as_html,
        Form.CSV: files.as_csv,
        Form.JSON: files.as_json,
    }[to]
    sys.stdout.write(written(_transcript(_events_in(file), anonymous=anonymous)))


def _show(session: Session, events: Sequence[Event]) -> None:
    from bot.terminal.debate_lines import lines_of  # noqa: PLC0415 - see the package

    session.screen.show(lines_of(_transcript(events), session.screen.width))


def _format_of(pack: Pack, identity: str) -> Format:
    from knowledge.nearest import hint, quoted  # noqa: PLC0415 - see the package

    formats = {known.id: known for known in pack.formats}
    if identity not in formats:
        there_is_none = f"the pack {pack.id} has no format {quoted(identity)}{hint(identity, formats)}"
        raise typer.BadParameter(there_is_none, param_hint="--format")
    return formats[identity]


def _events_in(path: Path) -> tuple[Event, ...]:
    """Read a debate from a file. Raises UserError."""
    from bot.core.debate_record import events_in  # noqa: PLC0415 - see the package

    try:
        return events_in(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a file of `debate simulate --out`") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is no JSON: {error}") from None
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _transcript(events: Sequence[Event], *, anonymous: bool = False) -> Parts:
    from bot.core.transcript import transcript_of  # noqa: PLC0415 - see the package

    try:
        return transcript_of(events, anonymous=anonymous)
    except ValueError as error:
        raise UserError(f"these events are no debate: {error}") from None
