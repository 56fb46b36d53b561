"""The command `handout`: into a file or a pipe, as HTML or PDF, and what it refuses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.handout import HandoutOptions, handout_of
from bot.lesson.rules.handout_files import as_html, as_slides
from bot.lesson.service import printing
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.conftest import Program


def test_a_handout_goes_into_a_pipe_as_html(dilemma: Program) -> None:
    outcome = dilemma("handout", "privacy", "ELECTIONS")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == as_html(handout_of(pack(), ["privacy", "elections"]), HandoutOptions())


def test_without_topics_all_two_sided_ones_are_written(dilemma: Program) -> None:
    assert dilemma("handout").out == as_html(handout_of(pack(), []), HandoutOptions())


@pytest.mark.parametrize(
    ("flags", "options"),
    [
        (["--large-print"], HandoutOptions(large_print=True)),
        (["--dyslexia"], HandoutOptions(dyslexia=True)),
        (["--dyslexia", "--large-print"], HandoutOptions(large_print=True, dyslexia=True)),
    ],
)
def test_flags_set_the_letters(dilemma: Program, flags: list[str], options: HandoutOptions) -> None:
    made = handout_of(pack(), ["privacy"])
    assert dilemma("handout", "privacy", *flags).out == as_html(made, options)
    assert dilemma("handout", "privacy", "--slides", *flags).out == as_slides(made, options)


def test_a_file_is_written_once_and_named(dilemma: Program) -> None:
    outcome = dilemma("handout", "privacy", "--out", "sheet.html")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "written to sheet.html: Privacy and personal data\n"
    page = (dilemma.folder / "sheet.html").read_bytes()
    assert page.decode() == as_html(handout_of(pack(), ["privacy"]), HandoutOptions())
    again = dilemma("handout", "elections", "--out", "sheet.html")
    assert (again.code, again.err) == (1, "error: sheet.html exists already: name another file, or remove it\n")
    assert (dilemma.folder / "sheet.html").read_bytes() == page


@pytest.mark.parametrize("arguments", [("--out", "a.PDF"), ("--out", "a", "--format", "pdf")])
def test_a_pdf_is_asked_for_by_the_end_of_the_name_or_by_its_format(
    dilemma: Program, arguments: tuple[str, ...]
) -> None:
    assert dilemma("handout", "hate-speech", *arguments).code == 0
    (file,) = (path for path in dilemma.folder.iterdir() if path.is_file())
    assert file.read_bytes() == printing.printed(as_html(handout_of(pack(), ["hate-speech"]), HandoutOptions()))


def test_without_weasyprint_no_file_is_left_behind(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    outcome = dilemma("handout", "privacy", "--out", "a.pdf")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: a PDF needs WeasyPrint: run `")
    assert "[pdf]" in outcome.err
    assert outcome.err.count("\n") == 1
    assert not (dilemma.folder / "a.pdf").exists()


def test_unknown_topic_is_told(dilemma: Program) -> None:
    outcome = dilemma("handout", "privcy", "--out", "a.html")
    assert (outcome.code, outcome.err) == (1, 'error: there is no topic "privcy"; did you mean "privacy"?\n')
    assert not (dilemma.folder / "a.html").exists()


def test_a_terminal_is_no_place_for_a_page(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    outcome = dilemma("handout", "privacy")
    assert (outcome.code, outcome.out) == (2, "")
    assert "name a file, as in --out handout.html" in outcome.err
