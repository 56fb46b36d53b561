"""Answer sheets checked: each quotation's verdict, and the sheet given back with nothing in it to be calculated."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.answer.rules.answer_sheets import (
    CAREFUL,
    LABELS,
    NOT_CHECKED,
    check_row,
    difference,
    form_for,
    notes_of,
    side_of,
    verdicts_in,
    with_verdicts,
)
from bot.answer.rules.sheet_headings import CHECKED_COLUMNS
from bot.answer.rules.sheet_reading import AnswerRow, AnswerSheet, read_sheet
from bot.quote.rules.cite.verdict import Verdict
from bot.quote.rules.cite.word_diff import changes_between
from tests.quote.rules.findings import pack

SOLD = pack().passage("no-selling-information").text
WRITTEN = pack().passage("hot-potato").text
DEMONIZES = pack().passage("demonizes").text.strip("“”")


def row(quotation: str, side: str = "", *, surplus: int = 0, damaged: bool = False) -> AnswerRow:
    """Make the row of a student."""
    return AnswerRow(1, 2, ("Ann", side, quotation), ((quotation, side),), "Ann", surplus, damaged)


def sheet_of(*rows: tuple[str, ...], header: tuple[str, ...] = ("student", "side", "quotation")) -> AnswerSheet:
    """Read a sheet of these rows."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return read_sheet(text.getvalue().encode())


def checked_again(sheet: AnswerSheet, name: str = "out.csv", separator: str | None = None) -> bytes:
    """Check a sheet, and write it with its verdicts."""
    cells = [cell for each in sheet.rows for cell in check_row(pack(), each)]
    return with_verdicts(pack(), sheet, cells, form_for(sheet, name, separator), "plain")[0]


def cells_of(quotation: str, side: str = "") -> dict[str, str]:
    """Check a row, and read what is added to the sheet for it."""
    written = checked_again(sheet_of(("Ann", side, quotation))).decode("utf-8-sig")
    (read,) = csv.DictReader(io.StringIO(written, newline=""))
    return read


def test_a_verbatim_quotation_has_its_place_and_no_difference() -> None:
    """What stood in the sheet stands before it."""
    passage = pack().passage("no-selling-information")
    cells = cells_of(SOLD, "fb")
    assert list(cells) == ["student", "side", "quotation", *CHECKED_COLUMNS]
    assert (cells["student"], cells["side"], cells["quotation"]) == ("Ann", "fb", SOLD)
    assert (cells["verdict"], cells["said by"], cells["difference"], cells["notes"]) == ("verbatim", "Facebook", "", "")
    assert (cells["article has"], cells["whole sentence"]) == (SOLD.rstrip("."), "")
    assert cells["where"].endswith(f"characters {passage.span.start} to {passage.span.end - 1}")
    assert cells["reference"] == cells["where"]


def test_an_altered_quotation_has_the_difference_in_words() -> None:
    """With signs around what was left out and put in; it has no reference."""
    first, second, *rest = SOLD.split()
    cells = cells_of(" ".join([first, "always", *rest]))
    assert (cells["verdict"], cells["difference"]) == (
        f"altered, but {CAREFUL}",
        f"{first} [-{second}-] {{+always+}} {' '.join(rest)}",
    )
    assert (cells["notes"], cells["reference"]) == ("Careful: “don't” is left out, which turns the meaning.", "")


def test_words_cut_out_of_their_sentence_are_told_apart() -> None:
    """In the verdict, with the sentence beside it."""
    cells = cells_of("sell your information to anyone")
    assert (cells["verdict"], cells["whole sentence"]) == (f"verbatim, but {CAREFUL}", SOLD)
    assert cells["notes"] == "Careful: “don't” is cut off in front, which denies it."


def test_a_shortened_quotation_says_what_is_left_out() -> None:
    """Among the notes."""
    cells = cells_of("This documentary […] presents a distorted view of how social networks work")
    assert (cells["verdict"], cells["notes"]) == ("shortened", "Left out: “demonizes social networks and”.")


def test_words_of_another_are_told() -> None:
    """Also the writer's; the verdict says whose they are."""
    assert cells_of(SOLD, "The film")["verdict"] == "wrong speaker: Facebook said this, not the film"
    cells = cells_of(WRITTEN, "facebook")
    assert (cells["verdict"], cells["said by"]) == (
        "wrong speaker: the writer of the article said this, not Facebook",
        "the writer",
    )


def test_what_is_nowhere_has_no_place() -> None:
    """And nobody said it."""
    cells = cells_of("mice are fond of green cheese")
    assert [cells[name] for name in CHECKED_COLUMNS] == ["not in the sources", *[""] * 7]


def test_several_quotations_of_a_cell_are_numbered() -> None:
    """Each on a line of its own."""
    cells = cells_of(f"{SOLD}\n\n{DEMONIZES}", "film")
    assert cells["verdict"].splitlines() == [
        "1. wrong speaker: Facebook said this, not the film",
        "2. wrong speaker: Facebook said this, not the film",
    ]
    assert cells["article has"].splitlines() == [f"1. {SOLD.rstrip('.')}", f"2. {DEMONIZES.rstrip('.')}"]


def test_several_columns_of_quotations_have_verdicts_each() -> None:
    """Named after them; where a student left one empty there are none."""
    sheet = sheet_of(("Ann", SOLD, ""), ("Bo", "", ""), header=("student", "Quote 1", "Quote 2"))
    cells = [cell for each in sheet.rows for cell in check_row(pack(), each)]
    assert [(cell.row.student, cell.column, bool(cell.checked)) for cell in cells] == [
        ("Ann", 0, True),
        ("Bo", 0, False),
    ]
    first, second = csv.DictReader(io.StringIO(checked_again(sheet).decode("utf-8-sig"), newline=""))
    assert (first["verdict: Quote 1"], first["verdict: Quote 2"]) == ("verbatim", "")
    assert (second["verdict: Quote 1"], second["notes: Quote 1"]) == (NOT_CHECKED, "There is no quotation in this row.")


@pytest.mark.parametrize(
    ("made", "note"),
    [
        (row(""), "There is no quotation in this row."),
        (row("\u200b "), "There is no quotation in this row."),
        (row("-"), "There is no quotation in this row."),
        (
            row("far too long " * 200),
            "This is longer than a quotation: give 2,000 characters or fewer.",
        ),
        (row("so what"), "There is too little to check: give 3 words or more of the quotation."),
        (
            row(SOLD, surplus=1),
            "This row has 1 cell more than the heading: put quotation marks around a text with such a sign in it.",
        ),
        (
            row(SOLD, surplus=2),
            "This row has 2 cells more than the heading: put quotation marks around a text with such a sign in it.",
        ),
    ],
)
def test_a_row_without_anything_to_check_says_why(made: AnswerRow, note: str) -> None:
    """The others are checked all the same."""
    (checked,) = check_row(pack(), made)
    assert (checked.checked, notes_of(checked, None)) == ((), (note,))


def test_damage_is_not_laid_on_the_student() -> None:
    """Where it may be all the difference, that is said."""
    (whole,) = check_row(pack(), row(SOLD, damaged=True))
    assert whole.problem == ""
    (changed,) = check_row(pack(), row(SOLD.replace("sell", "s\ufffdxyll"), damaged=True))
    assert changed.problem == "letters of this row were damaged before it came here, which may be all the difference"


def test_an_unknown_side_is_noted_and_the_words_are_checked() -> None:
    """For they may be right."""
    cells = cells_of(SOLD, "Twitter")
    assert cells["verdict"] == "verbatim"
    assert cells["notes"] == 'There is no side "Twitter"; valid: "film", "facebook".'


@pytest.mark.parametrize(
    ("named", "side"),
    [
        ("film", "film"),
        ("FACEBOOK", "facebook"),
        ("The film (The Social Dilemma)", "film"),
        (" fb ", "facebook"),
        ("I think it was Netflix", "film"),
        ("the film or facebook", None),
        ("", None),
    ],
)
def test_sides_are_read_as_people_name_them(named: str, side: str | None) -> None:
    """One, or none."""
    assert side_of(pack(), named) == side


def test_verdicts_are_counted() -> None:
    """With those rows that could not be checked, and what is to be read with care."""
    rows = [
        row(SOLD),
        row(SOLD, "film"),
        row(""),
        row("mice are fond of green cheese"),
        row("sell your information to"),
    ]
    counts = verdicts_in(cell for each in rows for cell in check_row(pack(), each))
    assert {name: count for name, count in counts.items() if count} == {
        "verbatim": 2,
        "wrong speaker": 1,
        NOT_CHECKED: 1,
        "not in the sources": 1,
        CAREFUL: 1,
    }
    assert set(LABELS) == set(Verdict)


def test_a_difference_is_one_line_of_words() -> None:
    """Kept ones too."""
    assert difference(changes_between("a b c", "a c d")) == "a [-b-] c {+d+}"
    assert difference(()) == ""


def test_titles_empty_rows_and_what_was_checked_before_stay_in_their_place() -> None:
    """A sheet that is checked again looks as it did after the first time."""
    content = (
        f"Class 9b;;\r\n;;\r\nstudent;side;quotation\r\nJörg;fb;{SOLD}\r\n;;\r\nBo;;nothing of it at all\r\n".encode(
            "cp1252"
        )
    )
    once = checked_again(read_sheet(content))
    again = checked_again(read_sheet(once))
    assert again == once
    lines = list(csv.reader(io.StringIO(once.decode("cp1252"), newline=""), delimiter=";"))
    assert [line[0] for line in lines] == ["Class 9b", "", "student", "Jörg", "", "Bo"]
    assert [len(line) for line in lines] == [3, 3, 11, 11, 3, 11]


def test_another_separator_can_be_wanted() -> None:
    """Then the rest stays as it came."""
    written = checked_again(sheet_of(("Ann", "", SOLD)), separator=";").decode("utf-8-sig")
    assert written.startswith('"student";"side";"quotation";"verdict"')


def test_a_workbook_comes_back_as_one_and_so_a_second_time() -> None:
    """A name that ends with .csv makes it a CSV file, one with .xlsx a workbook."""
    book = Workbook()
    for cells in (["Class 9b"], ["student", "quotation", "grade"], ["Ann", SOLD, 2], ["Bo", "=1+1", -1]):
        book.worksheets[0].append(cells)
    saved = io.BytesIO()
    book.save(saved)
    once = checked_again(read_sheet(saved.getvalue()), "out.xlsx")
    rows = list(load_workbook(io.BytesIO(once)).worksheets[0].iter_rows(values_only=True))
    assert [each[0] for each in rows] == ["Class 9b", "student", "Ann", "Bo"]
    assert (rows[2][2], rows[2][3], rows[3][2]) == (2, "verbatim", -1)
    again = list(
        load_workbook(io.BytesIO(checked_again(read_sheet(once), "out.xlsx"))).worksheets[0].iter_rows(values_only=True)
    )
    assert again == rows
    assert (
        checked_again(read_sheet(saved.getvalue()))
        .decode("utf-8-sig")
        .startswith('"Class 9b","",""\r\n"student","quotation"')
    )
    assert checked_again(sheet_of(("Ann", "", SOLD)), "out.xlsx").startswith(b"PK")


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=20), min_size=3, max_size=3)
)
def test_nothing_in_the_sheet_can_be_calculated(texts: list[str]) -> None:
    """Whatever students wrote: a cell that a spreadsheet would calculate begins with an apostrophe."""
    sheet = sheet_of(("=1+" + texts[0], "=1+" + texts[1], "=1+" + texts[2]))
    for cells in csv.reader(io.StringIO(checked_again(sheet).decode("utf-8-sig"), newline="")):
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
