"""An answer as lines of text for a terminal or a pipe, each of which can be read out by itself.

Quotes keep their exact characters, wrapped at spaces on a terminal; everything else, people's words included, is made
harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.quote import Act
from bot.screen.lines import Line, wrapped
from bot.values.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.quote.rules.quote import Answer, Pair, Quote
    from knowledge.citation import Citation
    from knowledge.errors import Message
    from knowledge.model import Pack

WRITER: Final = "The writer (on no side)"

_HEADING: Final = "bold reverse"
_SOURCE: Final = "italic"
_INDENT: Final = "   "


@dataclass(frozen=True, slots=True)
class AnswerLayout:
    """How a pack's answers are laid out: `width` in terminal columns, None for a pipe."""

    pack: Pack
    width: int | None

    def answer(self, answer: Answer, asked: str | None = None, notices: Iterable[Message] = ()) -> tuple[Line, ...]:
        """Lay an answer out in parts with an empty line between them.

        `asked` ("You asked") goes before what the person typed; None leaves that out, where it stands on the screen
        already. Quotes are numbered through. When no side speaks, the answer's message says so for all of them.
        """
        number = 1
        parts = [list(self._asked(answer, asked))]
        parts += [self._said(str(line)) for line in answer.words]
        for pair in answer.pairs:
            parts += self._pair(answer, pair)
        for block in () if answer.pairs else answer.blocks:
            if block.quotes:
                side = self.pack.side(block.side)
                parts += self._block(f"{side.emoji} {side.name}", block.quotes, number, answer.act)
                number += len(block.quotes)
            elif block.gap is not None and (answer.message is None or block.near or not answer.silent):
                parts.append(self._said(f"{self.pack.side(block.side).emoji} {block.gap}"))
            if block.near:
                quotes = [line for quote in block.near for line in self._quote(quote, "· ", answer.act)]
                parts.append([*self._said(str(wording.NEAREST)), *quotes])
        if answer.context:
            parts += self._block(WRITER, answer.context, number, answer.act)
        if answer.suggestions:
            parts.append([Line("You could ask:"), *self.items(answer.suggestions)])
        parts += [self._said(f"Note: {notice}") for notice in notices]
        return _parted(parts)

    def items(self, texts: Iterable[str]) -> list[Line]:
        """Lay a list out, an item a line."""
        return [Line(line) for text in texts for line in wrapped(harmless(text), self.width, "- ", "  ")]

    def _asked(self, answer: Answer, asked: str | None) -> Iterator[Line]:
        """Head the answer with what was typed, what it was understood as, and what a claim comes closest to."""
        if asked is not None:
            yield from self._said(f"{asked}: {answer.question}", "bold")
        if answer.asked_as != answer.question:
            yield from self._said(f"Asked as: {answer.asked_as}", "bold")
        if answer.stance is not None:
            yield from self._said(f"Closest to this: {self.pack.side(answer.stance).name}. What stands against it:")

    def _said(self, text: str, style: str = "") -> list[Line]:
        return [Line(line, style) for line in wrapped(harmless(text), self.width)]

    def _block(self, heading: str, quotes: Iterable[Quote], number: int, act: Act) -> list[list[Line]]:
        """Lay the quotes of one voice out, numbered from `number`, the first of them under the heading."""
        parts = [self._quote(quote, f"{quote.number or at}. ", act) for at, quote in enumerate(quotes, start=number)]
        parts[0] = [*self._said(heading, _HEADING), *parts[0]]
        return parts

    def _pair(self, answer: Answer, pair: Pair) -> list[list[Line]]:
        """Lay out what the sides say on one topic; a side that is silent on it says so."""
        parts = [self._said(self.pack.topic(pair.topic).name, _HEADING)]
        for block in answer.blocks:
            side = self.pack.side(block.side)
            quotes = answer.paired(pair, block.side)
            parts += self._block(f"{side.emoji} {side.name}", quotes, 1, answer.act) if quotes else []
            parts += [] if quotes else [self._said(f"{side.emoji} {wording.unsure(side)}")]
        return parts

    def _quote(self, quote: Quote, label: str, act: Act) -> list[Line]:
        """Lay a quote out after a label, with where it comes from below it, to the character when that was asked."""
        below = [str(quote.provenance), _pointer(quote.citation, act)]
        below += [f"Also in: {_pointer(citation, act)}" for citation in quote.also_in]
        if quote.difference is not None:
            below.append(str(wording.differ(quote.difference)))
        lines = [Line(line) for line in wrapped(f"“{quote.text}”", self.width, label, _INDENT)]
        for text in below:
            lines += [Line(line, _SOURCE) for line in wrapped(harmless(text), self.width, _INDENT, _INDENT + "  ")]
        return lines


def _pointer(citation: Citation, act: Act) -> str:
    return str(citation.precise if act is Act.SOURCE else citation)


def _parted(parts: Iterable[Sequence[Line]]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for part in parts:
        if part:
            lines += [Line(""), *part] if lines else part
    return tuple(lines)
