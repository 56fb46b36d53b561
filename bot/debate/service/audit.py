"""Lines of the guild's audit: a motion, and what a moderator did or saw in its debate.

They are read back into values, to be shown in the reader's language.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.debate.rules.events import Called, Ended, Extended, GoingOn, Paused, PhaseBegun, Resumed, Started
from bot.values.text import harmless
from knowledge.durations import in_minutes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.debate.rules.events import Event
    from knowledge.formats import Format

_MOTION: Final = 80
"""Characters of a motion in a line."""

_BEHIND: Final = "”: "
"""Between the motion and the act; no act contains it."""


class Done(Enum):
    """Acts as the log has them; `{}` is what it was done with."""

    PLANNED = "planned it for {}"
    CANCELLED = "cancelled the plan"
    STARTED = "started as {}"
    BEGAN = "began {}"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended by {} min"
    BY_ITSELF = "let it go on by itself"
    BY_HAND = "stopped it from going on by itself"
    CALLED = "called the next speaker"
    ENDED = "ended"
    LOOKED = "looked at where it stands"
    TOOK_NAMES = "took the transcript as {}, with names"
    TOOK_CODES = "took the transcript as {}, with codes"


_ALONE: Final = {Paused: Done.PAUSED, Resumed: Done.RESUMED, Called: Done.CALLED, Ended: Done.ENDED}


def audit_of(motion: str, form: Format, events: Iterable[Event]) -> tuple[str, ...]:
    """Return a line for each event that a moderator caused; people who are called are not named."""
    return tuple(line_of(motion, *act) for event in events if (act := _act(form, event)) is not None)


def line_of(motion: str, done: Done, what: str = "") -> str:
    """Return the line for an act."""
    name = harmless(motion)
    name = name if len(name) <= _MOTION else f"{name[: _MOTION - 1].rstrip()}…"
    return f"“{name}{_BEHIND}{done.value.format(harmless(what))}"


def parts_of(line: str) -> tuple[str, Done | None, str]:
    """Return a line's motion, what was done, and with what; None and the text for an unknown act."""
    motion, _, act = line.rpartition(_BEHIND)
    for done in Done:
        before, _, after = done.value.partition("{}")
        what = act.removeprefix(before).removesuffix(after)
        if done.value.format(what) == act:
            return motion.removeprefix("“"), done, what
    return motion.removeprefix("“"), None, act


def _act(form: Format, event: Event) -> tuple[Done, str] | None:
    match event:
        case Started():
            return Done.STARTED, form.name
        case PhaseBegun(phase=place):
            return Done.BEGAN, form.phases[place].name
        case Extended(minutes=minutes):
            return Done.EXTENDED, in_minutes(minutes)
        case GoingOn(by_itself=by_itself):
            return (Done.BY_ITSELF if by_itself else Done.BY_HAND), ""
    done = _ALONE.get(type(event))
    return None if done is None else (done, "")
