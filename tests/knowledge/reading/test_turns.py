"""What turns.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.errors import Problem
from knowledge.model import Turn
from knowledge.pack import check_pack
from knowledge.reading.turns import WANTS

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

FILE: Final = "turns.toml"


def test_each_text_becomes_a_turn(tiny: TinyPack) -> None:
    """In the order of what they want, whatever the order of the file."""
    tiny.write(FILE, 'question = ["Does a cat walk?"]\nmore = ["go on", "next"]\n')
    assert tiny.load().turns == (Turn("go on", "more"), Turn("next", "more"), Turn("Does a cat walk?", "question"))


def test_a_pack_does_without_turns(tiny: TinyPack) -> None:
    """It has none then."""
    assert tiny.load().turns == ()


def test_turns_change_the_hash_of_a_pack(tiny: TinyPack) -> None:
    """For the index learns from them."""
    before = tiny.load().sha256
    tiny.write(FILE, 'more = ["go on"]\n')
    assert tiny.load().sha256 != before


def test_an_unknown_want_is_a_problem(tiny: TinyPack) -> None:
    """With the nearest one that there is."""
    tiny.write(FILE, 'mores = ["go on"]\n')
    assert check_pack(tiny.path) == (Problem(FILE, 1, 'unknown key "mores"; did you mean "more"?'),)


def test_a_text_wants_one_thing(tiny: TinyPack) -> None:
    """Written in another case it is the same text."""
    tiny.write(FILE, 'more = ["go on"]\nsource = ["Go on"]\n')
    assert check_pack(tiny.path) == (Problem(FILE, 2, '"Go on" stands under "more" and under "source"'),)


def test_the_shipped_turns_show_every_want(shipped: Pack) -> None:
    """Hundreds of each, for the wording is learnt from them."""
    counts = {want: sum(turn.wants == want for turn in shipped.turns) for want in WANTS}
    assert min(counts.values()) >= 400
