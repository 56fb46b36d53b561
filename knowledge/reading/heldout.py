"""What is never trained on: the dialogues of a pack, and held-out files.

A held-out file has [[question]] tables with text, kind, best and acceptable, and statements and dialogues as a pack
has; but a statement has one text and a dialogue needs no id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from knowledge.dialogues import Dialogue, DialogueTurn, Labels
from knowledge.errors import UserError
from knowledge.model import Question
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import KINDS, as_compared, read_gold
from knowledge.reading.statements import statements_in
from knowledge.reading.tables import Folder, distinct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from knowledge.model import Pack, Statement
    from knowledge.reading.tables import Table


FILE: Final = "dialogues.toml"

ANSWER: Final = "answer"
NEW: Final = ("overview", "points", "compare", "verdict", "rebut", "repair")
ACTS: Final = (ANSWER, "more", "source", "smalltalk", "clarify", *NEW)
"""What a turn may ask for."""

_OF_ANSWERS: Final = ("standalone", "best", "acceptable")
_OF_NEW: Final = ("side", "topics", "point")


def read_dialogues(folder: Folder, passage_ids: Sequence[str]) -> tuple[Dialogue, ...]:
    """Return the dialogues, which stay out of the folder's hash. Without passage ids, references go unchecked."""
    root = folder.toml(FILE, optional=True, hashed=False)
    if root is None:
        return ()
    root.expect(("dialogue",))
    return tuple(
        read_dialogue(identity, table, passage_ids) for identity, table in distinct(root.tables("dialogue")).items()
    )


def read_dialogue(identity: str, table: Table, passage_ids: Sequence[str]) -> Dialogue:
    """Return the dialogue of a table, with this id."""
    table.expect(("turn",), ("id",))
    return Dialogue(identity, tuple(_read_turn(turn, passage_ids) for turn in table.tables("turn")))


def _read_turn(table: Table, passage_ids: Sequence[str]) -> DialogueTurn:
    act = table.choice("act", ACTS)
    user = table.text("user")
    if act in NEW:
        table.expect(("user", "act"), (*_OF_ANSWERS, *_OF_NEW))
        labels = Labels(table.text("side") or None, table.texts("topics"), table.number("point"))
        return DialogueTurn(user, act, table.text("standalone") or None, read_gold(table, passage_ids), labels)
    if act != ANSWER:
        table.expect(("user", "act"), _OF_ANSWERS)
        for key in [key for key in _OF_ANSWERS if act and key in table.values]:
            table.complain(f"{quoted(key)} belongs to the act {quoted(ANSWER)}, not to {quoted(act)}", key)
        return DialogueTurn(user, act, None, MappingProxyType({}))
    # Without any of them the act alone is judged.
    judged = not act or any(key in table.values for key in _OF_ANSWERS)
    table.expect(("user", "act", *(_OF_ANSWERS if judged else ())))
    return DialogueTurn(user, act, table.text("standalone") or None, read_gold(table, passage_ids))


TABLES: Final = ("question", "statement", "dialogue")
"""What the file may hold; one of them at least."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Everything that a held-out file asks for, in its order."""

    questions: tuple[Question, ...] = ()
    statements: tuple[Statement, ...] = ()
    dialogues: tuple[Dialogue, ...] = ()

    def __len__(self) -> int:
        return len(self.questions) + len(self.statements) + len(self.dialogues)


def read_heldout(path: Path, pack: Pack) -> HeldOut:
    """Return what a file asks for, with passages of the pack as gold. Raises UserError.

    Questions with the same gold share an intent; each unanswered one has its own. A dialogue without an id is called by
    its number.
    """
    folder = Folder(path.parent)
    root = folder.toml(path.name)
    held_out = HeldOut() if root is None else _read(root, pack)
    if folder.problems:
        first = replace(folder.problems[0], file=str(path))
        more = f" (and {len(folder.problems) - 1} more)" if len(folder.problems) > 1 else ""
        raise UserError(f"the held-out file cannot be used: {first}{more}")
    return held_out


def unknown(held_out: HeldOut, pack: Pack) -> HeldOut:
    """Return what is held out without questions and statements that the pack learns from."""
    asked = {as_compared(question.text) for question in pack.questions}
    claimed = {as_compared(statement.text) for statement in pack.statements}
    return replace(
        held_out,
        questions=tuple(question for question in held_out.questions if as_compared(question.text) not in asked),
        statements=tuple(statement for statement in held_out.statements if as_compared(statement.text) not in claimed),
    )


def _read(root: Table, pack: Pack) -> HeldOut:
    root.expect((), TABLES)
    if not root.values:
        root.complain("it holds no [[question]], no [[statement]] and no [[dialogue]]")
    voices = {passage.id: passage.voice for passage in pack.passages}
    ids = tuple(voices)
    return HeldOut(
        questions=tuple(_question(number, table, ids) for number, table in enumerate(root.tables("question"), start=1)),
        statements=statements_in(root, "text", pack.side_ids, ids, voices),
        dialogues=_dialogues(root.tables("dialogue"), ids),
    )


def _question(number: int, table: Table, passage_ids: Sequence[str]) -> Question:
    table.expect(("text", "kind", "best", "acceptable"))
    gold = read_gold(table, passage_ids)
    intent = " ".join(sorted(gold)) or f"nobody answers {number}"
    return Question(table.text("text"), intent, table.choice("kind", KINDS), gold)


def _dialogues(tables: Sequence[Table], passage_ids: Sequence[str]) -> tuple[Dialogue, ...]:
    distinct([table for table in tables if "id" in table.values])  # for its complaints
    return tuple(
        read_dialogue(str(table.values.get("id", f"number {number}")), table, passage_ids)
        for number, table in enumerate(tables, start=1)
    )
