"""Sheets as rows of cells, and back: CSV of any sort, and Excel workbooks."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook

from bot.answer.rules.sheet_table import MOST_BYTES, Form, Row, read_table, written
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence


def widest(rows: Sequence[Row]) -> tuple[float, ...]:
    """Prefer rows that are wide."""
    return (float(max((len(row.cells) for row in rows), default=0)),)


def workbook(rows: Sequence[Sequence[object]], *, title: str = "Answers", more: str = "") -> bytes:
    """Save rows as a workbook, with another worksheet behind them if that has a title."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if more:
        book.create_sheet(more).append(["x", "y"])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def cells(content: bytes) -> list[tuple[str, ...]]:
    """Read a sheet, and give the cells of its rows."""
    return [row.cells for row in read_table(content, widest).rows]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_makes_rows(separator: str) -> None:
    """And it is said."""
    table = read_table(f"a{separator}b\r\n1{separator}2\r\n".encode(), widest)
    assert [row.cells for row in table.rows] == [("a", "b"), ("1", "2")]
    signs = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    assert table.read_as == f"read as UTF-8, cells parted by {signs[separator]}"


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", '"sep=;";', '"sep=;",,'])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_line_for_excel_is_no_row(line: str, mark: str) -> None:
    """However it was saved again; lines are counted all the same."""
    table = read_table(f"{mark}{line}\r\na;b,c\r\n".encode(), widest)
    assert table.rows == (Row(2, ("a", "b,c")),)
    assert table.form.told


def test_a_line_that_names_no_sign_of_ours_is_passed_over() -> None:
    """Then the rows tell it."""
    assert cells(b"sep=x\na;b\n") == [("a", "b")]


def test_lines_in_quotation_marks_as_a_whole_are_taken_apart() -> None:
    """Some programs save a sheet so when it was opened with the wrong sign."""
    content = b'"student,quotation"\n"Ann,""one, two"""\n"Bo,three"\n'
    table = read_table(content, widest)
    assert [row.cells for row in table.rows] == [("student", "quotation"), ("Ann", "one, two"), ("Bo", "three")]
    assert table.read_as == "read as UTF-8, cells parted by commas inside quotation marks around each line"


def test_empty_rows_and_rows_of_any_width_stay() -> None:
    """For the sheet comes back as it came."""
    assert cells(b"title,,\n,,\n\na,b,c\n1,2\n") == [("title", "", ""), ("", "", ""), (), ("a", "b", "c"), ("1", "2")]


def test_text_that_was_encoded_twice_is_mended_and_said() -> None:
    """With the lines; what is lost is said as well."""
    table = read_table("a,b\nZoÃ«,donâ€™t\nBo,don�t\n".encode(), widest)
    assert [row.cells for row in table.rows[1:]] == [("Zoë", "don’t"), ("Bo", "don�t")]
    assert table.notes == (
        "text that was encoded twice is mended (line 2)",
        "letters are lost, and “�” stands for them (line 3)",
    )
    assert table.damaged == {2, 3}


@pytest.mark.parametrize(
    ("content", "form"),
    [
        ("a;b\r\nJörg;2\r\n".encode("cp1252"), Form("cp1252", ";")),
        ("a\tb\nJörg\t2\n".encode("utf-16"), Form("utf-16", "\t", "\n")),
        ("sep=;\r\na;b\r\nJörg;2\r\n".encode(), Form("utf-8", ";", told=True)),
        ("a,b\nJörg,2\n".encode("mac_roman"), Form("mac_roman", ",", "\n")),
    ],
)
def test_a_sheet_comes_back_in_the_form_in_which_it_came(content: bytes, form: Form) -> None:
    """Encoding, separator, ends of lines, the line for Excel; read again it is the same."""
    table = read_table(content, widest)
    assert table.form == form
    back, note = written([row.cells for row in table.rows], table.form)
    assert note == ""
    again = read_table(back, widest)
    assert (again.rows, again.form.separator, again.form.end) == (table.rows, form.separator, form.end)
    text = back.decode("utf-8-sig" if form.encoding == "utf-8" else form.encoding)
    assert text.startswith("sep=;\r\n" if form.told else '"a"')


def test_signs_that_an_encoding_lacks_make_the_sheet_utf_8() -> None:
    """Which is said."""
    back, note = written([("a", "हाँ")], Form("cp1252"))
    assert back.decode("utf-8-sig") == '"a","हाँ"\r\n'
    assert note == "it has signs that the encoding of the sheet lacks, so it is written as UTF-8"


def test_nothing_that_comes_back_can_be_calculated() -> None:
    """A number stays one, and what was made inert before is not made so twice."""
    back, _ = written([("=1+1", "-5", "+3,2", "'=1+1", "@x", "-x", "a\n=1")], Form())
    (row,) = csv.reader(io.StringIO(back.decode("utf-8-sig"), newline=""))
    assert row == ["'=1+1", "-5", "+3,2", "'=1+1", "'@x", "'-x", "a\n'=1"]


def test_a_workbook_is_read_as_people_see_it() -> None:
    """Numbers, days and moments as text; another worksheet is said not to be read."""
    day = datetime.fromisoformat("2026-05-03T00:00:00")
    rows: list[list[object]] = [["a", "b"], [1.0, day], [2.5, day.replace(hour=9, minute=1)], [True, None]]
    table = read_table(workbook(rows, more="Notes"), widest)
    assert [row.cells for row in table.rows] == [
        *(("a", "b"), ("1", "2026-05-03"), ("2.5", "2026-05-03 09:01:00"), ("TRUE", "")),
    ]
    assert table.read_as == "read as an Excel workbook, worksheet “Answers”"
    assert table.notes == ("not read: worksheet “Notes”",)


def test_a_workbook_comes_back_as_one() -> None:
    """With what is new as text, whatever it looks like; formulas have become values."""
    content = workbook([["a", "b"], ["x", -5], ["=1+1", "y"]])
    table = read_table(content, widest)
    assert table.notes == ("its formulas come back as the values that they had when it was saved",)
    rows = [[*row.cells, "=2+2", "new"] for row in table.rows]
    back, _ = written(rows, table.form)
    sheet = load_workbook(io.BytesIO(back)).worksheets[0]
    assert sheet.title == "Answers"
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["a", "b", "'=2+2", "new"],
        ["x", -5, "'=2+2", "new"],
        [None, "y", "'=2+2", "new"],
    ]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_csv_file_can_become_a_workbook() -> None:
    """A new one."""
    back, _ = written([("a", "b"), ("=1", "2")], Form(workbook=b""))
    rows = load_workbook(io.BytesIO(back)).worksheets[0].iter_rows(values_only=True)
    assert list(rows) == [("a", "b"), ("'=1", "2")]


def packed(name: str) -> bytes:
    """Pack a file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "x" * 100)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04rest", "this is a workbook or another packed file, not a CSV file, and cannot be read"),
        (packed("content.xml"), "this is a workbook or another packed file, not a CSV file: open it in its program"),
        (packed("xl/workbook.xml"), "cannot be read: open it in its program"),
        (b"\xd0\xcf\x11\xe0rest", "this is an old Excel workbook, not a CSV file"),
        (b"%PDF-1.7", "this is a PDF, not a CSV file"),
        (b"{\\rtf1", "this is a text document, not a CSV file"),
        (b"<html><table>", "this is a web page, whatever its name"),
        (b"x" * (MOST_BYTES + 1), "more than 2,000,000 bytes: take fewer rows"),
        (b'a,b\n"' + b"x" * 200_000, "the sheet cannot be read from line 2 on"),
    ],
)
def test_what_is_no_sheet_is_said_in_one_sentence(content: bytes, sentence: str) -> None:
    """With what to do about it."""
    with pytest.raises(UserError, match=sentence) as raised:
        read_table(content, widest)
    assert "\n" not in str(raised.value)


def test_a_form_is_a_value() -> None:
    """One may change the separator of it."""
    assert replace(Form(), separator=";").separator == ";"
