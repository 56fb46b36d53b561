"""The JSON contract: answers as plain objects, with exactly the keys that scripts rely on, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import quote_of
from bot.quote.rules.points import certain_hit, counts
from bot.quote.rules.quote import Act, Answer, Block, GapKind, Pair, Quote
from bot.quote.rules.verification import fault_of
from knowledge.codec import read_as
from knowledge.errors import Message
from knowledge.model import CONTEXT
from knowledge.reading.nearest import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.model import Pack


def quote_object(quote: Quote) -> dict[str, Any]:
    """Write a quote as a JSON object; `text` equals the article's characters from `start` to `end`."""
    written: dict[str, Any] = {
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
    return written if quote.number is None else written | {"number": quote.number}


def answer_object(answer: Answer, identity: object, turn: int, duration_ms: float) -> dict[str, Any]:
    """Write an answer as a JSON object.

    `identity` is the asker's own id of the question, echoed as it came; `turn` counts from 1 in a conversation.
    """
    kinds = {block.side: block.kind.value for block in answer.blocks if block.kind is not None}
    near = {block.side: [quote_object(quote) for quote in block.near] for block in answer.blocks if block.near}
    written: dict[str, Any] = {
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
        **({"gap_kinds": kinds} if kinds else {}),
        **({"near": near} if near else {}),
    }
    if answer.words:
        written["say"] = [str(line) for line in answer.words]
    if answer.conceded:
        written["conceded"] = True
    if answer.pairs:
        written["pairs"] = [_pair_object(answer, pair) for pair in answer.pairs]
    return written


def _pair_object(answer: Answer, pair: Pair) -> dict[str, Any]:
    quotes = {block.side: [quote_object(quote) for quote in answer.paired(pair, block.side)] for block in answer.blocks}
    relation = "answered" if all(quotes.values()) else "unanswered"
    return {"topic": pair.topic, **quotes, "relation": relation}


_OF_CITATIONS: Final = ("title", "author", "paragraph", "start", "end")
_OF_QUOTES: Final = ("text", "voice", "mode", "speaker", "confidence")
"""What an object calls as the values do."""


def restored(pack: Pack, written: Mapping[str, Any], message: str | None) -> Answer | None:
    """Read an answer object; None for one that is damaged, or of a pack with other sides.

    `message` is what was said beside the blocks, which the object does not hold.
    """
    try:
        blocks = tuple(_block(pack, side, written) for side in written["sides"])
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
            say=tuple(known for said in written.get("say", ()) if said != message and (known := _message(pack, said))),
            conceded=written.get("conceded", False) is True,
            pairs=tuple(_pair(pair, blocks) for pair in written.get("pairs", ())),
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    sides = {block.side for block in blocks} | ({answer.stance} - {None})
    return answer if blocks and sides <= set(pack.side_ids) else None


def _block(pack: Pack, side: str, written: Mapping[str, Any]) -> Block:
    kind = written.get("gap_kinds", {}).get(side)
    quotes, near = (
        tuple(_quote(pack, quote) for quote in some)
        for some in (written["sides"][side], written.get("near", {}).get(side, ()))
    )
    return Block(side, quotes, _message(pack, written["gaps"].get(side)), None if kind is None else GapKind(kind), near)


def faults_in(pack: Pack, written: object) -> tuple[str, ...]:
    """Return what is wrong with an answer object, a sentence each; none: every quote in it is proven by the pack.

    That is its text at its place in an article with the hash that the pack names, and all that is said of it.
    """
    try:
        sides, gaps = dict(written["sides"]), dict(written["gaps"])  # type: ignore[index]
        blocks = sides | {CONTEXT: list(written["context"])}  # type: ignore[index]
        quotes = [(block, quote) for block, block_quotes in blocks.items() for quote in block_quotes]
        near = [(side, quote) for side, own in dict(written.get("near", {})).items() for quote in own]  # type: ignore[attr-defined]
        sources = list(written["sources"])  # type: ignore[index]
    except (KeyError, ValueError, TypeError, AttributeError):
        return ("it is no answer object: it has no sides, gaps, context and sources",)
    faults = [f"the pack has no side {quoted(str(side))}" for side in sides if side not in pack.side_ids]
    faults += [fault for block, quote in (*quotes, *near) if (fault := _fault_of(pack, quote, block)) is not None]
    sayable = {str(message) for message in _messages(pack)}
    faults += [
        f"the gap of {side} is not what the program says: {gap!r:.80}"
        for side, gap in gaps.items()
        if gap not in sayable
    ]
    # In a sparring, a turn may tell the source of a quote that an earlier one showed.
    retold = not quotes and written.get("act") == Act.SPAR.value  # type: ignore[attr-defined]
    if not faults and not retold and sources != list(dict.fromkeys(quote["article"] for _, quote in quotes)):
        faults.append("its sources are not the articles of its quotes")
    return tuple(faults)


def _fault_of(pack: Pack, written: Mapping[str, Any], block: str) -> str | None:
    """Return what is wrong with a quote object in a block, or None."""
    try:
        quote = _quote(pack, written)
    except (KeyError, ValueError, TypeError, AttributeError):
        return f"a quote in block {block}: it is no quote object"
    if (fault := fault_of(pack, quote, block)) is not None:
        return fault
    held = quote_object(
        replace(
            quote_of(pack, certain_hit(quote.passage_id, quote.voice)), confidence=quote.confidence, number=quote.number
        )
    )
    wrong = sorted(key for key in held.keys() | written.keys() if held.get(key) != written.get(key))
    if wrong:
        return f"quote {quote.passage_id} in block {block}: the pack says otherwise about its {', '.join(wrong)}"
    return None if 0 <= quote.confidence <= 1 else f"quote {quote.passage_id} in block {block}: its confidence is none"


def _pair(written: Mapping[str, Any], blocks: tuple[Block, ...]) -> Pair:
    passages = {block.side: tuple(str(quote["passage"]) for quote in written[block.side]) for block in blocks}
    return Pair(str(written["topic"]), passages)


def _message(pack: Pack, said: str | None) -> Message | None:
    """Find what was said by its English words; what is no longer said stays as it is."""
    if said is None:
        return None
    return next((message for message in _messages(pack) if str(message) == said), Message(said))


def _messages(pack: Pack) -> list[Message]:
    """List what may be said beside quotes."""
    silences = (wording.gap, wording.unsure, wording.nothing_against, wording.nothing_further)
    known = [
        wording.greeting(pack),
        wording.of_oneself(pack),
        wording.what_to_ask(pack),
        wording.sources(pack),
        *(each(side) for each in silences for side in pack.sides),
    ]
    return known + [wording.no_such_point(pack.side(side), last) for side, last in counts(pack).items()]


def _quote(pack: Pack, written: Mapping[str, Any]) -> Quote:
    """Read a quote object; where the pack still holds the passage as it was, with everything that it says of it."""
    cited = {"article_id": written["article"]} | {name: written[name] for name in _OF_CITATIONS} | {"at": None}
    own = {"passage_id": written["passage"], "citation": cited} | {name: written[name] for name in _OF_QUOTES}
    own |= {"also_in": [], "difference": None, "number": written.get("number")}
    quote = read_as(Quote, own, "quote")
    try:
        held = quote_of(pack, certain_hit(quote.passage_id, quote.voice))
    except KeyError:
        return quote
    if (held.text, held.citation, held.voice) != (quote.text, quote.citation, quote.voice):
        return quote
    return replace(quote, citation=held.citation, also_in=held.also_in, difference=held.difference)
