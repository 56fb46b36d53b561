"""A debate as lines of text for a terminal or a pipe, from its transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.debate.rules.transcript_files import says
from bot.screen.lines import Line, wrapped
from bot.screen.tables import TextTable
from bot.values.typed import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.debate.rules.transcript import Parts

_BOLD: Final = "bold"
_CLOCK: Final = slice(11, 19)
"""Where the time stands in a moment."""


def lines_of(debate: Parts, width: int | None) -> Iterator[Line]:
    """Lay a debate out: what it is, phase by phase what was said, and the result."""
    yield from _said(debate["motion"], width, style="bold reverse")
    sides = ", ".join(f"{side['name']} {debate['people']['on_sides'][side['id']]}" for side in debate["sides"])
    form = f"{debate['format']['name']} ({debate['format']['minutes']} min)"
    yield from _said(f"{form}; {sides}, watching {debate['people']['watching']}", width)
    for phase in debate["phases"]:
        yield Line("")
        more = f" and {phase['extended_min']} more" if phase["extended_min"] else ""
        heading = f"{phase['begun_utc'][_CLOCK]} {phase['name']} ({phase['minutes']} min{more})"
        yield from _said(heading, width, style=_BOLD)
        for entry in phase["entries"]:
            yield from _entry(entry, width)
    yield Line("")
    yield from _result(debate, width)


def _said(text: str, width: int | None, *, first: str = "", rest: str = "", style: str = "") -> Iterator[Line]:
    return (Line(line, style) for line in wrapped(harmless(text), width, first, rest))


def _entry(entry: Parts, width: int | None) -> Iterator[Line]:
    clock = f"{entry['at_utc'][_CLOCK]} "
    if entry["kind"] not in {"point", "evidence"}:
        yield from _said(says(entry), width, first=clock, rest="  ")
        return
    who = entry["person"]
    if entry["kind"] == "point":
        side = f", {entry['side']}" if entry["side"] else ""
        yield from _said(f"{entry['number']}. {who}{side}: {entry['text']}", width, first=clock, rest="  ")
    else:
        yield from _said(f"Evidence, asked for by {who}: {entry['text']}", width, first=clock, rest="  ")
    for evidence in entry["evidence"]:
        quote = evidence["quote"]
        if quote is None:
            yield from _said(f"{evidence['side']}: the articles have no quote on this.", width, first="   ", rest="   ")
            continue
        yield from _said(f"{evidence['side']}: “{quote['text']}”", width, first="   ", rest="   ")
        place = f"{quote['provenance']}; {quote['title']}, paragraph {quote['paragraph']}"
        yield from _said(place, width, first="     ", rest="     ", style="italic")


def _result(debate: Parts, width: int | None) -> Iterator[Line]:
    yield Line("Result", _BOLD)
    for held, ballot in debate["ballots"].items():
        yield from _said(f"Ballot {held} the debate: {ballot['voted']} voted", width)
    result = debate["result"]
    if result is None:
        yield from _said("There is no result to show: a vote can still be cast, or none is held.", width)
        return
    choices = result["rows_before_columns_after"]
    if result["swing"]:
        winner = f"Won by net swing: {result['winner']}." if result["winner"] else "A draw by net swing."
        yield from _said(winner, width, style=_BOLD)
        voted = f"{result['paired']} people voted both times; {result['voted_once']} voted only once."
        yield from _said(voted, width)
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
        yield from TextTable("Shares in per cent, swing in points", ("", "before", "after", "swing"), rows).lines()
    yield Line("")
    switched = tuple(
        (f"{choice} before", *map(str, row)) for choice, row in zip(choices, result["matrix"], strict=True)
    )
    yield from TextTable("Who switched", ("", *(f"{choice} after" for choice in choices)), switched).lines()
    for warning in result["warnings"]:
        yield from _said(f"Warning: {warning}", width)
