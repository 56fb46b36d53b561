"""Tables of names and numbers, for a terminal of 80 columns, for a pipe, or as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from bot.screen.lines import Line

WIDTH: Final = 80
"""Terminal columns of a table, whatever the terminal has."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table; the first column names the rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self) -> Iterator[Line]:
        """Yield the table in WIDTH columns, numbers to the right."""
        yield Line(self.title, "bold")
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        first, *others = self.columns
        table.add_column(first, no_wrap=True)
        for column in others:
            table.add_column(column, justify="right")
        for row in self.rows:
            table.add_row(*row)
        console = Console(width=WIDTH, color_system=None, force_terminal=False, markup=False, emoji=False)
        with console.capture() as captured:
            console.print(table, highlight=False)
        for line in captured.get().splitlines():
            yield Line(line.rstrip())

    def markdown(self) -> Iterator[Line]:
        """Yield the table as Markdown under its title."""
        yield Line(f"**{self.title}**")
        yield Line("")
        yield Line(_row(self.columns))
        yield Line(_row(("---", *("---:" for _ in self.columns[1:]))))
        for row in self.rows:
            yield Line(_row(row))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
