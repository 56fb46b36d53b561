"""Answering as if some passages were not in the pack: those that a guild's moderators took out of its answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.quote.rules import phrases as wording

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.quote.rules.quote import Answer
    from embeddings.hits import Findings, Hit, StanceFinding
    from knowledge.model import Pack


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
    if not any(quote.passage_id in excluded for quote in answer.quotes):
        return answer
    return answer.keeping(lambda quote, _: quote.passage_id not in excluded, lambda side: wording.gap(pack.side(side)))


def _left(hits: tuple[Hit, ...], excluded: Collection[str]) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if hit.passage_id not in excluded)
