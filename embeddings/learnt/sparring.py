"""What a side that is argued against has quoted to meet a claim, and what a person does in a turn of a sparring.

Replies are learnt as rebuttals are (`stance_training.py`), from more claims, also from those that nobody makes: here
the side always speaks next, and must know when it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.hits import Findings
from embeddings.learnt.moves import MoveReader, train_reader
from embeddings.learnt.spelling import Phrasing
from embeddings.learnt.stance import Rebutter, hits_of
from embeddings.learnt.stance_training import replies_of
from embeddings.learnt.trust import folds_of
from knowledge.sparring import CLAIM, Argued

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from embeddings.learnt.stance import Claims
    from knowledge.model import Pack

_CLAIMS: Final = 3
_STATEMENTS: Final = 16
"""One of so many claims, and statements, is an example of that move; all of them would weigh down the others."""

_ASSERTED: Final = 150
"""Passages, at most, that stand for the claims of a pack that has none: what they assert, people argue."""


@dataclass(frozen=True)
class SparringModel:
    """The replies of each side, none where a pack has no examples, and what tells moves apart."""

    rebutters: Mapping[str, Rebutter]
    moves: MoveReader | None

    def judge(self, claims: Claims, findings: Findings) -> Findings:
        """Return what each side has against the only row of `claims`; a plain search for it found `findings`."""
        hits = {voice: hits_of(voice, *own.replies(claims), findings) for voice, own in self.rebutters.items()}
        lines = {voice: own.curve.threshold for voice, own in self.rebutters.items()}
        return Findings(findings.question, hits, lines, vector=findings.vector)


def argued_in(pack: Pack) -> tuple[Argued, ...]:
    """Return everything that is claimed in a pack's examples."""
    return tuple(_argued_in(pack))


def _argued_in(pack: Pack) -> Iterator[Argued]:
    sides: frozenset[str | None] = frozenset(pack.side_ids)
    for statement in pack.statements:
        yield Argued(statement.text, sides - {statement.stance}, statement.gold)
    for claim in pack.claims:
        yield Argued(claim.text, frozenset({claim.against}), dict.fromkeys(claim.fair, 1))
    for sparring in pack.sparrings:
        for turn, held in sparring.held(pack.side_ids):
            if turn.move == CLAIM:
                yield Argued(turn.user, frozenset({held}), dict.fromkeys(turn.fair, 1), sparring.author)


def train_replies(pack: Pack, argued: Sequence[Argued], claims: Claims) -> dict[str, Rebutter]:
    """Learn what each side replies; `claims` are those argued, in order."""
    golds, folds = [each.gold for each in argued], folds_of(argued)
    found = {}
    for voice in pack.side_ids:
        opposed = np.array([voice in each.against for each in argued])
        own = [{id_: grade for id_, grade in gold.items() if pack.passage(id_).voice == voice} for gold in golds]
        if (replies := replies_of(pack, claims, own, folds, voice, opposed)) is not None:
            found[voice] = replies.rebutter()
    return found


def moves_of(pack: Pack) -> list[tuple[str, str]]:
    """Return the examples of moves, each with its move; none of them is in a sparring."""
    claimed = [claim.text for claim in pack.claims[::_CLAIMS]]
    if not pack.claims:
        claimed = [passage.text for passage in pack.passages[:: -(-len(pack.passages) // _ASSERTED) or 1]]
    claimed += [statement.text for statement in pack.statements[::_STATEMENTS]]
    return [*((move.text, move.wants) for move in pack.moves), *((text, CLAIM) for text in claimed)]


def train_moves(pack: Pack) -> MoveReader | None:
    """Learn to tell moves apart; None for a pack that was given no examples of any, not even the program's."""
    return train_reader(moves_of(pack), Phrasing(pack.wording.short_forms)) if pack.moves else None
