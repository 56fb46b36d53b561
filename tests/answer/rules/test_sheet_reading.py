"""Answer sheets of any origin: which columns are read, and one sentence about what is wrong."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.rules.sheet_headings import CHECKED_COLUMNS
from bot.answer.rules.sheet_reading import MOST_ROWS, AnswerRow, read_sheet
from bot.quote.rules.cite.likeness import has_words_of
from knowledge.errors import UserError
from tests.quote.rules.findings import pack

SOLD = "We don't sell your information to anyone."
OWN = "I think that this is about privacy and matters a lot"


def written(table: list[list[str]], delimiter: str = ",", end: str = "\r\n") -> bytes:
    """Write a table as a spreadsheet does."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(table)
    return text.getvalue().encode()


def read(*table: list[str], columns: tuple[str, ...] = ()) -> tuple[list[str], list[list[str]], list[str]]:
    """Read a table: the names of its columns of quotations, what stands in them, and what is said of the columns."""
    sheet = read_sheet(written(list(table)), columns, pack().sides, lambda text: has_words_of(pack(), text))
    quotations = [[quotation for quotation, _ in row.quotations] for row in sheet.rows]
    return [column.name for column in sheet.columns], quotations, list(sheet.read_as[1:])


def test_a_plain_sheet_is_read() -> None:
    """And it is said how."""
    sheet = read_sheet(written([["Student", "Side", "Quotation"], ["Zoë", "film", "“a; b”"], ["Bo", "", "c"]], ";"))
    assert sheet.rows == (
        AnswerRow(1, 2, ("Zoë", "film", "“a; b”"), (("“a; b”", "film"),), "Zoë"),
        AnswerRow(2, 3, ("Bo", "", "c"), (("c", ""),), "Bo"),
    )
    assert sheet.read_as == (
        "read as UTF-8, cells parted by semicolons",
        *("quotations from “Quotation”", "sides from “Side”", "names from “Student”"),
    )


def test_moodle_s_responses_go_before_the_right_answers() -> None:
    """Those hold what the teacher expects; that they are not checked is said."""
    names, quotations, said = read(
        ["Last name", "First name", "Grade/10.00", "Question 1", "Response 1", "Right answer 1"],
        ["Doe", "Ann", "5.00", "Copy one sentence, word for word.", "We never sell it to anyone.", SOLD],
    )
    assert (names, quotations) == (["Response 1"], [["We never sell it to anyone."]])
    assert said == [
        *("quotations from “Response 1”", "names from “First name”, “Last name”"),
        "not checked: “Right answer 1” (--column names another)",
    ]


def test_every_response_with_words_is_read() -> None:
    """One of a quiz of choices is none."""
    names, _, _ = read(
        ["Name", "Response 1", "Response 2", "Response 3"],
        *(["Ann", "True", "a b c d", "e f g h"], ["Bo", "False", "", "x y z"]),
    )
    assert names == ["Response 2", "Response 3"]


def test_canvas_asks_in_the_heading() -> None:
    """The number of the question and the points beside it change nothing."""
    names, quotations, said = read(
        ["name", "id", "submitted", "attempt", "1234567: Copy one quote of Facebook", "1.0", "n correct", "score"],
        ["Ann Doe", "11", "2026-05-03", "1", f"<p>{SOLD}</p>", "1.0", "1", "1.0"],
    )
    assert (names, quotations) == (["1234567: Copy one quote of Facebook"], [[f"<p>{SOLD}</p>"]])
    assert "“1234567: Copy one quote of Facebook” put down to facebook" in said


def test_forms_of_google_and_microsoft_ask_in_whole_sentences() -> None:
    """Points and feedback on a question are none of its answers."""
    asked = "Copy the sentence that shows best what the film holds against Facebook"
    names, _, said = read(
        ["ID", "Start time", "Email", "Name", asked, f"Points - {asked}", f"Feedback - {asked}", "Why this one?"],
        ["1", "5/3/26 9:01", "ann@example.org", "Ann", SOLD, "1", "", OWN],
    )
    assert names == [asked]
    assert said == [f"quotations from “{asked}”", "names from “Name”"]


def test_two_columns_of_quotations_are_both_read() -> None:
    """Each put down to whom its heading names."""
    sheet = read_sheet(
        written([["Name", "Quote from Facebook", "Quote from the film"], ["Ann", "a", "b"]]), (), pack().sides
    )
    assert sheet.rows[0].quotations == (("a", "facebook"), ("b", "film"))


def test_equal_headings_are_told_by_their_letters() -> None:
    """Each with the side next to it."""
    names, _, said = read(["student", "quotation", "side", "quotation", "side"], ["Ann", "a", "film", "b", "fb"])
    assert names == ["quotation (column B)", "quotation (column D)"]
    assert "sides from “side (column C)”, “side (column E)”" in said


def test_an_explanation_is_not_taken_for_a_quotation() -> None:
    """Nor a context."""
    assert read(["Student", "Explain your answer in your own words", "Copied sentence"], ["Ann", OWN, SOLD])[0] == [
        "Copied sentence"
    ]
    assert read(["Student", "Context", "Sentence you copied"], ["Ann", OWN, SOLD])[0] == ["Sentence you copied"]


def test_what_the_cells_hold_decides_where_no_heading_does() -> None:
    """Else it is asked for."""
    assert read(["Student", "Part A", "Part B"], ["Ann", OWN, SOLD])[0] == ["Part B"]
    with pytest.raises(UserError, match='which column holds the quotations\\? name it with --column: "a", "b"'):
        read(["a", "b"], ["1", "2"])


def test_columns_that_look_like_quotations_and_are_not_read_are_said() -> None:
    """With how to have them read."""
    _, _, said = read(["Student", "Quote", "Notes"], ["Ann", "a b c", SOLD])
    assert said[-1] == "not checked: “Notes” (--column names another)"


def test_columns_can_be_named() -> None:
    """Several, by heading or letter; an unknown one is told with the nearest."""
    table = (["Words", "Quote", "Other"], ["a b c", "d e f", "g"])
    assert read(*table, columns=("words",))[1] == [["a b c"]]
    assert read(*table, columns=("Other", "A"))[1] == [["g", "a b c"]]
    with pytest.raises(UserError, match='the sheet has no column "Wordz"; did you mean "Words"'):
        read(*table, columns=("Wordz",))


def test_titles_above_the_headings_are_passed_over() -> None:
    """Lines are counted from the top of the file; empty rows are no rows."""
    sheet = read_sheet(b"Quotes of class 9b,,\n,,\nstudent,side,quotation\n\nAnn,fb,a b c\n,,\nBo,,d e f\n")
    assert sheet.heading == 2
    assert [(row.line, row.student) for row in sheet.rows] == [(5, "Ann"), (7, "Bo")]


def test_columns_of_an_earlier_check_are_left_out() -> None:
    """They are made anew."""
    header = ["student", "quotation", *CHECKED_COLUMNS, "grade"]
    sheet = read_sheet(written([header, ["Ann", "a b c", *["old"] * len(CHECKED_COLUMNS), "2"]]))
    assert sheet.header == ("student", "quotation", "grade")
    assert sheet.rows[0].cells == ("Ann", "a b c", "2")


def test_one_column_needs_no_heading_that_is_known() -> None:
    """Nor marks around a text with commas: what was parted is joined again."""
    (row,) = read_sheet(b"what they wrote\none, two, three\n").rows
    assert (row.quotations, row.surplus) == ((("one, two, three", ""),), 0)


def test_commas_in_the_last_column_are_the_quotations_own() -> None:
    """In another column they leave it open what belongs where, and that is told with the row."""
    last = read_sheet(b"student,quotation\nAnn,one, two\n").rows[0]
    assert (last.quotations, last.surplus) == ((("one, two", ""),), 0)
    first = read_sheet(b"quotation,student\none, two,Ann\nthree,Bo\n").rows[0]
    assert (first.cells, first.surplus) == (("one", " two,Ann"), 1)


def test_lines_inside_a_cell_stay_in_it() -> None:
    """A row's line is where it begins."""
    sheet = read_sheet(b'quotation,student\n"one\ntwo",Ann\n,\n\n  \nthree,Bo\nfour\n')
    assert [(row.line, row.quotations[0][0], row.student) for row in sheet.rows] == [
        (2, "one\ntwo", "Ann"),
        (7, "three", "Bo"),
        (8, "four", ""),
    ]


def test_one_column_is_not_two_things() -> None:
    """Its heading may hold the words for both."""
    (row,) = read_sheet(b"side of the quotation,n\na b c,1\n").rows
    assert row.quotations == (("a b c", ""),)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the sheet is empty: a row must name the columns"),
        (b"\n \n", "the sheet is empty: a row must name the columns"),
        (b"quotation\n", "the sheet has no row below its heading"),
        (b"quotation\n" + b"x\n" * (MOST_ROWS + 1), f"the sheet has {MOST_ROWS + 1} rows: take {MOST_ROWS} or fewer"),
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


CELLS = st.text(st.characters(codec="ascii", exclude_characters="\r\x00"), max_size=30)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(st.tuples(CELLS, st.sampled_from(["film", ""]), CELLS), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_was_written_is_read(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    """Cell for cell, whatever stands in it."""
    table = [["student", "side", "quotation"], *(["n" + name, side, "q" + text] for name, side, text in rows)]
    sheet = read_sheet(written(table, delimiter))
    assert [row.cells for row in sheet.rows] == [tuple(cells) for cells in table[1:]]
