"""What `evaluate` prints and writes about conversations and claims."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import opening
from bot.lab.evaluate.report import OF_DIALOGUES, OF_STATEMENTS
from bot.screen.tables import WIDTH
from tests.lab.evaluate.test_command import HEADING, HELDOUT, written
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from tests.conftest import Program

pytestmark = pytest.mark.usefixtures("tiny_in_use")

STATEMENTS = """\
[[statement]]
text = "{0} a cat must be walked"
stance = "dogs"
best = ["no-walk"]
acceptable = []

[[statement]]
text = "{0} cats are clean"
stance = "cats"
best = ["guard"]
acceptable = []

[[statement]]
text = "{0} parrots are loud"
stance = ""
best = []
acceptable = []

"""
DIALOGUES = """\
[[dialogue]]
id = "walking"
[[dialogue.turn]]
user = "hi"
act = "smalltalk"
[[dialogue.turn]]
user = "Does a cat need walks?"
act = "answer"
standalone = "Does a cat need walks?"
best = ["no-walk"]
acceptable = ["claimed-walk"]
[[dialogue.turn]]
user = "thanks"
act = "source"
"""


TURNS = """\
greeting = ["hi", "hi there", "hi you"]
thanks = ["thanks", "many thanks", "thanks a lot"]
question = ["Does a cat need walks?", "Does a dog need walks?", "Must a cat be walked?"]
"""


@pytest.fixture(autouse=True)
def _has_model(monkeypatch: pytest.MonkeyPatch, tiny_in_use: Path) -> None:
    """Have a model that loads at once, and a pack that knows small talk."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())
    (tiny_in_use / "turns.toml").write_text(TURNS, encoding="utf-8")


def write_statements(folder: Path, statements: str) -> None:
    """Give a pack statements that are written as in a held-out file, each alone."""
    grouped = re.sub(r"text = (.*)", r"texts = [\1]", statements)
    (folder / "statements.toml").write_text(grouped, encoding="utf-8")


@pytest.fixture
def talkative(tiny_in_use: Path) -> None:
    """Give the tiny pack statements and a dialogue."""
    statements = "".join(STATEMENTS.format(word) for word in ("well", "so", "really", "truly", "indeed", "surely"))
    write_statements(tiny_in_use, statements)
    (tiny_in_use / "dialogues.toml").write_text(DIALOGUES, encoding="utf-8")


@pytest.mark.usefixtures("talkative")
def test_dialogues_and_statements_follow_the_questions(dilemma: Program) -> None:
    """With their own sentences and tables, and what the figures do not say."""
    outcome = dilemma("evaluate")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[:2] == HEADING
    at = lines.index("pets: 1 dialogue of 3 turns, judged by the index as it is, for nothing learns from dialogues.")
    assert lines[at + 1 : at + 3] == [
        "The example questions may ask alike: 1 of 1 turn to be answered stands among them word for word.",
        "Beside each figure its 95 % interval: 1000 resamples of the dialogues, seed 20.",
    ]
    after = lines.index("pets: 18 statements, none judged by what was learnt from it.")
    assert after > at
    for name in OF_DIALOGUES.values():
        assert any(line.startswith(name) for line in lines[at:after]), name
    for name in (*OF_STATEMENTS.values(), "stance: Cats", "stance: nobody"):
        assert any(line.startswith(name) for line in lines[after:]), name
    tables = [line for line in lines[at:] if not line.endswith((".", "word for word."))]
    assert max(map(len, tables)) <= WIDTH


@pytest.mark.usefixtures("talkative")
def test_acts_are_laid_out_as_asked_for_and_done(dilemma: Program) -> None:
    """Thanks are no question for the source."""
    lines = dilemma("evaluate", "--markdown").out.splitlines()
    at = lines.index("**Acts: what was asked for, and what was done**")
    assert lines[at + 2 : at + 7] == [
        "| asked for | n | right | answer | more | source | smalltalk | clarify |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| answer | 1 | 1.000 1.00–1.00 | 1 | 0 | 0 | 0 | 0 |",
        "| source | 1 | 0.000 .000–.000 | 0 | 0 | 0 | 1 | 0 |",
        "| smalltalk | 1 | 1.000 1.00–1.00 | 0 | 0 | 0 | 1 | 0 |",
    ]


@pytest.mark.usefixtures("talkative")
def test_worst_turns_and_statements_are_listed_too(dilemma: Program) -> None:
    """With what was said, and what would have been right."""
    out = dilemma("evaluate", "--misses", "1").out
    assert "1. walking, turn 3: source was asked for, smalltalk was done\n   thanks\n" in out
    found = written(dilemma, "--misses", "1")
    assert found["dialogues"]["misses"][0] == {
        "dialogue": "walking",
        "turn": 3,
        "user": "thanks",
        "asked_as": "thanks",
        "act": "source",
        "done": "smalltalk",
        "sides": [],
        "certainty": 1.0,
    }
    for miss in found["rebuttals"]["misses"]:
        assert f"1. confidence {miss['certainty']:.2f}: stance " in out
        assert f"\n   {miss['statement']}\n" in out


@pytest.mark.usefixtures("talkative")
def test_object_holds_dialogues_and_rebuttals(dilemma: Program) -> None:
    """Under the names that are documented."""
    found = written(dilemma)
    dialogues, rebuttals = found["dialogues"], found["rebuttals"]
    assert {name: dialogues[name] for name in ("dialogues", "turns", "known", "misses")} == {
        "dialogues": 1,
        "turns": 3,
        "known": 1,
        "misses": [],
    }
    assert set(dialogues["figures"]) == set(OF_DIALOGUES)
    assert dialogues["figures"]["acts"] == {"value": 0.6667, "low": 0.6667, "high": 0.6667, "count": 3}
    assert dialogues["confusion"]["source"]["smalltalk"] == 1
    assert dialogues["acts"]["source"]["value"] == 0
    assert (rebuttals["statements"], rebuttals["types"], rebuttals["misses"]) == (18, 2 + 6, [])
    # Each side is opposed by one type of claim alone: without it nothing would be left to learn from.
    assert list(rebuttals["schemes"]) == ["folds"]
    assert set(rebuttals["schemes"]["folds"]["figures"]) == set(OF_STATEMENTS)
    assert [figure["count"] for figure in rebuttals["schemes"]["folds"]["stances"].values()] == [6, 6, 6]


def test_a_pack_without_them_has_none(dilemma: Program) -> None:
    """Which the object says."""
    found = written(dilemma)
    assert (found["dialogues"], found["rebuttals"]) == (None, None)


def test_too_few_statements_are_said_not_to_be_judged(dilemma: Program, tiny_in_use: Path) -> None:
    """Nothing is left out in silence."""
    only = STATEMENTS.format("so").split("\n\n")[0]
    write_statements(tiny_in_use, only)
    outcome = dilemma("evaluate")
    assert outcome.code == 0
    assert outcome.err.splitlines()[-1] == ("the statements are not judged: they are too few to leave any of them out")
    assert "statement" not in outcome.out


# Held-out files


@pytest.mark.usefixtures("talkative")
def test_held_out_dialogues_need_no_id(dilemma: Program) -> None:
    """Nothing but them is judged."""
    (dilemma.folder / "talk.toml").write_text(DIALOGUES.replace('id = "walking"\n', ""), encoding="utf-8")
    outcome = dilemma("evaluate", "--heldout", "talk.toml", "--misses", "1")
    assert outcome.code == 0
    assert outcome.out.startswith("pets: 1 dialogue of 3 turns, judged by the index as it is, ")
    assert "1. number 1, turn 3: source was asked for, smalltalk was done" in outcome.out
    found = written(dilemma, "--heldout", "talk.toml")
    assert (found["questions"], found["systems"], found["misses"], found["rebuttals"]) == (0, {}, [], None)
    assert found["dialogues"]["turns"] == 3


@pytest.mark.usefixtures("talkative")
def test_held_out_statements_are_judged_by_the_index(dilemma: Program) -> None:
    """Without those that the pack holds word for word."""
    held_out = STATEMENTS.format("so") + STATEMENTS.format("I say that")
    (dilemma.folder / "claims.toml").write_text(held_out, encoding="utf-8")
    dilemma("index")
    outcome = dilemma("evaluate", "--heldout", "claims.toml", "--markdown")
    assert outcome.code == 0
    assert outcome.err == "left out: 3 of 6, which the pack holds word for word\n"
    lines = outcome.out.splitlines()
    assert lines[0] == "pets: 3 statements, judged by the index as it is."
    at = lines.index("**Rebuttals**")
    assert lines[at + 2] == "|  | n | held out |"
    assert lines[at + 4].startswith("| rebuttal score | 3 | ")


@pytest.mark.usefixtures("talkative")
def test_held_out_file_may_hold_everything(dilemma: Program) -> None:
    """Each sort is judged."""
    everything = HELDOUT + STATEMENTS.format("I say that") + DIALOGUES
    (dilemma.folder / "all.toml").write_text(everything, encoding="utf-8")
    found = written(dilemma, "--heldout", "all.toml")
    assert (found["questions"], found["rebuttals"]["statements"], found["dialogues"]["turns"]) == (1, 3, 3)
    assert set(found["rebuttals"]["schemes"]) == {"heldout"}


def test_plot_needs_questions(dilemma: Program) -> None:
    """It is about them."""
    (dilemma.folder / "talk.toml").write_text(DIALOGUES, encoding="utf-8")
    outcome = dilemma("evaluate", "--heldout", "talk.toml", "--plot", "plot.png")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "error: the plot is about questions, and talk.toml holds none: leave out --plot\n"


@pytest.mark.usefixtures("talkative")
def test_every_key_of_the_object_is_documented(dilemma: Program) -> None:
    """Where the figures are."""
    documented = (Path(__file__).parents[3] / "docs" / "quality.md").read_text(encoding="utf-8")
    found = written(dilemma, "--misses", "1")
    system = found["systems"]["folds"]
    names = [*found, *found["systems"], *system["overall"], *system["voices"]["cats"], *found["misses"][0]]
    for part in (found["dialogues"], found["rebuttals"], *found["rebuttals"]["schemes"].values()):
        names += [*part, *part.get("figures", ()), *(part.get("misses") or [{}])[0]]
    assert [name for name in names if name not in documented] == []
