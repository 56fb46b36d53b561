"""Lessons: a class session in a channel, from its beginning to the summary. Moderators begin one, and then lead it."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.manners import channels_of, manners_of_guild
from bot.guild.cog.moderators import moderators_seat, seat_of
from bot.lesson.cog.lesson import layout as lesson_layout
from bot.lesson.cog.lesson.leading import check_leader
from bot.lesson.cog.prompt.panel import kept_days, refresh_soon
from bot.lesson.rules.lesson import LONGEST_TITLE
from bot.lesson.rules.report import participation_csv, report
from bot.lesson.service.chart import shift_alt_text, shift_png, votes_in
from bot.lesson.service.lessons import Lessons
from bot.process import drawing
from bot.process.journal import logger
from bot.values.text import heard
from bot.wire.channel import nonce_of, post
from bot.wire.page.language import drawn_in, to_say
from bot.wire.page.limits import MOST_CHOICES, line
from bot.wire.trouble import FAILURES
from bot.wire.visit import visit
from knowledge.errors import UserError
from knowledge.model import Pack

if TYPE_CHECKING:
    from bot.guild.cog.moderators import Seat
    from bot.lesson.rules.lesson import Lesson, LessonSummary
    from bot.wire.client import DilemmaClient
    from bot.wire.visit import Interaction, Visit

TITLE: Final = LONGEST_TITLE
"""What a title may be long, as the command's option says to Discord."""

SHOWN: Final = "shown"
HIDDEN: Final = "hidden"
KEPT: Final = "on"
COUNTS: Final = "off"
CSV: Final = "csv"
MARKDOWN: Final = "md"

_NONE: Final = to_say("No lesson is being held in this channel: begin one with `/lesson start`.")

group: Final = app_commands.Group(
    name=locale_str("lesson"),
    description=locale_str("A class session in this channel: prompts, a quiz, answers, and a summary"),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)


@group.command(name=locale_str("start"), description=locale_str("For moderators: begin a lesson in this channel"))
@app_commands.rename(title=locale_str("title"), names=locale_str("names"), log=locale_str("log"))
@app_commands.describe(
    title=locale_str("What the lesson is called"),
    names=locale_str("Do classmates see who wrote an answer? You always can"),
    log=locale_str("Is what happens kept after the lesson?"),
)
@app_commands.choices(
    names=[
        Choice(name=locale_str("classmates see the names at answers"), value=SHOWN),
        Choice(name=locale_str("answers are shown without names"), value=HIDDEN),
    ],
    log=[
        Choice(name=locale_str("kept, and deleted in time"), value=KEPT),
        Choice(name=locale_str("nothing is kept but counts"), value=COUNTS),
    ],
)
async def start(
    interaction: Interaction,
    title: app_commands.Range[str, 1, TITLE] | None = None,
    names: str = SHOWN,
    log: str = KEPT,
) -> None:
    """Begin a lesson, tell the class, and tell whoever leads it what to do next."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        manners = await manners_of_guild(interaction.client, seat.guild)
        manners.insist(*channels_of(interaction.channel))
        lessons = await here.services.get(Lessons)
        lesson = await lessons.begin(
            seat.person,
            seat.guild,
            int(interaction.channel_id or 0),
            title=None if title is None else heard(title),
            logged=log == KEPT,
            names=names == SHOWN,
        )
        days = await kept_days(interaction.client, seat.guild)
        lines = lesson_layout.begun_lines(lesson, days, manners.words)
        said = lesson_layout.led_lines(seat.words)
        if not await _told(interaction.client, lesson, "begun", "\n".join(lines)):
            said.insert(0, seat.words("I may not write in this channel: let me, or the class sees nothing."))
        await here.say("\n".join(said))


@group.command(name=locale_str("stop"), description=locale_str("End the lesson in this channel, and sum it up"))
@app_commands.rename(names=locale_str("names"))
@app_commands.describe(names=locale_str("Put the names beside the codes in the files that you get?"))
async def stop(interaction: Interaction, names: bool = False) -> None:  # noqa: FBT001, FBT002 - an option of a command
    """End a lesson, tell the class, and give whoever leads it the summary."""
    async with visit(interaction) as here:
        lessons, lesson, seat = await _led(interaction)
        summary = await lessons.end(lesson.guild, lesson.channel, named=names)
        client = interaction.client
        for posting in summary.postings:
            refresh_soon(client, posting)
        manners = await manners_of_guild(client, lesson.guild)
        await _told(client, lesson, "ended", lesson_layout.ended_line(summary, manners.words))
        await _give(here, summary, seat)


@group.command(name=locale_str("status"), description=locale_str("How the lesson in this channel goes, for you alone"))
@app_commands.rename(which=locale_str("lesson"), names=locale_str("names"))
@app_commands.describe(
    which=locale_str("An earlier lesson of this server; only for moderators"),
    names=locale_str("Put the names beside the codes in the files that you get?"),
)
async def status(
    interaction: Interaction,
    which: str | None = None,
    names: bool = False,  # noqa: FBT001, FBT002 - an option of a command
) -> None:
    """Sum up a lesson as far as it has come, or an earlier one."""
    async with visit(interaction) as here:
        lessons, lesson_id, seat = await _chosen(interaction, which)
        await _give(here, await lessons.summary(seat.guild, lesson_id, named=names), seat)


@group.command(name=locale_str("answers"), description=locale_str("Who wrote what in the lesson, for you alone"))
@app_commands.rename(form=locale_str("format"), which=locale_str("lesson"), names=locale_str("names"))
@app_commands.describe(
    form=locale_str("The file that you get"),
    which=locale_str("An earlier lesson of this server; only for moderators"),
    names=locale_str("Put the names beside the codes in the file?"),
)
@app_commands.choices(
    form=[
        Choice(name=locale_str("table (CSV)"), value=CSV),
        Choice(name=locale_str("text (Markdown)"), value=MARKDOWN),
    ]
)
async def answers(
    interaction: Interaction,
    form: str = CSV,
    which: str | None = None,
    names: bool = False,  # noqa: FBT001, FBT002 - an option of a command
) -> None:
    """Show the last answers with their names, and give all of them as a file."""
    async with visit(interaction) as here:
        lessons, lesson_id, seat = await _chosen(interaction, which)
        found = await lessons.answers(seat.guild, lesson_id=lesson_id)
        payload: dict[str, Any] = {"content": "\n".join(lesson_layout.answers_lines(found, seat.words))}
        if found:
            text = await lessons.exported(seat.guild, form, lesson_id=lesson_id, named=names)
            payload["file"] = _file(text, f"answers.{form}")
        await here.show(payload)


@status.autocomplete("which")
@answers.autocomplete("which")
async def lessons_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer the latest lessons of the server, by title and day."""
    if interaction.client.services.serving.current is None:
        return []
    lessons = await interaction.client.services.get(Lessons)
    recent = await lessons.recent(str(interaction.guild_id), MOST_CHOICES)
    named = [(f"{one.started_utc[:10]} {one.title or ''}".strip(), one.id) for one in recent]
    return [Choice(name=line(name), value=value) for name, value in named if typed.casefold() in name.casefold()]


async def _led(interaction: Interaction) -> tuple[Lessons, Lesson, Seat]:
    """Return the lesson in the channel to whoever leads it (UserError)."""
    lessons = await interaction.client.services.get(Lessons)
    seat = await seat_of(interaction)
    lesson = lessons.current(seat.guild, int(interaction.channel_id or 0))
    if lesson is None:
        raise UserError(_NONE)
    check_leader(seat, lesson)
    return lessons, lesson, seat


async def _chosen(interaction: Interaction, which: str | None) -> tuple[Lessons, str, Seat]:
    """Return the lesson meant: the one in the channel, else the last one here, or the one named (UserError).

    Those that are over are for moderators.
    """
    lessons = await interaction.client.services.get(Lessons)
    seat = await seat_of(interaction)
    current = lessons.current(seat.guild, int(interaction.channel_id or 0))
    if which is None and current is not None:
        check_leader(seat, current)
        return lessons, current.id, seat
    check_leader(seat, None)
    if which is not None:
        return lessons, which, seat
    here = [one for one in await lessons.recent(seat.guild, MOST_CHOICES) if one.channel == interaction.channel_id]
    if not here:
        raise UserError(_NONE)
    return lessons, here[0].id, seat


async def _give(here: Visit, summary: LessonSummary, seat: Seat) -> None:
    """Give the summary of a lesson: in words, as a picture of how the votes moved, and as files."""
    pack = await here.services.get(Pack)
    files = [_file(report(pack, summary), "lesson.md")]
    if summary.participants:
        files.append(_file(participation_csv(summary), "participation.csv"))
    lines = lesson_layout.summary_lines(pack, summary, seat.words)
    votes = votes_in(pack, summary)
    if votes and drawing.can_draw():
        picture = await asyncio.to_thread(shift_png, votes, drawn_in(seat.words))
        alt = shift_alt_text(votes, seat.words)
        files.insert(0, discord.File(io.BytesIO(picture), "votes.png", description=alt))
    elif votes:
        lines.append(seat.words("There is no chart: matplotlib is not installed where I run."))
    await here.show({"content": "\n".join(lines), "files": files})


def _file(text: str, name: str) -> discord.File:
    """Make a file; a table says that it is UTF-8, for spreadsheets would take it for something else."""
    encoding = "utf-8-sig" if name.endswith(CSV) else "utf-8"
    return discord.File(io.BytesIO(text.encode(encoding)), name)


async def _told(client: DilemmaClient, lesson: Lesson, what: str, text: str) -> bool:
    """Tell everybody in the channel; false where Discord does not let us."""
    try:
        await post(client, lesson.channel, {"content": text, "suppress_embeds": True}, nonce_of(what, lesson.id))
    except FAILURES as failure:
        logger(__name__).info("a class is not told", failure=type(failure).__name__)
        return False
    return True
