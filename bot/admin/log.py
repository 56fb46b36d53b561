"""`log`: reading, searching and exporting the conversation log, also while another process writes it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.screen.separators import Decimal, Separator, separators_of
from bot.screen.session import Session, session_of
from bot.values.moments import local_time
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.config.sections import Server
    from bot.log.reader import LogReader, StoredTurn
    from bot.screen.screen import Screen

SHOWN: Final = 20
"""Turns that are listed unless another limit is given."""

Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="List at most N turns.")]


class ExportFormat(Enum):
    """The forms of an export."""

    JSONL = "jsonl"
    """The answer object of the JSON contract, one turn a line."""
    CSV = "csv"
    """For spreadsheets; no cell is a formula."""
    MARKDOWN = "markdown"
    """For reading."""


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Read, search and export the conversation log.", rich_markup_mode=None)
    group.command(epilog="Example:  dilemma log show --limit 5")(show)
    group.command(epilog='Example:  dilemma log search "elections"')(search)
    group.command(epilog="Example:  dilemma log export --format markdown --output talk.md")(export)
    group.command(epilog="Example:  dilemma log copy --to postgresql://dilemma@db.internal/dilemma")(copy)
    group.command(epilog="Example:  dilemma log convert")(convert)
    group.command(epilog="Example:  dilemma log backup")(backup)
    group.command(epilog="Example:  dilemma log publish research.db")(publish)
    group.command(name="trust-clock", epilog="Example:  dilemma log trust-clock")(trust_clock)
    group.command(epilog="Example:  dilemma log restore")(restore)
    app.add_typer(group, name="log")


def _reader(session: Session) -> LogReader:
    from bot.log.reader import LogReader  # noqa: PLC0415 - SQLite, which `--help` does without

    return LogReader.existing(session.config.log_place)


def show(
    context: typer.Context,
    limit: Limit = SHOWN,
    conversation: Annotated[
        str, typer.Option("--conversation", metavar="ID", help="Show all of this conversation instead.")
    ] = "",
) -> None:
    """Show the turns written last, oldest of them first."""
    session = session_of(context)
    reader = _reader(session)
    if conversation:
        turns = reader.turns(conversation)
        if not turns:
            raise UserError(f"no conversation {conversation} in {reader.name}; `dilemma log show` lists the last ones")
    else:
        turns = reader.recent(limit)[::-1]
    _list(session.screen, turns, "the log holds no turns yet")


def search(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Words; each must begin a word of the question.")],
    limit: Limit = SHOWN,
) -> None:
    """Find turns by what was asked, best first; of more than 2,000, the latest."""
    session = session_of(context)
    _list(session.screen, _reader(session).search(text, limit), "no question in the log has these words")


def export(
    context: typer.Context,
    form: Annotated[ExportFormat, typer.Option("--format", help="The form.")] = ExportFormat.JSONL,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="A new file, instead of stdout.")
    ] = None,
    separator: Separator = "",
    decimal: Decimal = "",
) -> None:
    """Export every turn, oldest first."""
    from bot.answer.store.export import as_csv, as_jsonl, as_markdown  # noqa: PLC0415 - see the package
    from bot.screen.writing import new_file  # noqa: PLC0415

    session = session_of(context)
    in_form: dict[ExportFormat, Callable[[Iterable[StoredTurn]], Iterator[str]]] = {
        ExportFormat.JSONL: as_jsonl,
        ExportFormat.CSV: partial(as_csv, separators=separators_of(session.environ, separator, decimal)),
        ExportFormat.MARKDOWN: as_markdown,
    }
    pieces = in_form[form](_reader(session).export())
    if output is None:
        sys.stdout.writelines(pieces)
        return
    with new_file(output, private=True) as stream:
        stream.writelines(pieces)
    session.screen.say(f"written to {output}")


def copy(
    context: typer.Context,
    target: Annotated[
        str, typer.Option("--to", metavar="PLACE", help="An empty database (postgresql://…), or a new file.")
    ],
    source: Annotated[
        str, typer.Option("--from", metavar="PLACE", help="The log to copy, instead of the one that is set.")
    ] = "",
) -> None:
    """Copy all of a log into a database, or from one into a file, while no bot has it open; one that stopped goes on.

    Ids and pseudonyms stay. The rows of both are counted and hashed in the end, and must be equal.
    """
    from bot.app import tables  # noqa: PLC0415 - see _reader
    from bot.log.engines.copying import copy  # noqa: PLC0415
    from bot.log.log import OWN_TABLES  # noqa: PLC0415

    session = session_of(context)
    begun, goal = _place(session, source) if source else session.config.log_place, _place(session, target)
    now = datetime.now(UTC).isoformat()
    rows = copy(begun, goal, (*OWN_TABLES, *tables()), holder=context.command_path, now=now)
    session.screen.say(
        f"copied from {begun} to {goal}: {rows['turn']} turns, {sum(rows.values())} rows in all; counts and hashes of "
        f"{len(rows)} tables are equal"
    )


def _place(session: Session, text: str) -> Path | Server:
    """Return a place that was typed (UserError)."""
    from bot.config.secret import read_log_password  # noqa: PLC0415 - see _reader
    from bot.config.sections import Server, checked_log_url  # noqa: PLC0415

    if "://" not in text:
        return Path(text)
    try:
        url = checked_log_url(text)
    except ValueError as error:
        raise UserError(f"this is no address of a database, for {error}; write postgresql://user@host/name") from None
    return Server(url, session.config.log.file, read_log_password(session.environ))


def _file(session: Session) -> Path:
    """Return the file in which the log lies (UserError: it lies in a database)."""
    if session.config.log.url:
        raise UserError(
            "this is for a log in a file, and yours lies in a database: docs/operations.md says how to copy that "
            "(pg_dump); `dilemma log copy --to FILE` makes a file of it"
        )
    return session.config.log.file


def backup(context: typer.Context) -> None:
    """Copy the log beside it, also while the bot runs; of all copies, the newest of the last 24 hours are kept.

    Single votes of open ballots are not in it.
    """
    from bot.app import tables  # noqa: PLC0415 - see _reader
    from bot.log.log import back_up  # noqa: PLC0415

    session = session_of(context)
    path = back_up(_file(session), tables, datetime.now(UTC).isoformat(), session.config.log.copies)
    session.screen.say(f"copied to {path}")


def publish(
    context: typer.Context,
    output: Annotated[Path, typer.Argument(metavar="OUT.db", help="A new SQLite file.")],
    questions: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--with-questions", help="Also what people typed: ask them first, and read it through.")
    ] = False,
) -> None:
    """Write a copy of the log for research, without people and without what they typed; opens in Datasette with facets.

    Days stand for times, and numbers for servers and conversations.
    """
    from bot.app import tables  # noqa: PLC0415 - see _reader
    from bot.log.care.publication import companion  # noqa: PLC0415
    from bot.log.log import publish  # noqa: PLC0415

    session = session_of(context)
    counts = publish(_file(session), output, tables, typed=questions)
    session.screen.say(f"written to {output}: {counts['turn']} turns, {counts['citation']} quotes")
    session.screen.say(f"look at it: datasette {output} --metadata {companion(output)}")


def trust_clock(context: typer.Context) -> None:
    """Say that this machine's clock is right, after the bot said that it jumped: old turns are deleted by it again."""
    from bot.log.care import clock  # noqa: PLC0415 - see _reader

    session = session_of(context)
    path = session.config.log.file
    now = datetime.now(UTC)
    if not session.config.log.url and not path.exists():
        raise UserError(f"there is no log at {path}; the first question makes one")
    clock.confirm(path, now)
    session.screen.say(f"noted that it is {now:%Y-%m-%d %H:%M} UTC; the next round of deletion goes by that")


def restore(
    context: typer.Context,
    copy: Annotated[Path | None, typer.Argument(help="The copy; without one, the newest.")] = None,
) -> None:
    """Put a copy in the place of the log, which nobody may have open; the log's file is set aside, not deleted."""
    from bot.log.log import restore  # noqa: PLC0415 - see _reader

    session = session_of(context)
    path = _file(session)
    chosen, aside = restore(path, copy, holder=context.command_path, now=datetime.now(UTC).isoformat())
    kept = "" if aside is None else f"; what was there is now {aside.name}, delete it when you need it no more"
    session.screen.say(f"{path} is {chosen.name} again{kept}")


def convert(context: typer.Context) -> None:
    """Rewrite a log that an older version made, once: then deleting costs what it deletes, and leaves no bytes.

    It takes about a second for 50 MB, free space of the log's own size, and nobody else who has the log open.
    """
    from bot.log.log import rewrite  # noqa: PLC0415 - see _reader

    session = session_of(context)
    path = _file(session)
    now = datetime.now(UTC).isoformat()
    cost = rewrite(path, holder=context.command_path, now=now)
    session.screen.say(f"{path} is of today's form already" if cost is None else f"{path} was rewritten ({cost})")


def _list(screen: Screen, turns: Iterable[StoredTurn], nothing: str) -> None:
    """Show each turn in three lines: when and where, what was asked, what was answered."""
    empty = True
    for turn in turns:
        if not empty:
            screen.write("")
        empty = False
        asked = local_time(turn.asked_utc, "%Y-%m-%d %H:%M:%S %Z")
        screen.write(
            f"{asked} · {turn.place} · {turn.pack} · turn {turn.number} of {turn.conversation_id}", style="bold"
        )
        screen.write(turn.question, first="  ", rest="  ")
        if turn.asked_as != turn.question:
            screen.write(f"asked as: {turn.asked_as}", first="  ", rest="  ")
        screen.write(_outcome(turn), first="  -> ", rest="     ")
    if empty:
        screen.say(nothing)


def _outcome(turn: StoredTurn) -> str:
    """Return what an answer held, as in "answer: cats 2, dogs silent"."""
    sides = [f"{side} {len(quotes) or 'silent'}" for side, quotes in turn.answer["sides"].items()]
    context = [f"context {len(turn.answer['context'])}"] if turn.answer["context"] else []
    return f"{turn.act}: {', '.join(sides + context)}" if sides or context else turn.act
