"""`cite --file`: a whole answer sheet, to be read, as a file, and as JSON."""

from __future__ import annotations

import csv
import io
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot import app as app_module
from bot.answer.rules.answer_sheets import check_row
from bot.answer.rules.sheet_reading import read_sheet
from bot.answer.terminal.sheets import lines_of
from tests.quote.rules.findings import pack
from tests.screen.answers import findings
from tests.screen.fakes import parts_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embeddings.hits import Findings
    from tests.conftest import Program

SOLD = pack().passage("no-selling-information").text
TRACKED = pack().passage("everything-tracked").text
PLACE = "Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia, paragraph 5, characters 1920 to 1960"


@pytest.fixture
def searched(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the program a retriever that needs no model, and keep what is searched for."""
    asked: list[str] = []

    class Retriever:
        def find(self, question: str) -> Findings:
            """Find one passage."""
            asked.append(question)
            return findings(question, "ad-library")

    @contextmanager
    def opened(config: object, **_: object) -> Iterator[object]:
        yield parts_with(Retriever())

    monkeypatch.setattr(app_module, "open_app", opened)
    return asked


def sheet(dilemma: Program, *rows: tuple[str, str, str], encoding: str = "utf-8") -> None:
    """Write answers.csv, parted by semicolons."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([("student", "side", "quotation"), *rows])
    (dilemma.folder / "answers.csv").write_bytes(text.getvalue().encode(encoding))


def test_verdicts_are_listed_row_by_row_and_counted(dilemma: Program, searched: list[str]) -> None:
    """On stdout; how the sheet was read stands on stderr."""
    first, second, *rest = SOLD.split()
    sheet(dilemma, ("Zoë", "fb", SOLD), ("Bo", "film", SOLD), ("Cy", "", " ".join([first, *rest])), ("Di", "", ""))
    outcome = dilemma("cite", "--file", "answers.csv")
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "line 2 · Zoë: verbatim, Facebook",
        f"   “{SOLD}”",
        f"   {PLACE}",
        "line 3 · Bo: wrong speaker: Facebook said this, not the film",
        f"   “{SOLD}”",
        f"   {PLACE}",
        "line 4 · Cy: altered, but read the whole sentence, Facebook",
        f"   {first} [-{second}-] {' '.join(rest)}",
        "   Careful: “don't” is left out, which turns the meaning.",
        f"   {PLACE.replace('1960', '1961')}",
        "line 5 · Di: not checked",
        "   There is no quotation in this row.",
    ]
    assert outcome.err.splitlines() == [
        (
            "Read as UTF-8, cells parted by semicolons; quotations from “quotation”; sides from “side”; names from "
            "“student”."
        ),
        "4 quotations: 1 verbatim, 1 altered, 1 wrong speaker, 1 not checked; read the whole sentence: 1",
    ]
    assert searched == []


def test_meaning_is_looked_at_for_what_is_not_found_by_its_words(dilemma: Program, searched: list[str]) -> None:
    """And for nothing else."""
    sheet(dilemma, ("Zoë", "", "a shelf where every single advert is kept"), ("Bo", "", SOLD))
    lines = dilemma("cite", "--file", "answers.csv").out.splitlines()
    assert searched == ["a shelf where every single advert is kept"]
    assert lines[0] == "line 2 · Zoë: paraphrase, Facebook"
    assert lines[2] == f"   nearest: “{pack().passage('ad-library').text}”"


def test_the_sheet_is_given_back_as_a_file(dilemma: Program, searched: list[str]) -> None:
    """As it came: encoding, separator, its own columns first; an existing file is kept."""
    sheet(dilemma, ("=2+3", "film", TRACKED), ("Zoë", "fb", SOLD), encoding="cp1252")
    outcome = dilemma("cite", "--file", "answers.csv", "--out", "checked.csv")
    assert (outcome.code, outcome.out) == (0, "")
    read_as, counts = outcome.err.splitlines()
    assert read_as.startswith("Read as Windows-1252, cells parted by semicolons; ")
    assert counts == "2 quotations: 2 verbatim · written to checked.csv"
    written = (dilemma.folder / "checked.csv").read_bytes().decode("cp1252")
    first, second = csv.DictReader(io.StringIO(written, newline=""), delimiter=";")
    assert (first["student"], first["side"], first["verdict"], second["student"]) == (
        "'=2+3",
        "film",
        "verbatim",
        "Zoë",
    )
    assert dilemma("cite", "--file", "answers.csv", "--out", "checked.csv").code == 1


def test_another_separator_style_and_kind_of_file_can_be_wanted(dilemma: Program, searched: list[str]) -> None:
    """By options, and by the name of the new file."""
    sheet(dilemma, ("Zoë", "fb", SOLD))
    dilemma("cite", "--file", "answers.csv", "--out", "a.csv", "--separator", "comma", "--reference", "apa")
    (cells,) = csv.DictReader(io.StringIO((dilemma.folder / "a.csv").read_bytes().decode("utf-8-sig"), newline=""))
    assert "as cited in" in cells["reference"]
    dilemma("cite", "--file", "answers.csv", "--out", "b.xlsx")
    again = dilemma("cite", "--file", "b.xlsx")
    assert again.out.startswith("line 2 · Zoë: verbatim, Facebook\n")
    assert again.err.startswith("Read as an Excel workbook, worksheet “Sheet”; quotations from “quotation”")
    assert 'there is no sign "dots"' in dilemma("cite", "--file", "answers.csv", "--separator", "dots").err


def test_several_quotations_of_a_row_are_listed_one_by_one(dilemma: Program, searched: list[str]) -> None:
    """Those of a cell by number, those of several columns by the column."""
    sheet(dilemma, ("Zoë", "", f"{SOLD}\n\n{TRACKED}"))
    lines = dilemma("cite", "--file", "answers.csv").out.splitlines()
    assert [line for line in lines if line.startswith("line")] == [
        "line 2 · Zoë: quotation 1: verbatim, Facebook",
        "line 2 · Zoë: quotation 2: verbatim, The film",
    ]
    (dilemma.folder / "two.csv").write_text(f"name,Quote 1,Quote 2\nBo,{SOLD},{SOLD}\n")
    lines = dilemma("cite", "--file", "two.csv").out.splitlines()
    assert [line for line in lines if line.startswith("line")] == [
        "line 2 · Quote 1 · Bo: verbatim, Facebook",
        "line 2 · Quote 2 · Bo: verbatim, Facebook",
    ]


def test_json_has_an_object_a_line(dilemma: Program, searched: list[str]) -> None:
    """The check is that of a single quotation."""
    sheet(dilemma, ("Zoë", "", SOLD), ("Bo", "", ""))
    first, second = map(json.loads, dilemma("cite", "--file", "answers.csv", "--json").out.splitlines())
    single = json.loads(dilemma("cite", "--json", SOLD).out)
    about = {"column": "quotation", "student": "Zoë", "line": 2}
    assert first == {**about, "problem": None, "check": single}
    empty = {"problem": "there is no quotation in this row", "check": None}
    assert second == {**about, "line": 3, "student": "Bo", **empty}


def test_a_side_counts_for_rows_that_name_none(dilemma: Program, searched: list[str]) -> None:
    """With the flag of a single quotation."""
    sheet(dilemma, ("Zoë", "", SOLD), ("Bo", "fb", SOLD))
    lines = dilemma("cite", "--file", "answers.csv", "--side", "film").out.splitlines()
    assert [line for line in lines if line.startswith("line")] == [
        "line 2 · Zoë: wrong speaker: Facebook said this, not the film",
        "line 3 · Bo: verbatim, Facebook",
    ]


def test_an_unusual_column_is_named(dilemma: Program, searched: list[str]) -> None:
    """Else it is asked for, where nothing in the sheet looks like the articles."""
    (dilemma.folder / "answers.csv").write_text("a,b\nx,we lend it all\n")
    asked = dilemma("cite", "--file", "answers.csv")
    assert (asked.code, asked.err) == (
        1,
        'error: answers.csv: which column holds the quotations? name it with --column: "a", "b"\n',
    )
    (dilemma.folder / "other.csv").write_text(f'a,b,c\nx,{SOLD},"{TRACKED}"\n')
    named = dilemma("cite", "--file", "other.csv", "--column", "b")
    assert named.out.startswith("line 2 · verbatim, Facebook\n")
    assert named.err.splitlines()[0].endswith("; not checked: “c” (--column names another).")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ("--file", "none.csv"),
            1,
            "none.csv cannot be read (No such file or directory): name a CSV file or a workbook",
        ),
        (("--file", "answers.csv", "some", "words"), 2, "--file takes the quotations from the sheet"),
        (("--out", "a.csv", SOLD), 2, "--out, --column and --separator belong to --file"),
        (("--file", "answers.csv", "--side", "flim"), 2, 'there is no side "flim"; did you mean "film"?'),
    ],
)
def test_wrong_use_is_told(
    dilemma: Program, searched: list[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    """In a line."""
    sheet(dilemma, ("Zoë", "", SOLD))
    outcome = dilemma("cite", *arguments)
    assert outcome.code == code
    assert message in outcome.err


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_terminal_and_steer_nothing(width: int) -> None:
    """Every passage with a word left out, by a student with a strange name."""
    rows = [("\x1b[31mA\u202e", "", " ".join(passage.text.split()[:-1])) for passage in pack().passages]
    text = io.StringIO()
    csv.writer(text).writerows([("student", "side", "quotation"), *rows])
    read = read_sheet(text.getvalue().encode())
    checked = [cell for row in read.rows for cell in check_row(pack(), row)]
    lines = [line.text for line in lines_of(pack(), read, checked, width)]
    assert max(map(cell_len, lines)) <= width
    assert not any(mark in line for line in lines for mark in "\x1b\u202e")
