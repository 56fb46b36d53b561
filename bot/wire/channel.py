"""Messages that no interaction asked for, posted once. Channels are ids: the library forgets archived threads."""

from __future__ import annotations

import hashlib
import io
import secrets
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.wire.page.layout import Style
from bot.wire.page.limits import LONGEST_NONCE, Code
from bot.wire.reply import persistently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.wire.client import DilemmaClient

_OTHER: Final = {Style.CARD: Style.PLAIN, Style.PLAIN: Style.CARD}


def nonce_of(*what: object) -> str:
    """Return the nonce of a message, the same for the same thing: Discord drops a repetition within minutes."""
    return hashlib.sha256(repr(what).encode()).hexdigest()[:LONGEST_NONCE]


async def post(client: DilemmaClient, channel_id: int, payload: Mapping[str, Any], nonce: str) -> int:
    """Post a message, and give its id; one that was posted with this nonce is not posted again.

    Raises discord.HTTPException where Discord does not let us.
    """
    return await Channels(client).send(channel_id, payload, nonce=nonce)


async def change(
    client: DilemmaClient, channel_id: int, message_id: int, make: Callable[[Style], Mapping[str, Any]], style: Style
) -> None:
    """Put what `make` gives for a style in place of a message; the other style is tried where Discord refuses.

    A message keeps its style for ever, and moderators may have chosen another since. Raises discord.HTTPException.
    """
    try:
        await Channels(client).edit(channel_id, message_id, make(style))
    except discord.HTTPException as refused:
        if refused.code != Code.INVALID_FORM:
            raise
        await Channels(client).edit(channel_id, message_id, make(_OTHER[style]))


class Channels:
    """Writing in the channels of guilds, for one bot. All raises discord.HTTPException when Discord refuses it."""

    def __init__(self, client: DilemmaClient) -> None:
        self._client = client

    async def send(
        self,
        channel_id: int,
        payload: Mapping[str, Any],
        *,
        nonce: str | None = None,
        picture: tuple[bytes, str] | None = None,
    ) -> int:
        """Send a message, and give its id; the same nonce again, within minutes, makes no second one.

        `picture` is a PNG, and what describes it to those who do not see it.
        """
        channel = self._client.get_partial_messageable(channel_id)
        nonce = nonce or secrets.token_hex(12)
        sent: list[int] = []

        async def send() -> None:
            # The library closes a file after one try.
            parts: dict[str, Any] = dict(payload) if picture is None else {**payload, "file": _file(*picture)}
            sent.append((await channel.send(**parts, nonce=nonce)).id)

        await self._opened(channel_id, send)
        return sent[-1]

    async def edit(self, channel_id: int, message_id: int, payload: Mapping[str, Any]) -> None:
        """Change a message of ours."""
        message = self._client.get_partial_messageable(channel_id).get_partial_message(message_id)

        async def change() -> None:
            # Without it the library would not say that nobody is called.
            await message.edit(**payload, allowed_mentions=discord.AllowedMentions.none())

        await self._opened(channel_id, change)

    async def _opened(self, channel_id: int, act: Callable[[], Awaitable[None]]) -> None:
        """Act in a thread, reopening it if it is archived."""
        try:
            await persistently(act)
        except discord.HTTPException as refused:
            if refused.code != Code.ARCHIVED:
                raise
            await self._client.http.edit_channel(channel_id, archived=False)
            await persistently(act)


def _file(content: bytes, description: str) -> discord.File:
    return discord.File(io.BytesIO(content), "result.png", description=description)
