"""Reading turns.toml and words.toml, a pack's own on top of the program's: what turns want, and how people write."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from knowledge.model import NO_WORDING, Turn, Wording
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import as_compared

if TYPE_CHECKING:
    from knowledge.reading.tables import Folder, Table

WORDS: Final = "words.toml"
TURNS: Final = "turns.toml"

WANTS: Final = ("more", "source", "smalltalk", "bare", "follow", "question")
"""What a turn may want, in the order of the file.

`bare` means nothing where nothing came before it, `follow` asks something that only makes sense after what came before,
`question` can be understood alone.
"""

_OPINIONS: Final = ("accusing", "praising")


def read_turns(folder: Folder) -> tuple[Turn, ...]:
    """Return the program's turns and a pack's own, which decide about a text that both have."""
    turns = _turns_in(folder.default(TURNS)) | _turns_in(folder.toml(TURNS, optional=True))
    return tuple(sorted(turns.values(), key=lambda turn: WANTS.index(turn.wants)))


def _turns_in(root: Table | None) -> dict[str, Turn]:
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


def read_words(folder: Folder) -> Wording:
    """Return the program's words and a pack's own."""
    common, own = (
        NO_WORDING if root is None else _words_in(root)
        for root in (folder.default(WORDS), folder.toml(WORDS, optional=True))
    )
    return Wording(
        short_forms=MappingProxyType({**common.short_forms, **own.short_forms}),
        accusing=common.accusing + own.accusing,
        praising=common.praising + own.praising,
    )


def _words_in(root: Table) -> Wording:
    root.expect((), ("short_forms", *_OPINIONS))
    table = root.table("short_forms")
    forms = {} if table is None else {written: table.text(written) for written in table.values}
    accusing, praising = map(root.texts, _OPINIONS)
    for word in (*forms, *forms.values(), *accusing, *praising):
        if word != word.lower():
            root.complain(f"{quoted(word)} must be in lower case, as what people write is before it is compared")
    return Wording(MappingProxyType(forms), accusing, praising)
