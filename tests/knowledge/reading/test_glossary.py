"""What glossary.toml may say, the exact complaint about everything else, and which words a text uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from knowledge.errors import Problem
from knowledge.model import Term
from knowledge.reading.glossary import FILE, terms_in

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

GLOSSARY: Final = """\
[[word]]
term = "walk"
means = "Going out on foot."
forms = ["walk"]

[[word]]
term = "guard"
means = "To keep safe."
forms = ["guard"]
"""

AD = Term("ad", "Something that is praised for money.", ("ad", "ads"))
LIBRARY = Term("Ad Library", "A place to look ads up.", ("Ad Library",))


@pytest.fixture
def explained(tiny: TinyPack) -> TinyPack:
    tiny.write(FILE, GLOSSARY)
    return tiny


def test_each_table_becomes_a_term(explained: TinyPack) -> None:
    assert explained.load().glossary == (
        Term("walk", "Going out on foot.", ("walk",)),
        Term("guard", "To keep safe.", ("guard",)),
    )


def test_a_pack_does_without_a_glossary_and_no_answer_depends_on_it(tiny: TinyPack) -> None:
    before = tiny.load()
    tiny.write(FILE, GLOSSARY)
    assert (before.glossary, before.sha256) == ((), tiny.load().sha256)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('["guard"]', '["guard", "moat"]', 9, '[[word]]: no passage has the word "moat"; remove the form'),
        ('["guard"]', '["guard", "Walk"]', 6, '[[word]]: "walk" is already explained on line 1'),
        ('term = "guard"', 'term = "WALK"', 6, '[[word]]: "walk" is already explained on line 1'),
        ('["guard"]', "[]", 9, '[[word]]: "forms" must hold 1 or more, not 0'),
        ('means = "To keep', 'meens = "To keep', 8, '[[word]]: unknown key "meens"; did you mean "means"?'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(explained: TinyPack, old: str, new: str, line: int, message: str) -> None:
    """And what is right."""
    explained.edit(FILE, old, new)
    assert Problem(FILE, line, message) in explained.problems()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An AD here", (AD,)),
        ("the ad\n library", (LIBRARY,)),
        ("Ads are in the Ad Library.", (AD, LIBRARY)),
        ("adder, bad, ad2", ()),
        ("", ()),
    ],
)
def test_terms_are_found_as_whole_words_and_the_longest_first(text: str, found: tuple[Term, ...]) -> None:
    assert terms_in((LIBRARY, AD), [text]) == found


def test_without_a_glossary_nothing_is_found() -> None:
    assert terms_in((), ["a text"]) == ()


def test_every_explanation_of_the_shipped_pack_is_short_and_names_no_side(shipped: Pack) -> None:
    """A glossary explains words, and speaks about nobody; but for the name of a thing that is Facebook's own."""
    assert len(shipped.glossary) >= 60
    for term in shipped.glossary:
        assert term.means.endswith((".", "”.")), term
        assert len(term.means) <= 130, term
        named = [alias for side in shipped.sides for alias in side.aliases if f" {alias} " in f" {term.means.lower()} "]
        assert [alias for alias in named if alias not in {"film", "doc", "documentary"}] == (
            ["facebook"] if term.term == "News Feed" else []
        ), term
