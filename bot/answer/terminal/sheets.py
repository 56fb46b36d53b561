"""`cite --file`: the quotations of a whole answer sheet, checked one by one."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import typer

from bot.answer.rules.answer_sheets import (
    CAREFUL,
    LABELS,
    NOT_CHECKED,
    check_row,
    difference,
    form_for,
    notes_of,
    said_by,
    verdict_of,
    verdicts_in,
    with_verdicts,
)
from bot.answer.rules.sheet_reading import read_sheet
from bot.answer.rules.sheet_table import MOST_BYTES
from bot.quote.rules.cite.check import with_meaning
from bot.quote.rules.cite.likeness import has_words_of
from bot.quote.rules.cite.verdict import Verdict
from bot.screen.lines import Line, wrapped
from bot.screen.reading import beginning_of
from bot.screen.writing import new_file
from bot.values.text import harmless
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from bot.answer.rules.answer_sheets import CheckedCell
    from bot.answer.rules.sheet_reading import AnswerSheet
    from bot.quote.rules.cite.verdict import CiteCheck
    from bot.screen.session import Session
    from embeddings.hits import Findings
    from knowledge.model import Pack

_INDENT: Final = "   "
_ORDER: Final = (*LABELS.values(), NOT_CHECKED)


def sheet_at(pack: Pack, path: Path, columns: Sequence[str]) -> AnswerSheet:
    """Read the sheet in a file (UserError, with the file's name); without `columns` their headings are looked at."""
    try:
        return read_sheet(beginning_of(path, MOST_BYTES), columns, pack.sides, lambda text: has_words_of(pack, text))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a CSV file or a workbook") from error
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def checked_cells(session: Session, pack: Pack, sheet: AnswerSheet, side: str) -> list[CheckedCell]:
    """Check every row; `side` is the one that quotations are put down to where their row names none."""
    checked: list[CheckedCell] = []
    for done, row in enumerate(sheet.rows, start=1):
        own = tuple((quotation, named or side) for quotation, named in row.quotations)
        checked += check_row(pack, replace(row, quotations=own))
        session.screen.report(done, len(sheet.rows), "checking")
    if not any(each.verdict is Verdict.ABSENT for cell in checked for each in cell.checked):
        return checked
    # Only likeness of meaning needs the model.
    from embeddings.retriever import Retriever  # noqa: PLC0415

    with session.app("dilemma cite", log=False) as parts:
        find = parts.get(Retriever).find
        return [replace(cell, checked=tuple(_meant(pack, each, find) for each in cell.checked)) for cell in checked]


def _meant(pack: Pack, checked: CiteCheck, find: Callable[[str], Findings]) -> CiteCheck:
    return with_meaning(pack, checked, find(checked.text)) if checked.verdict is Verdict.ABSENT else checked


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the verdicts are wanted as: in a new file `out`, and as JSON lines where there is a way to write a check.

    `style` is that of references; `separator` parts the cells of the file, None: as it came.
    """

    out: Path | None
    style: str
    separator: str | None
    as_object: Callable[[Pack, CiteCheck], dict[str, Any]] | None


def write_sheet(
    session: Session, pack: Pack, sheet: AnswerSheet, checked: Sequence[CheckedCell], wanted: Wanted
) -> None:
    """Write the verdicts as they are wanted, to be read if nothing else is; then how the sheet was read, and counts."""
    written = ""
    if wanted.out is not None:
        form = form_for(sheet, wanted.out.name, wanted.separator)
        content, note = with_verdicts(pack, sheet, checked, form, wanted.style)
        with new_file(wanted.out, private=True) as stream:
            stream.buffer.write(content)
        written = f" · written to {wanted.out}{f' ({note})' if note else ''}"
    if wanted.as_object is not None:
        for cell in checked:
            for found in cell.checked or (None,):
                line = {
                    "line": cell.row.line,
                    "student": cell.row.student,
                    "column": sheet.columns[cell.column].name,
                    "problem": cell.problem or None,
                    "check": None if found is None else wanted.as_object(pack, found),
                }
                typer.echo(json.dumps(line, ensure_ascii=False))
    elif wanted.out is None:
        session.screen.show(lines_of(pack, sheet, checked, session.screen.width))
    counts = verdicts_in(checked)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _ORDER if counts[verdict])
    careful = f"; {CAREFUL}: {counts[CAREFUL]}" if counts[CAREFUL] else ""
    read_as = "; ".join(sheet.read_as)
    session.screen.say(f"{read_as[:1].upper()}{read_as[1:]}.")
    session.screen.say(f"{sum(counts[verdict] for verdict in _ORDER)} quotations: {told}{careful}{written}")


def lines_of(pack: Pack, sheet: AnswerSheet, checked: Sequence[CheckedCell], width: int | None) -> Iterator[Line]:
    """Lay the verdicts out, row by row: whose it is, the verdict, what was changed, and where the original stands."""
    for cell in checked:
        whose = f"{cell.row.student}: " if cell.row.student else ""
        column = f"{sheet.columns[cell.column].name} · " if len(sheet.columns) > 1 else ""
        begin = f"line {cell.row.line} · {column}{whose}"
        if not cell.checked:
            yield from _said(f"{begin}{NOT_CHECKED}", width, "bold")
            for note in notes_of(cell, None):
                yield from _said(note, width, indent=_INDENT)
        for number, found in enumerate(cell.checked, start=1):
            of = f"quotation {number}: " if len(cell.checked) > 1 else ""
            speaker = said_by(pack, found) if found.verdict is not Verdict.OTHER_SIDE else ""
            whom = f", {speaker}" if speaker else ""
            yield from _said(f"{begin}{of}{verdict_of(pack, found)}{whom}", width, "bold")
            yield from _found(cell, found, width)


def _found(cell: CheckedCell, found: CiteCheck, width: int | None) -> Iterator[Line]:
    """Lay out what there is to say of one quotation."""
    altered = found.verdict is Verdict.ALTERED
    yield from _said(difference(found.changes) if altered else f"“{found.text}”", width, indent=_INDENT)
    if found.verdict is Verdict.PARAPHRASE:
        yield from _said(f"nearest: “{found.original}”", width, indent=_INDENT)
    for note in notes_of(cell, found):
        yield from _said(note, width, indent=_INDENT)
    if found.sentence:
        yield from _said(f"the whole sentence: “{found.sentence}”", width, indent=_INDENT)
    if found.citation:
        yield from _said(str(found.citation.precise), width, "italic", indent=_INDENT)


def _said(text: str, width: int | None, style: str = "", indent: str = "") -> Iterator[Line]:
    return (Line(line, style) for line in wrapped(harmless(text), width, indent, indent))
