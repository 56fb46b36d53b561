"""A quote among the neighbouring sentences of its article, as a page.

It must not know the library of Discord.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.quote.cog.layout import colour_of, heading_of, headline, small, writer_heading
from bot.wire.page import rewording
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import ROOM, Group, Page, Part, paged
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from bot.answer.service.answers import Around
    from bot.wire.page.language import Words
    from bot.wire.page.layout import Style
    from knowledge.model import Pack


def context_page(pack: Pack, around: Around, number: int, words: Words, style: Style) -> Page:
    """Lay out the sentences around a quote; the quote stands by itself, bold and between quotation marks."""
    room = ROOM[style]
    quote, surroundings = around.quote, around.surroundings
    where = echoed(rewording.pointer_to(quote.citation, words), room.line)
    head = f"**{words('Context of quote {number}', number=number)}**\n{where}"
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(quote.text))
    parts = [Part(f"**“{escaped(surroundings.quote)}”**", too_long)]
    if surroundings.before:
        parts.insert(0, Part(escaped(surroundings.before), "…"))
    if surroundings.after:
        parts.append(Part(escaped(surroundings.after), "…"))
    side = None if quote.voice == CONTEXT else pack.side(quote.voice)
    heading = headline(heading_of(side) if side else writer_heading(words), style)
    foot = small(
        words("The quote is the part in bold, between quotation marks; around it stands what the article has there."),
        style,
    )
    whole = Page(head, (Group(tuple(parts), heading, colour_of(side) if side else None),), foot)
    return paged(whole, words, room)[0]
