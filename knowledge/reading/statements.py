"""Reading statements.toml: what people claim, which side that is closest to, and what the other sides hold against it.

A pack does without it: statements teach and test the rebuttal, and nothing in them is ever shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from knowledge.model import CONTEXT, Statement
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import BEST, as_compared, read_gold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.reading.frame import Frame
    from knowledge.reading.passages import Marks
    from knowledge.reading.tables import Folder, Table

FILE: Final = "statements.toml"


def read_statements(folder: Folder, frame: Frame | None, marks: Marks) -> tuple[Statement, ...]:
    """Read the statements, none when the pack has no such file. Without frame or marks, references go unchecked."""
    root = folder.toml(FILE, optional=True)
    if root is None:
        return ()
    root.expect(("statement",))
    sides = tuple(side.id for side in frame.sides) if frame else ()
    return statements_in(root, "texts", sides, marks.ids, {passage.id: passage.voice for passage in marks.passages})


def statements_in(
    root: Table,
    key: Literal["text", "texts"],
    side_ids: Sequence[str],
    passage_ids: Sequence[str],
    voices: Mapping[str, str],
) -> tuple[Statement, ...]:
    """Read the [[statement]] tables of a file, each with one text or several under its key.

    `voices` gives who speaks in a passage, as far as that is known.
    """
    statements: list[Statement] = []
    claimed: dict[str, tuple[Table, str]] = {}
    for table in root.tables("statement"):
        table.expect((key, "stance", "best", "acceptable"))
        stance = _read_stance(table, side_ids)
        gold = read_gold(table, passage_ids)
        _check_opposition(table, stance, gold, voices)
        texts = table.texts(key, least=1) if key == "texts" else filter(None, (table.text(key),))
        for text in texts:
            if (folded := as_compared(text)) in claimed:
                first, made = claimed[folded]
                line = first.lines.text(made, first.within) or first.line
                table.complain(f"the statement {quoted(text)} is already made on line {line}", key, text)
            else:
                claimed[folded] = table, text
                statements.append(Statement(text, stance, gold))
    return tuple(statements)


def _read_stance(table: Table, side_ids: Sequence[str]) -> str | None:
    """Read a side's id; "" stands for no side and reads as None, as does one that is unusable."""
    if table.values.get("stance") == "":
        return None
    return table.choice("stance", side_ids) or None


def _check_opposition(table: Table, stance: str | None, gold: Mapping[str, int], voices: Mapping[str, str]) -> None:
    """Complain of each passage that cannot stand against the claim: nobody opposes what is no side's."""
    for passage, grade in gold.items():
        key = "best" if grade == BEST else "acceptable"
        voice = voices.get(passage)
        if table.values.get("stance") == "":
            table.complain(f"the claim is no side's, so {quoted(passage)} cannot stand against it", key, passage)
        elif voice == CONTEXT:
            table.complain(f"the passage {quoted(passage)} is the writer's; only a side opposes a claim", key, passage)
        elif stance is not None and voice == stance:
            table.complain(
                f"the passage {quoted(passage)} is on the claim's own side, {quoted(stance)}; "
                "list those of the other sides",
                key,
                passage,
            )
