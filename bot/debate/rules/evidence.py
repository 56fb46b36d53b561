"""The sides of a pack, and their best quotes for and against a point; each quote equals its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.debate.rules.events import Cited, DebateSide, Evidence
from bot.quote.rules.composition import quote_of
from bot.quote.rules.verification import fault_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from embeddings.hits import Findings, Hit, StanceFinding
    from knowledge.model import Pack


def sides_of(pack: Pack) -> tuple[DebateSide, ...]:
    """Return the sides of a debate."""
    return tuple(DebateSide(side.id, side.short_name) for side in pack.sides)


def beside_point(pack: Pack, found: StanceFinding, sides: Sequence[str], side: str | None) -> tuple[Evidence, ...]:
    """Return the quotes for a point made on a side: first that side's own, then the reply of each other in its turn.

    For somebody on no side, `side` is the one closest to the point; where that is unclear, return each side's best
    quote on the topic, in the order of the sides. Where no statements taught a side's replies, its best quote on the
    topic takes their place.
    """
    own = found.stance if side is None else side
    if own is None or own not in sides:
        return tuple(evidence_on(pack, found.findings, each) for each in sides)
    at = sides.index(own)
    others = (_reply(pack, found, other) for other in (*sides[at + 1 :], *sides[:at]))
    return (evidence_on(pack, found.findings, own), *others)


def _reply(pack: Pack, found: StanceFinding, side: str) -> Evidence:
    """Return what a side holds against a point."""
    if side not in found.replies:
        return evidence_on(pack, found.findings, side)
    threshold = found.thresholds[side]
    return Evidence(side, _best(pack, (hit for hit in found.replies[side] if hit.confidence >= threshold)))


def evidence_on(pack: Pack, findings: Findings, side: str) -> Evidence:
    """Return a side's best quote on a topic."""
    return Evidence(side, _best(pack, findings.answers(side)))


def _best(pack: Pack, hits: Iterable[Hit]) -> Cited | None:
    """Cite the first quote that equals its article."""
    for hit in hits:
        quote = quote_of(pack, hit)
        if fault_of(pack, quote, hit.voice) is None:
            citation = quote.citation
            return Cited(
                passage=quote.passage_id,
                article=citation.article_id,
                title=citation.title,
                author=citation.author,
                paragraph=citation.paragraph,
                start=citation.start,
                end=citation.end,
                text=quote.text,
                provenance=str(quote.provenance),
            )
    return None
