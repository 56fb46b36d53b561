"""What claims.toml, sparrings.toml and moves.toml may say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.dialogues import Turn
from knowledge.errors import Problem
from knowledge.sparring import Claim, Sparring, SparringTurn

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

CLAIMS = """\
[[claim]]
against = "cats"
fair = ["no-walk"]
texts = ["Walk your cat", "cats need walks"]

[[claim]]
against = "cats"
fair = []
texts = ["parrots are loud"]
"""
SPARRINGS = """\
[[sparring]]
author = "a"
holds = "cats"
[[sparring.turn]]
user = "walk it"
move = "claim"
fair = ["no-walk"]
concession = true
[[sparring.turn]]
user = "swap"
move = "swap"
[[sparring.turn]]
user = "dogs are loud"
move = "claim"
fair = ["guard"]
"""


def test_they_are_read(tiny: TinyPack) -> None:
    """A sparring's passages are those of the side held then; moves of the program and the pack stand together."""
    tiny.write("claims.toml", CLAIMS)
    tiny.write("sparrings.toml", SPARRINGS)
    tiny.write("moves.toml", 'stop = ["meow, bye"]\nclaim = ["bye"]\n')
    pack: Pack = tiny.load()
    assert pack.claims == (
        Claim("Walk your cat", "cats", ("no-walk",)),
        Claim("cats need walks", "cats", ("no-walk",)),
        Claim("parrots are loud", "cats", ()),
    )
    (sparring,) = pack.sparrings
    assert sparring == Sparring(
        "a",
        "cats",
        (
            SparringTurn("walk it", "claim", ("no-walk",), concession=True),
            SparringTurn("swap", "swap", (), concession=False),
            SparringTurn("dogs are loud", "claim", ("guard",), concession=False),
        ),
    )
    assert [side for _, side in sparring.held(("cats", "dogs"))] == ["cats", "dogs", "dogs"]
    assert Turn("meow, bye", "stop") in pack.moves
    assert [move for move in pack.moves if move.text == "bye"] == [Turn("bye", "claim")]


def test_faults_are_named(tiny: TinyPack) -> None:
    """A passage of another side, a claim twice, an unknown move."""
    tiny.write("claims.toml", CLAIMS.replace('"cats need walks"', '"walk your CAT"').replace("no-walk", "guard"))
    tiny.write("sparrings.toml", SPARRINGS.replace('"guard"', '"no-walk"').replace('move = "swap"', 'move = "swop"'))
    assert list(tiny.problems()) == [
        Problem("claims.toml", 3, '[[claim]]: the passage "guard" is not one of "cats"'),
        Problem("claims.toml", 4, '[[claim]]: "walk your CAT" stands twice against "cats"; keep one of them'),
        Problem("sparrings.toml", 11, '[[turn]]: unknown move "swop"; did you mean "swap"?'),
    ]
