"""Whose a quotation is said to be, by the words before and behind it."""

from __future__ import annotations

import pytest

from bot.quote.rules.cite.naming import conclusion, introduction
from tests.quote.rules.findings import pack


@pytest.mark.parametrize(
    ("typed", "side", "rest"),
    [
        ("the film says: we are watched", "film", "we are watched"),
        ("According to Facebook, nothing is sold", "facebook", "nothing is sold"),
        ("fb: nothing is sold", "facebook", "nothing is sold"),
        ("Facebook denies it: nothing is sold", "facebook", "nothing is sold"),
        ("Facebook said that nothing is sold", "facebook", "nothing is sold"),
        ("The film points out that “we are watched”", "film", "we are watched"),
        ("The Social Dilemma claims “we are watched.”", "film", "we are watched."),
        ("Facebook denies that data is sold", None, "Facebook denies that data is sold"),
        ("my neighbour says: we are watched", None, "my neighbour says: we are watched"),
        ("facebook users are watched", None, "facebook users are watched"),
        ("the film:", None, "the film:"),
    ],
)
def test_who_is_said_to_have_said_it_is_read_off(typed: str, side: str | None, rest: str) -> None:
    """By the names of the pack, and a verb or a colon; who denies something has not said it."""
    assert introduction(pack(), typed) == (side, rest)


@pytest.mark.parametrize(
    ("typed", "side", "rest"),
    [
        ("“We are watched,” says the film.", "film", "We are watched,"),
        ("We are watched, the film says", "film", "We are watched"),
        ("Nothing is sold, according to fb.", "facebook", "Nothing is sold"),
        ("We are watched by the film", None, "We are watched by the film"),
        ("says Facebook", None, "says Facebook"),
    ],
)
def test_so_it_is_off_the_words_behind(typed: str, side: str | None, rest: str) -> None:
    """Where anything is quoted before them."""
    assert conclusion(pack(), typed) == (side, rest)
