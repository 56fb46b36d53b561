"""What questions.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.errors import Problem
from knowledge.model import Question

if TYPE_CHECKING:
    from tests.knowledge.conftest import TinyPack


def test_each_text_becomes_a_question(tiny: TinyPack) -> None:
    gold = {"no-walk": 2, "claimed-walk": 1}
    assert tiny.load().questions == (
        Question("Does a cat need walks?", "need-walks", "plain", gold),
        Question("Must I walk my cat?", "need-walks", "plain", gold),
        Question("cat walk?", "need-walks", "short", gold),
        Question("Are parrots loud?", "parrots", "plain", {}),
    )


def test_a_pack_does_without_questions(tiny: TinyPack) -> None:
    (tiny.path / "questions.toml").unlink()
    assert tiny.load().questions == ()


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        pytest.param(
            'best = ["no-walk"]',
            'best = ["no-walks"]',
            "no-walks",
            'intent "need-walks": unknown passage "no-walks"; did you mean "no-walk"?',
            id="unknown passage",
        ),
        pytest.param(
            'acceptable = ["claimed-walk"]',
            'acceptable = ["claimed-walk", "no-walk"]',
            'acceptable = ["claimed',
            'intent "need-walks": the passage "no-walk" is both best and acceptable; leave it in one',
            id="two grades",
        ),
        pytest.param(
            'short = ["cat walk?"]',
            'shrot = ["cat walk?"]',
            "shrot",
            'intent "need-walks": unknown key "shrot"; did you mean "short"?',
            id="unknown kind",
        ),
        pytest.param(
            'short = ["cat walk?"]',
            'short = [""]',
            'short = [""]',
            'intent "need-walks": "short" holds an empty text; remove it',
            id="empty question",
        ),
        pytest.param(
            '    "Are parrots loud?",\n',
            '    "Are parrots loud?",\n    "must i  WALK my cat?",\n',
            "must i  WALK",
            'intent "parrots": the question "must i  WALK my cat?" is already asked in the intent "need-walks"',
            id="asked twice",
        ),
        pytest.param(
            'id = "parrots"',
            'id = "need-walks"',
            'id = "need-walks"\nabout = "nobody',
            'intent "need-walks": the id "need-walks" is already taken on line 1',
            id="duplicated id",
        ),
        pytest.param(
            'plain = [\n    "Are parrots loud?",\n]\n',
            "",
            "[intent.ask]\nnumeric",
            'intent "parrots": no question asks it; give one at least',
            id="no question",
        ),
        pytest.param(
            '[intent.ask]\nplain = [\n    "Are parrots loud?",\n]\nnumeric = []',
            "ask = 7",
            "ask = 7",
            'intent "parrots": "ask" must be a table, not a number',
            id="ask that is no table",
        ),
        pytest.param(
            "best = []\n",
            "",
            '[[intent]]\nid = "parrots"',
            'intent "parrots": the key "best" is missing',
            id="missing key",
        ),
        pytest.param(
            'about = "nobody speaks of parrots"',
            "about = 1",
            "about = 1",
            'intent "parrots": "about" must be a text, not a number',
            id="about that is no text",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(tiny: TinyPack, old: str, new: str, at: str, message: str) -> None:
    tiny.edit("questions.toml", old, new)
    assert tiny.problems() == (Problem("questions.toml", tiny.line("questions.toml", at), message),)


def test_without_passages_references_go_unchecked(tiny: TinyPack) -> None:
    (tiny.path / "passages.toml").unlink()
    assert tiny.problems() == (Problem("passages.toml", 0, "the file is missing"),)
