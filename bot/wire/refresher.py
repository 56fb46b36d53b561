"""Bringing messages up to date soon after something changed, together and not each time.

A class of thirty votes within seconds, and Discord takes few changes of messages.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import aiohttp
import discord

from bot.process.journal import logger
from knowledge.errors import DilemmaError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PAUSE_S: Final = 2.0
"""How long changes are gathered before the messages follow."""


class Refreshing:
    """What is to be brought up to date, by a key each; what is asked for again meanwhile is done once."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._wanted: dict[str, Callable[[], Awaitable[None]]] = {}
        self._asked = asyncio.Event()

    def soon(self, key: str, refresh: Callable[[], Awaitable[None]]) -> None:
        """Ask for something to be brought up to date; the last way to do it counts."""
        self._wanted[key] = refresh
        self._asked.set()

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Do what is asked for, again and again."""
        while True:
            await self._asked.wait()
            await sleep(PAUSE_S)
            self._asked.clear()
            wanted, self._wanted = self._wanted, {}
            await asyncio.gather(*(_tried(refresh) for refresh in wanted.values()))


async def _tried(refresh: Callable[[], Awaitable[None]]) -> None:
    """Let one that fails not keep the others from being done; the next change tries again."""
    try:
        await refresh()
    except (discord.HTTPException, aiohttp.ClientError, OSError, DilemmaError) as failure:
        logger(__name__).info("a message is not up to date", failure=type(failure).__name__, reason=str(failure))


_OF: Final[WeakKeyDictionary[discord.Client, Refreshing]] = WeakKeyDictionary()


def refreshing_of(client: discord.Client) -> Refreshing:
    """Give what a client has to bring up to date; it is the same one each time."""
    return _OF.setdefault(client, Refreshing())
