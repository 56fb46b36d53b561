"""Prompts that come by themselves, every day or once a week: set by moderators, and put up when their time has come."""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.manners import manners_of_guild
from bot.guild.cog.moderators import moderators_seat
from bot.guild.cog.settings import Channel
from bot.lesson.cog.daily import layout as daily_layout
from bot.lesson.cog.prompt.draw import one_topic
from bot.lesson.cog.prompt.layout import panel_payload
from bot.lesson.cog.topics import offering
from bot.lesson.rules.prompt import prompt_of, topics_of
from bot.lesson.rules.schedule import Missed, rule_of, zones
from bot.lesson.service.schedules import Schedules
from bot.process.journal import logger
from bot.wire.announcer import Announcer
from bot.wire.channel import nonce_of, post
from bot.wire.client import DilemmaClient, Setting
from bot.wire.page.limits import MOST_CHOICES
from bot.wire.visit import visit
from knowledge.errors import UserError
from knowledge.model import Pack

if TYPE_CHECKING:
    from bot.lesson.rules.lesson import Posting
    from bot.wire.page.language import Words
    from bot.wire.services import Services
    from bot.wire.visit import Interaction

Place: TypeAlias = app_commands.Transform[int, Channel]

EVERY_DAY: Final = -1
"""Stands for no weekday."""

group: Final = app_commands.Group(
    name=locale_str("daily"),
    description=locale_str("For moderators: a discussion prompt that comes by itself, every day or once a week"),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)


@group.command(name=locale_str("set"), description=locale_str("For moderators: let a channel get a prompt by itself"))
@app_commands.rename(
    time=locale_str("time"),
    zone=locale_str("zone"),
    weekday=locale_str("weekday"),
    channel=locale_str("channel"),
    topic=locale_str("topic"),
    missed=locale_str("missed"),
)
@app_commands.describe(
    time=locale_str("The time of day there, such as 07:45"),
    zone=locale_str("The time zone, such as Europe/Berlin: summer time is taken care of"),
    weekday=locale_str("Once a week on this day; every day if you leave it out"),
    channel=locale_str("Where; this channel if you leave it out"),
    topic=locale_str("What it is to be about; any topic if you leave it out"),
    missed=locale_str("What to do when I was off at that time"),
)
@app_commands.choices(
    weekday=[
        Choice(name=locale_str("every day"), value=EVERY_DAY),
        *(Choice(name=locale_str(day), value=number) for number, day in enumerate(daily_layout.DAYS)),
    ],
)
@app_commands.choices(
    missed=[
        Choice(name=locale_str("put it up as soon as I am back"), value=Missed.POST.value),
        Choice(name=locale_str("leave it out"), value=Missed.SKIP.value),
    ],
)
async def set_(
    interaction: Interaction,
    time: str,
    zone: str,
    weekday: int = EVERY_DAY,
    channel: Place | None = None,
    topic: app_commands.Range[str, 1, 100] | None = None,
    missed: str = Missed.POST.value,
) -> None:
    """Keep when a channel gets a prompt, and say when the next one comes."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        rule = rule_of(time, zone, None if weekday == EVERY_DAY else weekday, Missed(missed))
        topic_id = one_topic(await here.services.get(Pack), topic)
        schedules = await here.services.get(Schedules)
        there = channel or int(interaction.channel_id or 0)
        schedule = await schedules.set(seat.guild, there, rule, seat.person, topic=topic_id)
        await here.say(daily_layout.schedule_line(schedule, seat.words))


@group.command(
    name=locale_str("off"), description=locale_str("For moderators: no more prompts that come by themselves")
)
@app_commands.rename(channel=locale_str("channel"))
@app_commands.describe(channel=locale_str("In this channel only; in all of them if you leave it out"))
async def off(interaction: Interaction, channel: Place | None = None) -> None:
    """Let no more prompts come, in one channel or in all."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        schedules = await here.services.get(Schedules)
        removed = await schedules.clear(seat.guild, channel, seat.person)
        await here.say(daily_layout.off_line(removed, seat.words))


@group.command(
    name=locale_str("show"), description=locale_str("For moderators: which prompts come by themselves, and when")
)
async def show(interaction: Interaction) -> None:
    """List when prompts come in this server."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        schedules = await here.services.get(Schedules)
        lines = daily_layout.schedule_lines(schedules.in_guild(seat.guild), seat.words)
        await here.say("\n".join(lines))


@set_.autocomplete("zone")
async def zones_offered(_interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer time zones by any part of their name, those that begin with it first."""
    wanted = typed.strip().replace(" ", "_").casefold()
    found = [zone for zone in zones() if wanted in zone.casefold()]
    found.sort(key=lambda zone: not any(part.startswith(wanted) for part in zone.casefold().split("/")))
    return [Choice(name=zone, value=zone) for zone in found[:MOST_CHOICES]]


set_.autocomplete("topic")(offering(topics_of))


async def _line(services: Services, guild: str, words: Words) -> str:
    return daily_layout.setting_line((await services.get(Schedules)).in_guild(guild), words)


async def _clear(services: Services, guild: str, person: str) -> None:
    await (await services.get(Schedules)).clear(guild, None, person)


SETTING: Final = Setting("daily", locale_str("daily prompt: off"), _line, _clear)


async def work(client: DilemmaClient) -> None:
    """Put up the prompts whose time has come."""
    schedules, pack = await client.services.get(Schedules), await client.services.get(Pack)
    await client.wait_until_ready()
    await Announcer(schedules.untold, partial(_put_up, client, schedules, pack), attrgetter("id")).run()


async def _put_up(client: DilemmaClient, schedules: Schedules, pack: Pack, posting: Posting) -> None:
    """Show one prompt; where its channel is gone, or closed to us, that is the end of it."""
    try:
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
