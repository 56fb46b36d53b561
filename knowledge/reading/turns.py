"""Reading turns.toml: what people type in a conversation, and what they want with it, as examples to learn from.

A pack does without it: the words that are known to ask for more, or for a source, are then all there is to go by.
Nothing in it is ever shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.model import Turn
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import as_compared

if TYPE_CHECKING:
    from knowledge.reading.tables import Folder

FILE: Final = "turns.toml"

WANTS: Final = ("more", "source", "smalltalk", "bare", "follow", "question")
"""What a turn may want, in the order of the file.

`bare` means nothing where nothing came before it, `follow` asks something that only makes sense after what came before,
`question` can be understood alone.
"""


def read_turns(folder: Folder) -> tuple[Turn, ...]:
    """Read the turns, none when the pack has no such file."""
    root = folder.toml(FILE, optional=True)
    if root is None:
        return ()
    root.expect((), WANTS)
    turns: list[Turn] = []
    typed: dict[str, str] = {}
    for want in WANTS:
        for text in root.texts(want):
            first = typed.setdefault(as_compared(text), want)
            if first != want:
                root.complain(f"{quoted(text)} stands under {quoted(first)} and under {quoted(want)}", want, text)
            turns.append(Turn(text, want))
    return tuple(turns)
