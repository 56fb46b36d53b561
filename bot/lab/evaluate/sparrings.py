"""Judge sparrings: hold each against people's own words, and compare what the bot replies with what may be replied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from bot.answer.rules.sparring import Opponent, Reads, Sparring
from bot.quote.rules.verification import verify
from embeddings.judging.resampling import SEED, Ratio, Resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.quote.rules.quote import Answer
    from embeddings.hits import Findings
    from embeddings.judging.resampling import Figure
    from knowledge import sparring as examples
    from knowledge.model import Pack

OF_SPARRINGS: Final = {
    "fair": "fair reply",
    "honest": "honest concession, where nothing meets it",
    "quoted": "quotes that are fair",
    "moves": "move read rightly",
    "repeated": "turns that repeat a quote",
    "wrong_side": "turns that quote another side",
}
"""The figures of sparrings, with their names for people."""


class Finds(Protocol):
    """What searches, as `Retriever` does."""

    def find_many(self, questions: Sequence[str]) -> list[Findings]:
        """Return the findings for several questions, in order."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn as it was taken; `held` is the side of the reply, `before` what was quoted before it, `move` as read."""

    sparring: int
    number: int
    turn: examples.SparringTurn
    held: str
    before: frozenset[str]
    move: str
    answer: Answer

    @property
    def shown(self) -> tuple[str, ...]:
        """The passages quoted."""
        return tuple(quote.passage_id for quote in self.answer.quotes)

    @property
    def judged(self) -> bool:
        """Whether the turn asks for a reply that can be fair."""
        return bool(self.turn.fair) or self.turn.concession

    @property
    def fair(self) -> bool:
        """Whether what was replied is fair.

        To concede is so where the turn says so, and where everything that would be fair was quoted before.
        """
        if self.answer.conceded:
            return self.turn.concession or self.before.issuperset(self.turn.fair)
        return bool(self.shown) and self.shown[0] in self.turn.fair


@dataclass(frozen=True, slots=True)
class SparringMiss:
    """A reply that is not fair: what was quoted, whether the bot conceded, and what would have been fair."""

    sparring: int
    turn: int
    user: str
    shown: tuple[str, ...]
    conceded: bool
    fair: tuple[str, ...]


@dataclass(frozen=True)
class SparringVerdicts:
    """What judging sparrings came to; each author's were judged by what was learnt without them."""

    sparrings: int
    turns: int
    authors: int
    figures: Mapping[str, Figure]
    misses: tuple[SparringMiss, ...]


def held(pack: Pack, finder: Finds, reads_of: Callable[[str], Reads]) -> Iterator[Taken]:
    """Hold a pack's sparrings; `reads_of` gives, for an author, what reads turns without having learnt from them."""
    for number, sparring in enumerate(pack.sparrings, start=1):
        opponent, so_far = Opponent(pack, reads_of(sparring.author)), Sparring(sparring.holds)
        before: frozenset[str] = frozenset()
        for place, (turn, side) in enumerate(sparring.held(pack.side_ids), start=1):
            found = finder.find_many([turn.user, *so_far.questions])
            made, so_far = opponent.reply(so_far, turn.user, found)
            answer, _ = verify(pack, made)
            taken = Taken(number, place, turn, side, before, so_far.turns[-1].move.value, answer)
            yield taken
            before = before.union(taken.shown)


def judged_sparrings(pack: Pack, turns: Sequence[Taken], worst: int) -> SparringVerdicts:
    """Judge turns that were taken, and list so many of the first misses."""
    resampling = Resampling([str(taken.sparring) for taken in turns], SEED)

    def share(right: Callable[[Taken], bool], among: Callable[[Taken], bool]) -> Figure:
        return resampling.figure(Ratio.mean(np.array([*map(right, turns)]), np.array([*map(among, turns)])))

    def every(_taken: Taken) -> bool:
        return True

    figures = {
        "fair": share(lambda taken: taken.fair, lambda taken: taken.judged),
        "honest": share(lambda taken: taken.answer.conceded, lambda taken: taken.judged and not taken.turn.fair),
        "quoted": share(
            lambda taken: taken.fair, lambda taken: taken.judged and bool(taken.shown) and not taken.answer.conceded
        ),
        "moves": share(lambda taken: taken.move == taken.turn.move, every),
        "repeated": share(lambda taken: not taken.before.isdisjoint(taken.shown), every),
        "wrong_side": share(lambda taken: any(quote.voice != taken.held for quote in taken.answer.quotes), every),
    }
    misses = [
        SparringMiss(taken.sparring, taken.number, taken.turn.user, taken.shown, taken.answer.conceded, taken.turn.fair)
        for taken in turns
        if taken.judged and not taken.fair
    ]
    authors = len({sparring.author for sparring in pack.sparrings})
    return SparringVerdicts(len(pack.sparrings), len(turns), authors, figures, tuple(misses[:worst]))
