from __future__ import annotations

import pytest

from bot.quote.rules.vocabulary import mended, understood
from tests.embeddings.packs import drinks
from tests.quote.rules.findings import pack


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("what does fb say", ("facebook",)),
        ("fbs excuse, and the documentary's", ("facebook", "film")),
        ("the social dilemma", ("film",)),
        ("insiders of the company", ("film", "facebook")),
        ("filming a facebooker", ()),
    ],
)
def test_sides_are_named_by_their_aliases(text: str, sides: tuple[str, ...]) -> None:
    """Whole words only, in any case, also in the plural and the genitive."""
    assert understood(pack(), text).sides == sides


def test_sides_come_from_the_pack() -> None:
    """What names a side in one pack is a word like any other in the next."""
    assert understood(drinks(), "and the tea?").sides == ("tea",)
    assert understood(drinks(), "does facebook drink").matter == ("facebook", "drink")


def test_short_forms_come_from_the_pack_too() -> None:
    """Beside those of any text, each word keeping its place."""
    assert understood(drinks(), "r insta ads bad").forms == ("are", "insta", "ads", "bad")
    said = understood(pack(), "r insta ads bad")
    assert said.forms == ("are", "instagram", "advertising", "bad")
    assert [(word.start, word.end) for word in said.words] == [(0, 1), (2, 7), (8, 11), (12, 15)]


@pytest.mark.parametrize(
    ("text", "matter", "pointing"),
    [
        ("and what does facebook say to that?", (), 1),
        ("why would they do that?", (), 2),
        ("how many people does that concern?", ("people", "concern"), 1),
        ("does this film say so", (), 0),
        ("who profits from these ads?", ("profits", "advertising"), 0),
        ("the film, what is it about", (), 0),
        ("what did they say about the film", ("film",), 1),
        ("wat do they do aginst it", (), 2),
    ],
)
def test_a_text_is_taken_apart(text: str, matter: tuple[str, ...], pointing: int) -> None:
    """The matter is what is left without sides and words that are in any question; pointing words need what was said.

    "This" before a noun does not, nor does a pronoun whose noun stands beside it.
    """
    said = understood(pack(), text)
    assert (tuple(word for word in said.matter if word != "the"), said.pointing) == (matter, pointing)


def test_one_slip_in_a_cue_is_mended_and_a_known_word_is_not() -> None:
    """A letter too few, too many, wrong or swapped; two slips are too many, and short words stay what they are."""
    cues = frozenset({"source", "article", "more"})
    assert mended(("soruce", "artcle", "sorrrce", "mor"), cues, ()) == ("source", "article", "sorrrce", "mor")
    assert mended(("spurce", "mole"), cues, {"mole"}) == ("source", "mole")
