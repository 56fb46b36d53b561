"""A quiz as lines of text: an item to be asked, its answer with where it stands, and what it all came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.terminal.layout import WRITER
from bot.screen.lines import Line, wrapped
from bot.screen.tables import TextTable
from bot.values.typed import harmless
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.lesson.rules.quiz import ItemResult, QuizItem, QuizResult
    from bot.quote.rules.quote import Quote
    from knowledge.model import Pack

HEADING: Final = "bold reverse"
BOLD: Final = "bold"
SOURCE: Final = "italic"
INDENT: Final = "   "

MOST_MISSED: Final = 3
"""Items that are gone over again at the end."""


def said(text: str, width: int | None, *, first: str = "", rest: str = "", style: str = "") -> Iterator[Line]:
    """Lay a text out that is nobody's quote; what people typed into it steers no screen."""
    return (Line(line, style) for line in wrapped(harmless(text), width, first, rest))


def named(pack: Pack, option: str) -> str:
    """Name an option, or a voice."""
    if option == CONTEXT:
        return WRITER
    side = pack.side(option)
    return f"{side.emoji} {side.name}"


def quote_lines(quote: Quote, width: int | None) -> Iterator[Line]:
    """Lay a quote out with where it comes from below it."""
    yield from (Line(line) for line in wrapped(f"“{quote.text}”", width, INDENT, INDENT))
    below = [str(quote.provenance), str(quote.citation), *(f"Also in: {citation}" for citation in quote.also_in)]
    if quote.difference is not None:
        below.append(str(wording.differ(quote.difference)))
    for text in below:
        yield from said(text, width, first=INDENT, rest=INDENT + "  ", style=SOURCE)


def item_lines(pack: Pack, item: QuizItem, of: int, width: int | None) -> Iterator[Line]:
    """Lay an item out, with its place among `of` and its options numbered from 1."""
    yield from said(f"Quote {item.number} of {of}: who said it?", width, style=HEADING)
    yield Line("")
    yield from (Line(line) for line in wrapped(f"“{item.masked}”", width, INDENT, INDENT))
    yield Line("")
    for number, option in enumerate(item.options, start=1):
        yield from said(named(pack, option), width, first=f"{number}. ", rest=INDENT)


def answer_lines(pack: Pack, result: ItemResult, width: int | None) -> Iterator[Line]:
    """Tell whose an item is, how many knew it, and where it stands."""
    item = result.item
    who = named(pack, item.answer)
    if result.answered == 1:
        yield from said(f"Right: {who}" if result.right else f"Wrong: it is {who}", width, style=BOLD)
    else:
        yield from said(f"It is {who}", width, style=BOLD)
    if result.answered > 1:
        yield from said(f"{_right(result)} were right.", width)
    yield from quote_lines(item.quote, width)


def result_lines(pack: Pack, result: QuizResult, width: int | None) -> Iterator[Line]:
    """Tell how many answers were right, each player's score, and the items that were missed most."""
    answered = sum(one.answered for one in result.items)
    right = sum(one.right for one in result.items)
    yield from said("What the quiz came to", width, style=HEADING)
    if result.share is None:
        yield from said("Nobody answered anything.", width)
        return
    yield from said(f"{right} of {_answers(answered)} right ({result.share:.0f} %)", width)
    if result.scores:
        yield Line("")
        rows = tuple(
            (harmless(person), str(score.right), str(score.answered)) for person, score in result.scores.items()
        )
        yield from TextTable("Scores", ("", "right", "answered"), rows).lines()
    missed = [one for one in result.items if one.right < one.answered][:MOST_MISSED]
    if missed:
        yield Line("")
        yield from said("Missed most", width, style=BOLD)
    for one in missed:
        yield Line("")
        yield from said(f"{named(pack, one.item.answer)}; {_right(one)} were right", width)
        yield from quote_lines(one.item.quote, width)


def _right(result: ItemResult) -> str:
    share = "" if result.share is None else f" ({result.share:.0f} %)"
    return f"{result.right} of {result.answered}{share}"


def _answers(number: int) -> str:
    return "1 answer was" if number == 1 else f"{number} answers were"
