"""The packs that a program answers from, each with what searches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.errors import Message, UserError
from knowledge.model import Pack, Side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from embeddings.retriever import Retriever


_NO_EMOJI: Final = "▫️"
_GREY: Final = "#808080"
"""How sides look of which only the id is known."""


class AwayError(UserError):
    """The pack that something belongs to is not among those that were loaded."""

    def __init__(self, pack_id: str) -> None:
        super().__init__(
            Message(
                "This belongs to the pack “{pack}”, which I do not have just now: I cannot answer here.", pack=pack_id
            )
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """A pack, and what searches it."""

    pack: Pack
    retriever: Retriever


class Library:
    """Packs by their ids, at least one; the first is the default."""

    def __init__(self, shelves: Iterable[Shelf]) -> None:
        self._shelves = {shelf.pack.id: shelf for shelf in shelves}
        self.default = next(iter(self._shelves.values())).pack

    @classmethod
    def of(cls, pack: Pack, retriever: Retriever) -> Library:
        """Return one of a single pack."""
        return cls((Shelf(pack, retriever),))

    def __iter__(self) -> Iterator[Pack]:
        return (shelf.pack for shelf in self._shelves.values())

    def find(self, pack_id: str) -> Pack | None:
        """Return a pack; None for one that was not loaded."""
        shelf = self._shelves.get(pack_id)
        return None if shelf is None else shelf.pack

    def shelf(self, pack_id: str) -> Shelf:
        """Return a pack with what searches it. Raises AwayError."""
        if pack_id not in self._shelves:
            raise AwayError(pack_id)
        return self._shelves[pack_id]

    def held(self, pack_id: str, sides: Iterable[str] = ()) -> Pack:
        """Return a pack; for one that was not loaded, an empty one with these sides, which knows no passage."""
        named = (Side(side, side, side, _NO_EMOJI, _GREY, (side,)) for side in sides)
        return self.find(pack_id) or Pack(pack_id, pack_id, "", "", tuple(named), (), (), (), (), (), ())

    def pack(self, pack_id: str) -> Pack:
        """Return a pack. Raises AwayError."""
        return self.shelf(pack_id).pack
