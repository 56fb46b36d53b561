"""Telling what happened in debates, each event once and in its order, whatever befalls the program or Discord.

An event counts as told when its messages are there. Whether one that may have been sent is there is looked up: after a
crash, and after a failure. A debate that cannot be told of just now keeps nobody else waiting; what is in its way is
told to its moderators, and it is tried again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import aiohttp
import discord

from bot.debate.cog.news import Change, news_of, opening_line
from bot.debate.cog.panels import Panels
from bot.debate.cog.places import Places
from bot.debate.rules.events import Ended, Started
from bot.debate.service.chart import result_alt_text, result_png
from bot.guild.cog.manners import manners_of_guild
from bot.process import drawing
from bot.process.journal import log_fault, logger
from bot.quote.rules import phrases as wording
from bot.wire.channel import nonce_of
from bot.wire.codes import Code
from bot.wire.page.language import drawn_in
from bot.wire.page.layout import Page, Style
from bot.wire.page.render import payload_of
from knowledge.errors import DilemmaError, Message
from knowledge.model import Pack

if TYPE_CHECKING:
    from typing import Any

    from bot.debate.cog.news import News
    from bot.debate.rules.events import Cited
    from bot.debate.service.debates import Debates, Held, Untold
    from bot.guild.cog.manners import Manners
    from bot.wire.client import DilemmaClient
    from bot.wire.page.language import Words


RETRY_S: Final = (5.0, 30.0, 120.0, 300.0)
"""How long to wait before each further try; the last one holds from then on."""

_OTHER: Final = 0
"""Stands for a failure that is not of Discord's making."""

_FAILURES: Final = (discord.HTTPException, aiohttp.ClientError, OSError, DilemmaError)


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
        self._unsure: set[str] = set()
        self._troubles: dict[str, int] = {}
        self._nudges: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._put_up: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def run(self) -> None:
        """Tell until cancelled."""
        self._debates.hand_out_again()
        self.show_again()
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(self._tell(await self._debates.untold()))

    async def shown(self, debate: str, within_s: float) -> Held | None:
        """Wait until a debate that was started has a thread with its panel; None when that takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._put_up[debate].wait()
        held = self._debates.get(debate)
        return None if held is None or held.place.panel is None else held

    def try_again(self, debate: str) -> None:
        """Try at once what is waiting to be tried: a moderator may have mended it."""
        self._nudges[debate].set()

    def show_again(self) -> None:
        """Bring the panels up to date with what was deleted."""
        for held in self._debates.live():
            self._panels.refresh(held.id)

    async def go_on_in(self, held: Held, channel_id: int) -> None:
        """Go on in the channel in which a moderator gave a command, where the debate has lost its place."""
        if self._troubles.get(held.id) != Code.UNKNOWN_CHANNEL or channel_id == held.place.thread:
            return
        moved = await self._debates.settle(held.id, thread=channel_id)
        self._troubles.pop(held.id)
        try:
            await self._panels.put(moved)
        except _FAILURES as failure:
            self._note(moved, failure)
        self.try_again(held.id)

    def troubles(self, held: Held, words: Words) -> tuple[str, ...]:
        """Say to a moderator what keeps a debate from being shown."""
        code = self._troubles.get(held.id)
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

    async def _tell(self, untold: Untold) -> None:
        """Tell of one event, as often as it takes."""
        tries = 0
        while (held := self._debates.get(untold.debate)) is not None:
            try:
                said = await self._told(held, untold)
                await self._debates.told(untold.debate, untold.number, said=said)
            except _FAILURES as failure:
                self._note(held, failure)
            except Exception as fault:  # noqa: BLE001 - one debate must not end all the others
                log_fault(fault)
                self._note(held, fault)
            else:
                self._done(untold)
                return
            nudge = self._nudges[held.id]
            nudge.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S[min(tries, len(RETRY_S) - 1)]):
                    await nudge.wait()
            tries += 1
        self._forget(untold.debate)

    def _done(self, untold: Untold) -> None:
        self._troubles.pop(untold.debate, None)
        if isinstance(untold.event, Ended):
            self._forget(untold.debate)
        else:
            self._panels.refresh(untold.debate)

    def _forget(self, debate: str) -> None:
        """Forget a debate that is over, or was deleted."""
        self._panels.forget(debate)
        self._unsure.discard(debate)
        for memory in (self._troubles, self._nudges, self._put_up):
            memory.pop(debate, None)

    def _note(self, held: Held, failure: Exception) -> None:
        """Note what is in the way; what was being sent may be there or not."""
        self._unsure.add(held.id)
        self._troubles[held.id] = failure.code if isinstance(failure, discord.HTTPException) else _OTHER
        logger(__name__).warning(
            "a debate could not be told of", failure=type(failure).__name__, code=self._troubles[held.id]
        )

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
        change = Change(held.id, untold.event, untold.before, untold.after)
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
        self._unsure.discard(held.id)
        self._before_ms.pop(held.id, None)

    def _is_doubtful(self, untold: Untold) -> bool:
        """Return whether the messages of an event may have been sent already, all of them or the first."""
        before_ms = self._before_ms.get(untold.debate)
        return untold.debate in self._unsure or (before_ms is not None and untold.event.at_ms <= before_ms)

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
