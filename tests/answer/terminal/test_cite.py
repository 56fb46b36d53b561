"""The command `cite`, from the words on the command line to what is written."""

from __future__ import annotations

import io
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot import app as app_module
from bot.answer.terminal.cite import lines_of
from bot.quote.rules.cite.check import check
from embeddings.hits import Findings
from tests.quote.rules.findings import pack
from tests.screen.answers import findings
from tests.screen.fakes import parts_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config.sections import Config
    from tests.conftest import Program

SOLD = pack().passage("no-selling-information").text


@dataclass
class Opened:
    """Stands in for the app: its retriever finds one passage, and it keeps how it was used."""

    passage: str = "ad-library"
    configs: list[Config] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)

    def find(self, question: str) -> Findings:
        """Find the passage, with all but certainty."""
        self.searched.append(question)
        return findings(question, self.passage)

    @contextmanager
    def __call__(self, config: Config, **_: object) -> Iterator[object]:
        """Open it."""
        self.configs.append(config)
        yield parts_with(self)


@pytest.fixture
def opened(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Give the program a retriever that needs no model."""
    service = Opened()
    monkeypatch.setattr(app_module, "open_app", service)
    return service


def test_a_long_text_is_cut_where_a_question_is(dilemma: Program, opened: Opened) -> None:
    """50,000 characters would take 20 seconds; what was not read is said."""
    outcome = dilemma("cite", "--json", f"“{SOLD}” " + "and so on and on " * 3_000)
    assert outcome.err == "Note: the quotation was longer than 500 characters; the rest was not read.\n"
    assert [json.loads(line)["text"] for line in outcome.out.splitlines()] == [SOLD]
    outcome = dilemma("cite", "--file", "/dev/zero")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "error: /dev/zero: the sheet has more than 2,000,000 bytes: take fewer rows at a time\n"


def test_verbatim_quotation_is_shown_with_its_place(dilemma: Program, opened: Opened) -> None:
    """The whole of it, and no model is loaded for it."""
    outcome = dilemma("cite", SOLD)
    (quote,) = (check(pack(), SOLD).notes,)
    citation = check(pack(), SOLD).citation
    assert citation is not None
    assert quote == ()
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        f"You quoted: {SOLD}",
        "",
        "Verdict: verbatim, word for word as an article has it.",
        "",
        "The article has:",
        f"   “{SOLD.rstrip('.')}”",
        "   Facebook's own words, quoted by the article's unnamed writer",
        f"   {citation.precise}",
        "",
        "For a reference to copy, add --reference with apa, mla, bibtex, plain.",
    ]
    assert opened.configs == []


def test_changes_are_shown_in_words_and_signs(dilemma: Program, opened: Opened) -> None:
    """Without colour: what was left out and what was put in stand in brackets of their own."""
    first, second, *rest = SOLD.split()
    outcome = dilemma("cite", " ".join([first, "always", *rest]))
    assert "Verdict: altered, an article has other words." in outcome.out.splitlines()
    assert outcome.out.splitlines()[-2:] == [
        "From there to the quotation, [-left out-] and {+put in+}:",
        f"   {first} [-{second}-] {{+always+}} {' '.join(rest)}",
    ]


@pytest.mark.parametrize("arguments", [("--side", "film", SOLD), (f"the film says: {SOLD}",)])
def test_words_of_the_other_side_are_told(dilemma: Program, opened: Opened, arguments: tuple[str, ...]) -> None:
    """Whoever they are put down to."""
    lines = dilemma("cite", *arguments).out.splitlines()
    assert lines[0] == f"You quoted, put down to The film: {SOLD}"
    assert lines[2] == "Verdict: wrong speaker: Facebook said this, not the film."


def test_what_is_not_found_by_its_words_is_searched_for(dilemma: Program, opened: Opened) -> None:
    """Nothing of it is logged."""
    outcome = dilemma("cite", "the film says: a shelf where every single advert is kept")
    assert opened.searched == ["a shelf where every single advert is kept"]
    assert [config.log.enabled for config in opened.configs] == [False]
    assert "Verdict: not in these words; the nearest is a paraphrase." in outcome.out
    assert pack().passage("ad-library").text in outcome.out


def test_json_is_one_object_on_one_line(dilemma: Program, opened: Opened) -> None:
    """With the article's exact characters, and only the changes."""
    first, _, *rest = SOLD.split()
    outcome = dilemma("cite", "--json", "--side", "film", " ".join([first, *rest]))
    assert outcome.out.count("\n") == 1
    found = json.loads(outcome.out)
    article = pack().article(found["article"])
    assert article.text[found["start"] : found["end"]] == found["quote"] == SOLD
    assert (found["verdict"], found["voice"], found["attributed_to"]) == ("altered", "facebook", "film")
    assert found["misattributed"] is True
    assert found["changes"] == [{"original": SOLD.split()[1], "quoted": ""}]
    assert found["careful"] == ["Careful: “don't” is left out, which turns the meaning."]
    assert found["references"] is None


def test_json_of_what_is_nowhere_has_no_place(
    dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its keys are there, and null."""
    monkeypatch.setattr(opened, "find", lambda question: Findings(question, {}, {}))
    found = json.loads(dilemma("cite", "--json", "the cat sat on the mat").out)
    assert (found["verdict"], found["quote"], found["article"], found["changes"]) == ("absent", None, None, [])


def test_words_cut_out_are_shown_in_their_sentence(dilemma: Program, opened: Opened) -> None:
    """With what turns their meaning, right below the verdict."""
    lines = dilemma("cite", "sell your information to anyone").out.splitlines()
    assert lines[2:4] == [
        "Verdict: verbatim, but cut out of its sentence: read the whole of it.",
        "Careful: “don't” is cut off in front, which denies it.",
    ]
    assert lines[lines.index("The whole sentence:") + 1] == f"   “{SOLD}”"


def test_several_quotations_of_a_text_are_checked_one_by_one(dilemma: Program, opened: Opened) -> None:
    """As numbered parts, or as JSON lines."""
    tracked = pack().passage("everything-tracked").text
    text = f"Facebook denies it: “{SOLD}” The film says: “{tracked}”"
    lines = dilemma("cite", text).out.splitlines()
    assert [line for line in lines if line.startswith(("Quotation", "You quoted"))] == [
        *("Quotation 1 of 2", f"You quoted, put down to Facebook: {SOLD}"),
        *("Quotation 2 of 2", f"You quoted, put down to The film: {tracked}"),
    ]
    first, second = map(json.loads, dilemma("cite", "--json", text).out.splitlines())
    assert (first["passage"], second["passage"]) == ("no-selling-information", "everything-tracked")


@pytest.mark.parametrize(
    ("style", "heading", "first"),
    [
        ("apa", "Reference (APA):", "Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia. (n.d.)."),
        ("mla", "Reference (MLA):", "“Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia.”"),
        ("bibtex", "Reference (BibTeX):", "@misc{simultaneous-utopia,"),
        ("plain", "Reference (plain):", "Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia, paragraph 5, "),
    ],
)
def test_a_reference_is_given_in_the_style_that_is_wanted(
    dilemma: Program, opened: Opened, style: str, heading: str, first: str
) -> None:
    """For what is verified; another style is told with those there are."""
    lines = dilemma("cite", "--reference", style, SOLD).out.splitlines()
    assert lines[lines.index(heading) + 1].startswith(first)
    assert heading not in dilemma("cite", "--reference", style, SOLD.replace("sell", "lend")).out
    outcome = dilemma("cite", "--reference", "chicago", SOLD)
    assert outcome.code == 2
    assert 'there is no style "chicago"; valid: "apa", "mla", "bibtex", "plain"' in outcome.err


def test_unknown_side_is_wrong_use(dilemma: Program, opened: Opened) -> None:
    """With the nearest one."""
    outcome = dilemma("cite", "--side", "flim", SOLD)
    assert outcome.code == 2
    assert 'there is no side "flim"; did you mean "film"?' in outcome.err


def test_too_little_is_refused(dilemma: Program, opened: Opened) -> None:
    """In one line."""
    outcome = dilemma("cite", "so what")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "error: there is too little to check: give 3 words or more of the quotation\n"


def test_quotation_is_read_from_a_pipe(dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """As questions are."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SOLD.encode())))
    assert dilemma("cite").out.splitlines()[0] == f"You quoted: {SOLD}"


@pytest.mark.parametrize("width", [40, 80])
def test_lines_fit_the_terminal(width: int) -> None:
    """Every passage with a word left out, in narrow and usual terminals."""
    for passage in pack().passages:
        words = passage.text.split()
        checked = check(pack(), " ".join([*words[:2], *words[3:]]))
        assert max(cell_len(line.text) for line in lines_of(pack(), checked, width)) <= width


def test_controls_in_a_quotation_do_nothing(dilemma: Program, opened: Opened) -> None:
    """What is typed cannot steer the screen."""
    assert "\x1b" not in dilemma("cite", f"\x1b[31m{SOLD}\u202e").out
