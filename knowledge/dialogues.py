"""What people type in conversations: examples of what they want, and whole ones to measure with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """What a turn that is no plain question asks for: of which side (None: of all), on what, which point."""

    side: str | None = None
    topics: tuple[str, ...] = ()
    point: int | None = None


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """What a person says in a dialogue, and what it asks for.

    `act` is one of `heldout.ACTS`. For an answer, `standalone` is the question without its context, and `gold` grades
    the passages that answer it; else they are None and empty, but where one of the acts with `labels` has them too.
    """

    user: str
    act: str
    standalone: str | None
    gold: Mapping[str, int]
    labels: Labels = Labels()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation of one person from its first turn, to measure with."""

    id: str
    turns: tuple[DialogueTurn, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody typed in a conversation, and what they want with it, as `questions.WANTS` names it.

    `after` is the act of the answer that it was said to, where that decides; None: after any, or after none.
    """

    text: str
    wants: str
    after: str | None = None
