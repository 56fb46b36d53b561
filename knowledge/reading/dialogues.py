"""Reading dialogues.toml: conversations with what each turn asks for, to measure how well they are followed.

A pack does without it: nothing learns from dialogues, no answer depends on them, and nothing in them is ever shown.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from knowledge.model import Dialogue, DialogueTurn
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import read_gold
from knowledge.reading.tables import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.reading.tables import Folder, Table

FILE: Final = "dialogues.toml"

ANSWER: Final = "answer"
ACTS: Final = (ANSWER, "more", "source", "smalltalk", "clarify")
"""What a turn may ask for."""

_OF_ANSWERS: Final = ("standalone", "best", "acceptable")


def read_dialogues(folder: Folder, passage_ids: Sequence[str]) -> tuple[Dialogue, ...]:
    """Read the dialogues, none when the pack has no such file. Without passage ids, references go unchecked.

    The file stays out of the folder's hash.
    """
    root = folder.toml(FILE, optional=True, hashed=False)
    if root is None:
        return ()
    root.expect(("dialogue",))
    return tuple(
        read_dialogue(identity, table, passage_ids) for identity, table in distinct(root.tables("dialogue")).items()
    )


def read_dialogue(identity: str, table: Table, passage_ids: Sequence[str]) -> Dialogue:
    """Read one dialogue, which is to be called so."""
    table.expect(("turn",), ("id",))
    return Dialogue(identity, tuple(_read_turn(turn, passage_ids) for turn in table.tables("turn")))


def _read_turn(table: Table, passage_ids: Sequence[str]) -> DialogueTurn:
    """Read a turn; what it would be as a question by itself, and its passages, belong to answers alone."""
    act = table.choice("act", ACTS)
    user = table.text("user")
    if act != ANSWER:
        table.expect(("user", "act"), _OF_ANSWERS)
        for key in [key for key in _OF_ANSWERS if act and key in table.values]:
            table.complain(f"{quoted(key)} belongs to the act {quoted(ANSWER)}, not to {quoted(act)}", key)
        return DialogueTurn(user, act, None, MappingProxyType({}))
    table.expect(("user", "act", *_OF_ANSWERS))
    return DialogueTurn(user, act, table.text("standalone") or None, read_gold(table, passage_ids))
