"""The last look before an answer goes out: every quote is still exactly what its article says, or it stays behind.

So do the passages that a guild's moderators took out of its answers.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.quote.rules import phrases as wording
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.quote.rules.quote import Answer, Quote
    from embeddings.hits import Findings, Hit, StanceFinding
    from knowledge.model import Pack


def fault_of(pack: Pack, quote: Quote, block: str) -> str | None:
    """Return what is wrong with a quote that stands in a block (a side's id or "context"); None when it is sound.

    Sound means: its article is the one whose hash the pack names, its text equals the span, and its passage and its
    voice are those of the block.
    """
    name = f"quote {quote.passage_id} in block {block}"
    try:
        article = pack.article(quote.citation.article_id)
        passage = pack.passage(quote.passage_id)
    except KeyError as error:
        return f"{name}: the pack has no {error}"
    if _sha256_of(article.text) != article.sha256:
        return f"{name}: article {article.id} is not the one whose hash the pack names"
    if article.text[quote.citation.start : quote.citation.end] != quote.text:
        return f"{name}: its text is not {article.id}[{quote.citation.start}:{quote.citation.end}]"
    place = (article.id, quote.citation.start, quote.citation.end)
    if (passage.span.article_id, passage.span.start, passage.span.end) != place:
        return f"{name}: its span is not that of the passage"
    if not quote.voice == passage.voice == block:
        return f"{name}: its voice is {quote.voice}, the passage's is {passage.voice}"
    return None


@lru_cache(maxsize=64)
def _sha256_of(text: str) -> str:
    """Return the hash of a text, made once: a text never changes, another one is another key."""
    return hashlib.sha256(text.encode()).hexdigest()


def verify(pack: Pack, answer: Answer) -> tuple[Answer, tuple[str, ...]]:
    """Return the answer with unsound quotes dropped, and a line for the log about each of them."""
    placed = [(quote, block.side) for block in answer.blocks for quote in (*block.quotes, *block.near)]
    placed += [(quote, CONTEXT) for quote in answer.context]
    faults = {place: fault for place in placed if (fault := fault_of(pack, *place)) is not None}
    if not faults:
        return answer, ()
    kept = answer.keeping(lambda *place: place not in faults, lambda side: wording.unsure(pack.side(side)))
    return kept, tuple(faults.values())


def findings_without(findings: Findings, excluded: Collection[str]) -> Findings:
    """Return the findings without hits of excluded passages, so that the next best or silence comes."""
    if not excluded:
        return findings
    return replace(findings, hits={voice: _left(hits, excluded) for voice, hits in findings.hits.items()})


def stance_without(found: StanceFinding, excluded: Collection[str]) -> StanceFinding:
    """Return what was found for a claim without replies from excluded passages."""
    if not excluded:
        return found
    replies = {side: _left(hits, excluded) for side, hits in found.replies.items()}
    return replace(found, findings=findings_without(found.findings, excluded), replies=replies)


def answer_without(pack: Pack, answer: Answer, excluded: Collection[str]) -> Answer:
    """Return the answer without excluded quotes: some are not searched for, but asked for by number, or shown again."""
    if not any(quote.passage_id in excluded for quote in (*answer.quotes, *answer.near)):
        return answer
    return answer.keeping(
        lambda quote, _: quote.passage_id not in excluded, lambda side: wording.unsure(pack.side(side))
    )


def _left(hits: tuple[Hit, ...], excluded: Collection[str]) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if hit.passage_id not in excluded)
