"""Answers put together from passages of the shipped pack, to be shown."""

from __future__ import annotations

from dataclasses import replace

from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import compose, quote_of
from bot.quote.rules.quote import Act, Answer, Block, GapKind
from embeddings.hits import Findings, Hit
from knowledge.model import CONTEXT
from tests.quote.rules.findings import pack

FILM = "film"
FACEBOOK = "facebook"


def hit(passage_id: str) -> Hit:
    """Find a passage with all but certainty."""
    return Hit(passage_id, pack().passage(passage_id).voice, 0.9, 0.9, 0.9, 0.9)


def findings(question: str, *passage_ids: str) -> Findings:
    """Find exactly these passages."""
    hits: dict[str, tuple[Hit, ...]] = dict.fromkeys((*pack().side_ids, CONTEXT), ())
    for passage_id in passage_ids:
        found = hit(passage_id)
        hits[found.voice] += (found,)
    silent = frozenset(voice for voice, own in hits.items() if not own)
    return Findings(question, hits, dict.fromkeys(hits, 0.5), silent)


def answer(*passage_ids: str, question: str = "does fb sell my data") -> Answer:
    """Answer a question with these passages, the film first."""
    return compose(pack(), findings(question, *passage_ids), question=question, first=FILM)


def every_quote() -> Answer:
    """Answer with all passages of the pack at once, more than any real answer shows."""
    blocks = tuple(
        Block(side, tuple(quote_of(pack(), hit(passage.id)) for passage in pack().of_voice(side)), None)
        for side in pack().side_ids
    )
    context = tuple(quote_of(pack(), hit(passage.id)) for passage in pack().of_voice(CONTEXT))
    return Answer("everything", "everything", Act.ANSWER, blocks, context)


def rebuttal() -> Answer:
    """Answer a claim that is closest to the film's."""
    full = answer("audience-pawn", "product-team-not-driven", question="it is addictive")
    opposing = tuple(block for block in full.blocks if block.side == FACEBOOK)
    return replace(full, blocks=opposing, stance=FILM)


def silence() -> Answer:
    """Answer a question on which nobody says anything."""
    return replace(
        answer(question="is tiktok evil"), suggestions=(pack().topics[0].question, pack().topics[1].question)
    )


def nearly() -> Answer:
    """Answer a question on which Facebook is quoted, and something of the film's comes near."""
    full = answer("audience-pawn", "product-team-not-driven")
    film, facebook = full.blocks
    unsure = Block(FILM, (), wording.unsure(pack().side(FILM)), GapKind.UNSURE, film.quotes)
    return replace(full, blocks=(unsure, facebook))


def gap_of(side: str) -> str:
    """Give the words for a side's silence."""
    return str(wording.gap(pack().side(side)))
