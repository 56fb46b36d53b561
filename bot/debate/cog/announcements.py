"""Telling what happened in debates, each event once and in its order, whatever befalls the program or Discord.

An event counts as told when its messages are there. Whether one that may have been sent is there is looked up: after a
crash, and after a failure. What is in the way of a debate is told to its moderators.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import discord

from bot.debate.cog.news import Transition, news_of, opening_line
from bot.debate.cog.panels import Panels
from bot.debate.cog.places import Places
from bot.debate.rules.events import Ended, Started
from bot.debate.service.chart import result_alt_text, result_png
from bot.guild.cog.manners import manners_of_guild
from bot.process import drawing
from bot.process.journal import log_fault
from bot.quote.rules import phrases as wording
from bot.wire.announcer import Announcer
from bot.wire.channel import nonce_of
from bot.wire.page.language import drawn_in
from bot.wire.page.layout import Page, Style
from bot.wire.page.limits import Code
from bot.wire.page.render import payload_of
from knowledge.errors import Message
from knowledge.model import Pack

if TYPE_CHECKING:
    from typing import Any

    from bot.debate.cog.news import News
    from bot.debate.rules.events import Cited
    from bot.debate.service.debates import Debates, Held, Untold
    from bot.guild.cog.manners import Manners
    from bot.wire.client import DilemmaClient
    from bot.wire.page.language import Words


_OF: Final[WeakKeyDictionary[discord.Client, Telling]] = WeakKeyDictionary()


def telling_of(client: discord.Client) -> Telling | None:
    """Return what tells a client's debates; None until they are read from the log."""
    return _OF.get(client)


class Telling:
    """Tells the threads of debates what happened there. Belongs to one event loop."""

    def __init__(self, client: DilemmaClient, debates: Debates) -> None:
        """Tell nothing yet."""
        _OF[client] = self
        self._client = client
        self._debates = debates
        self._places = Places(client)
        self._panels = Panels(client, debates, self._places)
        # What happened before may have been told by a program that was killed before it could note that.
        self._before_ms = {held.id: held.state.at_ms for held in debates.live()}
        self._announcer = Announcer(debates.untold, self._tell, attrgetter("debate"))
        self._put_up: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def run(self) -> None:
        """Tell until cancelled."""
        self.show_again()
        await self._announcer.run()

    async def shown(self, debate: str, within_s: float) -> Held | None:
        """Wait until a debate that was started has a thread with its panel; None when that takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._put_up[debate].wait()
        held = self._debates.get(debate)
        return None if held is None or held.place.panel is None else held

    def try_again(self, debate: str) -> None:
        """Try at once what is waiting to be tried: a moderator may have mended it."""
        self._announcer.try_again(debate)

    def show_again(self) -> None:
        """Bring the panels up to date with what was deleted."""
        for held in self._debates.live():
            self._panels.refresh(held.id)

    async def go_on_in(self, held: Held, channel_id: int) -> None:
        """Go on in the channel in which a moderator gave a command, where the debate has lost its place."""
        if self._trouble(held) != Code.UNKNOWN_CHANNEL or channel_id == held.place.thread:
            return
        await self._debates.settle(held.id, thread=channel_id)
        self._announcer.troubles.pop(held.id, None)
        self.try_again(held.id)

    def troubles(self, held: Held, words: Words) -> tuple[str, ...]:
        """Say to a moderator what keeps a debate from being shown."""
        code = self._trouble(held)
        if code is None:
            return ()
        place = f"<#{held.place.thread or held.place.channel}>"
        if code == Code.UNKNOWN_CHANNEL:
            said = words("The place of this debate was deleted: it goes on where a moderator uses the next command.")
        elif code in {Code.NO_ACCESS, Code.NO_PERMISSION}:
            said = words(
                "I may not write in {place}: let me view it, and send messages in threads. What happens is kept, and "
                "told there as soon as I may.",
                place=place,
            )
        elif code in {Code.ARCHIVED, Code.LOCKED}:
            said = words("{place} is locked: unlock it. What happens is kept, and told there then.", place=place)
        else:
            said = words("I cannot write in {place} just now, and go on trying.", place=place)
        return (f"⚠️ {said}",)

    def _trouble(self, held: Held) -> int | None:
        """Return Discord's code for what is in the way of a debate, 0 for anything else, None for nothing."""
        trouble = self._announcer.troubles.get(held.id)
        return None if trouble is None else getattr(trouble, "code", 0)

    async def _tell(self, untold: Untold) -> None:
        """Tell of one event, unless its debate is gone."""
        if (held := self._debates.get(untold.debate)) is not None:
            said = await self._told(held, untold)
            await self._debates.told(untold.debate, untold.number, said=said)
            if not isinstance(untold.event, Ended):
                self._panels.refresh(untold.debate)
                return
        # It is over, or was deleted.
        self._panels.forget(untold.debate)
        self._put_up.pop(untold.debate, None)

    async def _told(self, held: Held, untold: Untold) -> bool:
        """Send what is to be said of an event, unless it is there; tell whether there was anything."""
        manners = await manners_of_guild(self._client, held.place.guild)
        words = manners.words
        opening = None in {held.place.thread, held.place.panel} or isinstance(untold.event, Started)
        if opening:
            held = await self._opened(held, words)
        news = await self._news(held, untold, manners)
        if news:
            try:
                await self._send(held, untold, news, words)
            except discord.NotFound as refused:
                if refused.code != Code.UNKNOWN_CHANNEL or held.place.thread == held.place.channel:
                    raise
                held = await self._in_channel(held, words)
                await self._send(held, untold, news, words)
        if isinstance(untold.event, Ended):
            await self._panels.put(held)
        return opening or bool(news)

    async def _opened(self, held: Held, words: Words) -> Held:
        """Return a debate its thread, with the panel in it."""
        if held.place.thread is None:
            taken = {other.place.thread for other in self._debates.in_guild(held.place.guild)}
            opening = {"content": opening_line(held.state, words), "suppress_embeds": True}
            thread = await self._places.open_thread(
                held.place.channel,
                held.state.motion,
                opening,
                nonce=nonce_of("opening", held.id),
                taken={place for place in taken if place is not None},
            )
            held = await self._debates.settle(held.id, thread=thread)
        held = await self._panels.put(held)
        self._put_up[held.id].set()
        return held

    async def _in_channel(self, held: Held, words: Words) -> Held:
        """Go on in the channel, where the thread was deleted."""
        line = words("The thread of this debate was deleted: it goes on here.")
        if not await self._places.told(held.place.channel, [line]):
            payload = {"content": line, "suppress_embeds": True}
            await self._places.send(held.place.channel, payload, nonce=nonce_of("moved", held.id))
        held = await self._debates.settle(held.id, thread=held.place.channel)
        return await self._panels.put(held)

    async def _news(self, held: Held, untold: Untold, manners: Manners) -> tuple[News, ...]:
        pack = await self._client.services.get(Pack)
        change = Transition(held.id, untold.event, untold.before, untold.after)
        return news_of(
            change,
            manners.words,
            self._debates.now_ms(),
            lambda cited: None if cited.passage in manners.excluded else source_of(pack, cited),
        )

    async def _send(self, held: Held, untold: Untold, news: tuple[News, ...], words: Words) -> None:
        thread = held.place.thread
        assert thread is not None  # noqa: S101 - it was opened before
        there = await self._places.told(thread, [one.text for one in news]) if self._is_doubtful(untold) else 0
        for part, one in enumerate(news):
            if part < there:
                continue
            payload: dict[str, Any] = {"content": one.text + one.late, "suppress_embeds": True}
            if one.rows:
                payload = payload_of(Page(one.text + one.late, (), ""), one.rows, words, Style.PLAIN)
            nonce, picture = nonce_of("event", held.id, untold.number, part), await self._picture(held, one, words)
            try:
                await self._places.send(thread, payload, nonce=nonce, picture=picture)
            except discord.HTTPException as refused:
                if picture is not None and refused.code in {Code.NO_PERMISSION, Code.INVALID_FORM}:
                    # Where no files may be sent, the same stands in the text.
                    await self._places.send(thread, payload, nonce=nonce)
                elif refused.code == Code.INVALID_FORM:
                    # It would never be taken, and must not keep what follows from being told.
                    log_fault(refused)
                else:
                    raise
        # Only one at a time is told, and noted before the next one.
        self._before_ms.pop(held.id, None)

    def _is_doubtful(self, untold: Untold) -> bool:
        """Return whether the messages of an event may have been sent already, all of them or the first."""
        before_ms = self._before_ms.get(untold.debate)
        tried = untold.debate in self._announcer.troubles
        return tried or (before_ms is not None and untold.event.at_ms <= before_ms)

    async def _picture(self, held: Held, news: News, words: Words) -> tuple[bytes, str] | None:
        """Draw the result, in a thread; what goes wrong with that must not keep the result from anybody."""
        if news.outcome is None or not drawing.can_draw():
            return None
        names = {side.id: side.name for side in held.state.sides}
        try:
            drawn = await asyncio.to_thread(result_png, news.outcome, names, drawn_in(words))
        except Exception as fault:  # noqa: BLE001 - see above
            log_fault(fault)
            return None
        return drawn, result_alt_text(news.outcome, names, words)


def source_of(pack: Pack, cited: Cited) -> Message | None:
    """Return how a quote reached us, None where it no longer equals its article."""
    articles = {article.id: article.text for article in pack.articles}
    if articles.get(cited.article, "")[cited.start : cited.end] != cited.text:
        return None
    for passage in pack.passages:
        if (passage.id, passage.text) == (cited.passage, cited.text):
            return wording.provenance(passage.voice, passage.mode, passage.speaker, cited.author)
    return Message(cited.provenance)
