"""Whom a claim blames, which tells whose it cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.quote.rules.vocabulary import understood
from bot.quote.rules.words import NEGATIONS
from knowledge.model import once_a_pack

if TYPE_CHECKING:
    from embeddings.hits import StanceFinding
    from knowledge.model import Pack

_WHOLE_FORM: Final = 3
"""Letters up to which a beginning of a word of opinion stands for that word alone."""


def aligned(pack: Pack, found: StanceFinding) -> StanceFinding:
    """Return a stance that a claim about a side may have: one that blames a side is not that side's own.

    Who is blamed is named before the blame ("the club lies about the council"), else after it ("I hate the council").
    """
    said = understood(pack, found.findings.question)
    whole, beginnings = _accusing(pack)
    blame = next((at for at, form in enumerate(said.forms) if form in whole or form.startswith(beginnings)), None)
    if blame is None or not said.mentions or not NEGATIONS.isdisjoint(said.forms):
        return found
    before = [mention.side for mention in said.mentions if mention.first < blame]
    blamed = before[-1] if before else said.mentions[0].side
    others = [side for side in pack.side_ids if side != blamed]
    if found.stance in others:
        return found
    return replace(found, stance=others[0] if len(others) == 1 else None)


@once_a_pack
def _accusing(pack: Pack) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the beginnings of words by which a pack accuses, and those that stand for longer words, too."""
    beginnings = pack.wording.accusing
    return frozenset(beginnings), tuple(each for each in beginnings if len(each) > _WHOLE_FORM)
