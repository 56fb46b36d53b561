"""An answer back from its JSON object, as the log holds it.

What the object leaves out (the same statement in other articles) comes from the pack again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import quote_of
from bot.quote.rules.points import certain_hit, counts
from bot.quote.rules.quote import Act, Answer, Block, Quote
from knowledge.codec import read_as
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.model import Pack

_OF_CITATIONS: Final = ("title", "author", "paragraph", "start", "end")
_OF_QUOTES: Final = ("text", "voice", "mode", "speaker", "confidence")
"""What an object calls as the values do."""


def restored(pack: Pack, written: Mapping[str, Any], message: str | None) -> Answer | None:
    """Read an answer object; None for one that is damaged, or of a pack with other sides.

    `message` is what was said beside the blocks, which the object does not hold.
    """
    try:
        blocks = tuple(
            Block(side, tuple(_quote(pack, quote) for quote in quotes), _message(pack, written["gaps"].get(side)))
            for side, quotes in written["sides"].items()
        )
        answer = Answer(
            question=str(written["question"]),
            asked_as=str(written["asked_as"]),
            act=Act(written["act"]),
            blocks=blocks,
            context=tuple(_quote(pack, quote) for quote in written["context"]),
            sources=tuple(written["sources"]),
            suggestions=tuple(written["suggestions"]),
            stance=written["stance"],
            message=_message(pack, message),
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    sides = {block.side for block in blocks} | ({answer.stance} - {None})
    return answer if blocks and sides <= set(pack.side_ids) else None


def _message(pack: Pack, said: str | None) -> Message | None:
    """Find what was said by its English words; what is no longer said stays as it is."""
    if said is None:
        return None
    silences = (wording.gap, wording.nothing_against, wording.nothing_further)
    known = [
        wording.greeting(pack),
        wording.of_oneself(pack),
        *(each(side) for each in silences for side in pack.sides),
    ]
    known += [wording.no_such_point(pack.side(side), last) for side, last in counts(pack).items()]
    return next((message for message in known if str(message) == said), Message(said))


def _quote(pack: Pack, written: Mapping[str, Any]) -> Quote:
    """Read a quote object; where the pack still holds the passage as it was, with everything that it says of it."""
    cited = {"article_id": written["article"]} | {name: written[name] for name in _OF_CITATIONS}
    own = {"passage_id": written["passage"], "citation": cited} | {name: written[name] for name in _OF_QUOTES}
    quote = read_as(Quote, own | {"also_in": [], "difference": None}, "quote")
    try:
        held = quote_of(pack, certain_hit(quote.passage_id, quote.voice))
    except KeyError:
        return quote
    same = (held.text, held.citation, held.voice) == (quote.text, quote.citation, quote.voice)
    return replace(quote, also_in=held.also_in, difference=held.difference) if same else quote
