"""Finding the quotes that stand beside a point, off the event loop, without what a guild's moderators excluded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.quote.rules.verification import findings_without, stance_without

if TYPE_CHECKING:
    from bot.guild.service.settings import Settings
    from embeddings.hits import Findings, StanceFinding
    from embeddings.retriever import Retriever


class EvidenceFinding:
    """Searches one after another: many points at once must leave threads, and the model, to those who ask."""

    def __init__(self, retriever: Retriever, settings: Settings) -> None:
        """Join the parts."""
        self._retriever = retriever
        self._settings = settings
        self._turn = asyncio.Lock()

    async def on(self, query: str, guild: str) -> Findings:
        """Find what the sides say on something."""
        excluded = await self._settings.excluded(guild)
        async with self._turn:
            found = await asyncio.to_thread(self._retriever.find, query)
        return findings_without(found, excluded)

    async def beside(self, claim: str, guild: str) -> StanceFinding:
        """Find what the sides say on a claim, and against it."""
        excluded = await self._settings.excluded(guild)
        async with self._turn:
            found = await asyncio.to_thread(self._retriever.stance, claim)
        return stance_without(found, excluded)
