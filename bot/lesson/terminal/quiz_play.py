"""A quiz in front of one screen: its lines, and how to play it, in turns or with raised hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.lesson.rules.hands import hands_in
from bot.lesson.rules.quiz import ItemResult, QuizItem, QuizResult, most_missed_first, result_of
from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import named_sides
from bot.quote.rules.words import word_set
from bot.quote.terminal.layout import WRITER
from bot.screen.lines import Line, wrapped
from bot.screen.tables import TextTable
from bot.values.text import harmless
from knowledge.model import CONTEXT, Pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.quote.rules.quote import Quote
    from bot.screen.replies import Replies
    from bot.screen.screen import Screen

HEADING: Final = "bold reverse"
BOLD: Final = "bold"
SOURCE: Final = "italic"
INDENT: Final = "   "

MOST_MISSED: Final = 3
"""Items shown again at the end."""


def said(text: str, width: int | None, *, first: str = "", rest: str = "", style: str = "") -> Iterator[Line]:
    """Return a text that is nobody's quote as lines; control characters that people typed are harmless."""
    return (Line(line, style) for line in wrapped(harmless(text), width, first, rest))


def named(pack: Pack, option: str) -> str:
    """Return the name of a voice."""
    if option == CONTEXT:
        return WRITER
    side = pack.side(option)
    return f"{side.emoji} {side.name}"


def quote_lines(quote: Quote, width: int | None) -> Iterator[Line]:
    """Return a quote as lines, with its sources below."""
    yield from (Line(line) for line in wrapped(f"“{quote.text}”", width, INDENT, INDENT))
    below = [str(quote.provenance), str(quote.citation), *(f"Also in: {citation}" for citation in quote.also_in)]
    if quote.difference is not None:
        below.append(str(wording.differ(quote.difference)))
    for text in below:
        yield from said(text, width, first=INDENT, rest=INDENT + "  ", style=SOURCE)


def item_lines(pack: Pack, item: QuizItem, of: int, width: int | None) -> Iterator[Line]:
    """Return an item as lines, with its place among `of` and its options numbered from 1."""
    yield from said(f"Quote {item.number} of {of}: who said it?", width, style=HEADING)
    yield Line("")
    yield from (Line(line) for line in wrapped(f"“{item.masked}”", width, INDENT, INDENT))
    yield Line("")
    for number, option in enumerate(item.options, start=1):
        yield from said(named(pack, option), width, first=f"{number}. ", rest=INDENT)


def answer_lines(pack: Pack, result: ItemResult, width: int | None) -> Iterator[Line]:
    """Return the answer to an item, how many knew it, and the whole quote."""
    item = result.item
    who = named(pack, item.answer)
    alone = f"Right: {who}" if result.right else f"Wrong: it is {who}"
    yield from said(alone if result.answered == 1 else f"It is {who}", width, style=BOLD)
    if result.answered > 1:
        yield from said(f"{_right(result)} were right.", width)
    yield from quote_lines(item.quote, width)


def result_lines(pack: Pack, result: QuizResult, width: int | None) -> Iterator[Line]:
    """Return how many answers were right, each player's score, and the items missed most."""
    answered = sum(one.answered for one in result.items)
    right = sum(one.right for one in result.items)
    yield from said("Quiz result", width, style=HEADING)
    if result.share is None:
        yield from said("Nobody answered anything.", width)
        return
    yield from said(f"{right} of {_answers(answered)} right ({result.share:.0f} %)", width)
    if result.scores:
        yield Line("")
        rows = tuple(
            (harmless(person), str(score.right), str(score.answered)) for person, score in result.scores.items()
        )
        yield from TextTable("Scores", ("", "right", "answered"), rows).lines(width)
    missed = result.missed[:MOST_MISSED]
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


BY_HANDS: Final = "Type a number, or the hands raised for each option as in 12 5 3."

_WRITER: Final = word_set("writer author narrator journalist context neither")
"""Words for the writer; the sides' names are in the pack."""

_EXAMPLE: Final = ("12", "5", "3", "2", "1")
"""Hands for as many options as a pack may have."""


def play(pack: Pack, items: Sequence[QuizItem], players: Sequence[str], screen: Screen, replies: Replies) -> QuizResult:
    """Ask one item after another, each of the next player, and return the result of those answered.

    Without players the room answers, with one voice or by hands.
    """
    chosen = {item.number: dict.fromkeys(item.options, 0) for item in items}
    choices: dict[str, dict[int, str]] = {player: {} for player in players}
    for item in items:
        player = players[(item.number - 1) % len(players)] if players else None
        screen.show((Line(""), *item_lines(pack, item, len(items), screen.width)))
        counts = _answered(pack, item, player, screen, replies)
        if counts is None:
            break
        chosen[item.number] = counts
        if player is not None:
            choices[player].update((item.number, option) for option, hands in counts.items() if hands)
        screen.show(answer_lines(pack, ItemResult(item, counts), screen.width))
        if item.number < len(items) and not replies.pause("Enter shows the next quote: "):
            break
    if players:
        return result_of(items, choices)
    return QuizResult(most_missed_first(ItemResult(item, chosen[item.number]) for item in items), {})


def _answered(
    pack: Pack, item: QuizItem, player: str | None, screen: Screen, replies: Replies
) -> dict[str, int] | None:
    """Ask until an item is answered, and return how many chose each option; None at the end of the quiz."""
    last = len(item.options)
    prompt = f"1 to {last}: " if player is None else f"{harmless(player)}, 1 to {last}: "
    while (text := replies.ask(prompt)) is not None:
        hands = hands_in(text, last) if player is None else None
        if hands is not None:
            return dict(zip(item.options, hands, strict=True))
        option = _option(pack, item, text)
        if option is not None or not text:
            return {other: int(other == option) for other in item.options}
        by_hands = "" if player else f', or the hands for each as in "{" ".join(_EXAMPLE[:last])}"'
        screen.say(f"type 1 to {last}{by_hands}; Enter alone shows who it is")
    return None


def _option(pack: Pack, item: QuizItem, text: str) -> str | None:
    """Return the option that a number or a name means; None if it means none, or several."""
    if text.isascii() and text.isdigit():
        number = int(text) if len(text) < 3 else 0  # noqa: PLR2004 - there are never a hundred options
        return item.options[number - 1] if 1 <= number <= len(item.options) else None
    voices = [*named_sides(pack, text), *([CONTEXT] if not _WRITER.isdisjoint(text.casefold().split()) else [])]
    return voices[0] if len(voices) == 1 else None
