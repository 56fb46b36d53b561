"""What is said below somebody's own text about the quotations in it: one short paragraph each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.prose import check_quoted
from bot.quote.rules.cite.verdict import verdict_on
from bot.wire.page.escaping import echoed

if TYPE_CHECKING:
    from bot.wire.page.language import Words
    from knowledge.model import Pack

_QUOTED: Final = 80
"""Characters by which a quotation is known again."""
_LONGEST: Final = 300
_MOST: Final = 3
"""Quotations of one text that something is said about."""


def checked_lines(pack: Pack, text: str, words: Words) -> tuple[str, ...]:
    """Check what a text has in quotation marks, by its words, and say what it is; nothing where it quotes nobody."""
    lines = []
    for checked in check_quoted(pack, text)[:_MOST]:
        said = [words("“{quotation}”: {verdict}", quotation=_cut(checked.text), verdict=verdict_on(pack, checked))]
        said += map(words, checked.careful)
        if checked.sentence is not None and (checked.careful or checked.changes):
            said.append(words("The whole sentence: “{sentence}”", sentence=checked.sentence))
        lines.append("\n".join(echoed(line, _LONGEST) for line in said))
    return tuple(lines)


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1]}…"
