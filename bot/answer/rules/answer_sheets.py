"""Answer sheets: tables of what students quote, checked row by row and given back with verdicts.

What stood in a sheet stays in it, made inert for spreadsheets.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite_check import check
from bot.quote.rules.composition import named_sides
from bot.values.text import inert, is_blank, sound
from knowledge.errors import UserError
from knowledge.model import CONTEXT
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.quote.rules.cite_check import CiteCheck
    from bot.quote.rules.word_diff import Change
    from knowledge.model import Pack

CHECKED_COLUMNS: Final = ("verdict", "said by", "article has", "difference", "where", "notes")
"""What is added to a sheet, on the right of what stood in it."""

MOST_CHARACTERS: Final = 2_000
"""Several times the longest passage; comparing takes the longer, the longer a text is."""

NOT_CHECKED: Final = "not checked"
"""The verdict on a row in which there is nothing to check."""


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with its check; `problem` says what is wrong with the row, "" when nothing is.

    `checked` is None where there was nothing to check.
    """

    row: AnswerRow
    checked: CiteCheck | None
    problem: str = ""


def check_row(pack: Pack, row: AnswerRow) -> CheckedRow:
    """Check a row's quotation by its words; meaning is not looked at."""
    if row.surplus:
        more = f"{row.surplus} cell{'s' * (row.surplus > 1)} more than the heading"
        return CheckedRow(row, None, f"this row has {more}: put quotation marks around a text with such a sign in it")
    if is_blank(row.quotation):
        return CheckedRow(row, None, "there is no quotation in this row")
    if len(row.quotation) > MOST_CHARACTERS:
        return CheckedRow(row, None, f"this is longer than a quotation: give {MOST_CHARACTERS:,} characters or fewer")
    side = side_of(pack, row.side)
    unknown = (
        "" if side or is_blank(row.side) else f"there is no side {quoted(row.side)}{hint(row.side, pack.side_ids)}"
    )
    try:
        return CheckedRow(row, check(pack, row.quotation, side), unknown)
    except UserError as error:
        return CheckedRow(row, None, str(error))


def side_of(pack: Pack, named: str) -> str | None:
    """Read a side off a cell, by its id, its names or its aliases; None where it names none, or several."""
    wanted = " ".join(named.split()).casefold()
    for side in pack.sides:
        if wanted in {side.id.casefold(), side.name.casefold(), side.short_name.casefold()}:
            return side.id
    found = named_sides(pack, wanted)
    return found[0] if len(found) == 1 else None


def as_csv(pack: Pack, sheet: AnswerSheet, checked: Sequence[CheckedRow]) -> str:
    """Write the sheet with its verdicts (RFC 4180: comma, CRLF, every cell quoted); no cell can be calculated.

    A byte order mark goes first, without which Excel takes UTF-8 for something else.
    """
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow([inert(cell) for cell in (*sheet.header, *CHECKED_COLUMNS)])
    for each in checked:
        cells = (*each.row.cells, *_verdict_cells(pack, each))
        table.writerow([inert(sound(cell)) for cell in cells])
    return "\ufeff" + written.getvalue()


def difference(changes: Sequence[Change]) -> str:
    """Write changes as a line of words with signs around them: [-left out-], {+put in+}."""
    words: list[str] = []
    for change in changes:
        if change.kept:
            words.append(change.quoted)
            continue
        words += [f"[-{change.original}-]"] * bool(change.original) + [f"{{+{change.quoted}+}}"] * bool(change.quoted)
    return " ".join(words)


def verdicts_in(checked: Iterable[CheckedRow]) -> Counter[str]:
    """Count the verdicts."""
    return Counter(each.checked.verdict.value if each.checked else NOT_CHECKED for each in checked)


def said_by(pack: Pack, checked: CiteCheck) -> str:
    """Name whose words the original is; empty where there is none, or nobody's statement."""
    if checked.voice is None:
        return ""
    return "the writer" if checked.voice == CONTEXT else pack.side(checked.voice).short_name


def notes_of(each: CheckedRow) -> tuple[str, ...]:
    """List what else there is to say about a row."""
    problem = (f"{each.problem[:1].upper()}{each.problem[1:]}.",) if each.problem else ()
    return (*map(str, each.checked.notes if each.checked else ()), *problem)


def _verdict_cells(pack: Pack, each: CheckedRow) -> tuple[str, ...]:
    checked = each.checked
    if checked is None:
        return NOT_CHECKED, "", "", "", "", " ".join(notes_of(each))
    return (
        checked.verdict.value,
        said_by(pack, checked),
        checked.original or "",
        difference(checked.changes),
        str(checked.citation.precise) if checked.citation else "",
        " ".join(notes_of(each)),
    )


MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 2_000
"""Far more than the sheets of a school year have."""

QUOTATION: Final = "quotation"
SIDE: Final = "side"
STUDENT: Final = "student"

_HEADINGS: Final = {
    QUOTATION: ("quotation", "quote", "quot", "citation", "answer", "evidence", "text"),
    SIDE: ("side", "said by", "said", "voice"),
    STUDENT: ("student", "name", "pupil", "code"),
}
"""What sheets call the columns that count here, likeliest first: as the whole heading, else as a part of it."""

_DELIMITERS: Final = ",;\t|"

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_BINARY: Final = {
    b"PK\x03\x04": "a workbook or another packed file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
}
_DELIMITER_NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of a sheet: its line in the file (from 1), all of its cells, and those that count.

    `surplus` counts the cells beyond the heading's, where it is not plain that they belong to the quotation.
    """

    line: int
    cells: tuple[str, ...]
    quotation: str
    side: str
    student: str
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """A sheet as it was read. `read_as` says how, for a reader who sees odd letters in it."""

    header: tuple[str, ...]
    rows: tuple[AnswerRow, ...]
    read_as: str


def read_sheet(content: bytes, column: str | None = None) -> AnswerSheet:
    """Read a CSV file whose first row names its columns: in any common encoding, parted by any common sign.

    `column` is the heading of the quotations where the sheet calls them something unusual. Raises UserError with one
    sentence that says what is wrong, and what to do.
    """
    text, encoding = _decoded(content)
    text = text.removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    told = first.strip().casefold().startswith("sep=")  # a line for Excel alone
    delimiter = _delimiter_of(rest if told else text)
    table = _table(rest if told else text, delimiter, skipped=int(told))
    if not table:
        raise UserError("the sheet is empty: its first row must name the columns, one of them the quotations'")
    if len(table) == 1:
        raise UserError("the sheet has no row below its heading: each row is one quotation")
    if len(table) - 1 > MOST_ROWS:
        raise UserError(f"the sheet has {len(table) - 1} rows: take {MOST_ROWS} or fewer at a time")
    header = tuple(cell.strip() for cell in table[0][1])
    places = _places(header, column)
    rows = tuple(_row(line, cells, places, len(header), delimiter) for line, cells in table[1:])
    return AnswerSheet(header, rows, f"read as {encoding}, cells parted by {_DELIMITER_NAMES[delimiter]}")


def _decoded(content: bytes) -> tuple[str, str]:
    if len(content) > MOST_BYTES:
        raise UserError(f"the sheet has {len(content):,} bytes: take {MOST_BYTES:,} or fewer at a time")
    for start, kind in _BINARY.items():
        if content.startswith(start):
            raise UserError(f"this is {kind}, not a CSV file: open it in its program and save it as CSV")
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding, name), name
    zeros = content[:1000].count(0)
    if zeros > len(content[:1000]) // 4:  # UTF-16 of Latin letters without a mark: every second byte is zero
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
        return _strictly(content, encoding, "UTF-16"), "UTF-16"
    if zeros:
        raise UserError("this is no CSV file, for it holds zero bytes: save the sheet as CSV")
    try:
        return content.decode(), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "Windows-1252"


def _strictly(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UserError(f"the sheet begins as {name} does and is not whole: save it as CSV once more") from None


def _delimiter_of(text: str) -> str:
    """Tell by which sign the cells are parted: the one that gives known headings, then rows as long as the heading."""

    def merit(delimiter: str) -> tuple[int, float, int]:
        rows = [cells for _, cells in _table(text, delimiter, skipped=0, most=20)]
        if not rows:
            return 0, 0.0, 0
        header = rows[0]
        known = sum(_fitting(header, names) is not None for names in _HEADINGS.values()) if len(header) > 1 else 0
        return known, sum(len(cells) == len(header) for cells in rows) / len(rows), len(header)

    return max(_DELIMITERS, key=merit)


def _table(text: str, delimiter: str, *, skipped: int, most: int | None = None) -> list[tuple[int, list[str]]]:
    """Return the rows that hold anything, each with the line on which it begins; no more than `most`."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if not all(map(is_blank, cells)):
                rows.append((begins + skipped, cells))
            begins = reader.line_num + 1
            if len(rows) == most:
                break
    except csv.Error as error:
        raise UserError(f"the sheet cannot be read from line {begins + skipped} on ({error}): save it as CSV") from None
    return rows


def _fitting(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Find the column that a sheet heads by one of the names: as the whole heading, else as a part of it."""
    folded = [" ".join(heading.split()).casefold() for heading in header]
    for name in names:
        if name in folded:
            return folded.index(name)
    return next((place for name in names for place, heading in enumerate(folded) if name in heading), None)


def _places(header: Sequence[str], column: str | None) -> dict[str, int | None]:
    """Tell in which column each of the things stands that count."""
    places = {thing: _fitting(header, names) for thing, names in _HEADINGS.items()}
    if column is not None:
        if column not in header:
            raise UserError(f"the sheet has no column {quoted(column)}{hint(column, header)}")
        places[QUOTATION] = header.index(column)
    elif places[QUOTATION] is None and len(header) == 1:
        places[QUOTATION] = 0
    elif places[QUOTATION] is None:
        listed = ", ".join(map(quoted, header))
        raise UserError(f"which column holds the quotations? name it with --column: {listed}")
    # One column is not two things: "who said it in this quotation" holds the quotation.
    taken = places[QUOTATION]
    return {thing: None if place == taken and thing != QUOTATION else place for thing, place in places.items()}


def _row(line: int, cells: Sequence[str], places: Mapping[str, int | None], width: int, delimiter: str) -> AnswerRow:
    """Make a row of cells as wide as the heading; what is too much is joined to the last cell, so that it stays."""
    full = [*cells[: width - 1], delimiter.join(cells[width - 1 :])] if len(cells) > width else list(cells)
    full += [""] * (width - len(full))

    def cell(thing: str) -> str:
        place = places[thing]
        return "" if place is None else full[place].strip()

    # A quotation in the last column may have had commas and no marks around it: joined, it is whole again.
    surplus = 0 if places[QUOTATION] == width - 1 else max(0, len(cells) - width)
    return AnswerRow(line, tuple(full), sound(cell(QUOTATION)), cell(SIDE), cell(STUDENT), surplus)
