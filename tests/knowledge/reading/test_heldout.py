"""What a held-out file may say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from knowledge.dialogues import Dialogue, DialogueTurn
from knowledge.errors import UserError
from knowledge.model import Question, Statement
from knowledge.reading.heldout import HeldOut, read_heldout, unknown

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

STATEMENTS = """\
[[statement]]
text = "Cats must be walked"
stance = "dogs"
best = ["no-walk"]
acceptable = ["claimed-walk"]

[[statement]]
text = "fish bark"
stance = ""
best = []
acceptable = []
"""

DIALOGUES = """\
[[dialogue]]
[[dialogue.turn]]
user = "walks?"
act = "answer"
standalone = "Does a cat need walks?"
best = ["no-walk"]
acceptable = []

[[dialogue]]
id = "short"
[[dialogue.turn]]
user = "hi"
act = "smalltalk"
"""


def read(tiny: TinyPack, text: str) -> HeldOut:
    path = tiny.path.parent / "heldout.toml"
    path.write_text(text, encoding="utf-8")
    return read_heldout(path, tiny.load())


def test_questions_with_the_same_gold_share_an_intent(tiny: TinyPack) -> None:
    """Each unanswered question has its own: what it asks is unknown."""
    assert read(tiny, QUESTIONS) == HeldOut(
        questions=(
            Question("must cats go out", "claimed-walk no-walk", "plain", {"no-walk": 2, "claimed-walk": 1}),
            Question("cats on leads??", "claimed-walk no-walk", "slang", {"claimed-walk": 2, "no-walk": 1}),
            Question("do fish bark", "nobody answers 3", "yesno", {}),
            Question("goldfish", "nobody answers 4", "short", {}),
        )
    )


def test_statements_are_read_as_a_packs_own(tiny: TinyPack) -> None:
    assert read(tiny, STATEMENTS) == HeldOut(
        statements=(
            Statement("Cats must be walked", "dogs", {"no-walk": 2, "claimed-walk": 1}),
            Statement("fish bark", None, {}),
        )
    )


def test_a_dialogue_without_an_id_is_called_by_its_number(tiny: TinyPack) -> None:
    walks = DialogueTurn("walks?", "answer", "Does a cat need walks?", {"no-walk": 2})
    assert read(tiny, DIALOGUES) == HeldOut(
        dialogues=(
            Dialogue("number 1", (walks,)),
            Dialogue("short", (DialogueTurn("hi", "smalltalk", None, {}),)),
        )
    )


def test_a_file_may_hold_all_of_it(tiny: TinyPack) -> None:
    assert len(read(tiny, QUESTIONS + STATEMENTS + DIALOGUES)) == 8


def test_what_the_pack_holds_too_is_left_out(tiny: TinyPack) -> None:
    tiny.write("statements.toml", re.sub(r"text = (.*)", r"texts = [\1]", STATEMENTS))
    tiny.write("dialogues.toml", DIALOGUES.replace("[[dialogue]]\n[[", '[[dialogue]]\nid = "first"\n[['))
    asked = read(
        tiny,
        QUESTIONS.replace("do fish bark", "are  parrots LOUD?")
        + STATEMENTS.replace("Cats must be walked", "Cats must be brushed")
        + DIALOGUES,
    )
    kept = unknown(asked, tiny.load())
    assert [question.text for question in kept.questions] == ["must cats go out", "cats on leads??", "goldfish"]
    assert [statement.text for statement in kept.statements] == ["Cats must be brushed"]
    assert kept.dialogues == asked.dialogues


def test_the_first_problem_is_named_and_the_others_counted(tiny: TinyPack) -> None:
    broken = QUESTIONS.replace('best = ["no-walk"]', 'best = ["no-walks"]').replace('"yesno"', '"yes"')
    with pytest.raises(UserError) as caught:
        read(tiny, broken)
    assert str(caught.value) == (
        f"the held-out file cannot be used: {tiny.path.parent / 'heldout.toml'}:4: "
        '[[question]]: unknown passage "no-walks"; did you mean "no-walk"? (and 1 more)'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"holds no \[\[question\]\], no \[\[statement\]\] and no \[\[dialogue\]\]"),
        ('[[questions]]\ntext = "a"\n', 'unknown key "questions"; did you mean "question"'),
        ("[[question]", "broken TOML"),
        ('[[question]]\ntext = "a"\n', 'the key "kind" is missing'),
        (STATEMENTS.replace('"dogs"', '"dog"'), 'unknown stance "dog"; did you mean "dogs"'),
        (STATEMENTS.replace('"dogs"', '"cats"'), "is on the claim's own side"),
        (DIALOGUES.replace('act = "smalltalk"', 'act = "talk"'), 'unknown act "talk"'),
        (DIALOGUES + DIALOGUES, 'the id "short" is already taken'),
    ],
    ids=["empty", "unknown", "broken", "half", "stance", "own side", "act", "same id"],
)
def test_a_file_that_is_none_is_refused(tiny: TinyPack, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tiny, text)


def test_a_missing_file_is_named(tiny: TinyPack) -> None:
    with pytest.raises(UserError, match=r"nowhere\.toml: the file is missing"):
        read_heldout(tiny.path / "nowhere.toml", tiny.load())


def test_the_projects_own_file_fits_the_shipped_pack(shipped: Pack, request: pytest.FixtureRequest) -> None:
    path: Path = request.config.rootpath / "tests" / "quality" / "heldout.toml"
    questions = read_heldout(path, shipped).questions
    assert len(questions) >= 200
    assert sum(not question.gold for question in questions) >= 50
