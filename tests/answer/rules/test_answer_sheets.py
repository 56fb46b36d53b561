"""Answer sheets checked: each row's verdict, and the sheet given back with nothing in it that can be calculated."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.rules.answer_sheets import (
    CHECKED_COLUMNS,
    NOT_CHECKED,
    AnswerRow,
    AnswerSheet,
    as_csv,
    check_row,
    difference,
    notes_of,
    side_of,
    verdicts_in,
)
from bot.quote.rules.cite_check import Verdict
from bot.quote.rules.word_diff import changes_between
from tests.quote.rules.findings import pack

SOLD = pack().passage("no-selling-information").text
WRITTEN = pack().passage("hot-potato").text


def row(quotation: str, side: str = "", *, surplus: int = 0) -> AnswerRow:
    """Make the row of a student."""
    return AnswerRow(2, ("Ann", side, quotation), quotation, side, "Ann", surplus)


def cells_of(quotation: str, side: str = "") -> dict[str, str]:
    """Check a row, and read what is added to the sheet for it."""
    checked = [check_row(pack(), row(quotation, side))]
    sheet = AnswerSheet(("student", "side", "quotation"), (checked[0].row,), "")
    written = as_csv(pack(), sheet, checked)
    assert written.startswith("\ufeff")
    (read,) = csv.DictReader(io.StringIO(written[1:], newline=""))
    return read


def test_a_verbatim_quotation_has_its_place_and_no_difference() -> None:
    """What stood in the sheet stands before it."""
    passage = pack().passage("no-selling-information")
    cells = cells_of(SOLD, "fb")
    assert (cells["student"], cells["side"], cells["quotation"]) == ("Ann", "fb", SOLD)
    assert (cells["verdict"], cells["said by"], cells["difference"], cells["notes"]) == ("verbatim", "Facebook", "", "")
    assert cells["article has"] == SOLD.rstrip(".")
    assert cells["where"].endswith(f"characters {passage.span.start} to {passage.span.end - 1}")


def test_an_altered_quotation_has_the_difference_in_words() -> None:
    """With signs around what was left out and put in."""
    first, second, *rest = SOLD.split()
    cells = cells_of(" ".join([first, "always", *rest]))
    assert (cells["verdict"], cells["difference"]) == ("altered", f"{first} [-{second}-] {{+always+}} {' '.join(rest)}")


def test_words_of_another_are_told() -> None:
    """Also the writer's."""
    assert cells_of(SOLD, "The film")["verdict"] == "other-side"
    cells = cells_of(WRITTEN, "facebook")
    assert (cells["verdict"], cells["said by"]) == ("other-side", "the writer")
    assert cells["notes"] == "These are not Facebook's words, but the article's own."


def test_what_is_nowhere_has_no_place() -> None:
    """And nobody said it."""
    cells = cells_of("mice are fond of green cheese")
    assert [cells[name] for name in CHECKED_COLUMNS] == ["absent", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("made", "note"),
    [
        (row(""), "There is no quotation in this row."),
        (row("\u200b "), "There is no quotation in this row."),
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
    checked = check_row(pack(), made)
    assert (checked.checked, notes_of(checked)) == (None, (note,))


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
    """With those rows that could not be checked."""
    rows = [row(SOLD), row(SOLD, "film"), row(""), row("mice are fond of green cheese")]
    counts = verdicts_in(check_row(pack(), each) for each in rows)
    assert counts == Counter({"verbatim": 1, "other-side": 1, NOT_CHECKED: 1, "absent": 1})
    assert set(counts) <= {*(verdict.value for verdict in Verdict), NOT_CHECKED}


def test_a_difference_is_one_line_of_words() -> None:
    """Kept ones too."""
    assert difference(changes_between("a b c", "a c d")) == "a [-b-] c {+d+}"
    assert difference(()) == ""


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=3, max_size=3))
def test_nothing_in_the_sheet_can_be_calculated(texts: list[str]) -> None:
    """Whatever students wrote: a cell that a spreadsheet would calculate begins with an apostrophe."""
    name, side, quotation = ("=1+" + text for text in texts)
    made = AnswerRow(2, (name, side, quotation), quotation, side, name)
    sheet = AnswerSheet(("=a", "+b", "@c"), (made,), "")
    written = as_csv(pack(), sheet, [check_row(pack(), made)])[1:]
    for cells in csv.reader(io.StringIO(written, newline="")):
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
