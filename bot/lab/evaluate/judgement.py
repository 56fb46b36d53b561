"""Judging everything that a pack or a held-out file asks for: its questions, its conversations, its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.lab.evaluate.dialogues import held, judged_dialogues
from bot.lab.evaluate.sparrings import held as held_sparrings
from bot.lab.evaluate.sparrings import judged_sparrings
from bot.lab.evaluate.statements import judged_statements
from embeddings.judging.evaluation import (
    EVALUATION_TICKS,
    REBUTTAL_TICKS,
    evaluated,
    held_out,
    unseen_rebuttals,
    unseen_rejoinders,
)
from embeddings.judging.metrics import verdicts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.lab.evaluate.dialogues import DialogueVerdicts
    from bot.lab.evaluate.sparrings import SparringVerdicts
    from bot.lab.evaluate.statements import StatementVerdicts
    from embeddings.hits import Findings
    from embeddings.index.index import Index
    from embeddings.judging.evaluation import Material
    from embeddings.judging.metrics import Verdicts
    from embeddings.learnt.sparring import SparringModel
    from embeddings.retriever import Retriever
    from knowledge.model import Pack
    from knowledge.reading.heldout import HeldOut


@dataclass(frozen=True)
class Judged:
    """What judging came to; None for what there was nothing of."""

    pack: Pack
    questions: Verdicts | None
    dialogues: DialogueVerdicts | None
    statements: StatementVerdicts | None
    sparrings: SparringVerdicts | None


def judged(
    material: Material,
    index: Index,
    retriever: Retriever,
    asked: HeldOut | None,
    worst: int,
    ticking: Callable[[int], Callable[[], None]],
) -> Judged:
    """Judge all that a pack holds, or what is `asked` beside it, and list so many of the worst misses of each sort.

    What the pack learns from is judged unseen: its questions, and its statements unless they are too few for that.
    Nothing learns from its dialogues: those, and what it does not hold, are judged by the index as it is. `ticking`
    makes, for a number of steps, what is called once a step.
    """
    pack = material.pack
    evaluation, found = None, {}
    if asked is None:
        tick = ticking(EVALUATION_TICKS + REBUTTAL_TICKS * bool(pack.statements))
        evaluation = evaluated(material, tick)
        found = unseen_rebuttals(pack, index, material.encode, tick) if pack.statements else {}
    else:
        if asked.questions:
            evaluation = held_out(material, retriever, asked.questions)
        if asked.statements:
            found = {"heldout": [retriever.stance(statement.text) for statement in asked.statements]}
    given = pack if asked is None else asked
    turns = held(pack, retriever, given.dialogues)
    return Judged(
        pack,
        verdicts_of(pack, evaluation, worst) if evaluation else None,
        judged_dialogues(pack, turns, worst) if turns else None,
        judged_statements(pack, given.statements, found, worst) if found else None,
        _sparred(material, index, retriever, worst, ticking) if asked is None and pack.sparrings else None,
    )


def _sparred(
    material: Material,
    index: Index,
    retriever: Retriever,
    worst: int,
    ticking: Callable[[int], Callable[[], None]],
) -> SparringVerdicts:
    pack = material.pack
    tick = ticking(len({sparring.author for sparring in pack.sparrings}))
    models = unseen_rejoinders(pack, index, material.encode, tick)
    return judged_sparrings(
        pack, [*held_sparrings(pack, retriever, lambda author: Unseen(retriever, models[author]))], worst
    )


@dataclass(frozen=True, slots=True)
class Unseen:
    """Reads turns as a retriever does, but replies are judged by a model of their own."""

    retriever: Retriever
    model: SparringModel

    def rejoinders(self, found: Findings) -> Findings:
        """Return what each side has quoted against a claim."""
        return self.retriever.rejoinders(found, self.model)

    def move(self, found: Findings) -> Mapping[str, float]:
        """Return the probability of each move."""
        return self.retriever.move(found)

    def sides_of(self, found: Findings) -> Mapping[str, float]:
        """Return the probability of each side that a claim is its own."""
        return self.retriever.sides_of(found)
