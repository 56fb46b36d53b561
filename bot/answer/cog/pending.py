"""What people read whose answer was promised by a run that was killed before it came."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import discord

from bot.process.journal import logger
from bot.wire.page.errors import with_written
from bot.wire.page.language import words_for
from bot.wire.reply import fill_late
from bot.wire.trouble import FAILURES
from knowledge.errors import DilemmaError

if TYPE_CHECKING:
    from bot.values.promise import Promise
    from bot.wire.client import DilemmaClient

EVERY_S: Final = 60.0
"""How often promises that are too old are forgotten, and those tried again that Discord was not reached for."""


async def work(client: DilemmaClient) -> None:
    """Tell people that their question was interrupted, and give back what they typed."""
    pending = await client.services.serving.keeping()
    while True:
        try:
            for promise in await pending.left(client.charge):
                if await _is_told(client, promise):
                    pending.drop(promise.interaction)
        except DilemmaError as error:
            logger(__name__).info("promised answers are not read", reason=str(error))
        pending.sweep()
        await asyncio.sleep(EVERY_S)


async def _is_told(client: DilemmaClient, promise: Promise) -> bool:
    """Tell one person; return whether that is done with, as it is when the answer had come after all."""
    words = words_for(promise.locale)
    texts = with_written(words("I was restarted: please ask again."), promise.typed, words)
    try:
        await fill_late(client, promise.token, texts)
    except FAILURES as failure:
        logger(__name__).info("nobody was told of a restart", failure=type(failure).__name__)
        return isinstance(failure, discord.HTTPException) and not isinstance(failure, discord.DiscordServerError)
    return True
