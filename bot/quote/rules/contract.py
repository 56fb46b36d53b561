"""The JSON contract: answers as plain objects, with exactly the keys that scripts rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.quote.rules.quote import Answer, Quote


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
