"""Judging everything that a pack or a held-out file asks for: its questions, its conversations, its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.lab.evaluate.dialogues import held, judged_dialogues
from bot.lab.evaluate.statements import judged_statements
from embeddings.judging.evaluation import EVALUATION_TICKS, evaluated, held_out
from embeddings.judging.rebuttals import REBUTTAL_TICKS, unseen_rebuttals
from embeddings.judging.verdicts import verdicts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.lab.evaluate.dialogues import DialogueVerdicts
    from bot.lab.evaluate.statements import StatementVerdicts
    from embeddings.index.index import Index
    from embeddings.judging.evaluation import Material
    from embeddings.judging.verdicts import Verdicts
    from embeddings.retriever import Retriever
    from knowledge.model import Dialogue, Pack
    from knowledge.reading.heldout import HeldOut


@dataclass(frozen=True)
class Judged:
    """What judging came to; None for what there was nothing of."""

    pack: Pack
    questions: Verdicts | None
    dialogues: DialogueVerdicts | None
    statements: StatementVerdicts | None


def judging_ticks(pack: Pack) -> int:
    """Count the ticks of `judged_pack`."""
    return EVALUATION_TICKS + bool(pack.dialogues) + REBUTTAL_TICKS * bool(pack.statements)


def judged_pack(
    material: Material, index: Index, retriever: Retriever, worst: int, tick: Callable[[], None] = lambda: None
) -> Judged:
    """Judge a pack by all that it holds, and list so many of the worst misses of each sort.

    What is learnt from is judged unseen: the questions, and the statements unless they are too few for that. Nothing
    learns from the dialogues, so the index answers them as it is.
    """
    pack = material.pack
    questions = verdicts_of(pack, evaluated(material, tick), worst)
    dialogues = _dialogues(pack, retriever, pack.dialogues, worst)
    if pack.dialogues:
        tick()
    found = unseen_rebuttals(pack, index, material.encode, tick) if pack.statements else {}
    statements = judged_statements(pack, pack.statements, found, worst) if found else None
    return Judged(pack, questions, dialogues, statements)


def judged_held_out(material: Material, retriever: Retriever, asked: HeldOut, worst: int) -> Judged:
    """Judge what a pack does not hold by the index as it is, and list so many of the worst misses of each sort."""
    pack = material.pack
    questions = statements = None
    if asked.questions:
        questions = verdicts_of(pack, held_out(material, retriever, asked.questions), worst)
    if asked.statements:
        found = {"heldout": [retriever.stance(statement.text) for statement in asked.statements]}
        statements = judged_statements(pack, asked.statements, found, worst)
    return Judged(pack, questions, _dialogues(pack, retriever, asked.dialogues, worst), statements)


def _dialogues(pack: Pack, retriever: Retriever, dialogues: Sequence[Dialogue], worst: int) -> DialogueVerdicts | None:
    return (
        judged_dialogues(pack, held(pack, retriever.find_many, dialogues, retriever.lean), worst) if dialogues else None
    )
