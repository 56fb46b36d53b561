"""What stands where in an answer sheet: its headings, the columns of quotations, sides and names, and its rows.

Learning platforms, forms and teachers all call them differently; whole words of a heading decide, and where those do
not, what the cells hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.answer.rules.sheet_headings import (
    Level,
    checked_blocks,
    column_letter,
    column_named,
    heading_row,
    known_headings,
    level_of,
    names_key,
    rank_of,
    side_of_heading,
    side_places,
    student_places,
)
from bot.answer.rules.sheet_table import Row, Table, read_table
from bot.values.text import sound
from knowledge.errors import UserError
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.model import Side

MOST_ROWS: Final = 2_000
"""Far more than the sheets of a school year have."""

_LEAST_WORDS: Final = 3
"""Words of a cell that may be a quotation."""
_LIKE: Final = 0.34
"""Share of such cells of a column that have words in a row with the articles, so that it is taken for quotations."""


@dataclass(frozen=True, slots=True)
class Quoting:
    """A column of quotations: its place, how it is called, the column of sides that belongs to it, or its own side."""

    place: int
    name: str
    side_place: int | None
    side: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of a sheet: its place in the table, its line in the file, and all of its cells.

    `quotations` are those of each column of them, with the side that each is put down to as the sheet has it.
    `surplus` counts the cells beyond the heading's, where it is not plain that they belong to the quotation.
    """

    at: int
    line: int
    cells: tuple[str, ...]
    quotations: tuple[tuple[str, str], ...]
    student: str
    surplus: int = 0
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A sheet as it was read. `read_as` says how, and which of its columns."""

    table: Table
    heading: int
    header: tuple[str, ...]
    columns: tuple[Quoting, ...]
    rows: tuple[AnswerRow, ...]
    read_as: tuple[str, ...]


def read_sheet(
    content: bytes,
    columns: Sequence[str] = (),
    sides: Sequence[Side] = (),
    is_like: Callable[[str], bool] = lambda _: False,
) -> AnswerSheet:
    """Read a CSV file or a workbook: in any common encoding, parted by any common sign, with titles above it or not.

    `columns` are the headings of the quotations where the sheet calls them something unusual. `is_like` tells whether a
    text has words in a row with the articles. Raises UserError with one sentence that says what is wrong, and what to
    do.
    """
    table = read_table(content, partial(_merit, columns))
    filled = [at for at, row in enumerate(table.rows) if row.filled]
    if not filled:
        raise UserError("the sheet is empty: a row must name the columns, one of them the quotations'")
    heading = heading_row(table.rows, columns)
    table = _without_verdicts(table, heading)
    header = tuple(cell.strip() for cell in table.rows[heading].cells)
    below = [at for at in filled if at > heading and table.rows[at].filled]
    if not below:
        raise UserError("the sheet has no row below its heading: each row is one quotation")
    if len(below) > MOST_ROWS:
        raise UserError(f"the sheet has {len(below)} rows: take {MOST_ROWS} or fewer at a time")
    cells = [_full(table.rows[at], header, table.form.separator) for at in below]
    quoting, left = _quoting(header, cells, columns, sides, is_like)
    students = student_places(header, {column.place for column in quoting})
    rows = tuple(_row(table, at, each, quoting, students, len(header)) for at, each in zip(below, cells, strict=True))
    told = (table.read_as, *_columns_read(header, quoting, students, left), *table.notes)
    return AnswerSheet(table, heading, header, quoting, rows, told)


def _merit(columns: Sequence[str], rows: Sequence[Row]) -> tuple[float, ...]:
    """Weigh rows as they came out: known headings first, then rows as long as the heading, then many cells."""
    if not any(row.filled for row in rows):
        return 0.0, 0.0, 0.0
    at = heading_row(rows, columns)
    width = len(rows[at].cells)
    below = [row for row in rows[at:] if row.filled]
    named = sum(bool(column_named(rows[at].cells, name, letters=False)) for name in columns)
    known = named + (known_headings(rows[at].cells) if width > 1 else 0)
    return float(known), sum(len(row.cells) == width for row in below) / len(below), float(width)


def _without_verdicts(table: Table, heading: int) -> Table:
    """Leave out the columns that an earlier check added."""
    gone = checked_blocks(table.rows[heading].cells)
    if not gone:
        return table
    rows = tuple(
        replace(row, cells=tuple(cell for place, cell in enumerate(row.cells) if place not in gone))
        for row in table.rows
    )
    return replace(table, rows=rows)


def _full(row: Row, header: Sequence[str], separator: str) -> tuple[str, ...]:
    """Make a row as wide as the heading; what is too much is joined to the last cell, so that it stays."""
    cells, width = list(row.cells), len(header)
    if len(cells) > width:
        cells = [*cells[: width - 1], separator.join(cells[width - 1 :])]
    return (*cells, *[""] * (width - len(cells)))


def _row(
    table: Table, at: int, cells: tuple[str, ...], quoting: Sequence[Quoting], students: Sequence[int], width: int
) -> AnswerRow:
    row = table.rows[at]
    quotations = tuple(
        (
            sound(cells[column.place].strip()),
            column.side if column.side_place is None else cells[column.side_place].strip(),
        )
        for column in quoting
    )
    # A quotation in the last column may have had commas and no marks around it: joined, it is whole again.
    last = any(column.place == width - 1 for column in quoting)
    surplus = 0 if last else max(0, len(row.cells) - width)
    student = " ".join(filter(None, (cells[place].strip() for place in students)))
    return AnswerRow(at, row.line, cells, quotations, student, surplus, row.line in table.damaged)


def _quoting(
    header: Sequence[str],
    cells: Sequence[Sequence[str]],
    columns: Sequence[str],
    sides: Sequence[Side],
    is_like: Callable[[str], bool],
) -> tuple[tuple[Quoting, ...], tuple[int, ...]]:
    """Choose the columns of quotations; give also those that may be some, and are not read."""
    like = {place for place in range(len(header)) if _is_like([row[place] for row in cells], is_like)}
    places = _named(header, columns) if columns else _chosen(header, cells, like)
    if not places:
        listed = ", ".join(quoted(_called(header, place)) for place in range(len(header)))
        raise UserError(f"which column holds the quotations? name it with --column: {listed}")
    own = side_places(header, places)
    quoting = tuple(
        Quoting(
            place,
            _called(header, place),
            own.get(place),
            "" if place in own else side_of_heading(header[place], sides),
        )
        for place in places
    )
    levels = {place: level_of(header[place]) for place in range(len(header))}
    left = like | {place for place, level in levels.items() if level is Level.SURE}
    return quoting, tuple(sorted(left - {*places}))


def _named(header: Sequence[str], columns: Sequence[str]) -> tuple[int, ...]:
    places: list[int] = []
    for name in columns:
        found = column_named(header, name)
        if not found:
            raise UserError(f"the sheet has no column {quoted(name)}{hint(name, filter(None, header))}")
        places += found
    return tuple(dict.fromkeys(places))


def _chosen(header: Sequence[str], cells: Sequence[Sequence[str]], like: set[int]) -> tuple[int, ...]:
    """Choose by the headings; where those leave it open, by what the cells hold."""
    if len(header) == 1:
        return (0,)
    levels = {place: level_of(heading) for place, heading in enumerate(header)}
    sure = {place for place, level in levels.items() if level is Level.SURE}
    likely = {place for place, level in levels.items() if level is Level.LIKELY}
    if sure:
        return tuple(sorted(sure | (likely & like)))
    if likely & like:
        return tuple(sorted(likely & like))
    if likely:
        written = {place for place in likely if any(len(row[place].split()) >= _LEAST_WORDS for row in cells)} or likely
        best = min(rank_of(header[place]) for place in written)
        return tuple(sorted(place for place in written if rank_of(header[place]) == best))
    return tuple(sorted(place for place in like if not names_key(header[place])))


def _is_like(texts: Sequence[str], is_like: Callable[[str], bool]) -> bool:
    """Tell whether a column looks as if it held quotations."""
    long_enough = [text for text in texts if len(text.split()) >= _LEAST_WORDS]
    return bool(long_enough) and sum(map(is_like, long_enough)) >= _LIKE * len(long_enough)


def _called(header: Sequence[str], place: int) -> str:
    """Name a column: by its heading, with its letter where others are called the same, or nothing."""
    heading = header[place]
    if heading and list(header).count(heading) == 1:
        return heading
    return f"{heading} (column {column_letter(place)})" if heading else f"column {column_letter(place)}"


def _columns_read(
    header: Sequence[str], quoting: Sequence[Quoting], students: Sequence[int], left: Sequence[int]
) -> tuple[str, ...]:
    """Say which columns were read, and which were not that may hold quotations."""

    def listed(places: Sequence[int]) -> str:
        return ", ".join(f"“{_called(header, place)}”" for place in places)

    told = [f"quotations from {listed([column.place for column in quoting])}"]
    sides = tuple(dict.fromkeys(column.side_place for column in quoting if column.side_place is not None))
    told += [f"sides from {listed(sides)}"] if sides else []
    told += [f"“{column.name}” put down to {column.side}" for column in quoting if column.side]
    told += [f"names from {listed(students)}"] if students else []
    told += [f"not checked: {listed(left)} (--column names another)"] if left else []
    return tuple(told)
