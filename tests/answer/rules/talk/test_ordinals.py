from __future__ import annotations

import pytest

from bot.answer.rules.talk.counting import Ordinal, RelativePlace, ordinal_in
from bot.quote.rules.words import forms_of


@pytest.mark.parametrize(
    ("text", "ordinal"),
    [
        ("the second one", Ordinal(2)),
        ("and the third?", Ordinal(3)),
        ("tell me more about the 2nd point", Ordinal(2, of_points=True)),
        ("number six", Ordinal(6)),
        ("point 1", Ordinal(1, of_points=True)),
        ("explain the first quote", Ordinal(1, of_quotes=True)),
        ("3", Ordinal(3)),
        ("and the last one", Ordinal(RelativePlace.LAST)),
        ("next point", Ordinal(RelativePlace.NEXT, of_points=True)),
        ("the one before", Ordinal(RelativePlace.PREVIOUS)),
        ("what was the fourth about", Ordinal(4)),
    ],
)
def test_a_number_says_which_one_is_meant(text: str, ordinal: Ordinal) -> None:
    """In words or figures, before or after what is counted."""
    assert ordinal_in(forms_of(text)) == ordinal


@pytest.mark.parametrize(
    "text",
    ["the first amendment", "in the second quarter of 2020", "last year", "how many points", "42 reasons", "one"],
)
def test_a_number_of_something_else_is_none(text: str) -> None:
    """What follows the number is the matter then."""
    assert ordinal_in(forms_of(text)) is None


def test_places_are_counted_in_a_list() -> None:
    """The last depends on the length, the next on where one stands; a number may lie beyond the end."""
    assert Ordinal(9).number(7, None) == 9
    assert Ordinal(RelativePlace.LAST).number(7, None) == 7
    assert Ordinal(RelativePlace.LAST).number(0, None) is None
    assert Ordinal(RelativePlace.NEXT).number(7, 3) == 4
    assert Ordinal(RelativePlace.NEXT).number(7, None) is None
    assert Ordinal(RelativePlace.PREVIOUS).number(7, 1) is None
