"""The JSON contract: answers as plain objects, with exactly the keys that scripts rely on, and back."""

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


def quote_object(quote: Quote) -> dict[str, Any]:
    """Write a quote as a JSON object; `text` equals the article's characters from `start` to `end`."""
    return {
        "text": quote.text,
        "passage": quote.passage_id,
        "article": quote.citation.article_id,
        "title": quote.citation.title,
        "author": quote.citation.author,
        "paragraph": quote.citation.paragraph,
        "start": quote.citation.start,
        "end": quote.citation.end,
        "voice": quote.voice,
        "mode": quote.mode.value,
        "speaker": quote.speaker,
        "provenance": str(quote.provenance),
        "confidence": round(quote.confidence, 4),
    }


def answer_object(answer: Answer, identity: object, turn: int, duration_ms: float) -> dict[str, Any]:
    """Write an answer as a JSON object.

    `identity` is the asker's own id of the question, echoed as it came; `turn` counts from 1 in a conversation.
    """
    return {
        "id": identity,
        "turn": turn,
        "question": answer.question,
        "asked_as": answer.asked_as,
        "act": answer.act.value,
        "sides": {block.side: [quote_object(quote) for quote in block.quotes] for block in answer.blocks},
        "gaps": {block.side: str(block.gap) for block in answer.blocks if block.gap is not None},
        "context": [quote_object(quote) for quote in answer.context],
        "sources": list(answer.sources),
        "suggestions": list(answer.suggestions),
        "stance": answer.stance,
        "duration_ms": round(duration_ms, 1),
    }


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
