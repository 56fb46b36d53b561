"""A handout as one HTML page, to print or to project: self-contained, and the same bytes for the same handout."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.lesson.rules.lesson import CHOICES
from bot.lesson.rules.prompt import HEADINGS, FollowUp
from knowledge.model import Article, Mode, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.lesson.rules.handout import Column, Handout, HandoutOptions, ReadingLevel, Sheet
    from bot.quote.rules.quote import Quote

_REACHED: Final = {
    Mode.DIRECT: "own words",
    Mode.INDIRECT: "reported by the writer",
    Mode.NARRATED: "told by the writer",
}

_LONG: Final = 130
_VERY_LONG: Final = 200
"""Characters from which a quote on a slide is set in smaller letters, so that it fits on one."""

_WORDS_A_SLIDE: Final = 4
_SLIDES_A_PAGE: Final = 3
_WRITER: Final = "writer"


@dataclass(frozen=True, slots=True)
class Slide:
    """One page for a projector. `kind` says which of the optional fields are set; `style` tells voices apart.

    The kinds are "question", "quote", "gap", "follow-up", "again" (the question asked once more), "words", "sources".
    """

    kind: str
    sheet: Sheet
    style: str = ""
    column: Column | None = None
    quote: Quote | None = None
    follow_up: FollowUp | None = None
    words: tuple[Term, ...] = ()


def as_html(handout: Handout, options: HandoutOptions) -> str:
    """Return the sheets for printing: each begins a new page, and no quote is cut by the end of one."""
    return _page("handout", handout, options, ())


def as_slides(handout: Handout, options: HandoutOptions) -> str:
    """Return the handout for a projector: one idea a page, every quote whole; or three on paper, with room for notes.

    Letters are already as large as the longest quote allows, so large print changes nothing here.
    """
    return _page("slides", handout, options, slides_of(handout))


def slides_of(handout: Handout) -> tuple[Slide, ...]:
    """Return the slides: the sides take turns, quote by quote; the writer comes after them."""
    return tuple(slide for sheet in handout.sheets for slide in _of_sheet(sheet))


def _of_sheet(sheet: Sheet) -> Iterator[Slide]:
    yield Slide("question", sheet)
    voiced = [_of_voice(sheet, column, str(place)) for place, column in enumerate(sheet.columns)]
    for together in zip_longest(*voiced):
        yield from (slide for slide in together if slide is not None)
    yield from _of_voice(sheet, sheet.writer, _WRITER)
    for start in range(0, len(sheet.words), _WORDS_A_SLIDE):
        yield Slide("words", sheet, words=sheet.words[start : start + _WORDS_A_SLIDE])
    for follow_up in sheet.follow_ups:
        yield Slide("follow-up", sheet, follow_up=follow_up)
    if sheet.follow_ups:
        yield Slide("again", sheet)
    yield Slide("sources", sheet)


def _of_voice(sheet: Sheet, column: Column, style: str) -> list[Slide]:
    if column.gap:
        return [Slide("gap", sheet, style, column)]
    return [Slide("quote", sheet, style, column, entry.quote) for entry in column.entries]


def _page(name: str, handout: Handout, options: HandoutOptions, slides: Sequence[Slide]) -> str:
    templates = _templates()
    a_page = _SLIDES_A_PAGE if options.notes else 1
    style = templates.get_template(f"{name}.css.j2").render(options=options)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return templates.get_template(f"{name}.html.j2").render(
        handout=handout,
        pages=[slides[at : at + a_page] for at in range(0, len(slides), a_page)],
        options=options,
        choices=CHOICES,
        headings=HEADINGS,
        reached=_REACHED,
        about=about,
        whose=whose,
        size=_size,
        level=level,
        # The style is ours, and the browser applies it only if it matches its hash.
        style=Markup(style),  # noqa: S704 - see above
        style_sha256=digest,
    )


@cache
def _templates() -> Environment:
    """Return the templates, which escape every value."""
    return Environment(
        loader=PackageLoader("bot.lesson.rules"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def about(article: Article) -> str:
    """Return an article's entry in a list of sources."""
    author = f"by {article.author}" if article.author else "no author named"
    facts = [article.title, author, article.publisher, article.published]
    return ", ".join(fact for fact in facts if fact)


def whose(column: Column, quote: Quote) -> str:
    """Return whose words a quote is: the side, and the speaker where the side's name does not say that too."""
    speaker = quote.speaker or column.short_name
    if column.short_name.casefold() in speaker.casefold():
        return speaker[:1].upper() + speaker[1:]
    return f"{column.short_name}: {speaker}"


def level(measured: ReadingLevel) -> str:
    """Return the line that says how hard the quotes are to read, and by which formulas."""
    counted = f"{measured.words} words, {measured.sentences} sentences"
    return (
        f"Reading level of the quotes: Flesch reading ease {measured.ease:.0f} ({measured.band}), Flesch–Kincaid US "
        f"school grade {measured.grade:.0f}, counted by a program ({counted})."
    )


def _size(quote: Quote) -> str:
    length = len(quote.text)
    return "small" if length >= _VERY_LONG else "middle" if length >= _LONG else "large"
