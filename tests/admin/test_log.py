"""Reading the conversation log from the command line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from tests.log.samples import an_entry, open_log

if TYPE_CHECKING:
    from bot.log.log import ConversationLog
    from tests.conftest import Program

ASKED = "2026-03-01 12:00:00 UTC"
"""When all samples were asked."""


def fill(log: ConversationLog) -> None:
    """Record three turns of two conversations."""
    entries = (
        an_entry(1, question="who sells cats"),
        an_entry(2, question="and dogs"),
        an_entry(1, conversation_id="c2", person="p2", place="a class", question="=1+1"),
    )
    for entry in entries:
        log.record(rows_of(entry)).result()


@pytest.fixture
def filled(dilemma: Program) -> Program:
    """Give the program with a log of three turns."""
    log = open_log(dilemma.log)
    fill(log)
    assert log.close() is None
    return dilemma


def test_turns_are_shown_oldest_first(filled: Program) -> None:
    """When and where, what was asked, what came of it."""
    outcome = filled("log", "show")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        f"{ASKED} · terminal · social-dilemma · turn 1 of c1",
        "  who sells cats",
        "  -> answer: cats 1, dogs silent, context 1",
        "",
        f"{ASKED} · terminal · social-dilemma · turn 2 of c1",
        "  and dogs",
        "  -> answer: cats 1, dogs silent, context 1",
        "",
        f"{ASKED} · a class · social-dilemma · turn 1 of c2",
        "  =1+1",
        "  -> answer: cats 1, dogs silent, context 1",
    ]


def test_limit_leaves_the_last_turns(filled: Program) -> None:
    """Still oldest first."""
    lines = filled("log", "show", "--limit", "2").out.splitlines()
    assert [line for line in lines if " · turn " in line] == [
        f"{ASKED} · terminal · social-dilemma · turn 2 of c1",
        f"{ASKED} · a class · social-dilemma · turn 1 of c2",
    ]


def test_one_conversation_is_shown_whole(filled: Program) -> None:
    """Whatever the limit."""
    lines = filled("log", "show", "--conversation", "c1", "--limit", "1").out.splitlines()
    assert [line.partition(" of ")[2] for line in lines if " · turn " in line] == ["c1", "c1"]


def test_unknown_conversation_is_refused(filled: Program) -> None:
    """With the way to the known ones."""
    outcome = filled("log", "show", "--conversation", "c9")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (f"error: no conversation c9 in {filled.log}; `dilemma log show` lists the last ones\n")


def test_limit_below_1_is_wrong_use(filled: Program) -> None:
    """There would be nothing to see."""
    assert filled("log", "show", "--limit", "0").code == 2


def test_search_finds_questions_by_their_words(filled: Program) -> None:
    """Or by how the words begin."""
    lines = filled("log", "search", "SELL").out.splitlines()
    assert lines[1] == "  who sells cats"
    assert len(lines) == 3


@pytest.mark.parametrize("text", ["aardvark", "", '"', "AND OR NOT *"])
def test_search_that_finds_nothing_says_so(filled: Program, text: str) -> None:
    """On stderr, and that is no failure."""
    outcome = filled("log", "search", text)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "no question in the log has these words\n")


def test_log_without_turns_says_so(dilemma: Program) -> None:
    """It exists, and that is all."""
    open_log(dilemma.log).close()
    outcome = dilemma("log", "show")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "the log holds no turns yet\n")


@pytest.mark.parametrize("arguments", [["show"], ["search", "x"], ["export"]])
def test_missing_log_is_refused(dilemma: Program, arguments: list[str]) -> None:
    """And none is made."""
    outcome = dilemma("log", *arguments)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == f"error: there is no log at {dilemma.log}; the first question makes one\n"
    assert not dilemma.log.exists()


def test_log_is_read_while_another_process_writes_it(dilemma: Program) -> None:
    """Reading needs no lock."""
    log = open_log(dilemma.log)
    fill(log)
    assert dilemma("log", "search", "dogs").out.splitlines()[1] == "  and dogs"
    log.close()


def test_log_of_the_settings_is_read(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here named by the environment."""
    log = open_log(dilemma.folder / "talk.db")
    fill(log)
    log.close()
    monkeypatch.setenv("DILEMMA_LOG__PATH", "talk.db")
    assert "  and dogs\n" in dilemma("log", "show").out


def test_export_is_jsonl_on_stdout_by_default(filled: Program) -> None:
    """A turn a line, oldest first, as the contract writes answers."""
    turns = [json.loads(line) for line in filled("log", "export").out.splitlines()]
    assert [(turn["id"], turn["turn"], turn["question"]) for turn in turns] == [
        ("c1", 1, "who sells cats"),
        ("c1", 2, "and dogs"),
        ("c2", 1, "=1+1"),
    ]


def test_export_as_csv_cannot_be_calculated(filled: Program) -> None:
    """What somebody typed stays text."""
    outcome = filled("log", "export", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out, newline="")))
    assert [row["question"] for row in rows] == ["who sells cats", "and dogs", "'=1+1"]


def test_export_as_csv_has_the_separators_of_the_locale(filled: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless others are wanted; `filled` gives the program its environment."""
    assert filled("log", "export", "--format", "csv", "--separator", "bar").out.startswith('"conversation"|"person"')
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert filled("log", "export", "--format", "csv").out.startswith('"conversation";"person"')
    assert filled("log", "export", "--format", "csv", "--separator", "comma").out.startswith('"conversation","person"')


def test_export_goes_into_a_new_file(filled: Program) -> None:
    """Byte for byte what stdout would get, with CSV's own line ends."""
    outcome = filled("log", "export", "--format", "csv", "--output", "talk.csv")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "written to talk.csv\n")
    content = (filled.folder / "talk.csv").read_bytes()
    assert content.startswith(b'"conversation","person"')
    assert content.count(b"\r\n") == 4
    assert (filled.folder / "talk.csv").stat().st_mode & 0o777 == 0o600, "there are people in it"


def test_export_as_markdown_has_a_heading_a_turn(filled: Program) -> None:
    """For reading."""
    filled("log", "export", "--format", "markdown", "--output", "talk.md")
    text = (filled.folder / "talk.md").read_text(encoding="utf-8")
    assert text.count("## Turn ") == 3


def test_export_never_overwrites(filled: Program) -> None:
    """Least of all the log itself."""
    before = filled.log.read_bytes()
    outcome = filled("log", "export", "--output", str(filled.log))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == f"error: {filled.log} exists already: name another file, or remove it\n"
    assert filled.log.read_bytes() == before


def test_export_into_a_missing_folder_is_refused(filled: Program) -> None:
    """With the reason."""
    outcome = filled("log", "export", "--output", "nowhere/talk.md")
    assert outcome.code == 1
    assert outcome.err == ("error: nowhere/talk.md cannot be written (No such file or directory): name another file\n")


def test_export_that_fails_leaves_no_half_file(filled: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an export would be taken for a whole one."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.answer.store.export.as_jsonl", lambda turns: iter(full, None))
    outcome = filled("log", "export", "--output", "talk.jsonl")
    assert outcome.err == ("error: talk.jsonl cannot be written (No space left on device): name another file\n")
    assert not (filled.folder / "talk.jsonl").exists()


def test_unknown_form_of_export_is_wrong_use(filled: Program) -> None:
    """The known ones are named."""
    outcome = filled("log", "export", "--format", "xml")
    assert outcome.code == 2
    assert "'jsonl', 'csv', 'markdown'" in outcome.err


def test_a_copy_for_research_is_written_with_the_command_that_opens_it(filled: Program) -> None:
    """Without what was typed, unless that is asked for."""
    outcome = filled("log", "publish", "out.db")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        "written to out.db: 3 turns, 6 quotes",
        "look at it: datasette out.db --metadata out.metadata.json",
    ]
    assert b"who sells cats" not in (filled.folder / "out.db").read_bytes()
    assert filled("log", "publish", "out.db").err == "error: out.db exists already: name another file, or remove it\n"
    assert filled("log", "publish", "more.db", "--with-questions").code == 0
    assert b"who sells cats" in (filled.folder / "more.db").read_bytes()
