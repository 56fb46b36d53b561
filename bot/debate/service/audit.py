"""What a moderator did in a debate, or saw of it, as lines for the guild's audit: the motion, and an act behind it.

It must not know who the moderator is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.debate.rules.events import Called, Ended, Extended, Paused, PhaseBegun, Resumed, Started
from bot.values.typed import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.debate.rules.events import Event
    from knowledge.model import Format

LOOKED: Final = "looked at where it stands"

_MOTION: Final = 80
"""Characters of a motion that name the debate in a list."""

_BEHIND: Final = "”: "
"""Stands between the motion and the act; no act has it."""


def audit_of(motion: str, form: Format, events: Iterable[Event]) -> tuple[str, ...]:
    """Write a line for each event that a moderator caused; people who are called are not named."""
    return tuple(line_of(motion, act) for event in events if (act := _act(form, event)) is not None)


def line_of(motion: str, act: str) -> str:
    """Write the line for something that was done."""
    name = harmless(motion)
    name = name if len(name) <= _MOTION else f"{name[: _MOTION - 1].rstrip()}…"
    return f"“{name}{_BEHIND}{act}"


def parts_of(line: str) -> tuple[str, str]:
    """Take such a line apart again: the motion, and the act."""
    motion, _, act = line.rpartition(_BEHIND)
    return motion.removeprefix("“"), act


def taken(form: str, *, anonymous: bool) -> str:
    """Say that the transcript was taken, as which kind of file."""
    return f"took the transcript as {form}, with {'codes' if anonymous else 'names'}"


def _act(form: Format, event: Event) -> str | None:
    match event:
        case Started():
            act = f"started as {harmless(form.name)}"
        case PhaseBegun(phase=place):
            act = f"began {harmless(form.phases[place].name)}"
        case Paused():
            act = "paused"
        case Resumed():
            act = "resumed"
        case Extended():
            act = f"extended by {event.minutes} min"
        case Called():
            act = "called the next speaker"
        case Ended():
            act = "ended"
        case _:
            return None
    return act
