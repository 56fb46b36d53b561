"""Hands raised in a room: their numbers as typed, and the shift between two shows of hands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_BETWEEN: Final = re.compile(r"[\s,;/]+")
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
"""Up to 9999 hands, more than any room has."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Two shows of hands on one question: for each choice the hands before and after.

    Hands have no names, so this says how far the room moved, not who changed their mind.
    """

    choices: tuple[str, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def shares_before(self) -> tuple[float, ...] | None:
        """Each choice as a percentage of the hands before (0..100); None if nobody raised one."""
        return _shares(self.before)

    @property
    def shares_after(self) -> tuple[float, ...] | None:
        """Each choice as a percentage of the hands after (0..100); None if nobody raised one."""
        return _shares(self.after)

    @property
    def points(self) -> tuple[float, ...] | None:
        """Change of each choice's share, in percentage points (-100..100); None without hands both times."""
        before, after = self.shares_before, self.shares_after
        if before is None or after is None:
            return None
        return tuple(later - earlier for earlier, later in zip(before, after, strict=True))


def hands_in(text: str, places: int) -> tuple[int, ...] | None:
    """Return `places` numbers of hands typed as "12 5 3" or "12, 5, 3"; None if the text is anything else."""
    numbers = _BETWEEN.split(text.strip())
    if len(numbers) != places or not all(_NUMBER.fullmatch(number) for number in numbers):
        return None
    return tuple(map(int, numbers))


def _shares(hands: tuple[int, ...]) -> tuple[float, ...] | None:
    total = sum(hands)
    return tuple(100 * part / total for part in hands) if total else None
