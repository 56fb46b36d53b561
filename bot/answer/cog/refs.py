"""The ids of buttons: which answer each belongs to, and what it does. They are all that a button remembers.

    d:<action>:<conversation>:<number>[:<extra>]

It must not know what an action does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bot.values.turnref import TurnRef

CHOSEN: Final = "pick"
"""Stands at the end of the id of a menu."""

LONGEST: Final = 100
"""Characters that Discord allows an id."""

_PATTERN: Final = (
    r"d:(?P<action>{actions}):(?P<conversation>[0-9a-f]{{32}}):(?P<number>[1-9]\d{{0,8}})(?::(?P<extra>.*))?"
)


class Action(Enum):
    """What a button, a select or a form does with an answer."""

    CONTEXT = "ctx"
    """Show the sentences around its quotes."""
    MORE = "more"
    """Give further quotes."""
    FOLLOW = "follow"
    """Ask something about it."""
    HELPFUL = "good"
    UNHELPFUL = "bad"
    DISPUTE = "dispute"
    """Report a quote to the moderators."""
    SHARE = "share"
    """Show it to everybody in the channel."""
    PAGE = "page"
    """Turn to another of its pages."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an id says: an action on the answer of a turn. `extra` is the action's own, empty for most."""

    action: Action
    ref: TurnRef
    extra: str = ""

    def __str__(self) -> str:
        """Write the id; ValueError for one that Discord would refuse."""
        written = f"d:{self.action.value}:{self.ref.conversation_id}:{self.ref.number}"
        written += f":{self.extra}" if self.extra else ""
        if len(written) > LONGEST:
            raise ValueError(f"{written} has {len(written)} characters, {LONGEST} are allowed")
        return written


def template(*actions: Action) -> re.Pattern[str]:
    """Give the pattern of the ids of some actions."""
    return re.compile(_PATTERN.format(actions="|".join(action.value for action in actions)))


_ANY: Final = template(*Action)


def target_of(custom_id: str) -> Target | None:
    """Read an id back; None for one that is not ours."""
    found = _ANY.fullmatch(custom_id)
    if found is None:
        return None
    ref = TurnRef(found["conversation"], int(found["number"]))
    return Target(Action(found["action"]), ref, found["extra"] or "")
