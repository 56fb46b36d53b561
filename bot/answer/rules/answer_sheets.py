"""Answer sheets: tables of what students quote, checked row by row and given back with verdicts.

What stood in a sheet stays in it, made inert for spreadsheets.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.answer.rules.sheet_headings import CHECKED_COLUMNS
from bot.answer.rules.sheet_table import SEPARATORS, written
from bot.quote.rules.cite.prose import check_text
from bot.quote.rules.cite.references import references_of
from bot.quote.rules.cite.verdict import VERIFIED, Verdict, verdict_on
from bot.quote.rules.composition import named_sides
from bot.values.text import is_blank
from knowledge.errors import UserError
from knowledge.model import CONTEXT
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.answer.rules.sheet_reading import AnswerRow, AnswerSheet
    from bot.answer.rules.sheet_table import Form
    from bot.quote.rules.cite.verdict import CiteCheck
    from bot.quote.rules.cite.word_diff import Change
    from knowledge.model import Pack

MOST_CHARACTERS: Final = 2_000
"""Several times the longest passage; comparing takes the longer, the longer a text is."""

LABELS: Final = {
    Verdict.VERBATIM: "verbatim",
    Verdict.SHORTENED: "shortened",
    Verdict.ALTERED: "altered",
    Verdict.OTHER_SIDE: "wrong speaker",
    Verdict.PARAPHRASE: "paraphrase",
    Verdict.ABSENT: "not in the sources",
}
"""The verdicts in few words."""
NOT_CHECKED: Final = "not checked"
"""The verdict on a cell in which there is nothing to check."""
CAREFUL: Final = "read the whole sentence"
"""What is added to a verdict where something turns the meaning."""

_DAMAGED: Final = "letters of this row were damaged before it came here, which may be all the difference"
_NO_ANSWER: Final = "-–—.?/ \t\n"
"""Signs that stand in an empty answer."""


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """The quotations of one cell with their checks; `problem` says what is wrong with the cell, "" when nothing is.

    `column` is the number of its column among those of quotations, from 0. `checked` is empty where there was nothing
    to check.
    """

    row: AnswerRow
    column: int
    checked: tuple[CiteCheck, ...]
    problem: str = ""


def check_row(pack: Pack, row: AnswerRow) -> tuple[CheckedCell, ...]:
    """Check a row's quotations by their words, not their meaning. Where any is there, empty ones are left out."""
    cells = tuple(_check(pack, row, column, *quotation) for column, quotation in enumerate(row.quotations))
    filled = tuple(cell for cell in cells if not _is_empty(row.quotations[cell.column][0]))
    return filled or cells[:1]


def _is_empty(quotation: str) -> bool:
    return is_blank(quotation.strip(_NO_ANSWER))


def _check(pack: Pack, row: AnswerRow, column: int, quotation: str, named: str) -> CheckedCell:
    if row.surplus:
        more = f"{row.surplus} cell{'s' * (row.surplus > 1)} more than the heading"
        problem = f"this row has {more}: put quotation marks around a text with such a sign in it"
        return CheckedCell(row, column, (), problem)
    if _is_empty(quotation):
        return CheckedCell(row, column, (), "there is no quotation in this row")
    if len(quotation) > MOST_CHARACTERS:
        return CheckedCell(
            row, column, (), f"this is longer than a quotation: give {MOST_CHARACTERS:,} characters or fewer"
        )
    side = side_of(pack, named)
    problem = "" if side or is_blank(named) else f"there is no side {quoted(named)}{hint(named, pack.side_ids)}"
    try:
        checked = check_text(pack, quotation, side)
    except UserError as error:
        return CheckedCell(row, column, (), str(error))
    if row.damaged and not problem and any(each.verdict not in VERIFIED for each in checked):
        problem = _DAMAGED
    return CheckedCell(row, column, checked, problem)


def side_of(pack: Pack, named: str) -> str | None:
    """Read a side off a cell, by its id, its names or its aliases; None where it names none, or several."""
    wanted = " ".join(named.split()).casefold()
    for side in pack.sides:
        if wanted in {side.id.casefold(), side.name.casefold(), side.short_name.casefold()}:
            return side.id
    found = named_sides(pack, wanted)
    return found[0] if len(found) == 1 else None


def with_verdicts(
    pack: Pack, sheet: AnswerSheet, checked: Iterable[CheckedCell], form: Form, style: str
) -> tuple[bytes, str]:
    """Write the sheet with its verdicts in a form, and say what could not stay as it came.

    Each column of quotations has columns of its own on the right; `style` is that of the references.
    """
    cells: dict[int, dict[int, CheckedCell]] = {}
    for cell in checked:
        cells.setdefault(cell.row.at, {})[cell.column] = cell
    rows: list[tuple[str, ...]] = []
    for at, row in enumerate(sheet.table.rows):
        if at == sheet.heading:
            rows.append((*row.cells, *_headings(sheet)))
        elif at in cells:
            full = next(iter(cells[at].values())).row.cells
            added = (_verdict_cells(pack, cells[at].get(column), style) for column in range(len(sheet.columns)))
            rows.append((*full, *(text for each in added for text in each)))
        else:
            rows.append(row.cells)
    return written(rows, form)


def form_for(sheet: AnswerSheet, name: str, separator: str | None) -> Form:
    """Tell how to write a sheet: as it came, unless the name of the new file or a separator wants it otherwise."""
    form = sheet.table.form
    if name.casefold().endswith((".xlsx", ".xlsm")):
        return replace(form, worksheet=form.worksheet, workbook=form.workbook or b"")
    if form.workbook is not None:
        form = replace(form, workbook=None, worksheet="")
    return replace(form, separator=separator) if separator in SEPARATORS else form


def _headings(sheet: AnswerSheet) -> tuple[str, ...]:
    if len(sheet.columns) == 1:
        return CHECKED_COLUMNS
    return tuple(f"{name}: {column.name}" for column in sheet.columns for name in CHECKED_COLUMNS)


def difference(changes: Sequence[Change]) -> str:
    """Write changes as a line of words with signs around them: [-left out-], {+put in+}."""
    words: list[str] = []
    for change in changes:
        if change.kept:
            words.append(change.quoted)
            continue
        words += [f"[-{change.original}-]"] * bool(change.original) + [f"{{+{change.quoted}+}}"] * bool(change.quoted)
    return " ".join(words)


def verdicts_in(checked: Iterable[CheckedCell]) -> Counter[str]:
    """Count the verdicts in words, with how many of them are to be read with care."""
    counts: Counter[str] = Counter()
    for cell in checked:
        counts.update([LABELS[each.verdict] for each in cell.checked] or [NOT_CHECKED])
        counts[CAREFUL] += sum(bool(each.careful) for each in cell.checked)
    return counts


def verdict_of(pack: Pack, checked: CiteCheck) -> str:
    """Say the verdict in few words, whose words they are where that is wrong, and whether care is needed."""
    said = LABELS[checked.verdict]
    if checked.verdict is Verdict.OTHER_SIDE:
        said = str(verdict_on(pack, checked)).rstrip(".")
        said = said[:1].lower() + said[1:]
    return f"{said}, but {CAREFUL}" if checked.careful else said


def said_by(pack: Pack, checked: CiteCheck) -> str:
    """Name whose words the original is; empty where there is none, or nobody's statement."""
    if checked.voice is None:
        return ""
    return "the writer" if checked.voice == CONTEXT else pack.side(checked.voice).short_name


def notes_of(cell: CheckedCell, checked: CiteCheck | None) -> tuple[str, ...]:
    """List what else there is to say about a quotation of a cell, what turns its meaning first."""
    problem = (f"{cell.problem[:1].upper()}{cell.problem[1:]}.",) if cell.problem else ()
    if checked is None:
        return problem
    left = tuple(f"Left out: “{words}”." for words in checked.left_out)
    return (*map(str, checked.careful), *left, *map(str, checked.notes), *problem)


def _verdict_cells(pack: Pack, cell: CheckedCell | None, style: str) -> tuple[str, ...]:
    """Write the cells that are added for one; where it has several quotations, each on a numbered line."""
    if cell is None:
        return ("",) * len(CHECKED_COLUMNS)
    if not cell.checked:
        return (NOT_CHECKED, "", "", "", "", "", " ".join(notes_of(cell, None)), "")
    columns = zip(*(_cells_of(pack, cell, checked, style) for checked in cell.checked), strict=True)
    if len(cell.checked) == 1:
        return tuple(texts[0] for texts in columns)
    return tuple(
        "\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1) if text) for texts in columns
    )


def _cells_of(pack: Pack, cell: CheckedCell, checked: CiteCheck, style: str) -> tuple[str, ...]:
    return (
        verdict_of(pack, checked),
        said_by(pack, checked),
        checked.original or "",
        difference(checked.changes),
        checked.sentence or "",
        str(checked.citation.precise) if checked.citation else "",
        " ".join(notes_of(cell, checked)),
        str(references_of(pack, checked)[style]) if checked.verdict in VERIFIED else "",
    )
