"""Replies that survive Discord's hiccups.

discord.py does not retry after a dropped connection, retries a first answer too late, and repeats what a 502 may have
done already.
"""

from __future__ import annotations

import asyncio
import io
import secrets
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
from discord.http import handle_message_parameters
from discord.utils import MISSING
from discord.webhook.async_ import async_context

from bot.process.journal import logger
from bot.wire.page.limits import Code

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from discord import ui

TRIES: Final = 4
_FIRST_WAIT_S: Final = 0.5

_FIRST_ANSWER_S: Final = 0.7
"""How long one try may take: Discord waits three seconds, and the library would pause for one, then for three."""


async def acknowledge(interaction: discord.Interaction[Any], *, private: bool = False, changing: bool = False) -> None:
    """Tell Discord, within its three seconds, that an answer comes: a new message, or with `changing` an edit."""
    await _first_answer(lambda: interaction.response.defer(ephemeral=private, thinking=not changing))


async def show_form(interaction: discord.Interaction[Any], form: ui.Modal) -> None:
    """Answer with a form, retrying as `acknowledge` does."""
    await _first_answer(lambda: interaction.response.send_modal(form))


async def _first_answer(give: Callable[[], Awaitable[object]]) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            async with asyncio.timeout(_FIRST_ANSWER_S):
                await give()
        except discord.HTTPException as refused:
            if refused.code != Code.ALREADY_ACKNOWLEDGED:
                raise
            # Discord had heard an earlier try, and its reply was lost.
            logger(__name__).info("an interaction was acknowledged before", code=refused.code)
        except (TimeoutError, aiohttp.ClientConnectionError) as failure:
            if attempt == TRIES:
                raise
            logger(__name__).info("acknowledged again", failure=type(failure).__name__, attempt=attempt)
            continue
        return


async def deliver(interaction: discord.Interaction[Any], payload: Mapping[str, Any]) -> int | None:
    """Edit "thinking…" into a message, and return its id; None where somebody deleted it.

    An edit that is repeated makes no second message. The library's own method neither takes new files nor suppresses
    previews. The payload has one "file", or "files".
    """
    filled: list[int] = []
    files: list[discord.File] = payload.get("files", [payload["file"]] if "file" in payload else [])
    contents = [file.fp.read() for file in files]

    async def fill() -> None:
        with handle_message_parameters(
            content=payload.get("content", MISSING),
            view=payload.get("view", MISSING),
            # The library closes a file after one try.
            attachments=[
                discord.File(io.BytesIO(content), file.filename, description=file.description)
                for file, content in zip(files, contents, strict=True)
            ]
            or MISSING,
            flags=discord.MessageFlags(suppress_embeds=True) if "content" in payload else MISSING,
            previous_allowed_mentions=interaction.client.allowed_mentions,
        ) as parts:
            message = await async_context.get().edit_original_interaction_response(
                interaction.application_id,
                interaction.token,
                session=interaction.followup.session,
                proxy=interaction.client.http.proxy,
                proxy_auth=interaction.client.http.proxy_auth,
                payload=parts.payload,
                multipart=parts.multipart,
                files=parts.files,
            )
            filled.append(int(message["id"]))

    try:
        await persistently(fill)
    except discord.NotFound as refused:
        if refused.code != Code.UNKNOWN_MESSAGE:
            raise
        logger(__name__).info("somebody deleted the message that was to be filled", code=refused.code)
    return filled[-1] if filled else None


async def withdraw(interaction: discord.Interaction[Any]) -> None:
    """Delete "thinking…", so that what follows can be for the person alone; log a failure."""
    try:
        await interaction.delete_original_response()
    except discord.HTTPException as refused:
        logger(__name__).info("not withdrawn", code=refused.code, status=refused.status)
    except (aiohttp.ClientError, OSError) as failure:
        logger(__name__).info("not withdrawn", failure=type(failure).__name__)


async def put_in_place(interaction: discord.Interaction[Any], payload: Mapping[str, Any]) -> None:
    """Change the message whose button was pressed; the press was deferred without "thinking…"."""

    async def change() -> None:
        await interaction.edit_original_response(**payload)

    await persistently(change)


async def reply(message: discord.Message, payload: Mapping[str, Any]) -> None:
    """Reply to a message, or write below it where replying is not allowed. Raises discord.HTTPException."""
    # The same nonce twice makes one message.
    nonce = secrets.token_hex(12)

    async def send() -> None:
        try:
            await message.reply(**payload, mention_author=False, nonce=nonce)
        except discord.HTTPException as refused:
            if refused.code != Code.CANNOT_REPLY:
                raise
            await message.channel.send(**payload, nonce=nonce)

    await persistently(send)


async def persistently(send: Callable[[], Awaitable[None]]) -> None:
    """Do something idempotent, up to TRIES times while failures may pass; raise the last."""
    wait_s = _FIRST_WAIT_S
    for attempt in range(1, TRIES + 1):
        try:
            await send()
        except (discord.DiscordServerError, aiohttp.ClientConnectionError) as failure:
            if attempt == TRIES:
                raise
            logger(__name__).info("sent again", failure=type(failure).__name__, attempt=attempt)
        else:
            return
        await asyncio.sleep(wait_s)
        wait_s *= 2
