"""What turns.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from knowledge.dialogues import Turn
from knowledge.errors import Problem
from knowledge.pack import check_pack
from knowledge.reading import tables
from knowledge.reading.questions import WANTS
from tests.knowledge.conftest import DEFAULTS

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

FILE: Final = "turns.toml"


def test_each_text_becomes_a_turn(tiny: TinyPack) -> None:
    tiny.write(FILE, 'question = ["Does a cat walk?"]\nmore = ["more cats", "next cat"]\n')
    turns = [turn for turn in tiny.load().turns if "cat" in turn.text]
    assert turns == [Turn("more cats", "more"), Turn("next cat", "more"), Turn("Does a cat walk?", "question")]


@pytest.fixture
def _all_defaults(tiny: TinyPack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "DEFAULTS", DEFAULTS)


@pytest.mark.usefixtures("_all_defaults")
def test_a_pack_without_turns_has_the_programs_own(tiny: TinyPack) -> None:
    turns = tiny.load().turns
    assert {turn.wants for turn in turns} == set(WANTS)
    assert Turn("go on", "more") in turns
    assert not [
        turn for turn in turns if re.search(r"\bfilm\b|\bmovie\b|facebook|\bfb\b|\bads?\b", turn.text, re.IGNORECASE)
    ]


@pytest.mark.usefixtures("_all_defaults")
def test_a_pack_has_the_last_word_on_what_a_text_wants(tiny: TinyPack) -> None:
    tiny.write(FILE, 'question = ["Go on"]\n')
    anywhere = [turn for turn in tiny.load().turns if turn.text.lower() == "go on" and turn.after is None]
    assert anywhere == [Turn("Go on", "question")]


def test_turns_change_the_hash_of_a_pack(tiny: TinyPack) -> None:
    before = tiny.load().sha256
    tiny.write(FILE, 'more = ["go on"]\n')
    assert tiny.load().sha256 != before


def test_an_unknown_want_is_a_problem(tiny: TinyPack) -> None:
    tiny.write(FILE, 'mores = ["go on"]\n')
    assert check_pack(tiny.path) == (Problem(FILE, 1, 'unknown key "mores"; did you mean "more"?'),)


def test_a_text_wants_one_thing(tiny: TinyPack) -> None:
    tiny.write(FILE, 'more = ["go on"]\nsource = ["Go on"]\n')
    assert check_pack(tiny.path) == (Problem(FILE, 2, '"Go on" stands under "more" and under "source"'),)


def test_the_shipped_turns_show_every_want(shipped: Pack) -> None:
    acts = Counter(WANTS[turn.wants] for turn in shipped.turns)
    assert min(acts.values()) >= 150


def test_a_turn_may_want_something_else_after_an_act(tiny: TinyPack) -> None:
    tiny.write(FILE, 'more = ["next cat"]\n[after.points]\npoints = ["next cat"]\n')
    turns = [turn for turn in tiny.load().turns if "cat" in turn.text]
    assert turns == [Turn("next cat", "more"), Turn("next cat", "points", "points")]
    tiny.write(FILE, '[after.pints]\npoints = ["next cat"]\n')
    assert check_pack(tiny.path) == (Problem(FILE, 1, 'unknown key "pints"; did you mean "points"?'),)
