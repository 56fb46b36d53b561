"""Announce each debate event exactly once and in order, across crashes and outages.

An event is told when its messages are there. After a crash or a failure, the thread is searched for them first.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import discord

from bot.debate.cog.news import Sourced, news_of, opening_line
from bot.debate.cog.places import Panels, Places
from bot.debate.rules.events import Ended, Started
from bot.debate.service.chart import result_alt_text, result_png
from bot.guild.cog.manners import manners_of_guild
from bot.process import drawing
from bot.process.journal import log_fault
from bot.quote.cog.checked import checked_lines
from bot.quote.cog.layout import articles_lines, place_line, reached_line
from bot.wire.announcer import Announcer
from bot.wire.channel import nonce_of
from bot.wire.page.language import drawn_in
from bot.wire.page.layout import Page, Style
from bot.wire.page.limits import Code
from bot.wire.page.render import payload_of
from embeddings.library import Library
from knowledge.citation import cite
from knowledge.model import Span

if TYPE_CHECKING:
    from typing import Any

    from bot.debate.cog.news import News
    from bot.debate.rules.events import Cited
    from bot.debate.service.chronicle import Held, Untold
    from bot.debate.service.debates import Debates
    from bot.wire.client import DilemmaClient
    from bot.wire.page.language import Words
    from knowledge.model import Pack


_OF: Final[WeakKeyDictionary[discord.Client, Announcements]] = WeakKeyDictionary()


def announcements_of(client: discord.Client) -> Announcements | None:
    """Return the announcements of a client's debates; None until debates are read from the log."""
    return _OF.get(client)


class Announcements:
    """The messages in debates' threads. Belongs to one event loop."""

    def __init__(self, client: DilemmaClient, debates: Debates) -> None:
        _OF[client] = self
        self._client = client
        self._debates = debates
        self._places = Places(client)
        self._panels = Panels(client, debates, self._places)
        self._announcer = Announcer(
            debates.untold,
            self._tell,
            attrgetter("debate"),
            guild=lambda untold: debates.guild_of(untold.debate),
            charge=client.charge,
        )
        self._put_up: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def run(self) -> None:
        """Announce until cancelled."""
        self.show_again()
        await self._announcer.run()

    async def shown(self, debate: str, within_s: float) -> Held | None:
        """Wait for a new debate's thread and panel; return None when that takes too long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._put_up[debate].wait()
        held = self._debates.get(debate)
        return None if held is None or held.venue.panel is None else held

    def try_again(self, debate: str) -> None:
        """Retry now: a moderator may have removed the obstacle."""
        self._announcer.try_again(debate)

    def show_again(self) -> None:
        """Update the panels after a deletion."""
        for held in self._debates.live():
            self._panels.refresh(held.id)

    async def go_on_in(self, held: Held, channel_id: int) -> None:
        """Continue where a moderator gave a command, if the debate's own channel was deleted."""
        if self._trouble(held) != Code.UNKNOWN_CHANNEL or channel_id == held.venue.thread:
            return
        await self._debates.settle(held.id, thread=channel_id)
        self._announcer.troubles.pop(held.id, None)
        self.try_again(held.id)

    def troubles(self, held: Held, words: Words) -> tuple[str, ...]:
        """Return what keeps a debate from being shown, for a moderator."""
        code = self._trouble(held)
        if code is None:
            return ()
        place = f"<#{held.venue.thread or held.venue.channel}>"
        if code == Code.UNKNOWN_CHANNEL:
            said = words("This debate's channel was deleted: it continues wherever a moderator uses the next command.")
        elif code in {Code.NO_ACCESS, Code.NO_PERMISSION}:
            said = words(
                "I cannot write in {place}: let me view it, and send messages in threads. Nothing is lost: I will "
                "catch up there then.",
                place=place,
            )
        elif code in {Code.ARCHIVED, Code.LOCKED}:
            said = words("{place} is locked: unlock it. Nothing is lost: I will catch up there then.", place=place)
        else:
            said = words("I cannot write in {place} right now. I will keep trying.", place=place)
        return (f"⚠️ {said}",)

    def _trouble(self, held: Held) -> int | None:
        """Return Discord's code for a debate's trouble, 0 for any other trouble, None for none."""
        trouble = self._announcer.troubles.get(held.id)
        return None if trouble is None else getattr(trouble, "code", 0)

    async def _tell(self, untold: Untold) -> None:
        """Announce one event, unless its debate is gone."""
        if (held := self._debates.get(untold.debate)) is not None:
            said = await self._told(held, untold)
            await self._debates.told(untold.debate, untold.number, said=said)
            if not isinstance(untold.event, Ended):
                self._panels.refresh(untold.debate)
                return
        # The debate is over, or was deleted.
        self._panels.forget(untold.debate)
        self._put_up.pop(untold.debate, None)

    async def _told(self, held: Held, untold: Untold) -> bool:
        """Send an event's messages that are not there yet; return whether it has any."""
        manners = await manners_of_guild(self._client, held.venue.guild)
        words = manners.words
        opening = None in {held.venue.thread, held.venue.panel} or isinstance(untold.event, Started)
        if opening:
            held = await self._opened(held, words)
        pack = (await self._client.services.get(Library)).held(held.pack)
        news = news_of(
            untold,
            words,
            self._debates.now_ms(),
            lambda cited: None if cited.passage in manners.without(pack.id) else source_of(pack, cited, words),
            lambda text: checked_lines(pack, text, words),
        )
        if news:
            try:
                await self._send(held, untold, news, words)
            except discord.NotFound as refused:
                if refused.code != Code.UNKNOWN_CHANNEL or held.venue.thread == held.venue.channel:
                    raise
                held = await self._in_channel(held, words)
                await self._send(held, untold, news, words)
        if isinstance(untold.event, Ended):
            await self._panels.put(held)
        return opening or bool(news)

    async def _opened(self, held: Held, words: Words) -> Held:
        if held.venue.thread is None:
            taken = {other.venue.thread for other in self._debates.in_guild(held.venue.guild)}
            opening = {"content": opening_line(held.state, words), "suppress_embeds": True}
            thread = await self._places.open_thread(
                held.venue.channel,
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
        line = words("This debate's thread was deleted: it continues here.")
        if not await self._places.told(held.venue.channel, [line]):
            payload = {"content": line, "suppress_embeds": True}
            await self._places.send(held.venue.channel, payload, nonce=nonce_of("moved", held.id))
        held = await self._debates.settle(held.id, thread=held.venue.channel)
        return await self._panels.put(held)

    async def _send(self, held: Held, untold: Untold, news: tuple[News, ...], words: Words) -> None:
        thread = held.venue.thread
        assert thread is not None  # noqa: S101 - opened before
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
                    # Where files are not allowed, the text says the same.
                    await self._places.send(thread, payload, nonce=nonce)
                elif refused.code == Code.INVALID_FORM:
                    # Discord would never accept it, and it must not hold up what follows.
                    log_fault(refused)
                else:
                    raise

    def _is_doubtful(self, untold: Untold) -> bool:
        """Return whether some of an event's messages may have been sent already."""
        return untold.doubtful or untold.debate in self._announcer.troubles

    async def _picture(self, held: Held, news: News, words: Words) -> tuple[bytes, str] | None:
        """Return the drawn result and its description; None for none. A fault here must not hold up the text."""
        if news.outcome is None or not drawing.can_draw():
            return None
        names = {side.id: side.name for side in held.state.sides}
        try:
            drawn = await asyncio.to_thread(result_png, news.outcome, names, drawn_in(words))
        except Exception as fault:  # noqa: BLE001 - see above
            log_fault(fault)
            return None
        return drawn, result_alt_text(news.outcome, names, words)


def source_of(pack: Pack, cited: Cited, words: Words) -> Sourced | None:
    """Return where a quote is from; None where it no longer equals its article."""
    articles = {article.id: article.text for article in pack.articles}
    if articles.get(cited.article, "")[cited.start : cited.end] != cited.text:
        return None
    place = cite(pack, Span(cited.article, cited.start, cited.end))
    known = (passage.id for passage in pack.passages if passage.text == cited.text)
    reached = cited.provenance
    if cited.passage in known:
        reached = reached_line(pack, pack.passage(cited.passage), words)
    (title,) = articles_lines(pack, (cited.article,), words, Style.PLAIN)
    return Sourced(f"{reached} · {place_line(pack, place, words)}", title)
