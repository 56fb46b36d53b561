"""Tables of names and numbers, for a terminal of 80 columns, for a pipe, or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from bot.screen.lines import Line, wrapped

WIDTH: Final = 80
"""Terminal columns of a table in a pipe, and the most it takes in a terminal."""

_GAP: Final = 2
"""Terminal columns between two columns."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table; the first column names the rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self, width: int | None = None) -> Iterator[Line]:
        """Yield the table, numbers to the right; where a cell would be cut in `width` columns, a row becomes a list."""
        columns = min(width or WIDTH, WIDTH)
        yield from (Line(line, "bold") for line in wrapped(self.title, width))
        headings = zip(self.columns, *self.rows, strict=True)
        if sum(_narrowest(heading, cells) + _GAP for heading, *cells in headings) - _GAP > columns:
            yield from self._listed(width)
            return
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        first, *others = self.columns
        table.add_column(first, no_wrap=True)
        for column in others:
            table.add_column(column, justify="right")
        for row in self.rows:
            table.add_row(*row)
        console = Console(width=columns, color_system=None, force_terminal=False, markup=False, emoji=False)
        with console.capture() as captured:
            console.print(table, highlight=False)
        for line in captured.get().splitlines():
            yield Line(line.rstrip())

    def _listed(self, width: int | None) -> Iterator[Line]:
        for name, *cells in self.rows:
            yield from (Line(line) for line in wrapped(name, width))
            for column, cell in zip(self.columns[1:], cells, strict=True):
                if cell:
                    yield from (Line(line) for line in wrapped(f"{column}: {cell}", width, "  ", "    "))

    def markdown(self) -> Iterator[Line]:
        """Yield the table as Markdown under its title."""
        yield Line(f"**{self.title}**")
        yield Line("")
        yield Line(_row(self.columns))
        yield Line(_row(("---", *("---:" for _ in self.columns[1:]))))
        for row in self.rows:
            yield Line(_row(row))


def _narrowest(heading: str, cells: Iterable[str]) -> int:
    """Return the columns in which no cell is broken, and a heading only at its spaces."""
    return max(map(cell_len, (*heading.split(), *cells)), default=0)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
