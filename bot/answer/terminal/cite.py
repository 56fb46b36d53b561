"""`cite`: whether a quotation is what the articles say, word for word, and who says it; one, or a sheet full."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bot.answer.terminal.ask import WrongUseError, typed_words
from bot.screen.separators import sign_of
from bot.screen.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.quote.rules.cite.verdict import CiteCheck
    from bot.screen.lines import Line
    from bot.screen.session import Session
    from knowledge.model import Pack

_INDENT: Final = "   "
_HOW: Final = 'give it, as in: dilemma cite "We don\'t sell your information to anyone."'

Words = Annotated[list[str] | None, typer.Argument(help="The words, with or without quotation marks around them.")]
Side = Annotated[str, typer.Option("--side", metavar="ID", help="Who is said to have said it: the id of a side.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write each outcome as a JSON object on one line.")]
Style = Annotated[
    str, typer.Option("--reference", metavar="STYLE", help="A reference to copy: apa, mla, bibtex or plain.")
]
File = Annotated[
    Path | None, typer.Option("--file", metavar="PATH", help="A sheet with quotations in its rows: CSV or .xlsx.")
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="PATH", help="With --file: a new file for the sheet with verdicts.")
]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="NAME", help="With --file: a column of quotations; may be given several times."),
]

Separator = Annotated[
    str,
    typer.Option(
        "--separator", metavar="SIGN", help="With --out: comma, semicolon, tab or bar between cells; else as it came."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        epilog="""Example:  dilemma cite "the council says: we are being watched"

Example:  dilemma cite --file answers.csv --out checked.csv"""
    )(cite)


def cite(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    quotation: Words = None,
    *,
    side: Side = "",
    as_json: AsJson = False,
    reference: Style = "",
    file: File = None,
    out: Out = None,
    column: Column = None,
    separator: Separator = "",
) -> None:
    """Check a quotation against the articles, or each in a text, or each of an answer sheet.

    It is verbatim, shortened where that is marked, altered (and how), said by somebody else than it is put down to, a
    near paraphrase, or not in the sources. What is cut out of its sentence is shown with the whole of it. Words before
    it such as "the council says:" name who is said to have said it. As much is read as a question may have.

    A sheet is a CSV file or an Excel workbook with a row of headings: one for quotations, and if you like one for sides
    and one for students' names. It comes back as it came, with verdicts on the right.
    """
    # Imports nothing heavy, but more than `--help` needs.
    from bot.quote.rules.cite.check import with_meaning  # noqa: PLC0415
    from bot.quote.rules.cite.prose import check_text  # noqa: PLC0415
    from bot.quote.rules.cite.verdict import Verdict  # noqa: PLC0415
    from bot.values.text import sound  # noqa: PLC0415

    session = session_of(context)
    _check_style(reference)
    if file is not None:
        if quotation:
            raise WrongUseError("--file takes the quotations from the sheet: leave out the words")
        _cite_sheet(session, file, out, column or [], side=side, as_json=as_json, style=reference, separator=separator)
        return
    if out is not None or column or separator:
        raise WrongUseError("--out, --column and --separator belong to --file: name the sheet")
    text = sound(typed_words(quotation, _HOW, "quotation"))
    longest = session.config.answer.max_question_chars
    if len(text) > longest:
        session.screen.say(f"Note: the quotation was longer than {longest} characters; the rest was not read.")
    text = text[:longest]
    pack = session.pack()
    _check_side(pack, side)
    found = check_text(pack, text, side or None)
    if any(checked.verdict is Verdict.ABSENT for checked in found):
        # Only likeness of meaning needs the model.
        from embeddings.retriever import Retriever  # noqa: PLC0415

        with session.app("dilemma cite", log=False) as parts:
            find = parts.get(Retriever).find
            found = tuple(
                with_meaning(pack, checked, find(checked.text)) if checked.verdict is Verdict.ABSENT else checked
                for checked in found
            )
    if as_json:
        for checked in found:
            typer.echo(json.dumps(check_object(pack, checked), ensure_ascii=False))
    else:
        session.screen.show(_all_lines(pack, found, session.screen.width, reference))


def _cite_sheet(  # noqa: PLR0913 - each is an option
    session: Session,
    file: Path,
    out: Path | None,
    columns: Sequence[str],
    *,
    side: str,
    as_json: bool,
    style: str,
    separator: str,
) -> None:
    """Check an answer sheet; `columns` name those of the quotations, none where their headings tell them."""
    from bot.answer.terminal.sheets import Wanted, checked_cells, sheet_at, write_sheet  # noqa: PLC0415 - as above
    from bot.values.separated import SIGNS  # noqa: PLC0415

    sign = sign_of(separator, SIGNS, "--separator") if separator else None
    pack = session.pack()
    sheet = sheet_at(pack, file, columns)
    _check_side(pack, side)
    checked = checked_cells(session, pack, sheet, side)
    wanted = Wanted(out, style or "plain", sign, check_object if as_json else None)
    write_sheet(session, pack, sheet, checked, wanted)


def _check_side(pack: Pack, side: str) -> None:
    from knowledge.reading.nearest import hint, quoted  # noqa: PLC0415 - as above

    if side and side not in pack.side_ids:
        raise typer.BadParameter(f"there is no side {quoted(side)}{hint(side, pack.side_ids)}", param_hint="--side")


def _check_style(style: str) -> None:
    from bot.quote.rules.cite.references import STYLES  # noqa: PLC0415 - as above
    from knowledge.reading.nearest import hint, quoted  # noqa: PLC0415

    if style and style not in STYLES:
        raise typer.BadParameter(f"there is no style {quoted(style)}{hint(style, STYLES)}", param_hint="--reference")


def check_object(pack: Pack, checked: CiteCheck) -> dict[str, Any]:
    """Write a check as a JSON object; `quote` equals the article's characters from `start` to `end`."""
    from bot.quote.rules.cite.references import references_of  # noqa: PLC0415
    from bot.quote.rules.cite.verdict import VERIFIED  # noqa: PLC0415 - as above

    citation = checked.citation
    return {
        "text": checked.text,
        "verdict": checked.verdict.value,
        "attributed_to": checked.attributed_to,
        "misattributed": checked.misattributed,
        "quote": checked.original,
        "sentence": checked.sentence,
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
        "left_out": list(checked.left_out),
        "careful": list(map(str, checked.careful)),
        "notes": list(map(str, checked.notes)),
        "references": (
            {style: str(reference) for style, reference in references_of(pack, checked).items()}
            if checked.verdict in VERIFIED
            else None
        ),
    }


def _all_lines(pack: Pack, found: Sequence[CiteCheck], width: int | None, style: str) -> Iterator[Line]:
    """Lay several checks out one below the other."""
    from bot.screen.lines import Line  # noqa: PLC0415 - as above

    for number, checked in enumerate(found, start=1):
        if len(found) > 1:
            yield from [Line("")] * (number > 1)
            yield Line(f"Quotation {number} of {len(found)}", "bold reverse")
        yield from lines_of(pack, checked, width, style)


def lines_of(pack: Pack, checked: CiteCheck, width: int | None, style: str = "") -> Iterator[Line]:
    """Lay a check out: the quotation, the verdict, the original with where it stands, what was changed, the notes.

    A verified one has a reference in a style, or where that is "" how to get one.
    """
    from bot.answer.rules.answer_sheets import difference  # noqa: PLC0415 - as above
    from bot.quote.rules.cite.references import STYLES, references_of  # noqa: PLC0415
    from bot.quote.rules.cite.verdict import VERIFIED, verdict_on  # noqa: PLC0415
    from bot.screen.lines import Line, wrapped  # noqa: PLC0415
    from bot.values.text import harmless  # noqa: PLC0415

    def said(text: str, style: str = "", first: str = "", rest: str = "") -> Iterator[Line]:
        return (Line(line, style) for line in wrapped(harmless(text), width, first, rest))

    whom = f", put down to {pack.side(checked.attributed_to).short_name}" if checked.attributed_to else ""
    verdict = str(verdict_on(pack, checked))
    yield from said(f"You quoted{whom}: {checked.text}", "bold")
    yield Line("")
    yield from said(f"Verdict: {verdict[:1].lower()}{verdict[1:]}", "bold")
    for warning in checked.careful:
        yield from said(str(warning), "bold")
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
    if checked.sentence is not None:
        yield Line("")
        yield Line("The whole sentence:")
        yield from (Line(line) for line in wrapped(f"“{checked.sentence}”", width, _INDENT, _INDENT))
    if checked.changes:
        yield Line("")
        yield from said("From there to the quotation, [-left out-] and {+put in+}:")
        yield from said(difference(checked.changes), "", _INDENT, _INDENT)
    if checked.verdict not in VERIFIED:
        return
    yield Line("")
    if not style:
        yield from said(f"For a reference to copy, add --reference with {', '.join(STYLES)}.")
        return
    yield Line(f"Reference ({STYLES[style]}):")
    # Not broken into lines of the screen, so that it can be copied.
    yield from (Line(line) for line in str(references_of(pack, checked)[style]).splitlines())
