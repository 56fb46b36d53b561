"""The places where debates are shown: opening a thread, writing there, finding what was written before a crash.

Each step can be done twice: what is there already is found, not made again. Places are known by their ids alone, for
the library forgets archived threads. Everything raises discord.HTTPException when Discord refuses it. It must not know
what is written.
"""

from __future__ import annotations

import io
import secrets
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.core.typed import harmless
from bot.discord_adapter.debate_ids import is_panel
from bot.discord_adapter.delivering import persistently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence

    from bot.discord_adapter.client import DilemmaClient

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_MESSAGE: Final = 10008
INVALID_FORM: Final = 50035
ARCHIVED: Final = 50083
LOCKED: Final = 160005
NO_ACCESS: Final = 50001
NO_PERMISSION: Final = 50013

_HAS_THREAD: Final = 160004
_SERVER_ERROR: Final = 500
_DAY_MIN: Final = 1440
"""After so many minutes without a message Discord archives a thread."""

_THREAD_NAME: Final = 100
_RECENT: Final = 50
"""Messages among which those from before a crash are looked for."""


class Places:
    """What is done in the channels of guilds, for one bot."""

    def __init__(self, client: DilemmaClient) -> None:
        """Keep the bot."""
        self._client = client

    async def open_thread(
        self, channel_id: int, name: str, opening: Mapping[str, Any], *, nonce: str, taken: Collection[int]
    ) -> int:
        """Announce a debate in a channel, and give the thread below that; the channel itself where none can be.

        `taken` are the threads of other debates, whose announcements may say the same.
        """
        own = await self._own(channel_id)
        begun = next(
            (each.id for each in own if each.id not in taken and each.content == opening["content"].strip()), None
        )
        if begun is None:
            begun = await self.send(channel_id, opening, nonce=nonce)
        shown = harmless(name).strip()[:_THREAD_NAME] or "debate"
        try:
            # The message's own method would need the guild in memory. A thread of a message has that message's id.
            await persistently(
                lambda: _ignoring(
                    self._client.http.start_thread_with_message(
                        channel_id, begun, name=shown, auto_archive_duration=_DAY_MIN
                    )
                )
            )
        except discord.HTTPException as refused:
            if refused.status >= _SERVER_ERROR:
                raise
            return begun if refused.code == _HAS_THREAD else channel_id
        return begun

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

    async def find(self, channel_id: int, custom_id: str) -> int | None:
        """Find our last message with a button of that id."""
        return next((each.id for each in await self._own(channel_id) if custom_id in _ids_in(each.components)), None)

    async def told(self, channel_id: int, texts: Sequence[str]) -> int:
        """Count how many of these messages, from the first on, are there already, and nothing of ours after them.

        A message that is there may have been written with more at its end. Panels, which are put up anew where they are
        deleted, do not count.
        """
        own = [each for each in await self._own(channel_id) if not any(map(is_panel, _ids_in(each.components)))]
        last = [message.content for message in reversed(own)]
        for count in range(min(len(texts), len(last)), 0, -1):
            there = zip(last[-count:], texts[:count], strict=True)
            if all(content.startswith(text.strip()) for content, text in there):
                return count
        return 0

    async def _own(self, channel_id: int) -> list[discord.Message]:
        """Give the bot's last messages in a place, newest first; none where it may not read them."""
        me = self._client.user
        try:
            found = [each async for each in self._client.get_partial_messageable(channel_id).history(limit=_RECENT)]
        except discord.Forbidden:
            return []
        # Answers, to commands or to messages, are no part of a debate.
        return [
            each
            for each in found
            if me is not None
            and each.author.id == me.id
            and each.interaction_metadata is None
            and each.reference is None
        ]

    async def _opened(self, channel_id: int, act: Callable[[], Awaitable[None]]) -> None:
        """Do something in a thread that may be archived."""
        try:
            await persistently(act)
        except discord.HTTPException as refused:
            if refused.code != ARCHIVED:
                raise
            await self._client.http.edit_channel(channel_id, archived=False)
            await persistently(act)


async def _ignoring(request: Awaitable[object]) -> None:
    await request


def _file(content: bytes, description: str) -> discord.File:
    return discord.File(io.BytesIO(content), "result.png", description=description)


def _ids_in(components: Sequence[Any]) -> Iterator[str]:
    """Go through the ids of buttons, however deep they are."""
    for component in components:
        yield from _ids_in(getattr(component, "children", ()))
        if custom_id := getattr(component, "custom_id", None):
            yield custom_id
