"""What `evaluate` prints, writes and refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot import opening
from bot.lab.evaluate.report import OF_A_VOICE, OVERALL, SYSTEMS
from bot.screen import plotting
from bot.screen.tables import WIDTH
from embeddings.judging.ablation import VARIANTS
from knowledge.distribution import adding_extra
from knowledge.model import CONTEXT
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

pytestmark = pytest.mark.usefixtures("tiny_in_use")

HEADING = [
    "pets: 4 questions in 2 intents, dealt into 5 folds.",
    "Beside each figure its 95 % interval: 1000 resamples of the intents, seed 20.",
]
HELDOUT = """\
[[question]]
text = "must cats go out"
kind = "plain"
best = ["no-walk"]
acceptable = []

[[question]]
text = "are parrots  LOUD?"
kind = "short"
best = []
acceptable = []
"""


@pytest.fixture(autouse=True)
def _has_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a model that loads at once."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())


@pytest.fixture
def heldout(dilemma: Program) -> str:
    """Write held-out questions, one of which the pack holds too."""
    (dilemma.folder / "heldout.toml").write_text(HELDOUT, encoding="utf-8")
    return "heldout.toml"


def written(dilemma: Program, *options: str) -> dict[str, Any]:
    """Give the object that the command writes."""
    outcome = dilemma("evaluate", "--json", *options)
    assert outcome.code == 0
    found: dict[str, Any] = json.loads(outcome.out)
    return found


# Tables


def test_questions_intents_folds_and_seed_are_stated(dilemma: Program) -> None:
    """Before the first table."""
    outcome = dilemma("evaluate")
    assert outcome.code == 0
    assert outcome.out.splitlines()[:2] == HEADING
    assert outcome.err == "building the index: no index yet\n"


def test_every_figure_and_every_system_has_its_row(dilemma: Program) -> None:
    """In tables of 80 columns at most."""
    lines = dilemma("evaluate").out.splitlines()
    for name in (*OVERALL.values(), *OF_A_VOICE.values(), *SYSTEMS.values(), "plain", "short"):
        assert any(line.startswith(name) for line in lines), name
    assert max(len(line) for line in lines[2:] if not line.startswith("Share of the dense")) <= WIDTH


def test_tables_can_be_written_as_markdown(dilemma: Program) -> None:
    """For a README."""
    lines = dilemma("evaluate", "--markdown").out.splitlines()
    at = lines.index("**All questions**")
    assert lines[at + 1 : at + 4] == [
        "",
        "|  | n | 5 folds | intent left out | topic left out |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    assert lines[at + 4].startswith("| both-sides score | 4 | ")


# Misses


def test_misses_are_listed_with_what_was_shown_and_what_is_gold(dilemma: Program) -> None:
    """The one about parrots looks like the others, and nothing says that it is not."""
    lines = dilemma("evaluate", "--misses", "1").out.splitlines()
    (miss,) = written(dilemma, "--misses", "1")["misses"]
    at = next(number for number, line in enumerate(lines) if line.startswith("1. "))
    shown = f"quoted {miss['shown']}" if miss["shown"] else "silent"
    gold = ", ".join(miss["gold"]) or "silence"
    assert lines[at] == f"1. Cats, confidence {miss['confidence']:.2f}: {shown}; right: {gold}"
    assert lines[at + 1] == f"   {miss['question']} ({miss['kind']}, {miss['intent']})"


def test_no_misses_are_listed_unless_wanted(dilemma: Program) -> None:
    """The tables are enough."""
    assert written(dilemma)["misses"] == []


# JSON


def test_object_holds_every_figure(dilemma: Program) -> None:
    """Under the names that are documented."""
    found = written(dilemma)
    assert {name: found[name] for name in ("pack", "questions", "intents", "folds", "seed", "resamples", "level")} == {
        "pack": "pets",
        "questions": 4,
        "intents": 2,
        "folds": 5,
        "seed": 20,
        "resamples": 1000,
        "level": 95,
    }
    assert set(found["systems"]) == {"folds", "intents", "topics", *SYSTEMS}
    assert set(found["differences"]) == set(SYSTEMS)
    system = found["systems"]["folds"]
    assert set(system["overall"]) == set(OVERALL)
    assert set(system["voices"]) == {"cats", "dogs", CONTEXT}
    assert set(system["voices"]["cats"]) == set(OF_A_VOICE)
    assert set(system["kinds"]) == {"plain", "short"}
    assert set(system["overall"]["both_sides"]) == {"value", "low", "high", "count"}
    assert system["overall"]["both_sides"]["count"] == 4
    assert system["overall"]["writer_only"] == {"value": None, "low": None, "high": None, "count": 0}
    # Cats have gold on three questions of four, dogs on none.
    assert found["systems"]["silence"]["overall"]["both_sides"]["value"] == 0.625
    assert set(system["reliability"]) == {"sides", "cats", "dogs", CONTEXT}
    assert set(system["reliability"]["sides"][0]) == {"low", "high", "count", "confidence", "right"}


def test_object_is_the_same_again(dilemma: Program) -> None:
    """Nothing is left to chance."""
    assert written(dilemma) == written(dilemma)


# Held-out questions


@pytest.mark.usefixtures("heldout")
def test_held_out_questions_are_judged_by_the_index(dilemma: Program, heldout: str) -> None:
    """Without those that the pack holds word for word, whatever their case."""
    dilemma("index")
    outcome = dilemma("evaluate", "--heldout", heldout)
    assert outcome.code == 0
    assert outcome.err == "left out: 1 of 2, which the pack holds word for word\n"
    assert outcome.out.splitlines()[0] == "pets: 1 question in 1 intent, judged by the pack's index."
    assert next(iter(written(dilemma, "--heldout", heldout)["systems"])) == "heldout"


@pytest.mark.usefixtures("heldout")
def test_pack_without_questions_is_judged_by_held_out_ones(dilemma: Program, tiny_in_use: Path, heldout: str) -> None:
    """The plain systems beside it are tuned on those of the other folds."""
    (tiny_in_use / "questions.toml").unlink()
    dilemma("index")
    outcome = dilemma("evaluate", "--heldout", heldout)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0] == "pets: 2 questions in 2 intents, judged by the pack's index."
    assert set(written(dilemma, "--heldout", heldout)["systems"]) == {"heldout", *SYSTEMS}


def test_held_out_questions_that_are_all_known_are_refused(dilemma: Program, heldout: str) -> None:
    """They would prove nothing."""
    (dilemma.folder / heldout).write_text("[[question]]" + HELDOUT.split("[[question]]")[2], encoding="utf-8")
    outcome = dilemma("evaluate", "--heldout", heldout)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-1] == (
        "error: heldout.toml holds nothing that the pack does not hold too: write others"
    )


def test_missing_held_out_file_is_named(dilemma: Program) -> None:
    """Before anything heavy is loaded."""
    outcome = dilemma("evaluate", "--heldout", "nowhere.toml")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "error: the held-out file cannot be used: nowhere.toml: the file is missing\n"


def test_pack_without_questions_cannot_be_judged(dilemma: Program, tiny_in_use: Path) -> None:
    """It says what is missing."""
    (tiny_in_use / "questions.toml").unlink()
    outcome = dilemma("evaluate")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == ("error: the pack pets has no questions to judge by: write some into its questions.toml\n")


# The ablation


def test_ablation_compares_every_variant(dilemma: Program) -> None:
    """In one table, the full system first."""
    outcome = dilemma("evaluate", "--ablate", "--markdown")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[:2] == HEADING
    assert lines[4:7] == ["", "|  | both-sides score | difference × 100 |  |", "| --- | ---: | ---: | ---: |"]
    assert lines[7].startswith("| the full system | ")
    assert len(lines) == 7 + len(VARIANTS)
    found = written(dilemma, "--ablate")["ablation"]
    assert [variant["variant"] for variant in found] == [line.split(" | ")[0][2:] for line in lines[7:]]
    assert found[0]["difference"]["value"] == 0


# The plot


def test_plot_is_drawn_and_described(dilemma: Program) -> None:
    """As a PNG, and in words for those who cannot see it."""
    outcome = dilemma("evaluate", "--plot", "confidence.png")
    assert outcome.code == 0
    assert (dilemma.folder / "confidence.png").read_bytes().startswith(b"\x89PNG\r\n")
    assert outcome.err.splitlines()[-1] == "drawn: confidence.png"
    last = outcome.out.splitlines()[-1]
    assert last.startswith("Line chart “Calibration of pets, 5 folds”: share of first passages that are gold")
    assert "Cats: " in last
    assert "Dogs: " in last


def test_object_stays_alone_on_stdout(dilemma: Program) -> None:
    """The description of the plot would be no JSON."""
    assert written(dilemma, "--plot", "confidence.png")["pack"] == "pets"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("plot.pdf", "the plot is a PNG: name a file that ends in .png, not plot.pdf"),
        ("no/plot.png", "the plot cannot be written to no/plot.png: name a file in a folder that exists"),
        ("folder.png", "the plot cannot be written to folder.png: name a file in a folder that exists"),
    ],
)
def test_plot_that_cannot_be_is_refused_at_once(dilemma: Program, path: str, message: str) -> None:
    """Not after minutes of work."""
    (dilemma.folder / "folder.png").mkdir()
    outcome = dilemma("evaluate", "--plot", path)
    assert (outcome.code, outcome.out, outcome.err) == (1, "", f"error: {message}\n")


def test_missing_matplotlib_is_said(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line that installs it."""
    monkeypatch.setattr(plotting, "find_spec", lambda name: None)
    outcome = dilemma("evaluate", "--plot", "plot.png")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (f"error: the plot needs matplotlib: run `{adding_extra('plots')}`, or leave out --plot\n")


# Wrong use


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--json", "--markdown"], "--markdown and --json are two forms: leave one out"),
        (["--ablate", "--misses", "3"], "--ablate gives one table: leave out --heldout, --plot and --misses"),
        (["--ablate", "--plot", "a.png"], "--ablate gives one table: leave out --heldout, --plot and --misses"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_use(dilemma: Program, options: list[str], message: str) -> None:
    """With what to leave out."""
    outcome = dilemma("evaluate", *options)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", f"error: {message}\n")
