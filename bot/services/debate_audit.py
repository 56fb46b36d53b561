"""What a moderator did in a debate, as lines for the guild's audit.

It must not know who the moderator is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.core.debate_events import Called, Ended, Extended, Paused, PhaseBegun, Resumed, Started
from bot.core.typed import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.debate_events import Event
    from knowledge.formats import Format

_MOTION: Final = 80
"""Characters of a motion that name the debate in a list."""


def audit_of(motion: str, form: Format, events: Iterable[Event]) -> tuple[str, ...]:
    """Write a line for each event that a moderator caused; people who are called are not named."""
    name = harmless(motion)
    name = name if len(name) <= _MOTION else f"{name[: _MOTION - 1].rstrip()}…"
    return tuple(f"“{name}”: {act}" for event in events if (act := _act(form, event)) is not None)


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
