"""A handout's pages for a wall: which idea stands on which page, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.lesson.rules.handout import Column, Handout, Sheet
    from bot.lesson.rules.prompt import FollowUp
    from bot.quote.rules.quote import Quote
    from knowledge.model import Term

_WORDS_A_PAGE: Final = 4

_WRITER: Final = "writer"


@dataclass(frozen=True, slots=True)
class Slide:
    """One page. `kind` names the idea and says which of the others are set; `style` tells voices apart in print.

    The kinds are "question", "quote", "gap", "follow-up", "again" (the question asked once more), "words", "sources".
    """

    kind: str
    sheet: Sheet
    style: str = ""
    column: Column | None = None
    quote: Quote | None = None
    follow_up: FollowUp | None = None
    words: tuple[Term, ...] = ()


def slides_of(handout: Handout) -> tuple[Slide, ...]:
    """Put the sheets on pages: the sides take turns, quote by quote; the writer comes after them."""
    return tuple(slide for sheet in handout.sheets for slide in _of_sheet(sheet))


def _of_sheet(sheet: Sheet) -> Iterator[Slide]:
    yield Slide("question", sheet)
    voiced = [_of_voice(sheet, column, str(place)) for place, column in enumerate(sheet.columns)]
    for together in zip_longest(*voiced):
        yield from (slide for slide in together if slide is not None)
    yield from _of_voice(sheet, sheet.writer, _WRITER)
    for start in range(0, len(sheet.words), _WORDS_A_PAGE):
        yield Slide("words", sheet, words=sheet.words[start : start + _WORDS_A_PAGE])
    for follow_up in sheet.follow_ups:
        yield Slide("follow-up", sheet, follow_up=follow_up)
    if sheet.follow_ups:
        yield Slide("again", sheet)
    yield Slide("sources", sheet)


def _of_voice(sheet: Sheet, column: Column, style: str) -> list[Slide]:
    if column.gap:
        return [Slide("gap", sheet, style, column)]
    return [Slide("quote", sheet, style, column, entry.quote) for entry in column.entries]
