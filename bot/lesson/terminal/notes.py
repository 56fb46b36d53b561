"""What is noted while a lesson is held, without anybody's name, and the summary that is made of it at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.lesson.rules.lesson import CHOICES
from bot.lesson.terminal.quiz_lines import BOLD, HEADING, INDENT, MOST_MISSED, named, said
from bot.screen.lines import Line, wrapped
from bot.screen.tables import TextTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.lesson.rules.hands import Shift
    from bot.lesson.rules.quiz import QuizResult
    from knowledge.model import Pack


@dataclass(frozen=True, slots=True)
class Voted:
    """A question, and how a room raised its hands on it, in the order of CHOICES; None where it was not asked to."""

    question: str
    before: tuple[int, ...] | None = None
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the bot, and the ids of the sides of which the articles quote nothing on it.

    `silent` is None when the bot could not answer.
    """

    question: str
    silent: tuple[str, ...] | None


@dataclass(slots=True)
class Notes:
    """What happened so far. A lesson may end at any moment, and then this is what there was."""

    voted: list[Voted] = field(default_factory=list)
    quiz: QuizResult | None = None
    asked: list[Asked] = field(default_factory=list)


def summary_lines(pack: Pack, notes: Notes, width: int | None) -> Iterator[Line]:
    """Sum a lesson up: how the room moved, what was missed in the quiz, what was asked and stayed without an answer."""
    yield from said(f"Summary of the lesson: {pack.title}", width, style=HEADING)
    for voted in notes.voted:
        yield Line("")
        yield from said(voted.question, width, style=BOLD)
        yield from _vote_lines(voted, width)
    yield Line("")
    yield from _quiz_lines(pack, notes.quiz, width)
    yield Line("")
    yield from _asked_lines(pack, notes.asked, width)


def shift_lines(shift: Shift, width: int | None) -> Iterator[Line]:
    """Lay two shows of hands beside each other, with what is to be known to read them rightly."""
    rows = tuple(
        (
            choice,
            _count(shift.before[at], _at(shift.shares_before, at)),
            _count(shift.after[at], _at(shift.shares_after, at)),
            "" if (points := _at(shift.points, at)) is None else f"{points:+.0f}",
        )
        for at, choice in enumerate(shift.choices)
    )
    yield from TextTable("Hands, and the shift in points", ("", "before", "after", "shift"), rows).lines()
    if sum(shift.before) != sum(shift.after):
        count = f"{sum(shift.before)} hands before and {sum(shift.after)} after"
        yield from said(f"{count}: shares are of the hands raised each time.", width)


def _vote_lines(voted: Voted, width: int | None) -> Iterator[Line]:
    if voted.shift is not None:
        yield from shift_lines(voted.shift, width)
    elif voted.before is not None:
        counts = ", ".join(f"{choice} {hands}" for choice, hands in zip(CHOICES, voted.before, strict=True))
        yield from said(f"One show of hands: {counts}. There was no second one, so there is no shift.", width)
    else:
        yield from said("No hands were raised.", width)


def _quiz_lines(pack: Pack, quiz: QuizResult | None, width: int | None) -> Iterator[Line]:
    yield from said("Who said it?", width, style=BOLD)
    if quiz is None or quiz.share is None:
        yield from said("There was no quiz.", width)
        return
    answered = sum(one.answered for one in quiz.items)
    yield from said(f"{quiz.share:.0f} % of {answered} answers were right.", width)
    for one in [one for one in quiz.items if one.right < one.answered][:MOST_MISSED]:
        missed = f"Missed by {one.answered - one.right} of {one.answered}; it is {named(pack, one.item.answer)}:"
        yield from said(missed, width)
        yield from (Line(line) for line in wrapped(f"“{one.item.quote.text}”", width, INDENT, INDENT))


def _asked_lines(pack: Pack, asked: Sequence[Asked], width: int | None) -> Iterator[Line]:
    yield from said("Questions of the class", width, style=BOLD)
    if not asked:
        yield from said("Nothing was asked.", width)
    for one in asked:
        yield from said(one.question, width, first="- ", rest="  ")
        if one.silent is None:
            yield from said("This could not be answered.", width, first="  ", rest="  ")
        elif len(one.silent) == len(pack.sides):
            yield from said("The articles quote neither side on this.", width, first="  ", rest="  ")
        else:
            for side in one.silent:
                nothing = f"The articles quote nothing on this: {pack.side(side).short_name}."
                yield from said(nothing, width, first="  ", rest="  ")


def _at(figures: Sequence[float] | None, place: int) -> float | None:
    return None if figures is None else figures[place]


def _count(hands: int, share: float | None) -> str:
    return str(hands) if share is None else f"{hands} ({share:.0f} %)"
