"""Files of a debate, opened by the programs that people open them with: a browser and two spreadsheet programs."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest

from bot.debate.rules.commands import CastBallot, End
from bot.debate.rules.transcript import CSV_COLUMNS, as_csv, transcript_of
from bot.values.ballot import Round
from tests.debate.rules.debates import ANN, BOB, MODERATOR, started
from tests.debate.rules.test_transcript_files import HOSTILE, written

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM: Final = shutil.which("chromium") or shutil.which("google-chrome") or ""
SSCONVERT: Final = shutil.which("ssconvert") or ""
SOFFICE: Final = shutil.which("soffice") or ""

ACTING: Final = "<script>parent.document.title = 'ran'</script>"

RUNS: Final = (
    *HOSTILE,
    ACTING,
    "<img src=x onerror=\"parent.document.title = 'ran'\">",
    "<svg onload=parent.document.title='ran'>",
    "W" * 400,
)
"""What would run in a page, or tear it apart."""

PHONE_PX: Final = 390
DESKTOP_PX: Final = 1280

GNUMERIC: Final = "{http://www.gnumeric.org/v10.dtd}"
STRING: Final = "60"
NUMBER: Final = "40"
"""Types of values in Gnumeric's own files."""

FORMULA_OF_LIBREOFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}formula"

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed here")
needs_gnumeric = pytest.mark.skipif(not SSCONVERT, reason="Gnumeric's ssconvert is not installed here")
needs_libreoffice = pytest.mark.skipif(not SOFFICE, reason="LibreOffice's soffice is not installed here")


def called(*command: str) -> str:
    """Run a program to its end, and give what it wrote."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def in_browser(folder: Path, *pages: str) -> tuple[str, list[tuple[int, int]]]:
    """Let Chromium load pages, each at both widths: the title then, and how wide each became with how many parts.

    Each stands in a frame of its own, which may reach the page around it; that one measures.
    """
    frames = "".join(
        f'<iframe srcdoc="{html.escape(page)}" style="width:{width}px;height:900px;border:0"></iframe>'
        for page in pages
        for width in (PHONE_PX, DESKTOP_PX)
    )
    measuring = (
        "onload = () => { for (const frame of document.querySelectorAll('iframe')) { const inside = "
        "frame.contentDocument; document.body.append(`wide ${inside.documentElement.scrollWidth} parts "
        "${inside.querySelectorAll('*').length};`); } }"
    )
    outer = folder / "outer.html"
    outer.write_text(f"<!DOCTYPE html><title>quiet</title><body>{frames}<script>{measuring}</script>", encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    became = called(
        CHROMIUM, "--headless", "--no-sandbox", "--hide-scrollbars", profile, "--dump-dom", outer.as_uri()
    )  # fmt: skip
    (title,) = re.findall("<title>(.*?)</title>", became)
    return title, [(int(wide), int(parts)) for wide, parts in re.findall(r"wide (\d+) parts (\d+);", became)]


@needs_chromium
def test_page_fits_a_phone_and_a_desktop_and_runs_nothing(tmp_path: Path) -> None:
    """Whatever people wrote and called themselves: nothing is wider than the screen, nothing became a part of its own.

    The page around it, to which a script inside would have spoken, is as it was.
    """
    title, became = in_browser(tmp_path, written("html", " ".join(RUNS)), written("html", "Hanna"))
    assert title == "quiet"
    assert [wide for wide, _ in became] == [PHONE_PX, DESKTOP_PX] * 2
    assert len({parts for _, parts in became}) == 1


@needs_chromium
def test_a_page_that_acts_would_be_noticed(tmp_path: Path) -> None:
    """The test above looks at the right places."""
    title, became = in_browser(tmp_path, f"<!DOCTYPE html><div style='width:2000px'>wide{ACTING}</div>")
    assert title == "ran"
    assert became == [(2008, 5), (2008, 5)]


def rows_of(table: str) -> list[list[str]]:
    """Read a CSV file as Python does."""
    return list(csv.reader(io.StringIO(table, newline="")))


def in_gnumeric(folder: Path, table: str) -> list[tuple[int, int, str | None, str]]:
    """Let Gnumeric read a CSV file: each cell's row, column, type (None for a formula) and content."""
    (folder / "a.csv").write_text(table, encoding="utf-8", newline="")
    called(SSCONVERT, "--export-type=Gnumeric_XmlIO:sax:0", str(folder / "a.csv"), str(folder / "a.xml"))
    cells = ET.parse(folder / "a.xml").getroot().iter(f"{GNUMERIC}Cell")  # noqa: S314 - made by the program that we ran
    return [
        (int(cell.attrib["Row"]), int(cell.attrib["Col"]), cell.get("ValueType"), cell.text or "") for cell in cells
    ]


@needs_gnumeric
@pytest.mark.parametrize("text", HOSTILE)
def test_gnumeric_calculates_nothing(tmp_path: Path, text: str) -> None:
    """What people wrote is a text in it, whole; the apostrophe tells it so, and goes."""
    table = written("csv", text)
    rows = rows_of(table)
    read = in_gnumeric(tmp_path, table)
    assert {kind for *_, kind, _ in read} == {STRING, NUMBER}
    told = {(row, column): content for row, column, kind, content in read if kind == STRING}
    assert told == {place: rows[place[0]][place[1]].removeprefix("'") for place in told}
    points = [at for at, row in enumerate(rows) if row[CSV_COLUMNS.index("kind")] == "point"]
    shown = " ".join(text.replace("\u202e", "").split())
    assert {told[at, CSV_COLUMNS.index("text")] for at in points} == {shown}


@needs_gnumeric
def test_figures_are_numbers_in_gnumeric(tmp_path: Path) -> None:
    """Also those below zero: nobody wrote them."""
    led = started()
    led.do(CastBallot(ANN, Round.BEFORE, "cats"))
    led.do(CastBallot(BOB, Round.BEFORE, "cats"))
    led.to_phase("revote")
    led.do(CastBallot(ANN, Round.AFTER, "dogs"))
    led.do(CastBallot(BOB, Round.AFTER, None))
    led.do(End(MODERATOR))
    table = as_csv(transcript_of(led.events))
    rows = rows_of(table)
    numbers = {
        (row, column): float(content) for row, column, kind, content in in_gnumeric(tmp_path, table) if kind == NUMBER
    }
    swings = {row[5]: numbers[at, 3] for at, row in enumerate(rows) if row[2] == "swing"}
    assert swings == {"cats": -100.0, "dogs": 50.0}


@needs_libreoffice
def test_libreoffice_calculates_nothing(tmp_path: Path) -> None:
    """Nor does it take up a link or a picture."""
    (tmp_path / "a.csv").write_text("".join(written("csv", text) for text in HOSTILE), encoding="utf-8", newline="")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    called(SOFFICE, profile, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), str(tmp_path / "a.csv"))
    tree = ET.parse(tmp_path / "a.fods")  # noqa: S314 - made by the program that we ran
    shown = "\n".join("".join(part.itertext()) for part in tree.iter() if part.tag.endswith("}p"))
    assert "'=cmd|' /C calc'!A0" in shown
    assert "<script>alert(1)</script>" in shown
    assert not [part for part in tree.iter() if FORMULA_OF_LIBREOFFICE in part.attrib]
    assert not [part for part in tree.iter() if part.tag.endswith(("}a", "}image"))]
