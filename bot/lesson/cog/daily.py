"""Scheduled prompts: set by moderators, and posted when due."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.dates import zones_offered
from bot.guild.cog.manners import manners_of_guild, manners_to
from bot.guild.cog.moderators import moderators_seat
from bot.guild.cog.packs import PackName, pack_meant, packs_offered
from bot.guild.cog.settings import Channel
from bot.lesson.cog.days import days_line, days_offered, days_typed
from bot.lesson.cog.prompt_layout import panel_payload
from bot.lesson.cog.topics import offering, one_topic
from bot.lesson.rules.days import EVERY_DAY
from bot.lesson.rules.prompt import prompt_of, topics_of
from bot.lesson.rules.schedule import Missed, rule_of
from bot.lesson.service.schedules import Schedules
from bot.process.journal import logger
from bot.wire.announcer import Announcer
from bot.wire.channel import nonce_of, post
from bot.wire.client import DilemmaClient, Setting
from bot.wire.page.escaping import escaped
from bot.wire.visit import visit
from embeddings.library import Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.lesson.rules.lesson import Posting
    from bot.lesson.store.schedules import Schedule
    from bot.wire.page.language import Words
    from bot.wire.services import Services
    from bot.wire.visit import Interaction

Place: TypeAlias = app_commands.Transform[int, Channel]

_LISTED: Final = 8
"""Schedules shown in one message."""

group: Final = app_commands.Group(
    name=locale_str("daily"),
    description=locale_str("For moderators: scheduled discussion prompts"),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)


@group.command(name=locale_str("set"), description=locale_str("For moderators: schedule prompts in a channel"))
@app_commands.rename(
    time=locale_str("time"),
    zone=locale_str("zone"),
    days=locale_str("days"),
    channel=locale_str("channel"),
    topic=locale_str("topic"),
    missed=locale_str("missed"),
    pack=locale_str("pack"),
)
@app_commands.describe(
    time=locale_str("Local time of day, such as 07:45"),
    zone=locale_str("Time zone, such as Europe/Berlin; daylight saving time is taken care of"),
    days=locale_str("Such as Mon, Wed – or Mon-Fri, 15, last day, first Monday (every day, if omitted)"),
    channel=locale_str("Channel (this one, if omitted)"),
    topic=locale_str("Topic (any, if omitted)"),
    missed=locale_str("What to do if I was offline at that time"),
    pack=locale_str("The pack (this channel's, if omitted)"),
)
@app_commands.choices(
    missed=[
        Choice(name=locale_str("post it as soon as I am back"), value=Missed.POST.value),
        Choice(name=locale_str("skip it"), value=Missed.SKIP.value),
    ]
)
async def set_(  # noqa: PLR0913, PLR0917 - a command has as many options as there are choices
    interaction: Interaction,
    time: str,
    zone: str,
    days: app_commands.Range[str, 1, 100] | None = None,
    channel: Place | None = None,
    topic: app_commands.Range[str, 1, 100] | None = None,
    missed: str = Missed.POST.value,
    pack: PackName | None = None,
) -> None:
    """Schedule prompts in a channel, and say when the next one comes."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        chosen = EVERY_DAY if days is None else days_typed(days, seat.words)
        rule = rule_of(time, zone, chosen, Missed(missed))
        held = await pack_meant(here.services, await manners_to(interaction), pack)
        topic_id = one_topic(held, topic)
        schedules = await here.services.get(Schedules)
        there = channel or int(interaction.channel_id or 0)
        schedule = await schedules.set(seat.guild, there, rule, seat.person, topic=topic_id, pack=held.id)
        await here.say(schedule_line(schedule, seat.words))


@group.command(name=locale_str("off"), description=locale_str("For moderators: stop scheduled prompts"))
@app_commands.rename(channel=locale_str("channel"))
@app_commands.describe(channel=locale_str("Channel (all of them, if omitted)"))
async def off(interaction: Interaction, channel: Place | None = None) -> None:
    """Stop the prompts in one channel or in all."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        schedules = await here.services.get(Schedules)
        removed = await schedules.clear(seat.guild, channel, seat.person)
        await here.say(off_line(removed, seat.words))


@group.command(name=locale_str("show"), description=locale_str("For moderators: list the scheduled prompts"))
async def show(interaction: Interaction) -> None:
    """List the schedules of this server."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        schedules = await here.services.get(Schedules)
        lines = schedule_lines(schedules.in_guild(seat.guild), seat.words)
        await here.say("\n".join(lines))


set_.autocomplete("days")(days_offered)
set_.autocomplete("zone")(zones_offered)
set_.autocomplete("topic")(offering(topics_of))
set_.autocomplete("pack")(packs_offered)


async def _line(services: Services, guild: str, words: Words) -> str:
    return setting_line((await services.get(Schedules)).in_guild(guild), words)


async def _clear(services: Services, guild: str, person: str) -> None:
    await (await services.get(Schedules)).clear(guild, None, person)


SETTING: Final = Setting("daily", locale_str("daily prompt: off"), _line, _clear)


async def work(client: DilemmaClient) -> None:
    """Post the prompts that are due, until cancelled."""
    schedules, library = await client.services.get(Schedules), await client.services.get(Library)
    await client.wait_until_ready()
    tell, stream, guild = partial(_put_up, client, schedules, library), attrgetter("id"), attrgetter("guild")
    await Announcer(schedules.untold, tell, stream, guild=guild, charge=client.charge).run()


async def _put_up(client: DilemmaClient, schedules: Schedules, library: Library, posting: Posting) -> None:
    """Post a prompt, or give it up if its pack or Discord no longer has a place for it."""
    try:
        pack = library.pack(posting.pack)
        prompt = prompt_of(pack, posting.prompt)
    except UserError:
        logger(__name__).info("a prompt is given up: the pack no longer has it", prompt=posting.prompt)
        await schedules.given_up(posting.id)
        return
    try:
        payload = panel_payload(pack, prompt, posting, await manners_of_guild(client, posting.guild))
        message = await post(client, posting.channel, payload, nonce_of("daily", posting.id))
    except (discord.NotFound, discord.Forbidden) as refused:
        logger(__name__).info("a prompt is given up", code=refused.code, channel=posting.channel)
        await schedules.given_up(posting.id)
        if isinstance(refused, discord.NotFound):
            await schedules.clear(posting.guild, posting.channel, None)
    else:
        await schedules.shown(posting.id, message)


def schedule_line(schedule: Schedule, words: Words) -> str:
    """Return where and when prompts come, and when the next one is due."""
    rule = schedule.rule
    said = words(
        "{channel}: {days} at {time} ({zone})",
        channel=f"<#{schedule.channel}>",
        days=days_line(rule.days, words),
        time=f"{rule.at:%H:%M}",
        zone=rule.zone,
    )
    parts = [said]
    if schedule.topic is not None:
        parts.append(words("about {topic}", topic=escaped(schedule.topic)))
    if rule.missed is Missed.SKIP:
        parts.append(words("skipped if I was offline"))
    when = f"<t:{int(datetime.fromisoformat(schedule.next_utc).timestamp())}:F>"
    return " · ".join([*parts, words("next: {when}", when=when)])


def schedule_lines(schedules: Sequence[Schedule], words: Words) -> list[str]:
    """Return a list of a server's schedules."""
    if not schedules:
        return [words("No prompts are scheduled here. Use `/daily set` to schedule them.")]
    lines = [words("Scheduled prompts:")]
    lines += [f"- {schedule_line(schedule, words)}" for schedule in schedules[:_LISTED]]
    if len(schedules) > _LISTED:
        lines.append(words("… and {number} more", number=len(schedules) - _LISTED))
    return lines


def setting_line(schedules: Sequence[Schedule], words: Words) -> str:
    """Return the line about schedules among a server's settings."""
    if not schedules:
        return words("**Daily prompt:** off")
    channels = " ".join(f"<#{schedule.channel}>" for schedule in schedules[:_LISTED])
    more = "" if len(schedules) <= _LISTED else " …"
    return words("**Daily prompt:** on in {channels}", channels=channels + more)


def off_line(removed: int, words: Words) -> str:
    """Return the confirmation that schedules were removed."""
    if not removed:
        return words("No prompts were scheduled there.")
    return words("Done: prompts are no longer scheduled there.")
