"""Answer sheets: tables of what students quote, checked row by row and given back with verdicts.

What stood in a sheet stays in it, made inert for spreadsheets.
"""

from __future__ import annotations

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
    from collections.abc import Iterable, Sequence

    from bot.answer.rules.sheet_reading import AnswerRow, AnswerSheet
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
