"""Reading words.toml: short forms that people write, and the words by which their claims accuse and praise.

A pack does without it: words of opinion that fit any subject are there for all packs.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from knowledge.model import NO_WORDING, Wording
from knowledge.reading.nearest import quoted

if TYPE_CHECKING:
    from knowledge.reading.tables import Folder, Table

FILE: Final = "words.toml"

_OPINIONS: Final = ("accusing", "praising")


def read_words(folder: Folder) -> Wording:
    """Read the program's words and a pack's own, if it has any, together."""
    common, own = (
        NO_WORDING if root is None else _words_in(root)
        for root in (folder.default(FILE), folder.toml(FILE, optional=True))
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
