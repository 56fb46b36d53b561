"""The parts of a message, and how they are split over pages. All text is Discord's markdown already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.wire.page.escaping import size
from bot.wire.page.limits import LONGEST_CARD, LONGEST_TEXT, MOST_COMPONENTS

if TYPE_CHECKING:
    from bot.wire.page.language import Words

GAP: Final = 2
"""Characters that may be put between two texts."""


class Style(Enum):
    """How answers look."""

    CARD = "card"
    """In frames, one a side."""
    PLAIN = "plain"
    """As ordinary text."""


@dataclass(frozen=True, slots=True)
class Room:
    """What one message holds: characters, and parts (a frame is one); `echo` limits a person's words, `line` others."""

    characters: int
    parts: int
    echo: int
    line: int


ROOM: Final = {
    # Up to 20 components are the buttons and their rows.
    Style.CARD: Room(characters=LONGEST_CARD - 100, parts=MOST_COMPONENTS - 22, echo=900, line=300),
    Style.PLAIN: Room(characters=LONGEST_TEXT - 50, parts=1000, echo=300, line=200),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A text that is never divided; `instead` replaces one that is too long for a page."""

    text: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Parts under a heading, in a frame of a colour (0xRRGGBB); without a heading there is no frame."""

    parts: tuple[Part, ...]
    heading: str | None = None
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one message shows: `number` of `of` pages. The head and the foot are the same on all of them."""

    head: str
    groups: tuple[Group, ...]
    foot: str
    number: int = 1
    of: int = 1


def number_line(page: Page, words: Words) -> str | None:
    """Return "Page 2 of 3"; None for a single page."""
    return words("Page {number} of {of}", number=page.number, of=page.of) if page.of > 1 else None


class _Sheet:
    """A page that is being filled."""

    def __init__(self, characters: int, parts: int) -> None:
        self.groups: list[Group] = []
        self._characters = characters
        self._parts = parts

    def take(self, group: Group, part: Part, *, opening: bool) -> bool:
        """Add a part, with its group's heading when `opening`; False when there is no room."""
        characters, parts = size(part.text) + GAP, 1
        if opening and group.heading is not None:
            characters, parts = characters + size(group.heading) + GAP, 3
        if characters > self._characters or parts > self._parts:
            return False
        self._characters -= characters
        self._parts -= parts
        if opening:
            self.groups.append(replace(group, parts=(part,)))
        else:
            self.groups[-1] = replace(self.groups[-1], parts=(*self.groups[-1].parts, part))
        return True


def paged(whole: Page, words: Words, room: Room) -> tuple[Page, ...]:
    """Split a page between its parts into as many messages as it needs; empty parts are left out.

    A group that continues repeats its heading. Raises ValueError when there is no room for a part's `instead`.
    """
    number_size = size(number_line(replace(whole, number=999, of=999), words) or "")
    free = room.characters - sum(length + GAP for length in (size(whole.head), size(whole.foot), number_size))
    sheets = [_Sheet(free, room.parts)]
    for group in whole.groups:
        shown, opening = group, True
        for part in group.parts:
            if not part.text:
                continue
            if sheets[-1].take(shown, part, opening=opening):
                opening = False
                shown = _continued(group, words)
                continue
            sheet = _Sheet(free, room.parts)
            if not (sheet.take(shown, part, opening=True) or sheet.take(shown, Part(part.instead), opening=True)):
                raise ValueError(f"there is no room for a part of {size(part.instead)} characters")
            if not sheets[-1].groups:
                sheets.pop()
            sheets.append(sheet)
            opening = False
            shown = _continued(group, words)
    return tuple(
        replace(whole, groups=tuple(sheet.groups), number=number, of=len(sheets))
        for number, sheet in enumerate(sheets, start=1)
    )


def _continued(group: Group, words: Words) -> Group:
    if group.heading is None:
        return group
    return replace(group, heading=words("{heading} (continued)", heading=group.heading))
