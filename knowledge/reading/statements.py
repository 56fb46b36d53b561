"""Reading statements.toml, if there is one: claims, the side of each, and what other sides hold against it."""

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
    """Return the statements, none without the file. Without frame or marks, references go unchecked."""
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
    """Return the statements of a file, one text or several a table; `voices` says who speaks in known passages."""
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
    """Return a side's id, None for "" (no side) and for an unusable one."""
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
