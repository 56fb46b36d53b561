"""What is kept about a person: shown, exported, deleted. And what deletes in time, without being asked."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.privacy.service.personal import Personal
from bot.privacy.service.retention import Retention
from bot.process.feature import Memory
from bot.process.journal import log_fault, logger
from bot.values.asker import NO_GUILD
from bot.wire.page.controls import Control
from bot.wire.page.escaping import escaped
from bot.wire.page.language import words_for
from bot.wire.page.layout import Page
from bot.wire.press import id_of
from bot.wire.trouble import FAILURES
from bot.wire.visit import Cost, visit
from knowledge.errors import DilemmaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.log.privacy import Forgotten, Holding
    from bot.process.feature import Parts
    from bot.wire.client import DilemmaClient
    from bot.wire.page.language import Words
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction


def nothing_kept(personal: Personal, words: Words) -> str:
    """Say that nothing is logged, and whether something was."""
    if personal.older:
        return words(
            "Nothing is logged now, but an older log is still there, which I do not open: ask whoever runs me."
        )
    return words("Nothing is logged here, so nothing is kept about you.")


def holdings(held: Sequence[Holding], words: Words, *, damaged: bool = False) -> list[str]:
    """Return what is kept about a person, and what they can do about it; `damaged` files, set aside, may hold more."""
    lines = [f"- {holding.rows} × {words(holding.what)}" for holding in held if holding.rows]
    more = [_in_damaged(words)] if damaged else []
    if not lines:
        return [words("Nothing is kept about you, in no server and in no direct message."), *more]
    return [
        words("This is kept about you, in all servers and direct messages together; only you see this:"),
        *lines,
        *more,
        words("`/privacy export` gives you all of it as a file, `/privacy delete` deletes it."),
    ]


def _in_damaged(words: Words) -> str:
    return words("An older file may hold some as well: whoever runs me has to look through it by hand.")


def policy_lines(words: Words, days: int, owner: str) -> list[str]:
    """Say in short what is kept, why, how long, and what a person can do."""
    lines = [
        words("**What is kept:** what you ask me, my answers, your votes and disputes, when and in which channel."),
        words("**In debates and lessons:** your votes and choices, and what you say or write there with your name."),
        words("**Not kept:** your id, your name anywhere else, and any message that is not written to me."),
        words("**Who you are** is kept as a code (HMAC-SHA256) that is another one in each server."),
        words("**Why:** to go on with a conversation, to keep old buttons working, to show moderators what is asked."),
        words(
            "**How long:** {days} days, unless a server's moderators chose otherwise; 30 days after I leave a server.",
            days=days,
        ),
        words("**Who else gets it:** nobody. Nothing is sold, nothing trains a model, no other company's is asked."),
        words("**Your rights:** `/privacy show`, `/privacy export` and `/privacy delete`, also in a direct message."),
        words("**Age:** 13 and older, or what your country asks for, as for Discord itself."),
    ]
    if owner:
        lines.append(words("**Who runs me:** {owner}", owner=escaped(owner)))
    return lines


def deleted(forgotten: Forgotten, words: Words) -> list[str]:
    """Return what was deleted, and what could not be."""
    rows = forgotten.rows.total() + forgotten.unwritten
    if not rows:
        return [words("There was nothing about you to delete.")]
    lines = [words.count("Deleted: {number} entry.", "Deleted: {number} entries.", rows)]
    if not forgotten.wiped:
        lines.append(words("Remains of their bytes are overwritten as soon as that is possible."))
    if forgotten.left:
        lines.append(_in_damaged(words))
    return lines


def as_file(exported: Mapping[str, Any], now_utc: str) -> bytes:
    """Write what was exported as JSON, with what it is."""
    about = "Everything that this bot keeps about you, by server (Discord's id; dm: outside servers) and table."
    whole = {"about": about, "exported_utc": now_utc, "servers": exported}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


SWEEP_EVERY_S: Final = 6 * 3600.0
"""How often what is too old is deleted; the file is rewritten then, if there was anything."""

FOLLOWED_EVERY_S: Final = 1.0
"""How often, at most, memory is read again because another process has deleted something."""

COPY_EVERY_S: Final = 1800.0
"""How often it is looked whether the log has to be copied."""

group: Final = app_commands.Group(
    name=locale_str("privacy"), description=locale_str("What I keep about you: see it, export it, delete it")
)


@group.command(name=locale_str("show"), description=locale_str("Show what I keep about you, in all servers"))
async def show(interaction: Interaction) -> None:
    """Count what is kept about this person."""
    words = words_for(interaction.locale)
    async with visit(interaction, Cost.OWN) as here:
        personal = await here.services.get(Personal)
        if not personal.logged:
            await here.say(nothing_kept(personal, words))
            return
        names = await personal.names_of(here.services.secret, str(interaction.user.id))
        held = await personal.shown(names.values())
        await here.say("\n".join(holdings(held, words, damaged=await personal.damaged())))


@group.command(name=locale_str("export"), description=locale_str("Get everything that I keep about you, as a file"))
async def export(interaction: Interaction) -> None:
    """Send this person a JSON file."""
    words = words_for(interaction.locale)
    async with visit(interaction, Cost.OWN) as here:
        personal = await here.services.get(Personal)
        if not personal.logged:
            await here.say(nothing_kept(personal, words))
            return
        names = await personal.names_of(here.services.secret, str(interaction.user.id))
        exported = await personal.exported(names)
        now_utc = here.services.clock.now_utc().isoformat()
        # Years of answers are megabytes, which must not hold the others up.
        name, content = "dilemma.json", await asyncio.to_thread(as_file, exported, now_utc)
        if len(content) > interaction.filesize_limit:
            name, content = "dilemma.json.gz", await asyncio.to_thread(gzip.compress, content)
        await here.give(words("Everything that I keep about you:"), content, name)


@group.command(name=locale_str("delete"), description=locale_str("Delete everything that I keep about you"))
async def delete(interaction: Interaction) -> None:
    """Ask whether to, with a button that does."""
    words = words_for(interaction.locale)
    async with visit(interaction) as here:
        button = Control(words("Delete everything"), id_of("privacy", "delete"))
        sure = words(
            "Delete everything that is kept about you, in all servers and direct messages? This cannot be undone. "
            "Buttons below answers to your questions will stop working."
        )
        await here.put(Page(sure, (), ""), ((button,),), words)


@group.command(name=locale_str("policy"), description=locale_str("What I keep, why, how long, and who sees it"))
async def policy(interaction: Interaction) -> None:
    """Show the policy in short."""
    words = words_for(interaction.locale)
    async with visit(interaction) as here:
        settings = here.services.config.discord
        await here.say("\n".join(policy_lines(words, settings.retention_days, settings.owner)))


async def delete_now(interaction: Interaction, _press: Press) -> None:
    """Delete from the log, then from memory, and say what was deleted; only this person sees the button."""
    words = words_for(interaction.locale)
    async with visit(interaction, Cost.OWN, changing=True) as here:
        opened = await here.services.opened()
        lines = await _delete(opened, here.services.secret, str(interaction.user.id), words)
        await interaction.client.on_forgotten()
        await here.put(Page("\n".join(lines), (), ""), (), words)


async def on_ready(client: DilemmaClient) -> None:
    """Find out which guilds came and went while nobody was listening."""
    retention = await client.services.get(Retention)
    present = await _guilds_of(client)
    await retention.compare(frozenset(filter(client.hears_of, present)), client.hears_of)


async def _guilds_of(client: DilemmaClient) -> list[str]:
    """Ask Discord where the bot is; the library's own list keeps guilds that put it out while a session was lost."""
    try:
        return [str(guild.id) async for guild in client.fetch_guilds(limit=None, with_counts=False)]
    except FAILURES as failure:
        logger(__name__).info("Discord does not say which guilds there are", failure=type(failure).__name__)
        return [str(guild.id) for guild in client.guilds]


async def on_guild_join(client: DilemmaClient, guild: discord.Guild) -> None:
    """Stop the clock of a guild's deletion."""
    await (await client.services.get(Retention)).entered(str(guild.id))


async def on_guild_remove(client: DilemmaClient, guild: discord.Guild) -> None:
    """Start the clock of a guild's deletion."""
    await (await client.services.get(Retention)).left(str(guild.id))


async def work(client: DilemmaClient) -> None:
    """Delete what is too old, again and again; never before it is known which guilds are still there."""
    retention = await client.services.get(Retention)
    while True:
        await client.wait_until_ready()
        try:
            await on_ready(client)
            if client.charge.holds(NO_GUILD):  # of several processes, one is enough
                await retention.sweep()
            for memory in _memories(await client.services.opened()):
                await memory.reread()
        except DilemmaError as error:
            logger(__name__).warning("old turns not deleted", reason=str(error))
        except Exception as error:  # noqa: BLE001 - whatever broke, the next round must come
            log_fault(error)
        await asyncio.sleep(SWEEP_EVERY_S)


async def copying(client: DilemmaClient) -> None:
    """Keep copies of the log, none older than a day and none with people who left for more than an hour."""
    retention = await client.services.get(Retention)
    while True:
        try:
            await retention.copy()
        except DilemmaError as error:
            logger(__name__).warning("log not copied", reason=str(error))
        except Exception as error:  # noqa: BLE001 - as above
            log_fault(error)
        await asyncio.sleep(COPY_EVERY_S)


async def following(client: DilemmaClient) -> None:
    """Forget what another process has deleted, too."""
    heard, loop = asyncio.Event(), asyncio.get_running_loop()

    def hear() -> None:
        loop.call_soon_threadsafe(heard.set)

    (await client.services.get(Retention)).watch(hear)
    while True:
        await heard.wait()
        heard.clear()
        for memory in _memories(await client.services.opened()):
            await memory.reread()
        await asyncio.sleep(FOLLOWED_EVERY_S)


async def _delete(opened: Parts, secret: bytes, user: str, words: Words) -> list[str]:
    """Delete everything about a user, from the log first, and say what that was."""
    personal = opened.get(Personal)
    if not personal.logged:
        return [nothing_kept(personal, words)]
    names = await personal.names_of(secret, user)
    # A turn that is still being answered would come into the log behind the deletion.
    for memory in _memories(opened):
        await memory.forget(names.values())
    forgotten = await personal.deleted(names.values())
    for memory in _memories(opened):
        await memory.forget(names.values())
        await memory.reread()
    logger(__name__).info("a person was forgotten", rows=forgotten.rows.total(), wiped=forgotten.wiped)
    return deleted(forgotten, words)


def _memories(parts: Parts) -> Iterator[Memory]:
    return (part for part in parts if isinstance(part, Memory))


PRESSES: Final[Handlers] = {("privacy", "delete"): delete_now}
