"""The threads and panels of debates.

Each step can be done twice: after a crash, what is there is found and not made again. Channels are known by their ids
alone, as the library forgets archived threads. Everything raises discord.HTTPException when Discord refuses.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.debate.cog.layout import FEATURE, debate_id, panel_page, panel_rows
from bot.guild.cog.manners import manners_of_guild
from bot.values.text import harmless
from bot.wire.channel import Channels
from bot.wire.page.limits import LONGEST_THREAD_NAME, Code
from bot.wire.page.render import payload_of
from bot.wire.press import mark_of
from bot.wire.reply import persistently

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterator, Mapping, Sequence

    from bot.debate.cog.layout import Rows
    from bot.debate.service.chronicle import Held
    from bot.debate.service.debates import Debates
    from bot.wire.client import DilemmaClient
    from bot.wire.page.layout import Page, Style

_DAY_MIN: Final = 1440
"""Minutes without a message after which Discord archives a thread."""

_RECENT: Final = 50
"""How many messages to search for those from before a crash."""


class Places(Channels):
    """The channels where debates are shown."""

    async def open_thread(
        self, channel_id: int, name: str, opening: Mapping[str, Any], *, nonce: str, taken: Collection[int]
    ) -> int:
        """Announce a debate in a channel, and return the thread below; the channel where there can be none.

        `taken` are the threads of other debates, whose announcements may read the same.
        """
        own = await self._own(channel_id)
        begun = next(
            (each.id for each in own if each.id not in taken and each.content == opening["content"].strip()), None
        )
        if begun is None:
            begun = await self.send(channel_id, opening, nonce=nonce)
        shown = harmless(name).strip()[:LONGEST_THREAD_NAME] or "debate"
        try:
            # The message's own method needs the guild in memory. A message's thread has the message's id.
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
        """Return our last message with a button of that id."""
        return next((each.id for each in await self._own(channel_id) if custom_id in _ids_in(each.components)), None)

    async def told(self, channel_id: int, texts: Sequence[str]) -> int:
        """Return how many of these messages, from the first on, are our last ones in a channel.

        A message there may go on after the text. Panels do not count: a deleted one is posted again.
        """
        own = [each for each in await self._own(channel_id) if not _is_panel(each)]
        last = [message.content for message in reversed(own)]
        for count in range(min(len(texts), len(last)), 0, -1):
            there = zip(last[-count:], texts[:count], strict=True)
            if all(content.startswith(text.strip()) for content, text in there):
                return count
        return 0

    async def _own(self, channel_id: int) -> list[discord.Message]:
        """Return our last messages in a channel, newest first; none where we may not read them."""
        me = self._client.user
        try:
            found = [each async for each in self._client.get_partial_messageable(channel_id).history(limit=_RECENT)]
        except discord.Forbidden:
            return []
        # Replies to commands or messages are not part of a debate.
        return [
            each
            for each in found
            if me is not None
            and each.author.id == me.id
            and each.interaction_metadata is None
            and each.reference is None
        ]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A panel's message, and what it shows."""

    panel: int | None
    style: Style
    page: Page
    rows: Rows


class Panels:
    """The panels of debates: posted once, then edited, but never too often."""

    def __init__(self, client: DilemmaClient, debates: Debates, places: Places) -> None:
        self._client = client
        self._debates = debates
        self._places = places
        self._shown: dict[str, _Shown] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def refresh(self, debate: str) -> None:
        """Update a panel soon, if anything changed."""
        self._client.refresher.soon(debate, partial(self._refreshed, debate))

    async def put(self, held: Held) -> Held:
        """Show a debate's latest state in its panel, or in a new one where there is none."""
        # In turn: an older change must not arrive after a newer one.
        async with self._turns[held.id]:
            now = self._debates.get(held.id)
            return held if now is None else await self._put(now)

    async def _put(self, held: Held) -> Held:
        thread = held.venue.thread
        if thread is None:
            return held
        manners = await manners_of_guild(self._client, held.venue.guild)
        words, panel = manners.words, held.venue.panel
        last = self._shown.get(held.id)
        # A message cannot change its style.
        style = manners.style if last is None or last.panel != panel else last.style
        page, rows = panel_page(held.state, words, style), panel_rows(held.id, held.state, words)
        if last == _Shown(panel, style, page, rows):
            return held
        if panel is not None:
            panel = await self._changed(thread, panel, payload_of(page, rows, words, style, editing=True))
        else:
            # It may have been posted right before a crash.
            panel = await self._places.find(thread, debate_id("lead", held.id))
        if panel is None:
            panel = await self._places.send(thread, payload_of(page, rows, words, style))
        if panel != held.venue.panel:
            held = await self._debates.settle(held.id, panel=panel)
        self._shown[held.id] = _Shown(panel, style, page, rows)
        return held

    def forget(self, debate: str) -> None:
        """Forget a debate that is over or deleted."""
        self._shown.pop(debate, None)
        self._turns.pop(debate, None)

    async def _changed(self, thread: int, panel: int, payload: dict[str, Any]) -> int | None:
        """Edit a panel, and return it; None where it was deleted, or has another style."""
        try:
            await self._places.edit(thread, panel, payload)
        except discord.HTTPException as refused:
            if refused.code != Code.UNKNOWN_MESSAGE and (
                refused.status != HTTPStatus.BAD_REQUEST or refused.code in {Code.ARCHIVED, Code.LOCKED}
            ):
                raise
            return None
        return panel

    async def _refreshed(self, debate: str) -> None:
        held = self._debates.get(debate)
        if held is not None and held.venue.panel is not None:
            await self.put(held)


def _is_panel(message: discord.Message) -> bool:
    # Only panels have the moderators' button.
    marks = map(mark_of, _ids_in(message.components))
    return any(mark is not None and (mark.feature, mark.verb) == (FEATURE, "lead") for mark in marks)


async def _ignoring(request: Awaitable[object]) -> None:
    await request


def _ids_in(components: Sequence[Any]) -> Iterator[str]:
    for component in components:
        yield from _ids_in(getattr(component, "children", ()))
        if custom_id := getattr(component, "custom_id", None):
            yield custom_id
