"""Replies that survive Discord's hiccups.

discord.py does not retry after a dropped connection, nor after a 429 without a Via header, and repeats what a 502 may
have done already.
"""

from __future__ import annotations

import asyncio
import io
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
from discord.http import handle_message_parameters
from discord.utils import MISSING
from discord.webhook.async_ import async_context

from bot.process.journal import logger
from bot.wire.page.limits import Code
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

TRIES: Final = 4
_FIRST_WAIT_S: Final = 0.5

_THROTTLED_S: Final = 1.0
"""Pause after a 429 that does not say how long."""

_LONGEST_THROTTLED_S: Final = 60.0
"""A longer pause is a ban: nothing is sent again."""


def throttled_s(refused: discord.HTTPException) -> float | None:
    """Return how long to wait before something is sent again; None for what is no 429, or a ban.

    The library repeats those that carry a Via header, and raises those of Cloudflare, or of a proxy, at once.
    """
    if refused.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    try:
        wait_s = float(refused.response.headers["Retry-After"])
    except (KeyError, ValueError):
        return _THROTTLED_S
    return wait_s if 0 <= wait_s <= _LONGEST_THROTTLED_S else None


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


async def fill_late(client: discord.Client, token: str, texts: Sequence[str]) -> None:
    """Put texts in the place of an interaction's "thinking…", the later ones below; do nothing where it was answered.

    The token is all that is left of it. Raises discord.HTTPException.
    """
    if client.application_id is None:
        raise Fault("the bot is not logged in")
    hook = discord.Webhook.partial(client.application_id, token, client=client)
    way: dict[str, Any] = {"session": hook.session, "proxy": client.http.proxy, "proxy_auth": client.http.proxy_auth}
    first, *rest = texts

    async def fill() -> None:
        adapter = async_context.get()
        message = await adapter.get_original_interaction_response(hook.id, token, **way)
        if not message.get("flags", 0) & discord.MessageFlags.loading.flag:
            return
        with handle_message_parameters(
            content=first,
            flags=discord.MessageFlags(suppress_embeds=True),
            allowed_mentions=discord.AllowedMentions.none(),
        ) as parts:
            await adapter.edit_original_interaction_response(hook.id, token, payload=parts.payload, **way)
        for text in rest:
            await hook.send(text, ephemeral=True, suppress_embeds=True, allowed_mentions=discord.AllowedMentions.none())

    await persistently(fill)


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


async def change_pressed(interaction: discord.Interaction[Any], message_id: int, payload: Mapping[str, Any]) -> None:
    """Change the message whose button was pressed, also one that only its person sees, beside another answer."""
    await persistently(lambda: interaction.followup.edit_message(message_id, **payload))


async def reply(message: discord.Message, payload: Mapping[str, Any]) -> int:
    """Reply to a message, or write below it where replying is not allowed; return the id of what was written.

    Raises discord.HTTPException.
    """
    # The same nonce twice makes one message.
    nonce, sent = secrets.token_hex(12), list[int]()

    async def send() -> None:
        try:
            sent.append((await message.reply(**payload, mention_author=False, nonce=nonce)).id)
        except discord.HTTPException as refused:
            if refused.code != Code.CANNOT_REPLY:
                raise
            sent.append((await message.channel.send(**payload, nonce=nonce)).id)

    await persistently(send)
    return sent[-1]


async def persistently(send: Callable[[], Awaitable[object]]) -> None:
    """Do something idempotent, up to TRIES times while failures may pass, once more after a 429; raise the last."""
    wait_s, throttled = _FIRST_WAIT_S, False
    for attempt in range(1, TRIES + 1):
        try:
            await send()
        except (discord.DiscordServerError, aiohttp.ClientConnectionError) as failure:
            if attempt == TRIES:
                raise
            logger(__name__).info("sent again", failure=type(failure).__name__, attempt=attempt)
            pause_s, wait_s = wait_s, wait_s * 2
        except discord.HTTPException as refused:
            longest_s = throttled_s(refused)
            if longest_s is None or throttled or attempt == TRIES:
                raise
            logger(__name__).info("sent again", status=refused.status, wait_s=longest_s)
            pause_s, throttled = longest_s, True
        else:
            return
        await asyncio.sleep(pause_s)
