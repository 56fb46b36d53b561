"""The two sides of a pack, and their best quotes for and against a point; each quote equals its article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.debate.rules.events import Cited, DebateSide, Evidence
from bot.quote.rules.composition import quote_of
from bot.quote.rules.verification import fault_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embeddings.hits import Findings, Hit, StanceFinding
    from knowledge.model import Pack


def sides_of(pack: Pack) -> tuple[DebateSide, DebateSide]:
    """Return the sides of a debate. Raises UserError for a pack that does not have two."""
    if len(pack.sides) != 2:  # noqa: PLR2004 - a debate has two
        raise UserError(
            "A debate has two sides, and the pack {pack} has {number}.", pack=pack.id, number=len(pack.sides)
        )
    first, second = pack.sides
    return DebateSide(first.id, first.short_name), DebateSide(second.id, second.short_name)


def beside_point(
    pack: Pack, found: StanceFinding, sides: tuple[str, str], side: str | None
) -> tuple[Evidence, Evidence]:
    """Return the quotes for a point made on a side: first that side's own, then the other's reply.

    For somebody on no side, `side` is the one closest to the point; where that is unclear, return each side's best
    quote on the topic, in the order of the sides. Where no statements taught the other side's replies, its
    best quote on the topic takes their place.
    """
    own = found.stance if side is None else side
    if own not in sides:
        return evidence_on(pack, found.findings, sides[0]), evidence_on(pack, found.findings, sides[1])
    other = sides[1] if own == sides[0] else sides[0]
    if other not in found.replies:
        return evidence_on(pack, found.findings, own), evidence_on(pack, found.findings, other)
    threshold = found.thresholds[other]
    replies = (hit for hit in found.replies[other] if hit.confidence >= threshold)
    return evidence_on(pack, found.findings, own), Evidence(other, _best(pack, replies))


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
