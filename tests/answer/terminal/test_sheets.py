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
from bot.answer.rules.answer_sheets import check_row, read_sheet
from bot.answer.terminal.sheets import lines_of
from tests.screen.answers import findings, pack
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
        "line 3 · Bo: other-side, Facebook",
        f"   “{SOLD}”",
        "   These are not the film's words, but Facebook's.",
        f"   {PLACE}",
        "line 4 · Cy: altered, Facebook",
        f"   {first} [-{second}-] {' '.join(rest)}",
        f"   {PLACE.replace('1960', '1961')}",
        "line 5 · Di: not checked",
        "   There is no quotation in this row.",
    ]
    assert outcome.err == (
        "4 quotations: 1 verbatim, 1 altered, 1 other-side, 1 not checked (read as UTF-8, cells parted by semicolons)\n"
    )
    assert searched == []


def test_meaning_is_looked_at_for_what_is_not_found_by_its_words(dilemma: Program, searched: list[str]) -> None:
    """And for nothing else."""
    sheet(dilemma, ("Zoë", "", "a shelf where every single advert is kept"), ("Bo", "", SOLD))
    lines = dilemma("cite", "--file", "answers.csv").out.splitlines()
    assert searched == ["a shelf where every single advert is kept"]
    assert lines[0] == "line 2 · Zoë: paraphrase, Facebook"
    assert lines[2] == f"   nearest: “{pack().passage('ad-library').text}”"


def test_the_sheet_is_given_back_as_a_file(dilemma: Program, searched: list[str]) -> None:
    """With its own columns first; an existing file is kept."""
    sheet(dilemma, ("=2+3", "film", TRACKED), encoding="cp1252")
    outcome = dilemma("cite", "--file", "answers.csv", "--out", "checked.csv")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.endswith("1 verbatim (read as UTF-8, cells parted by semicolons) · written to checked.csv\n")
    written = (dilemma.folder / "checked.csv").read_bytes().decode("utf-8-sig")
    (cells,) = csv.DictReader(io.StringIO(written, newline=""))
    assert (cells["student"], cells["side"], cells["verdict"]) == ("'=2+3", "film", "verbatim")
    assert dilemma("cite", "--file", "answers.csv", "--out", "checked.csv").code == 1


def test_json_has_an_object_a_line(dilemma: Program, searched: list[str]) -> None:
    """The check is that of a single quotation."""
    sheet(dilemma, ("Zoë", "", SOLD), ("Bo", "", ""))
    first, second = map(json.loads, dilemma("cite", "--file", "answers.csv", "--json").out.splitlines())
    single = json.loads(dilemma("cite", "--json", SOLD).out)
    assert first == {"line": 2, "student": "Zoë", "problem": None, "check": single}
    assert second == {"line": 3, "student": "Bo", "problem": "there is no quotation in this row", "check": None}


def test_a_side_counts_for_rows_that_name_none(dilemma: Program, searched: list[str]) -> None:
    """With the flag of a single quotation."""
    sheet(dilemma, ("Zoë", "", SOLD), ("Bo", "fb", SOLD))
    lines = dilemma("cite", "--file", "answers.csv", "--side", "film").out.splitlines()
    assert [line for line in lines if line.startswith("line")] == [
        "line 2 · Zoë: other-side, Facebook",
        "line 3 · Bo: verbatim, Facebook",
    ]


def test_an_unusual_column_is_named(dilemma: Program, searched: list[str]) -> None:
    """Else it is asked for."""
    (dilemma.folder / "answers.csv").write_text(f"a,b\nx,{SOLD}\n")
    asked = dilemma("cite", "--file", "answers.csv")
    assert (asked.code, asked.err) == (
        1,
        'error: answers.csv: which column holds the quotations? name it with --column: "a", "b"\n',
    )
    assert dilemma("cite", "--file", "answers.csv", "--column", "b").out.startswith("line 2 · verbatim, Facebook\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--file", "none.csv"), 1, "none.csv cannot be read (No such file or directory): name a CSV file"),
        (("--file", "answers.csv", "some", "words"), 2, "--file takes the quotations from the sheet"),
        (("--out", "a.csv", SOLD), 2, "--out and --column belong to --file"),
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
    checked = [check_row(pack(), row) for row in read_sheet(text.getvalue().encode()).rows]
    lines = [line.text for line in lines_of(pack(), checked, width)]
    assert max(map(cell_len, lines)) <= width
    assert not any(mark in line for line in lines for mark in "\x1b\u202e")
