"""The places where debates are shown: opening a thread, writing there, finding what was written before a crash.

Each step can be done twice: what is there already is found, not made again. Places are known by their ids alone, for
the library forgets archived threads. Everything raises discord.HTTPException when Discord refuses it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.debate.cog.layout import FEATURE
from bot.values.text import harmless
from bot.wire.channel import Channels
from bot.wire.page.limits import LONGEST_THREAD_NAME, Code
from bot.wire.press import mark_of
from bot.wire.reply import persistently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterator, Mapping, Sequence


_DAY_MIN: Final = 1440
"""After so many minutes without a message Discord archives a thread."""

_RECENT: Final = 50
"""Messages among which those from before a crash are looked for."""


class Places(Channels):
    """What is done in the channels where debates are shown, for one bot."""

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
        shown = harmless(name).strip()[:LONGEST_THREAD_NAME] or "debate"
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
            if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return begun if refused.code == Code.HAS_THREAD else channel_id
        return begun

    async def find(self, channel_id: int, custom_id: str) -> int | None:
        """Find our last message with a button of that id."""
        return next((each.id for each in await self._own(channel_id) if custom_id in _ids_in(each.components)), None)

    async def told(self, channel_id: int, texts: Sequence[str]) -> int:
        """Count how many of these messages, from the first on, are there already, and nothing of ours after them.

        A message that is there may have been written with more at its end. Panels, which are put up anew where they are
        deleted, do not count.
        """
        own = [each for each in await self._own(channel_id) if not _is_panel(each)]
        last = [message.content for message in reversed(own)]
        for count in range(min(len(texts), len(last)), 0, -1):
            there = zip(last[-count:], texts[:count], strict=True)
            if all(content.startswith(text.strip()) for content, text in there):
                return count
        return 0

    async def _own(self, channel_id: int) -> list[discord.Message]:
        """Return the bot's last messages in a place, newest first; none where it may not read them."""
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


def _is_panel(message: discord.Message) -> bool:
    """Tell a panel by its moderators' button, which nothing else has."""
    marks = map(mark_of, _ids_in(message.components))
    return any(mark is not None and (mark.feature, mark.verb) == (FEATURE, "lead") for mark in marks)


async def _ignoring(request: Awaitable[object]) -> None:
    await request


def _ids_in(components: Sequence[Any]) -> Iterator[str]:
    """Go through the ids of buttons, however deep they are."""
    for component in components:
        yield from _ids_in(getattr(component, "children", ()))
        if custom_id := getattr(component, "custom_id", None):
            yield custom_id
