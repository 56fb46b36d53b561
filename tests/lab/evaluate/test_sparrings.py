"""What a sparring is worth, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.lab.evaluate.sparrings import Taken, held, judged_sparrings
from knowledge.sparring import Sparring, SparringTurn
from tests.answer.rules.test_sparring import SELLING, Reads
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings.hits import Findings

SOLD = ("no-selling-information",)
TURNS = (
    SparringTurn("you sell me", "claim", SOLD, concession=False),
    SparringTurn("no answer", "challenge", SOLD, concession=False),
    SparringTurn("my cat is ill", "claim", (), concession=True),
    SparringTurn("you sell us", "claim", ("ad-preferences",), concession=False),
    SparringTurn("swap", "swap", (), concession=False),
    SparringTurn("it is free", "concede", (), concession=False),
)


class Finder:
    """Finds nothing by itself."""

    def find_many(self, questions: Sequence[str]) -> list[Findings]:
        return [found(question) for question in questions]


def taken() -> list[Taken]:
    """Hold one sparring, in which nothing else is sold."""
    one = {"no_selling_information": 0.9}
    reads = Reads({"you sell me": one, "you sell us": SELLING, "it is free": {"audience_pawn": 0.9}})
    return [*held(replace(pack(), sparrings=(Sparring("a", "facebook", TURNS),)), Finder(), lambda _author: reads)]


def test_each_turn_is_taken_with_what_came_before_it() -> None:
    turns = taken()
    assert [turn.held for turn in turns] == ["facebook"] * 4 + ["film"] * 2
    assert [turn.move for turn in turns] == ["claim", "challenge", "claim", "claim", "swap", "claim"]
    assert [turn.shown for turn in turns] == [
        SOLD,
        (),
        ("polarization-older",),
        ("reports-to-advertisers",),
        (),
        ("audience-pawn",),
    ]
    # To concede is fair once all that would be fair was quoted.
    assert [turn.fair for turn in turns[:4]] == [True, True, True, False]


def test_figures_are_shares_of_the_turns_that_they_are_about() -> None:
    verdicts = judged_sparrings(pack(), taken(), 5)
    assert {name: (figure.value, figure.count) for name, figure in verdicts.figures.items()} == {
        "fair": (0.75, 4),
        "honest": (1.0, 1),
        "quoted": (0.5, 2),
        "moves": (5 / 6, 6),
        "repeated": (0.0, 6),
        "wrong_side": (0.0, 6),
    }
    (miss,) = verdicts.misses
    assert (miss.turn, miss.user, miss.shown, miss.fair) == (
        4,
        "you sell us",
        ("reports-to-advertisers",),
        ("ad-preferences",),
    )
