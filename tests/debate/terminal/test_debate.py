"""The commands `debate`, from the command line to what is written."""

from __future__ import annotations

import json
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot import app as app_module
from bot import opening as opening_module
from bot.debate.rules.saved import record_of
from bot.debate.rules.state import fold
from bot.debate.rules.transcript import transcript_of
from bot.debate.service.chart import result_png
from bot.debate.terminal.kept import lines_of
from tests.debate.rules.test_record import whole
from tests.debate.rules.test_transcript import voted
from tests.debate.service.test_rehearsal import rehearsed, stance
from tests.quote.rules.findings import found
from tests.screen.encoders import HashEncoder
from tests.screen.fakes import parts_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Config
    from tests.conftest import Program

LUNCH = """\
[[format]]
id = "lunch"
name = "Over lunch"
[[format.phase]]
id = "talk"
name = "Talk"
speaks = "both"
minutes = 2
allows = ["points"]
"""


@pytest.fixture
def opened(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> list[Config]:
    """Give the program a retriever that needs no model, and note what it was opened with."""
    configs: list[Config] = []

    @contextmanager
    def opening(config: Config, **_: object) -> Iterator[object]:
        configs.append(config)
        yield parts_with(SimpleNamespace(find=found, stance=stance))

    monkeypatch.setattr(app_module, "open_app", opening)
    return configs


@pytest.fixture
def kept(dilemma: Program) -> Path:
    """Keep a debate in a file."""
    path = dilemma.folder / "kept.json"
    path.write_text(json.dumps(record_of(whole().events)), encoding="utf-8")
    return path


def test_a_pack_with_nothing_but_questions_holds_a_debate(
    dilemma: Program, tiny_in_use: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By one of the program's own formats, with what the articles have beside each point."""
    monkeypatch.setattr(opening_module, "load_encoder", lambda config, reference=None: HashEncoder())
    shown = dilemma("debate", "simulate", "--people", "6", "--format", "quick")
    assert (shown.code, shown.out.splitlines()[:2]) == (
        0,
        ["A cat makes the better pet", "Quick debate (20 min); Cats 1, Dogs 1, watching 4"],
    )


def test_simulated_debate_is_printed_and_kept(dilemma: Program, opened: list[Config]) -> None:
    """Replayed from the file it is the same; nothing is logged."""
    shown = dilemma("debate", "simulate", "--people", "30", "--format", "quick", "--out", "d.json")
    assert (shown.code, shown.err) == (0, "written to d.json\n")
    assert json.loads((dilemma.folder / "d.json").read_text(encoding="utf-8")) == record_of(rehearsed())
    assert dilemma("debate", "replay", "d.json").out == shown.out
    assert [config.log.enabled for config in opened] == [False]


def test_no_file_is_overwritten(dilemma: Program, opened: list[Config]) -> None:
    """It may hold another debate."""
    (dilemma.folder / "d.json").write_text("mine", encoding="utf-8")
    outcome = dilemma("debate", "simulate", "--people", "2", "--format", "quick", "--out", "d.json")
    assert (outcome.code, outcome.err) == (1, "error: d.json exists already: name another file, or remove it\n")
    assert (dilemma.folder / "d.json").read_text(encoding="utf-8") == "mine"


def test_unknown_format_is_wrong_use(dilemma: Program, opened: list[Config]) -> None:
    """With the nearest one."""
    outcome = dilemma("debate", "simulate", "--format", "oxfrod")
    assert outcome.code == 2
    assert 'neither the pack nor the settings have a format "oxfrod"; did you mean "oxford"?' in outcome.err


def test_format_of_the_settings_is_held(dilemma: Program, opened: list[Config]) -> None:
    """Like one of the pack's; nobody votes in it, so there is nothing to draw."""
    (dilemma.folder / "config.toml").write_text(LUNCH, encoding="utf-8")
    shown = dilemma("debate", "simulate", "--people", "4", "--format", "lunch")
    assert shown.out.splitlines()[1].startswith("Over lunch (2 min); ")
    outcome = dilemma("debate", "simulate", "--format", "lunch", "--plot", "result.png")
    assert (outcome.code, outcome.err) == (
        1,
        "error: the chart shows ballots, and the format lunch has none: leave out --plot\n",
    )


def test_result_is_drawn_where_it_is_asked_for(dilemma: Program, opened: list[Config]) -> None:
    """Over the file if there is one; where it cannot be written, nothing is simulated."""
    outcome = dilemma("debate", "simulate", "--people", "30", "--format", "quick", "--plot", "result.png")
    assert (outcome.code, outcome.err) == (0, "the chart of the result is written to result.png\n")
    state = fold(rehearsed())
    assert state is not None
    assert state.outcome is not None
    drawn = result_png(state.outcome, {side.id: side.name for side in state.sides})
    assert (dilemma.folder / "result.png").read_bytes() == drawn
    assert "name a file that ends in .png" in dilemma("debate", "simulate", "--plot", "result.gif").err
    assert len(opened) == 1


def test_replay_tells_the_session(dilemma: Program, kept: Path) -> None:
    """Phase by phase."""
    lines = dilemma("debate", "replay", str(kept)).out.splitlines()
    assert lines[:3] == [
        "Cats make better pets",
        "Tiny debate (21 min); The cat club 1, The dog club 0, watching 0",
        "",
    ]
    assert "19:00:00 1. Ann, The cat club: Cats wash." in lines
    assert "   The dog club: the articles have no quote on this." in lines
    assert "19:03:02 Half time, 2 s late" in lines
    assert "Nobody voted both times, so there is no swing to compare." in lines[-1]


def test_result_that_is_not_yet_known_is_not_told() -> None:
    """Only how many voted."""
    lines = [line.text for line in lines_of(transcript_of(voted().events), None)]
    assert lines[-3:] == [
        "Ballot before the debate: 3 voted",
        "Ballot after the debate: 2 voted",
        "There is no result: votes can still be cast, or none are held.",
    ]


@pytest.mark.parametrize("width", [40, 80])
def test_what_was_said_fits_the_terminal(width: int) -> None:
    """The tables have their own width."""
    lines = [line.text for line in lines_of(transcript_of(whole().events), width)]
    assert max(map(cell_len, lines[: lines.index("Who switched")])) <= width


@pytest.mark.parametrize(
    ("form", "first"), [("md", "# Cats"), ("html", "<!DOCTYPE"), ("csv", '"at_utc"'), ("json", "{")]
)
def test_export_writes_the_form_that_is_asked_for(dilemma: Program, kept: Path, form: str, first: str) -> None:
    """To stdout."""
    outcome = dilemma("debate", "export", str(kept), "--to", form)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(first)
    assert "Mia" in outcome.out


def test_export_names_nobody_when_asked(dilemma: Program, kept: Path) -> None:
    """Codes stand for people."""
    outcome = dilemma("debate", "export", str(kept), "--anonymous")
    assert "Mia" not in outcome.out
    assert "P1" in outcome.out


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "kept.json is not JSON: Expecting property name"),
        ("[" * 100_000, "kept.json is not JSON: "),
        ("[]", "kept.json: not a saved debate"),
        ('{"dilemma_debate": 2, "events": []}', "these events are no debate: there are no events"),
        ('{"dilemma_debate": 2, "events": [{"event": "end"}]}', 'event 1: "event" must name a kind of event'),
    ],
)
def test_broken_file_is_told_in_a_line(dilemma: Program, kept: Path, content: str, complaint: str) -> None:
    """Without a traceback."""
    kept.write_text(content, encoding="utf-8")
    for command in ("replay", "export"):
        outcome = dilemma("debate", command, "kept.json")
        assert (outcome.code, outcome.out) == (1, "")
        assert complaint in outcome.err


def test_missing_file_is_told_in_a_line(dilemma: Program) -> None:
    """With what would do."""
    outcome = dilemma("debate", "replay", "none.json")
    assert outcome.err == (
        "error: none.json cannot be read (No such file or directory): name a file from `debate simulate --out`, or an "
        "id from `dilemma debate list`\n"
    )
