"""Reading a file of held-out questions: what the examples of a pack are never trained on, each with its own gold.

Questions stand in [[question]] tables with text, kind, best and acceptable. It must not know what they are held out of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge.errors import UserError
from knowledge.model import Question
from knowledge.questions import KINDS, read_gold
from knowledge.reading import Folder

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack


def read_heldout(path: Path, pack: Pack) -> tuple[Question, ...]:
    """Read the questions, whose gold are passages of the pack; UserError names the first problem and counts the rest.

    They have no intents: questions with the same gold share one, and each that nobody answers has its own.
    """
    folder = Folder(path.parent)
    questions: list[Question] = []
    root = folder.toml(path.name)
    if root is not None:
        root.expect(("question",))
        ids = [passage.id for passage in pack.passages]
        for number, table in enumerate(root.tables("question"), start=1):
            table.expect(("text", "kind", "best", "acceptable"))
            gold = read_gold(table, ids)
            intent = " ".join(sorted(gold)) or f"nobody answers {number}"
            questions.append(Question(table.text("text"), intent, table.choice("kind", KINDS), gold))
    if folder.problems:
        first = replace(folder.problems[0], file=str(path))
        more = f" (and {len(folder.problems) - 1} more)" if len(folder.problems) > 1 else ""
        raise UserError(f"the questions cannot be used: {first}{more}")
    return tuple(questions)
