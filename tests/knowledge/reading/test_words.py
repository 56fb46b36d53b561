"""What words.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from knowledge.errors import Problem

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

FILE: Final = "words.toml"

WORDS: Final = """\
accusing = ["scratch"]
praising = ["purr", "fluff"]
[short_forms]
kitty = "cat"
"guard dog" = "dog"
"""


def test_a_packs_words_come_on_top_of_the_programs(tiny: TinyPack) -> None:
    before = tiny.load()
    tiny.write(FILE, WORDS)
    after = tiny.load()
    assert before.wording.short_forms["wich"] == "which"
    assert after.wording.short_forms == {**before.wording.short_forms, "kitty": "cat", "guard dog": "dog"}
    assert after.wording.accusing == (*before.wording.accusing, "scratch")
    assert after.wording.praising == (*before.wording.praising, "purr", "fluff")
    assert ("awful" in before.wording.accusing, "good" in before.wording.praising) == (True, True)
    assert after.sha256 != before.sha256


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("accusing", "accused", 1, 'unknown key "accused"; did you mean "accusing"?'),
        ('"purr"', '"Purr"', 0, '"Purr" must be in lower case, as what people write is before it is compared'),
        ('"cat"', '"Cat"', 0, '"Cat" must be in lower case, as what people write is before it is compared'),
        ('"cat"', "5", 4, '"kitty" must be a text, not a number'),
        ('["scratch"]', '"scratch"', 1, '"accusing" must be a list of texts, not "scratch"'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tiny: TinyPack, old: str, new: str, line: int, message: str) -> None:
    """And with the nearest valid value."""
    tiny.write(FILE, WORDS.replace(old, new))
    assert tiny.problems() == (Problem(FILE, line, message),)


def test_no_word_of_the_programs_is_of_the_shipped_controversy(tiny: TinyPack, shipped: Pack) -> None:
    common = tiny.load().wording
    own = {word for word in shipped.wording.accusing if word not in common.accusing}
    assert {"addict", "surveil", "misinform", "track", "sell"} <= own
    assert shipped.wording.short_forms["fb"] == "facebook"
