"""Reading turns.toml: what people type in a conversation, and what they want with it, as examples to learn from.

A pack does without it: most of how people talk is the same whatever the subject, and there for all packs. Nothing in it
is ever shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.model import Turn
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import as_compared

if TYPE_CHECKING:
    from knowledge.reading.tables import Folder, Table

FILE: Final = "turns.toml"

WANTS: Final = ("more", "source", "smalltalk", "bare", "follow", "question")
"""What a turn may want, in the order of the file.

`bare` means nothing where nothing came before it, `follow` asks something that only makes sense after what came before,
`question` can be understood alone.
"""


def read_turns(folder: Folder) -> tuple[Turn, ...]:
    """Read the program's turns and a pack's own, if it has any; where both have a text, the pack says what it wants."""
    turns = _turns_in(folder.default(FILE)) | _turns_in(folder.toml(FILE, optional=True))
    return tuple(sorted(turns.values(), key=lambda turn: WANTS.index(turn.wants)))


def _turns_in(root: Table | None) -> dict[str, Turn]:
    """Read the turns of a file by what they are compared by."""
    turns: dict[str, Turn] = {}
    if root is None:
        return turns
    root.expect((), WANTS)
    for want in WANTS:
        for text in root.texts(want):
            first = turns.setdefault(as_compared(text), Turn(text, want))
            if first.wants != want:
                root.complain(f"{quoted(text)} stands under {quoted(first.wants)} and under {quoted(want)}", want, text)
    return turns
