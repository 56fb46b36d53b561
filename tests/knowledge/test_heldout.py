"""What a file of held-out questions may say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.errors import UserError
from knowledge.heldout import read_heldout
from knowledge.model import Question

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

QUESTIONS = """\
[[question]]
text = "must cats go out"
kind = "plain"
best = ["no-walk"]
acceptable = ["claimed-walk"]

[[question]]
text = "cats on leads??"
kind = "slang"
best = ["claimed-walk"]
acceptable = ["no-walk"]

[[question]]
text = "do fish bark"
kind = "yesno"
best = []
acceptable = []

[[question]]
text = "goldfish"
kind = "short"
best = []
acceptable = []
"""


def read(tiny: TinyPack, text: str) -> tuple[Question, ...]:
    """Write a file beside the tiny pack, and read it."""
    path = tiny.path.parent / "heldout.toml"
    path.write_text(text, encoding="utf-8")
    return read_heldout(path, tiny.load())


def test_questions_with_the_same_gold_share_an_intent(tiny: TinyPack) -> None:
    """Each that nobody answers has its own, for what it asks is not known."""
    assert read(tiny, QUESTIONS) == (
        Question("must cats go out", "claimed-walk no-walk", "plain", {"no-walk": 2, "claimed-walk": 1}),
        Question("cats on leads??", "claimed-walk no-walk", "slang", {"claimed-walk": 2, "no-walk": 1}),
        Question("do fish bark", "nobody answers 3", "yesno", {}),
        Question("goldfish", "nobody answers 4", "short", {}),
    )


def test_the_first_problem_is_named_and_the_others_counted(tiny: TinyPack) -> None:
    """With the file and the line, so that an editor can jump there."""
    broken = QUESTIONS.replace('best = ["no-walk"]', 'best = ["no-walks"]').replace('"yesno"', '"yes"')
    with pytest.raises(UserError) as caught:
        read(tiny, broken)
    assert str(caught.value) == (
        f"the questions cannot be used: {tiny.path.parent / 'heldout.toml'}:4: "
        '[[question]]: unknown passage "no-walks"; did you mean "no-walk"? (and 1 more)'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'the key "question" is missing'),
        ("[[question]", "broken TOML"),
        ('[[question]]\ntext = "a"\n', 'the key "kind" is missing'),
    ],
    ids=["empty", "broken", "half"],
)
def test_a_file_that_is_none_is_refused(tiny: TinyPack, text: str, message: str) -> None:
    """Saying what is wrong with it."""
    with pytest.raises(UserError, match=message):
        read(tiny, text)


def test_a_missing_file_is_named(tiny: TinyPack) -> None:
    """With its path."""
    with pytest.raises(UserError, match=r"nowhere\.toml: the file is missing"):
        read_heldout(tiny.path / "nowhere.toml", tiny.load())


def test_the_projects_own_file_fits_the_shipped_pack(shipped: Pack, request: pytest.FixtureRequest) -> None:
    """Every question has a kind, and gold of the pack."""
    path: Path = request.config.rootpath / "tests" / "quality" / "heldout.toml"
    questions = read_heldout(path, shipped)
    assert len(questions) >= 200
    assert sum(not question.gold for question in questions) >= 50
