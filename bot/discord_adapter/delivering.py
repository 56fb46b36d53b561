"""Sending what was made to Discord, also when Discord hiccups.

The library tries again after most failures; after a 503 and a dropped connection it does not. It must not know what is
sent.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord

from bot.discord_adapter.errors import ALREADY_ACKNOWLEDGED
from bot.logs import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

TRIES: Final = 4
_FIRST_WAIT_S: Final = 0.5

_CHANGEABLE: Final = {"content", "view"}

_CANNOT_REPLY: Final = 160002
"""Discord's code for a reply without the permission to read what is replied to."""


async def acknowledge(interaction: discord.Interaction[Any], *, private: bool = False, changing: bool = False) -> None:
    """Tell Discord, within its three seconds, that an answer comes.

    It is a new message, or with `changing` another form of the one whose button was pressed. Where Discord heard us and
    its reply was lost, a second try is refused: all is well then.
    """

    async def defer() -> None:
        try:
            await interaction.response.defer(ephemeral=private, thinking=not changing)
        except discord.HTTPException as refused:
            if refused.code != ALREADY_ACKNOWLEDGED:
                raise
            logger(__name__).info("an interaction was acknowledged before", code=refused.code)

    await persistently(defer, defer)


async def deliver(interaction: discord.Interaction[Any], payload: Mapping[str, Any]) -> None:
    """Put a message in the place of "thinking…"; lost answers are repeated without a second message."""

    async def send() -> None:
        await interaction.followup.send(**payload)

    async def replace() -> None:
        await interaction.edit_original_response(**{key: payload[key] for key in payload if key in _CHANGEABLE})

    await persistently(send, replace)


async def withdraw(interaction: discord.Interaction[Any]) -> None:
    """Take "thinking…" away, so that what follows can be for the person alone."""
    try:
        await interaction.delete_original_response()
    except discord.HTTPException as refused:
        logger(__name__).info("not withdrawn", code=refused.code, status=refused.status)


async def put_in_place(interaction: discord.Interaction[Any], payload: Mapping[str, Any]) -> None:
    """Change the message whose button was pressed; the press was deferred without "thinking…"."""

    async def change() -> None:
        await interaction.edit_original_response(**payload)

    await persistently(change, change)


async def reply(message: discord.Message, payload: Mapping[str, Any]) -> None:
    """Reply to a message, or write below it where replying is not allowed. Raises discord.HTTPException."""
    # The same nonce twice makes one message.
    nonce = secrets.token_hex(12)

    async def send() -> None:
        try:
            await message.reply(**payload, mention_author=False, nonce=nonce)
        except discord.HTTPException as refused:
            if refused.code != _CANNOT_REPLY:
                raise
            await message.channel.send(**payload, nonce=nonce)

    await persistently(send, send)


async def persistently(first: Callable[[], Awaitable[None]], again: Callable[[], Awaitable[None]]) -> None:
    """Do something, and `again` after failures that pass; raises the last of them."""
    wait_s = _FIRST_WAIT_S
    for attempt in range(1, TRIES + 1):
        try:
            await (first if attempt == 1 else again)()
        except (discord.DiscordServerError, aiohttp.ClientConnectionError) as failure:
            if attempt == TRIES:
                raise
            logger(__name__).info("sent again", failure=type(failure).__name__, attempt=attempt)
        else:
            return
        await asyncio.sleep(wait_s)
        wait_s *= 2
