"""What dialogues.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from bot.quote.rules.quote import Act
from knowledge.dialogues import Dialogue, DialogueTurn
from knowledge.errors import Problem
from knowledge.reading.heldout import ACTS, NEW

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

FILE: Final = "dialogues.toml"

DIALOGUES: Final = """\
[[dialogue]]
id = "walking"
[[dialogue.turn]]
user = "hi"
act = "smalltalk"
[[dialogue.turn]]
user = "and walks?"
act = "answer"
standalone = "Does a cat need walks?"
best = ["no-walk"]
acceptable = ["claimed-walk"]

[[dialogue]]
id = "bare"
[[dialogue.turn]]
user = "why?"
act = "clarify"
"""


@pytest.fixture
def talking(tiny: TinyPack) -> TinyPack:
    tiny.write(FILE, DIALOGUES)
    return tiny


def test_each_table_becomes_a_dialogue(talking: TinyPack) -> None:
    assert talking.load().dialogues == (
        Dialogue(
            "walking",
            (
                DialogueTurn("hi", "smalltalk", None, {}),
                DialogueTurn("and walks?", "answer", "Does a cat need walks?", {"no-walk": 2, "claimed-walk": 1}),
            ),
        ),
        Dialogue("bare", (DialogueTurn("why?", "clarify", None, {}),)),
    )


def test_a_pack_does_without_dialogues(tiny: TinyPack) -> None:
    assert tiny.load().dialogues == ()


def test_dialogues_stay_out_of_the_hash(tiny: TinyPack) -> None:
    """No answer depends on them, so that nothing is built anew when they change."""
    before = tiny.load().sha256
    tiny.write(FILE, DIALOGUES)
    assert tiny.load().sha256 == before


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        pytest.param(
            'best = ["no-walk"]',
            'best = ["no-walks"]',
            "no-walks",
            '[[turn]]: unknown passage "no-walks"; did you mean "no-walk"?',
            id="unknown passage",
        ),
        pytest.param(
            'act = "clarify"',
            'act = "clarifies"',
            "clarifies",
            '[[turn]]: unknown act "clarifies"; did you mean "clarify"?',
            id="unknown act",
        ),
        pytest.param(
            'act = "smalltalk"',
            'act = "smalltalk"\nstandalone = "Hi"',
            'standalone = "Hi"',
            '[[turn]]: "standalone" belongs to the act "answer", not to "smalltalk"',
            id="question of small talk",
        ),
        pytest.param(
            'standalone = "Does a cat need walks?"\n',
            "",
            '[[dialogue.turn]]\nuser = "and walks?"',
            '[[turn]]: the key "standalone" is missing',
            id="answer without a question",
        ),
        pytest.param(
            'user = "why?"',
            'user = " "',
            'user = " "',
            '[[turn]]: "user" must be a text, not an empty one',
            id="nothing said",
        ),
        pytest.param(
            'id = "bare"',
            'id = "walking"',
            'id = "walking"\n[[dialogue.turn]]\nuser = "why?"',
            'dialogue "walking": the id "walking" is already taken on line 1',
            id="duplicated id",
        ),
        pytest.param(
            '[[dialogue.turn]]\nuser = "why?"\nact = "clarify"\n',
            "turn = []\n",
            "turn = []",
            'dialogue "bare": "turn" must be tables headed [[dialogue.turn]]',
            id="no turn",
        ),
        pytest.param(
            'user = "hi"',
            'user = "hi"\nbot = "hello"',
            "bot = ",
            '[[turn]]: unknown key "bot"; valid: "user", "act", "standalone", "best", "acceptable"',
            id="unknown key",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(talking: TinyPack, old: str, new: str, at: str, message: str) -> None:
    talking.edit(FILE, old, new)
    assert talking.problems() == (Problem(FILE, talking.line(FILE, at), message),)


def test_the_acts_are_those_of_answers() -> None:
    assert {*ACTS, "spar"} == {act.value for act in Act}


def test_shipped_dialogues_hold_every_act(shipped: Pack) -> None:
    turns = [turn for dialogue in shipped.dialogues for turn in dialogue.turns]
    assert {turn.act for turn in turns} == set(ACTS)
    assert all(turn.act == "answer" for turn in turns if turn.standalone is not None)
    assert sum(any(turn.act in NEW for turn in dialogue.turns) for dialogue in shipped.dialogues) >= 60
