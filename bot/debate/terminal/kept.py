"""Saved debates, from a file or the log, and their lines on the terminal."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.debate.rules.saved import events_in
from bot.debate.rules.transcript import says
from bot.debate.store import debates
from bot.log.reader import LogReader
from bot.screen.lines import Line, wrapped
from bot.screen.reading import beginning_of
from bot.screen.tables import TextTable
from bot.values.moments import local_time
from bot.values.text import harmless
from knowledge.durations import in_minutes
from knowledge.errors import UserError
from knowledge.reading.encodings import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.debate.rules.events import Event
    from bot.debate.rules.transcript import Parts
    from bot.screen.session import Session

_ID: Final = re.compile("[0-9a-f]{4,32}")
_MOST_BYTES: Final = 20_000_000

_SHORT: Final = 8
"""Digits of an id in a list: enough to tell debates apart."""


def list_debates(session: Session, limit: int) -> None:
    """List the latest debates in the log, the latest at the end. Raises UserError."""
    heads = LogReader.existing(session.config.log_place).read(partial(debates.recent, limit=limit))
    if not heads:
        session.screen.say("the log holds no debates yet")
    for head in reversed(heads):
        ended = "running" if head.ended_utc is None else f"ended {local_time(head.ended_utc)}"
        session.screen.write(f"{head.id[:_SHORT]} · {local_time(head.began_utc)} · {ended}", style="bold")
        session.screen.write(head.motion, first="  ", rest="  ")


def events_of(session: Session, name: str) -> tuple[tuple[Event, ...], str | None]:
    """Return the debate of a file, or the one in the log whose id begins so, with the id of its pack: a file has none.

    Raises UserError.
    """
    path = Path(name)
    if path.exists() or _ID.fullmatch(name.lower()) is None:
        return _events_in(path), None
    reader = LogReader.existing(session.config.log_place)
    heads = reader.read(partial(debates.beginning_with, letters=name.lower(), limit=2))
    if not heads:
        raise UserError(f"there is no file {name}, and no such debate in {reader.name}: see `dilemma debate list`")
    if len(heads) > 1:
        named = ", ".join(head.id for head in heads)
        raise UserError(f"several debates begin with {name}: {named}; give more digits")
    if not reader.read(lambda db: db.holds("debate_vote")):
        raise UserError(
            f"{reader.name} is from before votes were kept apart: ask a question, which brings it up to date"
        )
    kept = reader.read(partial(debates.one, debate=heads[0].id))
    if kept is None:
        raise UserError(f"the debate {name} was deleted just now")
    if kept.spoilt:
        numbers = ", ".join(map(str, kept.spoilt))
        session.screen.say(f"the log is damaged: events {numbers} of the debate are left out")
    return tuple(event for _, event in kept.events), kept.pack


def _events_in(path: Path) -> tuple[Event, ...]:
    try:
        content = beginning_of(path, _MOST_BYTES)
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}): name a file from `debate simulate --out`, or an id from "
            "`dilemma debate list`"
        ) from error
    if len(content) > _MOST_BYTES:
        raise UserError(f"{path} has more than {_MOST_BYTES:,} bytes, and no debate has so many: name another file")
    try:
        return events_in(json.loads(text_of(content)))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON: {error}") from None
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


_CLOCK: Final = "%H:%M:%S"


def lines_of(debate: Parts, width: int | None) -> Iterator[Line]:
    """Return a debate as lines: its motion, what was said in each phase, and the result."""
    yield from _said(debate["motion"], width, style="bold reverse")
    sides = ", ".join(f"{side['name']} {debate['people']['on_sides'][side['id']]}" for side in debate["sides"])
    form = f"{debate['format']['name']} ({in_minutes(debate['format']['minutes'])} min)"
    yield from _said(f"{form}; {sides}, watching {debate['people']['watching']}", width)
    for phase in debate["phases"]:
        yield Line("")
        more = f" and {in_minutes(phase['extended_min'])} more" if phase["extended_min"] else ""
        heading = f"{local_time(phase['begun_utc'], _CLOCK)} {phase['name']} ({in_minutes(phase['minutes'])} min{more})"
        yield from _said(heading, width, style="bold")
        for entry in phase["entries"]:
            yield from _entry(entry, width)
    yield Line("")
    yield from _result(debate, width)


def _said(text: str, width: int | None, *, first: str = "", rest: str = "", style: str = "") -> Iterator[Line]:
    return (Line(line, style) for line in wrapped(harmless(text), width, first, rest))


def _entry(entry: Parts, width: int | None) -> Iterator[Line]:
    clock = f"{local_time(entry['at_utc'], _CLOCK)} "
    if entry["kind"] not in {"point", "evidence"}:
        yield from _said(says(entry), width, first=clock, rest="  ")
        return
    who = entry["person"]
    if entry["kind"] == "point":
        side = f", {entry['side']}" if entry["side"] else ""
        said = f"{entry['number']}. {who}{side}: {entry['text']}"
    else:
        said = f"Evidence, asked for by {who}: {entry['text']}"
    yield from _said(said, width, first=clock, rest="  ")
    for quotation in entry.get("quotations", ()):
        said = " ".join((f"“{quotation['text']}”:", quotation["verdict"], *quotation["careful"]))
        yield from _said(said, width, first="   ", rest="   ")
        if quotation["sentence"]:
            yield from _said(f"The whole sentence: “{quotation['sentence']}”", width, first="     ", rest="     ")
    for evidence in entry["evidence"]:
        quote = evidence["quote"]
        if quote is None:
            yield from _said(f"{evidence['side']}: the articles have no quote on this.", width, first="   ", rest="   ")
            continue
        yield from _said(f"{evidence['side']}: “{quote['text']}”", width, first="   ", rest="   ")
        place = f"{quote['provenance']}; {quote['title']}, paragraph {quote['paragraph']}"
        yield from _said(place, width, first="     ", rest="     ", style="italic")


def _result(debate: Parts, width: int | None) -> Iterator[Line]:
    yield Line("Result", "bold")
    for held, ballot in debate["ballots"].items():
        yield from _said(f"Ballot {held} the debate: {ballot['voted']} voted", width)
    result = debate["result"]
    if result is None:
        yield from _said("There is no result: votes can still be cast, or none are held.", width)
        return
    choices = result["rows_before_columns_after"]
    if result["swing"]:
        winner = f"Won by net swing: {result['winner']}." if result["winner"] else "A draw by net swing."
        yield from _said(winner, width, style="bold")
        yield from _said(f"{result['paired']} people voted both times; {result['voted_once']} only once.", width)
        yield Line("")
        rows = tuple(
            (
                choice,
                f"{result['shares_before'][choice]:.1f}",
                f"{result['shares_after'][choice]:.1f}",
                f"{result['swing'][choice]:+.1f}" if choice in result["swing"] else "",
            )
            for choice in choices
        )
        yield from TextTable("Shares in percent, swing in points", ("", "before", "after", "swing"), rows).lines(width)
    if result["matrix"] is not None:
        yield Line("")
        switched = tuple(
            (f"{choice} before", *map(str, row)) for choice, row in zip(choices, result["matrix"], strict=True)
        )
        yield from TextTable("Who switched", ("", *(f"{choice} after" for choice in choices)), switched).lines(width)
    for warning in result["warnings"]:
        yield from _said(f"Warning: {warning}", width)
