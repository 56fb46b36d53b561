"""Topics that are offered while an option of a command is typed, as soon as the pack is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord.app_commands import Choice

from bot.lesson.cog.topics import offered
from knowledge.model import Pack

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    from bot.wire.visit import Interaction


def offering(
    among: Callable[[Pack], Collection[str]], *, several: bool = False
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]:
    """Make what offers the topics (ids) that `among` gives of a pack; `several` can be typed with commas between."""

    async def topics_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
        pack = interaction.client.services.current(Pack)
        if pack is None:
            return []
        pairs = offered(pack, typed, among(pack), several=several)
        return [Choice(name=name, value=value) for name, value in pairs]

    return topics_offered
