"""An answer as the pages of a message.

The question stands first, then each side with its quotes, numbered through, or its silence; then the writer, what else
can be asked, and what the bot is. It must not know the library of Discord.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.quote import Act
from bot.wire.page import rewording
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.quote.rules.quote import Answer, Block, Quote
    from bot.wire.page.language import Words
    from knowledge.model import Pack, Side

_NAME: Final = 80
"""Characters of a side's name in a heading; one that is longer is cut."""


def pages_of(pack: Pack, answer: Answer, words: Words, style: Style, notices: Iterable[str] = ()) -> tuple[Page, ...]:
    """Lay an answer out, in one page where it fits."""
    laying = _Laying(pack, words, style)
    whole = Page(laying.head(answer), tuple(laying.groups(answer, notices)), small(footer(words), style))
    return paged(whole, words, ROOM[style])


def footer(words: Words) -> str:
    """Say what the bot is."""
    return words(
        "I am a bot without an opinion, and only quote word for word: what stands in quotation marks is not written by "
        "anyone but the articles."
    )


def heading_of(side: Side) -> str:
    """Name a side, in words after its emoji."""
    return f"{side.emoji} {echoed(side.name, _NAME)}"


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
    """Give the colour of a side, which only ever adds to its name."""
    return int(side.colour.removeprefix("#"), 16)


def quote_part(quote: Quote, words: Words, style: Style, *, label: str = "", precise: bool = False) -> Part:
    """Lay a quote out after a label, with where it comes from below it, to the character where that is `precise`."""
    where = rewording.pointer_to(quote.citation, words, precise=precise)
    below = [rewording.provenance_of(quote, words), where]
    below += [
        words("Also in: {where}", where=rewording.pointer_to(citation, words, precise=precise))
        for citation in quote.also_in
    ]
    longest = ROOM[style].line
    small_lines = [small(echoed(line, longest), style) for line in below]
    lines = [f"{label}“{escaped(quote.text)}”", *small_lines]
    if quote.difference is not None:
        lines.append(f"⚠️ {echoed(rewording.differ(quote.difference, words), longest)}")
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(quote.text))
    return Part("\n".join(lines), f"{label}{too_long}\n{small_lines[1]}")


class _Laying:
    """The laying out of one answer."""

    def __init__(self, pack: Pack, words: Words, style: Style) -> None:
        """Keep what every part needs."""
        self._pack = pack
        self._words = words
        self._style = style
        self._room = ROOM[style]

    def head(self, answer: Answer) -> str:
        """Say what was asked, what it was understood as, and what a claim comes closest to."""
        words = self._words
        lines = []
        if answer.act is Act.MORE:
            lines.append(self._told(words("More on"), answer.asked_as))
        else:
            claim = answer.stance is not None or answer.message == wording.NO_STANCE
            lines.append(self._told(words("Claim") if claim else words("Question"), answer.question))
            if answer.asked_as != answer.question:
                lines.append(self._told(words("Asked as"), answer.asked_as))
        if answer.stance is not None:
            name = echoed(self._pack.side(answer.stance).name, _NAME)
            lines.append(words("Closest to this: {side}. What stands against it:", side=name))
        return "\n".join(lines)

    def groups(self, answer: Answer, notices: Iterable[str]) -> Iterator[Group]:
        """Give the parts in their order. When no side speaks, the answer's message says so for all of them."""
        number = 1
        message = rewording.message_of(self._pack, answer, self._words)
        if message is not None:
            yield self._line(message)
        for block in answer.blocks:
            if block.quotes or (block.gap is not None and not (answer.silent and message is not None)):
                yield self._block(block, number, answer.act)
                number += len(block.quotes)
        if answer.context:
            heading = headline(writer_heading(self._words), self._style)
            yield Group(self._quotes(answer.context, number, answer.act), heading)
        if answer.suggestions:
            offered = [f"- {echoed(question, self._room.line)}" for question in answer.suggestions]
            yield Group((Part("\n".join([self._words("You could ask:"), *offered])),))
        for notice in notices:
            yield self._line(self._words("Note: {notice}", notice=rewording.said(self._pack, notice, self._words)))

    def _told(self, label: str, text: str) -> str:
        return f"**{label}:** {echoed(text, self._room.echo)}"

    def _line(self, text: str) -> Group:
        return Group((Part(echoed(text, self._room.line)),))

    def _block(self, block: Block, number: int, act: Act) -> Group:
        side = self._pack.side(block.side)
        gap = rewording.gap_of(self._pack, block, self._words)
        silence = () if gap is None or block.quotes else (Part(echoed(gap, self._room.line)),)
        parts = (*self._quotes(block.quotes, number, act), *silence)
        return Group(parts, headline(heading_of(side), self._style), colour_of(side))

    def _quotes(self, quotes: Sequence[Quote], number: int, act: Act) -> tuple[Part, ...]:
        precise = act is Act.SOURCE
        return tuple(
            quote_part(quote, self._words, self._style, label=f"**{at}.** ", precise=precise)
            for at, quote in enumerate(quotes, start=number)
        )
