"""The ids of the buttons and forms of debates: which debate each belongs to, and what it does. They remember no more.

    debate:<deed>:<debate>[:<extra>]

It must not know what a deed does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bot.debate.rules.events import Round


class Deed(Enum):
    """What a button or a form does in a debate."""

    JOIN = "join"
    """Take a side; its place (0 or 1) is the extra, none to watch."""
    POINT = "point"
    EVIDENCE = "evidence"
    RAISE = "raise"
    LOWER = "lower"
    VOTE = "vote"
    """Show the ballot that is open to whoever presses it."""
    BALLOT = "ballot"
    """Cast it: the round and the place of the side, as in "before1"; without a place it is undecided."""
    LEAD = "lead"
    """Show a moderator what only moderators do."""
    NEXT = "next"
    """Go on; the extra is the place of the phase that the moderator saw."""
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    CALL = "call"
    END = "end"
    """Ask whether to end the debate."""
    CLOSE = "close"
    """End it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What an id says: a deed in a debate. `extra` is the deed's own, empty for most."""

    deed: Deed
    debate: str
    extra: str = ""

    def __str__(self) -> str:
        """Write the id, far below the 100 characters that Discord takes."""
        return f"debate:{self.deed.value}:{self.debate}" + (f":{self.extra}" if self.extra else "")


_DEEDS: Final = "|".join(deed.value for deed in Deed)
PATTERN: Final = rf"debate:(?P<deed>{_DEEDS}):(?P<debate>[0-9a-f]{{32}})(?::(?P<extra>[a-z0-9]{{1,12}}))?"
_ANY: Final = re.compile(PATTERN)
_BALLOT: Final = re.compile(rf"(?P<round>{'|'.join(held.value for held in Round)})(?P<place>[01]?)")


def mark_of(custom_id: str) -> Mark | None:
    """Read an id back; None for one that is not a debate's."""
    found = _ANY.fullmatch(custom_id)
    return None if found is None else Mark(Deed(found["deed"]), found["debate"], found["extra"] or "")


def is_panel(custom_id: str) -> bool:
    """Tell whether an id is that of a button which only panels have."""
    mark = mark_of(custom_id)
    return mark is not None and mark.deed is Deed.LEAD


def side_at(sides: tuple[str, str], place: str) -> str | None:
    """Give the side at a place that stands in an id; None for none. Raises ValueError for what is no place."""
    return sides[int(place)] if place else None


def ballot_extra(held: Round, place: int | None) -> str:
    """Write what a ballot's button is for: the round, and the place of the side, None for undecided."""
    return held.value + ("" if place is None else str(place))


def ballot_in(extra: str) -> tuple[Round, str]:
    """Read the round and the place of the side back. Raises ValueError."""
    found = _BALLOT.fullmatch(extra)
    if found is None:
        raise ValueError(f"no ballot of ours: {extra}")
    return Round(found["round"]), found["place"]
