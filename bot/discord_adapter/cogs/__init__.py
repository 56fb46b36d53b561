"""The commands of the bot, a module for each group of them.

A module offers what it has of these, by name:

    add_to(tree)                    puts its commands into the tree
    ITEMS                           its buttons and selects (DynamicItem classes), which work at any age
    on_message(client, message)     and the other events of `client.EVENTS`: coroutines that hear each of them
    work(client)                    a coroutine that runs beside the bot while it is up (a job that polls due rows)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.discord_adapter.cogs import (
    asking,
    daily,
    debate,
    handout,
    lessons,
    lookup,
    privacy,
    prompts,
    quiz,
    review,
    settings,
    stats,
)

if TYPE_CHECKING:
    from types import ModuleType

ALL: Final[tuple[ModuleType, ...]] = (
    asking,
    lookup,
    debate,
    prompts,
    quiz,
    handout,
    lessons,
    daily,
    settings,
    review,
    stats,
    privacy,
)
"""All of them, in the order in which people read the commands."""
