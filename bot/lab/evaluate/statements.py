"""Judging rebuttals: each claim is rebutted as people get it, and compared with what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.answer.rules.reply import rebut
from bot.answer.rules.talk.history import Conversation
from bot.quote.rules.verification import verify
from embeddings.judging.evaluation import claim_types
from embeddings.judging.resampling import SEED, Ratio, Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.quote.rules.quote import Answer
    from embeddings.hits import StanceFinding
    from embeddings.judging.resampling import Figure
    from knowledge.model import Pack, Statement

NOBODY: Final = "nobody"
"""Stands for the claims that are no side's, where figures go by stance."""


@dataclass(frozen=True, slots=True)
class StatementMiss:
    """A claim whose stance or whose reply is wrong.

    `stance` is the one named, `right` the right one (None: nobody's). `shown` are the first quotes held against the
    claim, and `gold` what may be, best first. `certainty` (0..1) is how sure the system was of its mistake.
    """

    statement: str
    stance: str | None
    right: str | None
    shown: tuple[str, ...]
    gold: tuple[str, ...]
    certainty: float


@dataclass(frozen=True)
class SchemeFigures:
    """What came of one scheme: `stances` is the share of right stances by right stance."""

    figures: Mapping[str, Figure]
    stances: Mapping[str, Figure]


@dataclass(frozen=True)
class StatementVerdicts:
    """What judging statements came to, by each scheme; the first one is that of the misses.

    `types` counts the groups of statements that are resampled together.
    """

    statements: int
    types: int
    schemes: Mapping[str, SchemeFigures]
    misses: tuple[StatementMiss, ...]


def judged_statements(
    pack: Pack, statements: Sequence[Statement], found: Mapping[str, Sequence[StanceFinding]], worst: int
) -> StatementVerdicts:
    """Judge what was found for statements by each scheme, and list so many of the worst misses by the first."""
    resampling = Resampling(claim_types(statements), SEED)
    answers = {
        scheme: [
            verify(pack, rebut(pack, finding, statement.text, Conversation(scheme)))[0]
            for statement, finding in zip(statements, findings, strict=True)
        ]
        for scheme, findings in found.items()
    }
    main = next(iter(found))
    return StatementVerdicts(
        statements=len(statements),
        types=resampling.clusters,
        schemes={scheme: _figures(pack, statements, given, resampling) for scheme, given in answers.items()},
        misses=tuple(_misses(pack, statements, found[main], answers[main])[:worst]),
    )


def stance_is_right(statement: Statement, answer: Answer) -> bool:
    """Return whether the side that the claim is closest to was named, and none where it is nobody's."""
    return answer.stance == statement.stance


def reply_is_right(pack: Pack, statement: Statement, answer: Answer) -> bool:
    """Return whether each side is quoted as it should be.

    One that has something against the claim has that as its first quote; any other, the claim's own too, is silent.
    """
    for block in answer.blocks:
        own: set[str | None] = {id_ for id_ in statement.gold if pack.passage(id_).voice == block.side}
        shown = block.quotes[0].passage_id if block.quotes else None
        if shown not in (own or {None}):
            return False
    return True


def _figures(
    pack: Pack, statements: Sequence[Statement], answers: Sequence[Answer], resampling: Resampling
) -> SchemeFigures:
    pairs = list(zip(statements, answers, strict=True))
    stance = np.array([stance_is_right(statement, answer) for statement, answer in pairs])
    reply = np.array([reply_is_right(pack, statement, answer) for statement, answer in pairs])
    opposed = np.array([bool(statement.gold) for statement in statements])
    claimed = np.array([statement.stance is not None for statement in statements])
    every = np.ones(len(pairs), dtype=bool)
    ratios = {
        "rebuttal": Ratio.mean(stance & reply, every),
        "stance": Ratio.mean(stance, every),
        "reply": Ratio.mean(reply, every),
        "opposed": Ratio.mean(stance & reply, opposed),
        "unopposed": Ratio.mean(stance & reply, claimed & ~opposed),
        NOBODY: Ratio.mean(stance & reply, ~claimed),
    }
    closest = np.array([statement.stance or NOBODY for statement in statements])
    return SchemeFigures(
        figures={name: resampling.figure(ratio) for name, ratio in ratios.items()},
        stances={name: resampling.figure(Ratio.mean(stance, closest == name)) for name in (*pack.side_ids, NOBODY)},
    )


def _misses(
    pack: Pack, statements: Sequence[Statement], found: Sequence[StanceFinding], answers: Sequence[Answer]
) -> list[StatementMiss]:
    """List every miss, beginning with those that the system was surest of."""
    misses = []
    for statement, finding, answer in zip(statements, found, answers, strict=True):
        if not stance_is_right(statement, answer):
            certainty = _stance_certainty(finding)
        elif not reply_is_right(pack, statement, answer):
            certainty = _reply_certainty(finding, answer)
        else:
            continue
        shown = tuple(block.quotes[0].passage_id for block in answer.blocks if block.quotes)
        gold = tuple(sorted(statement.gold, key=lambda id_: -statement.gold[id_]))
        misses.append(StatementMiss(statement.text, answer.stance, statement.stance, shown, gold, certainty))
    return sorted(misses, key=lambda miss: -miss.certainty)


def _stance_certainty(found: StanceFinding) -> float:
    """Return the probability of the side that was named, or the one that none is right."""
    if found.stance is not None:
        return found.probabilities[found.stance]
    return 1 - max(found.probabilities.values())


def _reply_certainty(found: StanceFinding, answer: Answer) -> float:
    """Return how sure the replies to a claim are, the surest one: of a quote, or of there being none."""
    sure = []
    for block in answer.blocks:
        if block.quotes:
            sure.append(block.quotes[0].confidence)
        elif replies := found.replies.get(block.side):
            sure.append(1 - replies[0].confidence)
    return max(sure, default=1.0)
