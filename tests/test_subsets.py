"""A pack with any subset of its files works, or is refused in one sentence that names the file."""

from __future__ import annotations

import io
import itertools
import sys
from typing import TYPE_CHECKING, Final

import pytest

from bot import opening
from knowledge.pack import check_pack, load_pack
from tests.admin.test_pack import FORMATS_GIVEN
from tests.embeddings.encoders.fakes import WordEncoder
from tests.knowledge.conftest import QUESTIONS
from tests.knowledge.reading.test_formats import FORMATS
from tests.knowledge.reading.test_prompts import PROMPTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program
    from tests.knowledge.conftest import TinyPack

OPTIONAL: Final = {
    "questions.toml": QUESTIONS,
    "statements.toml": '[[statement]]\ntexts = ["Cats rule."]\nstance = "cats"\nbest = ["guard"]\nacceptable = []\n',
    "turns.toml": 'more = ["go on", "more"]\n',
    "words.toml": 'accusing = ["lazy"]\n',
    "dialogues.toml": '[[dialogue]]\nid = "a"\n[[dialogue.turn]]\nuser = "hi"\nact = "smalltalk"\n',
    "formats.toml": FORMATS,
    "prompts.toml": PROMPTS,
    "glossary.toml": '[[word]]\nterm = "walk"\nmeans = "Going out on foot."\nforms = ["walk"]\n',
}
NEEDED: Final = ("pack.toml", "passages.toml", "articles/club.txt", "articles/park.txt")

TYPED: Final = "does a cat need a walk\nmore\nhi\nand dogs?\nsource\n"

COMMANDS: Final = {
    "pack check": "pets is sound: ",
    "ask --no-log Does a cat need no walk?": "“The cat club claims that no cat needs a walk.”",
    "rebut --no-log Cats need no walk": "You claimed: Cats need no walk",
    "chat": "Cats",
    "debate simulate --people 6 --format quick": "A cat makes the better pet",
    "lesson": "A lesson on Cats or dogs",
    "quiz --count 2": "[…]",
    "prompt": "Homes",
    "handout homes": "The dog club says that dogs guard the house.",
}
"""What is called, and something that it prints."""


def kept(tiny: TinyPack, files: tuple[str, ...]) -> None:
    """Leave the pack these of its optional files."""
    for name, text in OPTIONAL.items():
        (tiny.path / name).unlink(missing_ok=True)
        if name in files:
            tiny.write(name, text)


def test_every_subset_of_the_optional_files_is_sound_and_loads(tiny: TinyPack) -> None:
    """All 256, for what has a problem does not load; what is missing is empty, or the program's own."""
    subsets = [each for size in range(len(OPTIONAL) + 1) for each in itertools.combinations(OPTIONAL, size)]
    assert len(subsets) == 256
    for files in subsets:
        kept(tiny, files)
        pack = load_pack(tiny.path)
        assert (len(pack.questions), len(pack.statements)) == (
            4 * ("questions.toml" in files),
            1 * ("statements.toml" in files),
        )
        assert len(pack.formats) == FORMATS_GIVEN + ("formats.toml" in files)
        assert [prompt.topic for prompt in pack.prompts] == ["homes"]


@pytest.mark.parametrize(
    "files",
    [each for size in range(3) for each in itertools.combinations(("questions.toml", "statements.toml"), size)]
    + [tuple(OPTIONAL)],
    ids=lambda files: f"{len(files)} files",
)
def test_whatever_is_missing_everything_can_be_held(
    dilemma: Program, tiny: TinyPack, tiny_in_use: Path, monkeypatch: pytest.MonkeyPatch, files: tuple[str, ...]
) -> None:
    """Questions, claims, a conversation, a debate, a lesson, a quiz: each well, and none with a traceback."""
    monkeypatch.setattr(opening, "load_encoder", lambda *_: WordEncoder())
    kept(tiny, files)
    for command, printed in COMMANDS.items():
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TYPED.encode()), encoding="utf-8"))
        words = command.split(" ")
        at = 2 if words[0] in {"ask", "rebut"} else len(words)
        outcome = dilemma(*words[:at], *([" ".join(words[at:])] if at < len(words) else []))
        assert (outcome.code, printed in outcome.out) == (0, True), (command, outcome)


@pytest.mark.parametrize(
    "missing", [each for size in range(1, 5) for each in itertools.combinations(NEEDED, size)], ids=" ".join
)
def test_what_cannot_be_missing_is_named(tiny: TinyPack, missing: tuple[str, ...]) -> None:
    """One sentence for each file, unless it is one that says which others there are."""
    for name in missing:
        (tiny.path / name).unlink()
    told = [str(problem) for problem in check_pack(tiny.path)]
    wanted = [name for name in missing if name.endswith(".toml") or "pack.toml" not in missing]
    assert len(told) == len(wanted)
    for name in wanted:
        assert [problem for problem in told if name in problem.partition("; ")[0]], (name, told)


def test_empty_files_and_a_side_that_nobody_speaks_for_are_problems(tiny: TinyPack) -> None:
    """A pack is not called sound that cannot show two sides."""
    tiny.write("statements.toml", "")
    assert [str(problem) for problem in check_pack(tiny.path)] == ['statements.toml: the key "statement" is missing']
    (tiny.path / "statements.toml").unlink()
    tiny.edit("passages.toml", 'voice = "dogs"', 'voice = "cats"')
    assert [str(problem) for problem in check_pack(tiny.path)] == [
        'passages.toml: no passage speaks for the side "dogs": mark one, or take it out of pack.toml'
    ]
