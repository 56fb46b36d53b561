"""A quote as part of a page: its words, where they come from, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import ROOM, Part, Style

if TYPE_CHECKING:
    from bot.quote.rules.quote import Quote
    from bot.wire.page.language import Words
    from knowledge.model import Side


_NAME: Final = 80
"""Characters of a side's name in a heading; one that is longer is cut."""


def footer(words: Words) -> str:
    """Return what the bot is."""
    return words("I am a bot without an opinion: everything in quotation marks is word for word from the articles.")


def name_of(side: Side) -> str:
    """Name a side."""
    return echoed(side.name, _NAME)


def heading_of(side: Side) -> str:
    """Name a side, in words after its emoji."""
    return f"{side.emoji} {name_of(side)}"


def writer_heading(words: Words) -> str:
    """Name the voice that is neither side's."""
    return words("The writer (neither side)")


def headline(text: str, style: Style) -> str:
    """Write a heading; where there are no headings it is bold."""
    return f"### {text}" if style is Style.CARD else f"**{text}**"


def small(text: str, style: Style) -> str:
    """Write a line that is read after all others; ordinary text has no smaller letters."""
    return f"-# {text}" if style is Style.CARD else text


def colour_of(side: Side) -> int:
    """Return the colour of a side, which only ever adds to its name."""
    return int(side.colour.removeprefix("#"), 16)


def quote_part(quote: Quote, words: Words, style: Style, *, label: str = "", precise: bool = False) -> Part:
    """Lay a quote out after a label, with where it comes from below it, to the character where that is `precise`."""
    places = [citation.precise if precise else citation.place for citation in (quote.citation, *quote.also_in)]
    below = [
        words(quote.provenance),
        words(places[0]),
        *(words("Also in: {where}", where=where) for where in places[1:]),
    ]
    longest = ROOM[style].line
    small_lines = [small(echoed(line, longest), style) for line in below]
    lines = [f"{label}“{escaped(quote.text)}”", *small_lines]
    if quote.difference is not None:
        lines.append(f"⚠️ {echoed(words(wording.differ(quote.difference)), longest)}")
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(quote.text))
    return Part("\n".join(lines), f"{label}{too_long}\n{small_lines[1]}")
