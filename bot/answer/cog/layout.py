"""An answer as the pages of a message, with its buttons below, and a quote among its neighbouring sentences."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.quote.cog.layout import (
    articles_lines,
    articles_of,
    colour_of,
    footer,
    heading_of,
    headline,
    name_of,
    quote_part,
    small,
    writer_heading,
)
from bot.quote.rules import phrases as wording
from bot.quote.rules.quote import Act
from bot.quote.rules.verification import answer_without
from bot.values.asker import TurnRef
from bot.wire.contents import text_of
from bot.wire.page.controls import Choice, Control, Menu
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged
from bot.wire.page.limits import MOST_CHOICES, MOST_IN_A_ROW, line
from bot.wire.press import id_of
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    import discord

    from bot.answer.service.answers import Around
    from bot.guild.cog.manners import Manners
    from bot.quote.rules.quote import Answer, Block, Quote
    from bot.wire.page.controls import Row
    from bot.wire.page.language import Words
    from bot.wire.page.layout import Room
    from knowledge.errors import Message
    from knowledge.model import Pack

FEATURE: Final = "answer"

_CONVERSATION: Final = re.compile(r"[0-9a-f]{32}")
_NUMBER: Final = re.compile(r"[1-9]\d{0,8}")

_LEAST_TO_CHOOSE: Final = 2

_LABEL: Final = 40
"""Characters of a button that names a side."""

_FIRST_WORDS: Final = 60
"""Characters of a quote by which it is known again in a menu, to the end of a word."""


def first_words(quote: Quote) -> str:
    """Return the beginning of a quote, by which it is known again in a menu."""
    begun = textwrap.shorten(quote.text, _FIRST_WORDS, placeholder="…")
    return f"“{begun}" if begun.endswith("…") else f"“{begun}”"


def answer_id(verb: str, ref: TurnRef, *arguments: object) -> str:
    """Write the id of something to be done with the answer of a turn."""
    return id_of(FEATURE, verb, ref.conversation_id, ref.number, *arguments)


def ref_of(arguments: Sequence[str]) -> TurnRef | None:
    """Read the turn that an id begins with; None where it begins with none."""
    match arguments:
        case [conversation, number, *_] if _CONVERSATION.fullmatch(conversation) and _NUMBER.fullmatch(number):
            return TurnRef(conversation, int(number))
    return None


def numbers_kept(count: int, gone: Iterable[int] = ()) -> tuple[object, ...]:
    """Write the numbers of an answer's quotes for an id: how many there were, and which of them are gone, as bits."""
    mask = sum(1 << number for number in gone)
    return (count, f"{mask:x}") if mask else (count,)


def numbers_of(arguments: Sequence[str]) -> list[int]:
    """Read what `numbers_kept` wrote: the numbers that people see."""
    count, mask = int(arguments[0]), int(arguments[1], 16) if len(arguments) > 1 else 0
    return [number for number in range(1, count + 1) if not mask >> number & 1]


def pages_of(
    pack: Pack,
    answer: Answer,
    words: Words,
    style: Style,
    notices: Iterable[Message] = (),
    *,
    excluded: Collection[str] = (),
    first: bool = True,
) -> tuple[Page, ...]:
    """Lay an answer out, in one page where it fits; quotes keep their numbers when others are `excluded` later.

    The `first` of a conversation says what the bot is.
    """
    numbers = [number for number, quote in enumerate(answer.quotes, start=1) if quote.passage_id not in excluded]
    answer = answer_without(pack, answer, excluded)
    laying = _Laying(pack, words, style, iter(numbers))
    foot = [*articles_lines(pack, articles_of((*answer.quotes, *answer.near)), words, style)]
    if first and pack.articles:
        foot.append(small(footer(pack, words), style))
    whole = Page(laying.head(answer), tuple(laying.groups(answer, notices)), "\n".join(foot))
    return paged(whole, words, ROOM[style])


def has_footer(pack: Pack, message: discord.Message | None) -> bool:
    """Return whether a message of the bot says what the bot is."""
    told = "" if message is None else text_of(message)
    return any(footer(pack, words_for(language)) in told for language in LANGUAGES)


@dataclass(frozen=True, slots=True)
class _Laying:
    """The laying out of one answer; `numbers` are those of its quotes in their order."""

    _pack: Pack
    _words: Words
    _style: Style
    _numbers: Iterator[int]

    @property
    def _room(self) -> Room:
        return ROOM[self._style]

    def head(self, answer: Answer) -> str:
        """Return what was asked, what it was understood as, and what a claim comes closest to."""
        words = self._words
        lines = []
        if answer.act is Act.MORE:
            lines.append(self._told(words("More on"), answer.asked_as))
        else:
            claim = answer.stance is not None or answer.message == wording.NO_STANCE
            label = words("You said") if answer.act is Act.SPAR else words("Claim") if claim else words("Question")
            lines.append(self._told(label, answer.question))
            if answer.asked_as != answer.question:
                lines.append(self._told(words("Asked as"), answer.asked_as))
        if answer.stance is not None:
            name = name_of(self._pack.side(answer.stance))
            lines.append(words("Closest to this: {side}. What stands against it:", side=name))
        return "\n".join(lines)

    def groups(self, answer: Answer, notices: Iterable[Message]) -> Iterator[Group]:
        """Return the parts in their order. When no side speaks, the answer's message says so for all of them."""
        message = answer.message
        for said in answer.words:
            yield self._line(self._words(said))
        if answer.pairs:
            yield from self._pairs(answer)
        for block in () if answer.pairs else answer.blocks:
            if block.quotes or block.near or (block.gap is not None and not (answer.silent and message is not None)):
                yield self._block(block, answer.act)
            if block.near:
                parts = tuple(
                    quote_part(self._pack, quote, self._words, self._style, label="· ") for quote in block.near
                )
                yield Group(parts, f"*{self._words(wording.NEAREST)}*")
        if answer.context:
            heading = headline(writer_heading(self._words), self._style)
            yield Group(self._quotes(answer.context, answer.act), heading)
        if answer.suggestions:
            offered = [f"- {echoed(question, self._room.line)}" for question in answer.suggestions]
            yield Group((Part("\n".join([self._words("You could ask:"), *offered])),))
        for notice in notices:
            yield self._line(self._words("Note: {notice}", notice=notice))

    def _pairs(self, answer: Answer) -> Iterator[Group]:
        """Return the topics of a comparison, in each of which every side has its block, be it of silence."""
        numbers = dict(zip((quote.passage_id for quote in answer.quotes), self._numbers, strict=True))
        for pair in answer.pairs:
            yield self._line(f"**{escaped(self._pack.topic(pair.topic).name)}**")
            for block in answer.blocks:
                side = self._pack.side(block.side)
                quotes = answer.paired(pair, block.side)
                own = replace(self, _numbers=iter([numbers[quote.passage_id] for quote in quotes]))
                gap = None if quotes else wording.unsure(side)
                yield own._block(replace(block, quotes=quotes, gap=gap), answer.act)  # noqa: SLF001 - its own kind

    def _told(self, label: str, text: str) -> str:
        return f"**{label}:** {echoed(text, self._room.echo)}"

    def _line(self, text: str) -> Group:
        return Group((Part(echoed(text, self._room.line)),))

    def _block(self, block: Block, act: Act) -> Group:
        side = self._pack.side(block.side)
        parts = self._quotes(block.quotes, act)
        if block.gap is not None and not parts:
            parts = (Part(echoed(self._words(block.gap), self._room.line)),)
        return Group(parts, headline(heading_of(side), self._style), colour_of(side))

    def _quotes(self, quotes: Sequence[Quote], act: Act) -> tuple[Part, ...]:
        def part(quote: Quote) -> Part:
            number = next(self._numbers)
            label = f"**{quote.number or number}.** "
            precise = act is Act.SOURCE
            return quote_part(self._pack, quote, self._words, self._style, label=label, precise=precise)

        return tuple(map(part, quotes))


def rows_of(  # noqa: PLR0913 - all of it decides which buttons there are
    pack: Pack,
    answer: Answer,
    page: Page,
    ref: TurnRef | None,
    words: Words,
    *,
    shareable: bool = False,
    disputable: bool = True,
    excluded: Collection[str] = (),
) -> tuple[tuple[Control, ...], ...]:
    """Return the rows of buttons of an answer, none where nothing can find it again.

    `shareable` tells that only one person sees the answer so far, `disputable` that there are moderators.
    """
    if ref is None:
        return ()

    def control(label: str, verb: str, *arguments: object, enabled: bool = True) -> Control:
        return Control(label, answer_id(verb, ref, *arguments), enabled)

    turning = (
        control(words("Previous page"), "page", page.number - 1, enabled=page.number > 1),
        control(words("Next page"), "page", page.number + 1, enabled=page.number < page.of),
    )
    gone = [number for number, quote in enumerate(answer.quotes, start=1) if quote.passage_id in excluded]
    quoting = len(answer.quotes) > len(gone)
    going_on = [control(words("Context"), "context")] if quoting else []
    if quoting and answer.stance is None:
        going_on.append(control(words("More"), "more"))
    going_on.append(control(words("Follow up"), "follow"))
    if answer.act is Act.ANSWER and answer.asked_as != answer.question:
        going_on.append(control(words("Ask it alone"), "alone"))
    if shareable:
        going_on.append(control(words("Share to channel"), "share"))
    sides = [block.side for block in answer_without(pack, answer, excluded).blocks if block.quotes]
    several = answer.stance is None and answer.act is not Act.SOURCE and len(sides) > 1
    one_side = [
        control(words("Only {side}", side=wording.inside(pack.side(side).short_name))[:_LABEL], "side", side)
        for side in sides[: MOST_IN_A_ROW if several else 0]
    ]
    judging = []
    if answer.act not in {Act.SOURCE, Act.SMALLTALK, Act.CLARIFY, Act.REPAIR}:
        judging = [control(words("Helpful"), "helpful"), control(words("Not helpful"), "unhelpful")]
        if quoting and disputable:
            judging.append(control(words("Dispute"), "dispute", *numbers_kept(len(answer.quotes), gone)))
    return tuple(tuple(row) for row in (turning if page.of > 1 else (), going_on, one_side, judging) if row)


def context_menu(pack: Pack, found: Sequence[Around], ref: TurnRef, words: Words) -> tuple[Menu, ...]:
    """Return the menu by which the sentences around another quote are shown; none for a single quote."""
    if len(found) < _LEAST_TO_CHOOSE:
        return ()

    def choice(number: int, quote: Quote) -> Choice:
        whose = words("The writer (on no side)") if quote.voice == CONTEXT else pack.side(quote.voice).short_name
        label = f"{words('Quote {number}', number=number)}: {whose}"
        return Choice(line(label), quote.passage_id, first_words(quote))

    choices = {each.quote.passage_id: choice(each.number, each.quote) for each in found}
    placeholder = words("Context of another quote")
    return (Menu(answer_id("context", ref), placeholder, tuple(choices.values())[:MOST_CHOICES]),)


def context_page(pack: Pack, around: Around, words: Words, style: Style) -> Page:
    """Lay out the sentences around a quote; the quote stands by itself, bold and between quotation marks."""
    room = ROOM[style]
    quote, surroundings = around.quote, around.surroundings
    where = echoed(words(quote.citation.place), room.line)
    head = f"**{words('Context of quote {number}', number=around.number)}**\n{where}"
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(quote.text))
    parts = [Part(f"**“{escaped(surroundings.quote)}”**", too_long)]
    if surroundings.before:
        parts.insert(0, Part(escaped(surroundings.before), "…"))
    if surroundings.after:
        parts.append(Part(escaped(surroundings.after), "…"))
    side = None if quote.voice == CONTEXT else pack.side(quote.voice)
    heading = headline(heading_of(side) if side else writer_heading(words), style)
    foot = small(
        words("The quote is the bold part between quotation marks; the rest is what the article says around it."),
        style,
    )
    whole = Page(head, (Group(tuple(parts), heading, colour_of(side) if side else None),), foot)
    return paged(whole, words, room)[0]


def page_of(  # noqa: PLR0913 - all of it decides what is shown
    pack: Pack,
    answer: Answer,
    ref: TurnRef | None,
    manners: Manners,
    *,
    number: int = 1,
    notices: Iterable[Message] = (),
    shareable: bool = False,
    first: bool = True,
) -> tuple[Page, tuple[Row, ...]]:
    """Lay out one page of an answer as it was given, with its buttons; a number that is too high is the last page's.

    The `first` answer of a conversation says what the bot is, and so does one that others have not seen before.
    """
    excluded = manners.without(pack.id)
    pages = pages_of(pack, answer, manners.words, manners.style, notices, excluded=excluded, first=first)
    page = pages[min(max(number, 1), len(pages)) - 1]
    rows = rows_of(
        pack,
        answer,
        page,
        ref,
        manners.words,
        shareable=shareable,
        disputable=manners.moderated,
        excluded=excluded,
    )
    return page, rows
