"""Rebutting a claim: what the other sides say against it, and nothing of its own side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import (
    QUOTES_A_SIDE,
    first_side,
    nearest_topics,
    order_from,
    quote_of,
    without_repeats,
)
from bot.quote.rules.quote import Act, Answer, Block, sources_of

if TYPE_CHECKING:
    from bot.answer.rules.talk.history import Conversation
    from embeddings.hits import StanceFinding
    from knowledge.model import Pack


def rebut(pack: Pack, found: StanceFinding, statement: str, conversation: Conversation) -> Answer:
    """Hold the other sides' best quotes against a claim.

    The sides that oppose it stand first, each with its quotes or, in words, with the lack of any; the claim's own side
    has neither. Where the stance is unknown no side is quoted, and questions are offered instead.
    """
    if found.stance is None:
        return _unclear(pack, found, statement, conversation)
    opposing = order_from(pack, found.stance)[1:]
    blocks = (*(_against(pack, found, side) for side in opposing), Block(found.stance, (), None))
    quotes = tuple(quote for block in blocks for quote in block.quotes)
    return Answer(
        question=statement,
        asked_as=statement,
        act=Act.ANSWER,
        blocks=blocks,
        sources=sources_of(quotes),
        stance=found.stance,
    )


def _against(pack: Pack, found: StanceFinding, side: str) -> Block:
    hits = without_repeats(pack, found.against(side))[:QUOTES_A_SIDE]
    gap = None if hits else wording.nothing_against(pack.side(side))
    return Block(side, tuple(quote_of(pack, hit) for hit in hits), gap)


def _unclear(pack: Pack, found: StanceFinding, statement: str, conversation: Conversation) -> Answer:
    order = order_from(pack, first_side(pack, statement, conversation.previous_first_side))
    return Answer(
        question=statement,
        asked_as=statement,
        act=Act.ANSWER,
        blocks=tuple(Block(side, (), wording.nothing_against(pack.side(side))) for side in order),
        suggestions=nearest_topics(pack, found.findings),
        message=wording.NO_STANCE,
    )
