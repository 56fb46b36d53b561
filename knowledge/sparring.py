"""Examples of sparring: what people say to a bot that holds one side, and which of its passages are fair replies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CLAIM: Final = "claim"
SWAP: Final = "swap"
MOVES: Final = (CLAIM, "challenge", "source", "concede", "change", SWAP, "stop", "smalltalk")
"""What a person may do in a turn, as moves.toml explains it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody argues against a side, and the ids of that side's passages that meet it; none: nothing does."""

    text: str
    against: str
    fair: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SparringTurn:
    """What a person says in a sparring, and what the bot may fairly reply.

    `fair` are passages of the side that the bot holds; `concession` tells whether it is right, too, to say that nothing
    is quoted against it.
    """

    user: str
    move: str
    fair: tuple[str, ...]
    concession: bool


@dataclass(frozen=True, slots=True)
class Sparring:
    """A sparring of one person with a bot that `holds` a side. Those of one `author` are held out together."""

    author: str
    holds: str
    turns: tuple[SparringTurn, ...]

    def held(self, sides: Sequence[str]) -> Iterator[tuple[SparringTurn, str]]:
        """Yield each turn with the side that the bot holds in its reply; the pack's `sides` follow each other."""
        side = self.holds
        for turn in self.turns:
            side = next_side(sides, side) if turn.move == SWAP else side
            yield turn, side


@dataclass(frozen=True, slots=True)
class Argued:
    """A claim against some sides, with the grades of their passages that meet it; `author` of a sparring, None else."""

    text: str
    against: frozenset[str | None]
    gold: Mapping[str, int]
    author: str | None = None


def next_side(sides: Sequence[str], side: str) -> str:
    """Return the side that a bot holds after one that was swapped."""
    return sides[(sides.index(side) + 1) % len(sides)]
