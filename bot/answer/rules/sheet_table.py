"""A sheet as rows of cells, however it was saved, and back in the same form: CSV of any sort, or an Excel workbook.

What comes back can be calculated by no spreadsheet: every cell is text, and none looks like a formula.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

import ftfy

from bot.answer.rules.sheet_encoding import decoded, lines_named
from bot.values.text import REPLACEMENT, inert, is_blank, sound
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MOST_BYTES: Final = 2_000_000
_MOST_UNPACKED: Final = 50_000_000
"""Bytes of a workbook when it is unpacked."""

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
"""Signs by which cells are parted, and what they are called."""

_SEP_LINE: Final = re.compile(r"\s*\"?sep=(.)\"?[,;\t|\s]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
"""A line for Excel alone, as a program that saved the sheet again leaves it, too."""
_NUMBER: Final = re.compile(r"[+-]?\d[\d.,]*%?")
_SNIFFED: Final = 40
"""Rows that are looked at to tell the sign."""

_BINARY: Final = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
}
_PACKED: Final = b"PK\x03\x04"
_FORMULA: Final = re.compile(rb"<f[ >]")
_PAGE: Final = re.compile(rb"\s*<(?:!doctype|html|table|\?xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """How a sheet was saved: a CSV file's encoding, separator and ends of lines, or a workbook with its worksheet.

    `told` says that a line `sep=` goes first; `workbook` is the file, None for a CSV file.
    """

    encoding: str = "utf-8"
    separator: str = ","
    end: str = "\r\n"
    told: bool = False
    workbook: bytes | None = None
    worksheet: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet: its line in the file (from 1), and its cells, none in an empty row."""

    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> int:
        """How many of its cells hold anything."""
        return sum(not is_blank(cell) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as it came. `read_as` says how it was read, `notes` what had to be mended, or could not be.

    `damaged` are the lines in which letters were mended or are lost.
    """

    rows: tuple[Row, ...]
    form: Form
    read_as: str
    notes: tuple[str, ...] = ()
    damaged: frozenset[int] = frozenset()


def read_table(content: bytes, merit: Callable[[Sequence[Row]], tuple[float, ...]]) -> Table:
    """Read a sheet. Of the signs by which cells may be parted, the one is taken whose rows have the most `merit`.

    Raises UserError with one sentence that says what is wrong, and what to do.
    """
    if len(content) > MOST_BYTES:
        raise UserError(f"the sheet has more than {MOST_BYTES:,} bytes: take fewer rows at a time")
    for start, kind in _BINARY.items():
        if content.startswith(start):
            raise UserError(f"this is {kind}, not a CSV file: open it in its program and save it as .xlsx or CSV")
    if _PAGE.match(content):
        raise UserError("this is a web page, whatever its name: open it in a spreadsheet and save it as .xlsx or CSV")
    return _mended(_workbook(content, merit) if content.startswith(_PACKED) else _csv(content, merit))


def written(rows: Iterable[Sequence[str]], form: Form) -> tuple[bytes, str]:
    """Write rows in a form, with a sentence about what could not stay as it came ("" where nothing did).

    `rows` are those of the sheet in its order, with more cells or fewer. A CSV file has every cell in quotation marks
    (RFC 4180); UTF-8 begins with a byte order mark, without which Excel takes it for something else.
    """
    if form.workbook is not None:
        return _as_workbook([[sound(cell) for cell in row] for row in rows], form), ""
    text = io.StringIO()
    if form.told:
        text.write(f"sep={form.separator}{form.end}")
    sheet = csv.writer(text, delimiter=form.separator, lineterminator=form.end, quoting=csv.QUOTE_ALL)
    for row in rows:
        sheet.writerow([_inert(sound(cell)) for cell in row])
    encoding = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(form.encoding, form.encoding)
    try:
        return text.getvalue().encode(encoding), ""
    except UnicodeEncodeError:
        note = "it has signs that the encoding of the sheet lacks, so it is written as UTF-8"
        return text.getvalue().encode("utf-8-sig"), note


def _inert(cell: str) -> str:
    """Make a cell inert, unless it is a number, or was made so when it was checked before."""
    if _NUMBER.fullmatch(cell) or (cell[:1] == "'" and inert(cell[1:]) == cell):
        return cell
    return inert(cell)


def _csv(content: bytes, merit: Callable[[Sequence[Row]], tuple[float, ...]]) -> Table:
    found = decoded(content)
    text = found.text.removeprefix("\ufeff")
    end = "\r\n" if "\r\n" in text or "\n" not in text else "\n"
    told = _SEP_LINE.match(text)
    skipped = 1 if told else 0
    text = text[told.end() :] if told else text
    separators = (told[1],) if told and told[1] in SEPARATORS else tuple(SEPARATORS)
    separator = max(separators, key=lambda sign: merit(_rows(text, sign, skipped=skipped, most=_SNIFFED)))
    rows = _rows(text, separator, skipped=skipped)
    read_as = f"read as {found.name}, cells parted by {SEPARATORS[separator]}"
    form = Form(found.encoding, separator, end, told is not None)
    table = Table(rows, form, read_as, found.notes)
    return _unquoted_lines(table, merit) or table


def _rows(text: str, separator: str, *, skipped: int, most: int | None = None) -> tuple[Row, ...]:
    """Take a text apart, each row with the line on which it begins; stop after `most` rows that hold anything."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Row] = []
    begins = 1
    filled = 0
    try:
        for cells in reader:
            row = Row(begins + skipped, tuple(cells))
            rows.append(row)
            begins = reader.line_num + 1
            filled += row.filled > 0
            if filled == most:
                break
    except csv.Error as error:
        raise UserError(f"the sheet cannot be read from line {begins + skipped} on ({error}): save it as CSV") from None
    return tuple(rows)


def _unquoted_lines(table: Table, merit: Callable[[Sequence[Row]], tuple[float, ...]]) -> Table | None:
    """Read a sheet once more in which a program put every line into quotation marks as a whole."""
    filled = [row for row in table.rows if row.filled]
    if len(filled) < 2 or any(row.filled != 1 or is_blank(row.cells[0]) for row in filled):  # noqa: PLR2004 - a heading and a row
        return None
    inner = {
        sign: tuple(Row(row.line, tuple(next(csv.reader([row.cells[0]], delimiter=sign)))) for row in filled)
        for sign in SEPARATORS
        if all(sign in row.cells[0] for row in filled)
    }
    best = max(inner, key=lambda sign: merit(inner[sign]), default=None)
    if best is None or merit(inner[best]) <= merit(table.rows):
        return None
    read_as = f"{table.read_as.rpartition(' ')[0]} {SEPARATORS[best]} inside quotation marks around each line"
    return replace(table, rows=inner[best], form=replace(table.form, separator=best), read_as=read_as)


def _mended(table: Table) -> Table:
    """Mend cells that were encoded twice, where that is certain, and say so; say also where letters are lost."""
    twice: set[int] = set()
    lost: set[int] = set()
    rows: list[Row] = []
    for row in table.rows:
        cells = tuple(cell if cell.isascii() else ftfy.fix_encoding(cell) for cell in row.cells)
        twice |= {row.line} if cells != row.cells else set()
        lost |= {row.line} if any(REPLACEMENT in cell for cell in cells) else set()
        rows.append(Row(row.line, cells))
    notes = list(table.notes)
    if twice:
        notes.append(f"text that was encoded twice is mended ({lines_named(sorted(twice))})")
    if lost:
        notes.append(f"letters are lost, and “{REPLACEMENT}” stands for them ({lines_named(sorted(lost))})")
    return replace(table, rows=tuple(rows), notes=tuple(notes), damaged=frozenset(twice | lost))


def _workbook(content: bytes, merit: Callable[[Sequence[Row]], tuple[float, ...]]) -> Table:
    """Read the worksheet of an Excel workbook whose rows have the most merit, the first of several alike."""
    sheets = {sheet.title: (sheet, _sheet_rows(sheet)) for sheet in _opened(content).worksheets}
    if not sheets:
        raise UserError("the workbook has no worksheet: save the sheet as CSV")
    best = max(sheets, key=lambda title: merit(sheets[title][1]))
    others = [title for title, (_, rows) in sheets.items() if title != best and any(row.filled for row in rows)]
    read_as = f"read as an Excel workbook, worksheet “{best}”"
    listed = ", ".join(f"“{title}”" for title in others)
    notes = [f"not read: worksheet{'s' * (len(others) > 1)} {listed}"] if others else []
    if _has_formulas(content):
        notes.append("its formulas come back as the values that they had when it was saved")
    return Table(sheets[best][1], Form(workbook=content, worksheet=best), read_as, tuple(notes))


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheets = (packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/"))
        return any(_FORMULA.search(sheet) for sheet in sheets)


def _opened(content: bytes) -> Workbook:
    """Open a workbook with the values of its formulas. Raises UserError for another packed file, or a broken one."""
    from openpyxl import load_workbook  # noqa: PLC0415 - a third of a second, and few sheets are workbooks

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = {each.filename: each.file_size for each in packed.infolist()}
        if "xl/workbook.xml" in names and sum(names.values()) <= _MOST_UNPACKED:
            return load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
    except Exception as error:  # what a broken workbook makes openpyxl raise is of many kinds
        raise UserError(
            "this is a workbook or another packed file, not a CSV file, and cannot be read: open it in its "
            "program and save it as .xlsx or CSV"
        ) from error
    raise UserError(
        "this is a workbook or another packed file, not a CSV file: open it in its program and save it as .xlsx or CSV"
    )


def _sheet_rows(sheet: Worksheet) -> tuple[Row, ...]:
    return tuple(
        Row(number, tuple(_shown(value) for value in values))
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1)
    )


def _shown(value: object) -> str:
    """Write the value of a cell as a person reads it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value.isoformat()
        case _:
            return sound(str(value))


def _as_workbook(rows: Iterable[Sequence[str]], form: Form) -> bytes:
    """Write rows over those of a worksheet: cells that stay the same keep their look, formulas become their values."""
    from openpyxl import Workbook  # noqa: PLC0415 - as above

    book = _opened(form.workbook) if form.workbook else Workbook()
    sheet = book[form.worksheet] if form.worksheet else book.worksheets[0]
    for number, cells in enumerate(rows, start=1):
        for place in range(1, max(len(cells), sheet.max_column) + 1):
            text = cells[place - 1] if place <= len(cells) else ""
            cell = sheet.cell(number, place)
            if text == _shown(cell.value):
                continue
            cell.value = _WITHOUT_CONTROLS.sub("", _inert(text)) or None
            if text:
                cell.data_type = "s"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


_WITHOUT_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML cannot hold."""
