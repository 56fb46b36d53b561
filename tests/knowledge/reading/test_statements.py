"""What statements.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.errors import Problem
from knowledge.model import CONTEXT, Statement

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

STATEMENTS = """\
[[statement]]
stance = "dogs"
best = ["no-walk"]
acceptable = ["claimed-walk"]
texts = [
    "A cat must be walked.",
    "Walk your cat",
]

[[statement]]
stance = "cats"
best = []
acceptable = []
texts = ["Cats are clean."]

[[statement]]
stance = ""
best = []
acceptable = []
texts = ["Parrots are loud."]
"""


@pytest.fixture
def claims(tiny: TinyPack) -> TinyPack:
    tiny.write("statements.toml", STATEMENTS)
    return tiny


def test_each_text_becomes_a_statement(claims: TinyPack) -> None:
    assert claims.load().statements == (
        Statement("A cat must be walked.", "dogs", {"no-walk": 2, "claimed-walk": 1}),
        Statement("Walk your cat", "dogs", {"no-walk": 2, "claimed-walk": 1}),
        Statement("Cats are clean.", "cats", {}),
        Statement("Parrots are loud.", None, {}),
    )


def test_a_pack_does_without_statements(tiny: TinyPack) -> None:
    assert tiny.load().statements == ()


def test_statements_change_the_hash_of_the_pack(tiny: TinyPack) -> None:
    before = tiny.load().sha256
    tiny.write("statements.toml", STATEMENTS)
    assert tiny.load().sha256 != before


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        pytest.param(
            'stance = "dogs"',
            'stance = "dog"',
            'stance = "dog"',
            '[[statement]]: unknown stance "dog"; did you mean "dogs"?',
            id="unknown stance",
        ),
        pytest.param(
            'best = ["no-walk"]',
            'best = ["no-walks"]',
            "no-walks",
            '[[statement]]: unknown passage "no-walks"; did you mean "no-walk"?',
            id="unknown passage",
        ),
        pytest.param(
            'best = ["no-walk"]',
            'best = ["no-walk", "guard"]',
            'best = ["no-walk", "guard"]',
            '[[statement]]: the passage "guard" is on the claim\'s own side, "dogs"; list those of the other sides',
            id="own side",
        ),
        pytest.param(
            'acceptable = ["claimed-walk"]',
            'acceptable = ["most-homes"]',
            "most-homes",
            '[[statement]]: the passage "most-homes" is the writer\'s; only a side opposes a claim',
            id="the writer",
        ),
        pytest.param(
            'acceptable = ["claimed-walk"]',
            'acceptable = ["no-walk"]',
            'acceptable = ["no-walk"]',
            '[[statement]]: the passage "no-walk" is both best and acceptable; leave it in one',
            id="two grades",
        ),
        pytest.param(
            'stance = ""\nbest = []',
            'stance = ""\nbest = ["wash"]',
            '"wash"',
            '[[statement]]: the claim is no side\'s, so "wash" cannot stand against it',
            id="nobody opposes what is no side's",
        ),
        pytest.param(
            "Parrots are loud.",
            "walk YOUR  cat",
            "walk YOUR",
            '[[statement]]: the statement "walk YOUR  cat" is already made on line 7',
            id="made twice",
        ),
        pytest.param(
            '["Cats are clean."]',
            '["Cats are clean.", "cats are clean."]',
            "Cats are",
            '[[statement]]: the statement "cats are clean." is already made on line 14',
            id="made twice at one place",
        ),
        pytest.param(
            '["Cats are clean."]',
            "[]",
            "texts = []",
            '[[statement]]: "texts" must hold 1 or more, not 0',
            id="no text",
        ),
        pytest.param(
            'texts = ["Parrots are loud."]\n',
            "",
            '[[statement]]\nstance = ""',
            '[[statement]]: the key "texts" is missing',
            id="missing texts",
        ),
        pytest.param(
            'stance = "cats"\n',
            "",
            '[[statement]]\nbest = []\nacceptable = []\ntexts = ["Cats',
            '[[statement]]: the key "stance" is missing',
            id="missing stance",
        ),
        pytest.param(
            'stance = "cats"',
            "stance = 3",
            "stance = 3",
            '[[statement]]: "stance" must be a text, not a number',
            id="stance that is no text",
        ),
        pytest.param(
            'stance = "cats"',
            'stance = "cats"\nside = "cats"',
            "side =",
            '[[statement]]: unknown key "side"; valid: "texts", "stance", "best", "acceptable"',
            id="unknown key",
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_line(claims: TinyPack, old: str, new: str, at: str, message: str) -> None:
    claims.edit("statements.toml", old, new)
    assert claims.problems() == (Problem("statements.toml", claims.line("statements.toml", at), message),)


def test_without_passages_references_go_unchecked(claims: TinyPack) -> None:
    (claims.path / "passages.toml").unlink()
    assert claims.problems() == (Problem("passages.toml", 0, "the file is missing"),)


def test_shipped_statements_speak_for_and_against_every_side(shipped: Pack) -> None:
    for side in shipped.side_ids:
        own = [statement for statement in shipped.statements if statement.stance == side]
        assert len([statement for statement in own if statement.gold]) >= 100
        assert len([statement for statement in own if not statement.gold]) >= 10
    assert len([statement for statement in shipped.statements if statement.stance is None]) >= 100


def test_what_opposes_a_shipped_statement_is_another_side(shipped: Pack) -> None:
    for statement in shipped.statements:
        voices = {shipped.passage(passage_id).voice for passage_id in statement.gold}
        assert not voices & {statement.stance, CONTEXT}, statement.text
