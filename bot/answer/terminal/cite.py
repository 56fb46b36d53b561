"""`cite`: whether a quotation is what the articles say, word for word, and who says it; one, or a sheet full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.answer.terminal.ask import WrongUseError, typed_words
from bot.screen.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.quote.rules.cite_check import CiteCheck
    from bot.screen.lines import Line
    from bot.screen.session import Session
    from knowledge.model import Pack

_INDENT: Final = "   "
_HOW: Final = 'give it, as in: dilemma cite "We don\'t sell your information to anyone."'

_IN_WORDS: Final = {
    "verbatim": "verbatim, word for word as an article has it",
    "altered": "altered, an article has other words",
    "other-side": "on the other side, somebody else said it",
    "paraphrase": "not in these words; the nearest is a paraphrase",
    "absent": "not in the sources",
}

Words = Annotated[list[str] | None, typer.Argument(help="The words, with or without quotation marks around them.")]
Side = Annotated[str, typer.Option("--side", metavar="ID", help="Who is said to have said it: the id of a side.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write the outcome as one JSON object on one line.")]
File = Annotated[Path | None, typer.Option("--file", metavar="PATH", help="A CSV file with a quotation in each row.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="With --file: where the verdicts go, as CSV.")]
Column = Annotated[str, typer.Option("--column", metavar="NAME", help="With --file: the column of the quotations.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        epilog="""Example:  dilemma cite "the film says: we are being watched"

Example:  dilemma cite --file answers.csv --out checked.csv"""
    )(cite)


def cite(
    context: typer.Context,
    quotation: Words = None,
    side: Side = "",
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    file: File = None,
    out: Out = None,
    column: Column = "",
) -> None:
    """Check a quotation against the articles, or each of an answer sheet.

    It is verbatim, altered (and how), said by somebody else than it is put down to, a near paraphrase, or not in the
    sources. Words before it such as "the film says:" name who is said to have said it.

    A sheet is a CSV file whose first row names its columns: one of quotations, and if you like one of sides and one of
    students' names.
    """
    # Imports nothing heavy, but more than `--help` needs.
    from bot.quote.rules.cite_check import Verdict, check, with_meaning  # noqa: PLC0415
    from bot.values.text import sound  # noqa: PLC0415

    session = session_of(context)
    if file is not None:
        if quotation:
            raise WrongUseError("--file takes the quotations from the sheet: leave out the words")
        _cite_sheet(session, file, out, column, side=side, as_json=as_json)
        return
    if out is not None or column:
        raise WrongUseError("--out and --column belong to --file: name the sheet")
    text = sound(typed_words(quotation, _HOW, "quotation"))
    pack = session.pack()
    _check_side(pack, side)
    checked = check(pack, text, side or None)
    if checked.verdict is Verdict.ABSENT:
        # Only likeness of meaning needs the model.
        from embeddings.retriever import Retriever  # noqa: PLC0415

        with session.app("dilemma cite", log=False) as parts:
            checked = with_meaning(pack, checked, parts.get(Retriever).find(checked.text))
    _write(session, pack, checked, as_json=as_json)


def _cite_sheet(session: Session, file: Path, out: Path | None, column: str, *, side: str, as_json: bool) -> None:
    """Check an answer sheet; `column` names that of the quotations, "" where its heading tells it."""
    from bot.answer.terminal.sheets import checked_rows, sheet_at, write_sheet  # noqa: PLC0415 - as above

    sheet = sheet_at(file, column)
    pack = session.pack()
    _check_side(pack, side)
    checked = checked_rows(session, pack, sheet, side)
    write_sheet(session, pack, sheet, checked, out, check_object if as_json else None)


def _check_side(pack: Pack, side: str) -> None:
    from knowledge.reading.nearest import hint, quoted  # noqa: PLC0415 - as above

    if side and side not in pack.side_ids:
        raise typer.BadParameter(f"there is no side {quoted(side)}{hint(side, pack.side_ids)}", param_hint="--side")


def _write(session: Session, pack: Pack, checked: CiteCheck, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(check_object(checked), ensure_ascii=False))
    else:
        session.screen.show(lines_of(pack, checked, session.screen.width))


def check_object(checked: CiteCheck) -> dict[str, Any]:
    """Write a check as a JSON object; `quote` equals the article's characters from `start` to `end`."""
    citation = checked.citation
    return {
        "text": checked.text,
        "verdict": checked.verdict.value,
        "attributed_to": checked.attributed_to,
        "misattributed": checked.misattributed,
        "quote": checked.original,
        "passage": checked.passage_id,
        "voice": checked.voice,
        "provenance": None if checked.provenance is None else str(checked.provenance),
        "article": citation.article_id if citation else None,
        "title": citation.title if citation else None,
        "author": citation.author if citation else None,
        "paragraph": citation.paragraph if citation else None,
        "start": citation.start if citation else None,
        "end": citation.end if citation else None,
        "changes": [
            {"original": change.original, "quoted": change.quoted} for change in checked.changes if not change.kept
        ],
        "notes": list(map(str, checked.notes)),
    }


def lines_of(pack: Pack, checked: CiteCheck, width: int | None) -> Iterator[Line]:
    """Lay a check out: the quotation, the verdict, the original with where it stands, what was changed, the notes."""
    from bot.answer.rules.answer_sheets import difference  # noqa: PLC0415 - as above
    from bot.screen.lines import Line, wrapped  # noqa: PLC0415
    from bot.values.text import harmless  # noqa: PLC0415 - as above

    def said(text: str, style: str = "", first: str = "", rest: str = "") -> Iterator[Line]:
        return (Line(line, style) for line in wrapped(harmless(text), width, first, rest))

    whom = f", put down to {pack.side(checked.attributed_to).short_name}" if checked.attributed_to else ""
    yield from said(f"You quoted{whom}: {checked.text}", "bold")
    yield Line("")
    yield from said(f"Verdict: {_IN_WORDS[checked.verdict.value]}.", "bold")
    for note in checked.notes:
        yield from said(str(note))
    if checked.original is None or checked.citation is None:
        return
    yield Line("")
    yield Line("The article has:")
    yield from (Line(line) for line in wrapped(f"“{checked.original}”", width, _INDENT, _INDENT))
    places = [str(checked.provenance)] if checked.provenance else []
    places += [str(checked.citation.precise), *(f"Also in: {citation.precise}" for citation in checked.also_at)]
    for place in places:
        yield from said(place, "italic", _INDENT, _INDENT + "  ")
    if checked.changes:
        yield Line("")
        yield from said("From there to the quotation, [-left out-] and {+put in+}:")
        yield from said(difference(checked.changes), "", _INDENT, _INDENT)
