"""Judging each example statement as if nothing had been learnt from it, nor from others like it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.hits import Findings
from embeddings.index.index import passage_vectors
from embeddings.judging.evaluation import dealt
from embeddings.learnt.evidence import Taught
from embeddings.learnt.stance import ClaimReader
from embeddings.learnt.stance_training import Lesson, statement_folds
from embeddings.learnt.trust import group_folds
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.hits import StanceFinding
    from embeddings.index.index import Index
    from knowledge.model import Pack, Statement

REBUTTAL_TICKS: Final = 3
"""Ticks of `unseen_rebuttals`: learning, and the two schemes."""


def claim_types(statements: Sequence[Statement]) -> list[str]:
    """Name the type of each statement: those with one stance and one gold make the same claim.

    Those that nothing is held against cannot be told apart by it, so each has a type of its own.
    """
    return [
        f"{statement.stance}: {' '.join(sorted(statement.gold))}" if statement.gold else f"statement {number}"
        for number, statement in enumerate(statements)
    ]


def unseen_rebuttals(
    pack: Pack,
    index: Index,
    encode: Callable[[Sequence[str]], Vectors],
    tick: Callable[[], None] = lambda: None,
) -> dict[str, list[StanceFinding]]:
    """Judge the pack's statements by two schemes, each in order: five folds, and five parts of whole types of claims.

    Nested: neither what ranks nor what calibrates has seen the statement's fold or part. A scheme that would leave
    nothing to learn from is left out, as may happen with very few statements. The plain findings beside each stance are
    empty, for no stance and no reply depends on them.
    """
    texts = [index.read(statement.text) for statement in pack.statements]
    own = {side: passage_vectors(index, side) for side in pack.side_ids}
    reader = ClaimReader(index.layout, index.ranker, Taught.by(pack, index.layout), own)
    lesson = Lesson.of(pack, reader.read(texts, encode(texts)))
    tick()
    voices = (*pack.side_ids, CONTEXT)
    findings = [
        Findings(statement.text, dict.fromkeys(voices, ()), dict.fromkeys(voices, 1.0)) for statement in pack.statements
    ]
    found = {}
    for name, folds in (
        ("folds", statement_folds(pack)),
        ("claims", dealt(group_folds(claim_types(pack.statements)))),
    ):
        dealt_anew = _dealt_anew(lesson, folds)
        if _has_others(dealt_anew):
            found[name] = dealt_anew.unseen(findings)
        tick()
    return found


def _dealt_anew(lesson: Lesson, folds: NDArray[np.int64]) -> Lesson:
    """Give the lesson with its statements dealt into other folds; what it learnt from all of them stays."""
    return replace(
        lesson,
        stances=replace(lesson.stances, folds=folds),
        replies={
            voice: replace(part, taught=replace(part.taught, folds=folds[part.rows]))
            for voice, part in lesson.replies.items()
        },
    )


def _has_others(lesson: Lesson) -> bool:
    """Tell whether there is something left to learn from, for stances and for each voice, without any one fold."""
    regressions = (lesson.stances, *(part.taught for part in lesson.replies.values()))
    return all(len(np.unique(regression.folds)) > 1 for regression in regressions)
