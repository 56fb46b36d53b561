"""Which answer a message of the bot shows, read off the ids of its buttons.

It must not know what is done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.answer.cog.refs import target_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.values.turnref import TurnRef


def ref_in(message: object) -> TurnRef | None:
    """Find the turn that a message shows; None for a message of anybody else, or one that is gone."""
    if not isinstance(message, discord.Message):
        return None
    for custom_id in _ids(message.components):
        if target := target_of(custom_id):
            return target.ref
    return None


def _ids(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        if custom_id := getattr(component, "custom_id", None):
            yield custom_id
        yield from _ids(getattr(component, "children", ()))
