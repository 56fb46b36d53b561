"""The panels of debates: posted once, then edited as the debate changes, but never too often."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import discord

from bot.debate.cog.layout import debate_id, panel_page, panel_rows
from bot.guild.cog.manners import manners_of_guild
from bot.wire.page.limits import Code
from bot.wire.page.render import payload_of

if TYPE_CHECKING:
    from bot.debate.cog.layout import Rows
    from bot.debate.cog.places import Places
    from bot.debate.service.debates import Debates, Held
    from bot.wire.client import DilemmaClient
    from bot.wire.page.layout import Page, Style


@dataclass(frozen=True, slots=True)
class _Shown:
    """A panel, and what it shows."""

    panel: int | None
    style: Style
    page: Page
    rows: Rows


class Panels:
    """The panels of the debates that are held."""

    def __init__(self, client: DilemmaClient, debates: Debates, places: Places) -> None:
        """Show nothing yet."""
        self._client = client
        self._debates = debates
        self._places = places
        self._shown: dict[str, _Shown] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def refresh(self, debate: str) -> None:
        """Have a panel changed soon, if there is anything to change."""
        self._client.refresher.soon(debate, partial(self._refreshed, debate))

    async def put(self, held: Held) -> Held:
        """Show a debate as it stands by then, in its place: in the panel that is there, else in a new one.

        One after the other: an older change must not arrive behind a newer one.
        """
        async with self._turns[held.id]:
            now = self._debates.get(held.id)
            return held if now is None else await self._put(now)

    async def _put(self, held: Held) -> Held:
        thread = held.place.thread
        if thread is None:
            return held
        manners = await manners_of_guild(self._client, held.place.guild)
        words, panel = manners.words, held.place.panel
        last = self._shown.get(held.id)
        # Discord does not let a message change its style.
        style = manners.style if last is None or last.panel != panel else last.style
        page, rows = panel_page(held.state, words, style), panel_rows(held.id, held.state, words)
        if last == _Shown(panel, style, page, rows):
            return held
        if panel is not None:
            panel = await self._changed(thread, panel, payload_of(page, rows, words, style, editing=True))
        else:
            # It may have been put up right before a crash.
            panel = await self._places.find(thread, debate_id("lead", held.id))
        if panel is None:
            panel = await self._places.send(thread, payload_of(page, rows, words, style))
        if panel != held.place.panel:
            held = await self._debates.settle(held.id, panel=panel)
        self._shown[held.id] = _Shown(panel, style, page, rows)
        return held

    def forget(self, debate: str) -> None:
        """Forget a debate that is over."""
        self._shown.pop(debate, None)
        self._turns.pop(debate, None)

    async def _changed(self, thread: int, panel: int, payload: dict[str, Any]) -> int | None:
        """Change a panel, and give it; None where it was deleted, or is in another style."""
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
        if held is not None and held.place.panel is not None:
            await self.put(held)
