"""`cite --file`: the quotations of a whole answer sheet, checked one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import typer

from bot.answer.rules.answer_sheets import (
    NOT_CHECKED,
    as_csv,
    check_row,
    difference,
    notes_of,
    read_sheet,
    said_by,
    verdicts_in,
)
from bot.quote.rules.cite_check import Verdict, with_meaning
from bot.screen.lines import Line, wrapped
from bot.screen.writing import new_file
from bot.values.text import harmless
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from bot.answer.rules.answer_sheets import AnswerSheet, CheckedRow
    from bot.quote.rules.cite_check import CiteCheck
    from bot.screen.session import Session
    from knowledge.model import Pack

_INDENT: Final = "   "
_ORDER: Final = (*(verdict.value for verdict in Verdict), NOT_CHECKED)


def sheet_at(path: Path, column: str) -> AnswerSheet:
    """Read the sheet in a file (UserError, with the file's name); a `column` that is "" is told by its heading."""
    try:
        return read_sheet(path.read_bytes(), column or None)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a CSV file") from error
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def checked_rows(session: Session, pack: Pack, sheet: AnswerSheet, side: str) -> list[CheckedRow]:
    """Check every row; `side` is the one that quotations are put down to where their row names none."""
    rows = [replace(row, side=row.side or side) for row in sheet.rows]
    checked = []
    for done, row in enumerate(rows, start=1):
        checked.append(check_row(pack, row))
        session.screen.report(done, len(rows), "checking")
    if not any(_is_absent(each.checked) for each in checked):
        return checked
    # Only likeness of meaning needs the model.
    from embeddings.retriever import Retriever  # noqa: PLC0415

    with session.app("dilemma cite", log=False) as parts:
        return [
            replace(each, checked=with_meaning(pack, each.checked, parts.get(Retriever).find(each.checked.text)))
            if each.checked is not None and _is_absent(each.checked)
            else each
            for each in checked
        ]


def write_sheet(
    session: Session,
    pack: Pack,
    sheet: AnswerSheet,
    checked: Sequence[CheckedRow],
    out: Path | None,
    as_object: Callable[[CiteCheck], dict[str, Any]] | None,
) -> None:
    """Write the verdicts: as a new CSV file, as JSON lines where there is a way to write a check, else to be read."""
    if out is not None:
        with new_file(out) as stream:
            stream.write(as_csv(pack, sheet, checked))
    if as_object is not None:
        for each in checked:
            found = None if each.checked is None else as_object(each.checked)
            line = {"line": each.row.line, "student": each.row.student, "problem": each.problem or None, "check": found}
            typer.echo(json.dumps(line, ensure_ascii=False))
    elif out is None:
        session.screen.show(lines_of(pack, checked, session.screen.width))
    counts = verdicts_in(checked)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _ORDER if counts[verdict])
    written = f" · written to {out}" if out is not None else ""
    session.screen.say(f"{len(checked)} quotations: {told} ({sheet.read_as}){written}")


def lines_of(pack: Pack, checked: Sequence[CheckedRow], width: int | None) -> Iterator[Line]:
    """Lay the verdicts out, row by row: whose it is, the verdict, what was changed, and where the original stands."""

    def said(text: str, style: str = "", first: str = "", rest: str = "") -> Iterator[Line]:
        return (Line(line, style) for line in wrapped(harmless(text), width, first, rest))

    for each in checked:
        found = each.checked
        whose = f"{each.row.student}: " if each.row.student else ""
        verdict = NOT_CHECKED if found is None else found.verdict.value
        speaker = said_by(pack, found) if found else ""
        yield from said(f"line {each.row.line} · {whose}{verdict}{f', {speaker}' if speaker else ''}", "bold")
        if found is None:
            pass
        elif found.verdict is Verdict.ALTERED:
            yield from said(difference(found.changes), "", _INDENT, _INDENT)
        else:
            yield from said(f"“{found.text}”", "", _INDENT, _INDENT)
        if found is not None and found.verdict is Verdict.PARAPHRASE:
            yield from said(f"nearest: “{found.original}”", "", _INDENT, _INDENT)
        for note in notes_of(each):
            yield from said(note, "", _INDENT, _INDENT)
        if found is not None and found.citation:
            yield from said(str(found.citation.precise), "italic", _INDENT, _INDENT)


def _is_absent(checked: CiteCheck | None) -> bool:
    return checked is not None and checked.verdict is Verdict.ABSENT
