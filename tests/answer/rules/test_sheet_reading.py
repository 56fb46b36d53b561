"""Answer sheets as spreadsheets write them: encodings, delimiters, headings, and one sentence about what is wrong."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.rules.answer_sheets import MOST_BYTES, MOST_ROWS, AnswerRow, read_sheet
from knowledge.errors import UserError

TABLE = [["Student", "Side", "Quotation"], ["Zoë", "film", "“one, two; three”"], ["Bo", "", "four"]]


def written(table: list[list[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    """Write a table as a spreadsheet does."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(table)
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_sheet_is_read_however_it_was_saved(encoding: str, name: str, delimiter: str, end: str) -> None:
    """With a byte order mark or without, by any of the usual signs, from any system."""
    sheet = read_sheet(written(TABLE, delimiter, end).encode(encoding))
    assert sheet.header == ("Student", "Side", "Quotation")
    assert [(row.student, row.side, row.quotation, row.line) for row in sheet.rows] == [
        ("Zoë", "film", "“one, two; three”", 2),
        ("Bo", "", "four", 3),
    ]
    signs = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    assert sheet.read_as == f"read as {name}, cells parted by {signs[delimiter]}"


def test_what_excel_writes_for_itself_is_skipped() -> None:
    """The line that names the sign; the lines of the file are counted all the same."""
    sheet = read_sheet(("sep=;\r\n" + written(TABLE, ";")).encode())
    assert (sheet.rows[0].quotation, sheet.rows[0].line) == ("“one, two; three”", 3)


@pytest.mark.parametrize(
    "heading", ["quotation", "Quote", "CLAIMED  QUOTE", "Copy your quote here, word for word", "Answer"]
)
def test_the_column_of_quotations_is_told_by_its_heading(heading: str) -> None:
    """As forms and teachers call it, wherever it stands."""
    sheet = read_sheet(written([["When", heading, "Your name"], ["9:00", "a b c", "Ann"]]).encode())
    assert (sheet.rows[0].quotation, sheet.rows[0].student, sheet.rows[0].side) == ("a b c", "Ann", "")


def test_a_column_can_be_named() -> None:
    """And an unknown one is told with the nearest."""
    content = written([["Words", "Quote"], ["a b c", "d e f"]]).encode()
    assert read_sheet(content, "Words").rows[0].quotation == "a b c"
    with pytest.raises(UserError, match='the sheet has no column "Wordz"; did you mean "Words"'):
        read_sheet(content, "Wordz")


def test_one_column_needs_no_heading_that_is_known() -> None:
    """Nor marks around a text with commas: what was parted is joined again."""
    sheet = read_sheet(b"what they wrote\none, two, three\n")
    assert sheet.rows == (AnswerRow(2, ("one, two, three",), "one, two, three", "", ""),)


def test_commas_in_the_last_column_are_the_quotations_own() -> None:
    """In another column they leave it open what belongs where, and that is told with the row."""
    last = read_sheet(b"student,quotation\nAnn,one, two\n").rows[0]
    assert (last.quotation, last.surplus) == ("one, two", 0)
    first = read_sheet(b"quotation,student\none, two,Ann\nthree,Bo\n").rows[0]
    assert (first.cells, first.surplus) == (("one", " two,Ann"), 1)


def test_lines_inside_a_cell_stay_in_it_and_blank_rows_are_left_out() -> None:
    """A row's line is where it begins."""
    sheet = read_sheet(b'quotation,student\n"one\ntwo",Ann\n,\n\n  \nthree,Bo\nfour\n')
    assert [(row.line, row.quotation, row.student) for row in sheet.rows] == [
        (2, "one\ntwo", "Ann"),
        (7, "three", "Bo"),
        (8, "four", ""),
    ]


def test_one_column_is_not_two_things() -> None:
    """Its heading may hold the words for both."""
    sheet = read_sheet(b"side of the quotation,n\na b c,1\n")
    assert (sheet.rows[0].quotation, sheet.rows[0].side) == ("a b c", "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the sheet is empty: its first row must name the columns"),
        (b"\n \n", "the sheet is empty: its first row must name the columns"),
        (b"quotation\n", "the sheet has no row below its heading"),
        (b"a,b\n1,2\n", 'which column holds the quotations\\? name it with --column: "a", "b"'),
        (b"PK\x03\x04rest", "this is a workbook or another packed file, not a CSV file: open it"),
        (b"\xd0\xcf\x11\xe0rest", "this is an old Excel workbook, not a CSV file"),
        (b"%PDF-1.7", "this is a PDF, not a CSV file"),
        (b"a\x00b" + b"c" * 100, "this is no CSV file, for it holds zero bytes"),
        (b"\xff\xfea", "the sheet begins as UTF-16 does and is not whole"),
        (b"\xef\xbb\xbf\xff\xff", "the sheet begins as UTF-8 does and is not whole"),
        (b"quotation\n" + b"x\n" * (MOST_ROWS + 1), f"the sheet has {MOST_ROWS + 1} rows: take {MOST_ROWS} or fewer"),
        (b"x" * (MOST_BYTES + 1), "take 2,000,000 or fewer"),
        (b'quotation\n"' + b"x" * 200_000, "the sheet cannot be read from line 2 on"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(content: bytes, sentence: str) -> None:
    """With what to do about it."""
    with pytest.raises(UserError, match=sentence) as raised:
        read_sheet(content)
    assert "\n" not in str(raised.value)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_sheet_or_a_sentence(content: bytes) -> None:
    """And never a traceback."""
    try:
        sheet = read_sheet(content)
    except UserError:
        return
    assert all(len(row.cells) == len(sheet.header) for row in sheet.rows)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=30)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(st.tuples(CELLS, st.sampled_from(["film", ""]), CELLS), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_was_written_is_read(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    """Cell for cell, whatever stands in it."""
    table = [["student", "side", "quotation"], *(["n" + name, side, "q" + text] for name, side, text in rows)]
    sheet = read_sheet(written(table, delimiter).encode())
    assert [row.cells for row in sheet.rows] == [tuple(cells) for cells in table[1:]]
