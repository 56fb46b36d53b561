"""A passage among those of several packs, whose ids may coincide; and the pack of what is older than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST_PACK: Final = "social-dilemma"
"""The pack of everything from before there were several."""


@dataclass(frozen=True, slots=True, order=True)
class PassageRef:
    """A passage: the id of its pack, and its own."""

    pack: str
    passage: str

    def __str__(self) -> str:
        """Write both with a slash between them, which no id has."""
        return f"{self.pack}/{self.passage}"

    @classmethod
    def of(cls, written: str) -> Self:
        """Read what `str` wrote; a passage's id alone is of the first pack."""
        pack, slash, passage = written.rpartition("/")
        return cls(pack if slash else FIRST_PACK, passage)


def of_pack(refs: Iterable[PassageRef], pack: str) -> frozenset[str]:
    """Return the ids of the passages that are of a pack."""
    return frozenset(ref.passage for ref in refs if ref.pack == pack)
