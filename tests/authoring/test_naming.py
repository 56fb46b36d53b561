"""What is filled in for an author: ids, names, motions, and colours that everybody can tell apart."""

from __future__ import annotations

from itertools import combinations

import pytest

from bot.authoring.naming import LOOKS, article_slug, motion_of, passage_slug, short_name, sides_named, slug, unused
from tests.contrast import LACKING, contrast, linear, seen_without


def test_colours_are_read_on_white_and_told_apart_by_whoever_lacks_a_cone() -> None:
    """Text of 4.5 to 1 (WCAG 2.2); two sides differ in hue or in lightness for every kind of eye."""
    colours = [linear(colour) for colour, _ in LOOKS]
    assert all(contrast(colour, linear("#ffffff")) >= 4.5 for colour in colours)
    for cones in LACKING:
        for one, other in combinations([seen_without(cones, colour) for colour in colours[:2]], 2):
            assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) >= 0.2, cones


@pytest.mark.parametrize(
    ("names", "motion"),
    [
        (["For a ban", "Against"], "There should be a ban"),
        (["Against the bypass", "In favour of it"], "There should be the bypass"),
        (["The film", "Facebook"], "The film has the better case"),
    ],
)
def test_a_motion_comes_from_the_names_of_the_sides(names: list[str], motion: str) -> None:
    assert motion_of(names) == motion


def test_sides_are_called_what_people_call_them() -> None:
    """Those for and against by who they are; no word names two sides, and what the author gives comes first."""
    ban, free = sides_named(
        ["For a ban", "Against"], {"For a ban": ["Ann Lee"]}, {"Against": ("the pupils", "Ann Lee")}
    )
    assert ban.aliases[0] == "For a ban"
    assert {"supporters of the ban", "supporters", "for the ban"} <= set(ban.aliases)
    assert free.aliases[:2] == ("the pupils", "Ann Lee")
    assert {"opponents of a ban", "critics"} <= set(free.aliases)
    assert not {alias.casefold() for alias in ban.aliases} & {alias.casefold() for alias in free.aliases}


def test_names_become_ids() -> None:
    assert (slug("Straße & Co. 2"), slug("日本")) == ("strasse-co-2", "")
    assert (unused("a", {"a", "a-2"}, "x"), unused("", set(), "side-1"), unused("context", set(), "x")) == (
        "a-3",
        "side-1",
        "context-2",
    )
    assert passage_slug("They say that phones distract every pupil in the room.") == "say-phones-distract-pupil"
    assert passage_slug("You'll see that the pupils' council doesn't want Ann's lockers.") == "see-pupils-council-want"
    assert (
        article_slug("School board puts off vote on phones after three hours") == "school-board-puts-off-vote-on-phones"
    )
    assert short_name("The environment ministry of the state (draft)") == "The environment ministry"
    assert short_name("Supporters of nuclear power") == "Supporters"
