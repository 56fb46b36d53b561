"""Lines of text, and how they are broken to fit a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, chop_cells

_NARROWEST: Final = 20
"""Terminal columns below which lines are no longer made to fit."""

_WIDEST: Final = 100
"""Terminal columns beyond which lines of prose are hard to read, however many there are."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line end; `style` is rich's, such as "bold"."""

    text: str
    style: str = ""


def wrapped(text: str, width: int | None, first: str = "", rest: str = "") -> Iterator[str]:
    """Break a text at its spaces into lines of at most `width` terminal columns; None leaves it in one line.

    The first line begins with `first`, every other one with `rest`. Only U+0020 gives way to a break; a word that is
    wider than a line is cut wherever the line ends.
    """
    if width is None:
        yield first + text
        return
    width = min(max(width, _NARROWEST), _WIDEST)
    piece = width - max(cell_len(first), cell_len(rest))
    start, line = first, ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(start + longer) <= width:
            line = longer
            continue
        if line:
            yield start + line
            start = rest
        *full, line = chop_cells(word, piece) if cell_len(rest + word) > width else [word]
        for cut in full:
            yield start + cut
            start = rest
    yield start + line
