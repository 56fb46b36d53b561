"""The commands of debates: leading them, for moderators, and evidence, for everyone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.debate.cog.announcements import Announcements, announcements_of
from bot.debate.cog.buttons import hall_of, lead, retry, show_lead
from bot.debate.cog.layout import Deed
from bot.debate.rules.commands import Person
from bot.debate.rules.decide import LONGEST_TEXT  # noqa: TC001 - read at run time
from bot.debate.rules.terms import length_of, on_terms
from bot.debate.rules.transcript import file_of
from bot.debate.service.audit import Done
from bot.debate.service.debates import Debates
from bot.guild.cog.manners import manners_to
from bot.guild.cog.moderators import moderators_seat
from bot.guild.cog.packs import PackName, pack_meant, pack_typing, packs_offered
from bot.values.separated import separators_for
from bot.values.text import heard
from bot.wire.page.language import words_for
from bot.wire.page.limits import LONGEST_LINE, MOST_CHOICES, line
from bot.wire.visit import Cost, visit
from knowledge.durations import in_minutes
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.debate.rules.terms import Matter
    from bot.wire.client import DilemmaClient
    from bot.wire.visit import Interaction

PATIENCE_S: Final = 10.0
"""How long to wait for a new debate's thread before answering without it."""

Length: TypeAlias = app_commands.Range[str, 1, 20]
"""A length of time, as people type it."""

_IN_SERVERS: Final = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
_BY_SERVERS: Final = app_commands.AppInstallationType(guild=True, user=False)

group: Final = app_commands.Group(
    name=locale_str("debate"),
    description=locale_str("For moderators: hold a debate"),
    allowed_contexts=_IN_SERVERS,
    allowed_installs=_BY_SERVERS,
)


TERMS_NAMES: Final = {
    "motion": locale_str("motion"),
    "form": locale_str("format"),
    "speech": locale_str("speech"),
    "preparation": locale_str("preparation"),
    "by_itself": locale_str("by_itself"),
    "pack": locale_str("pack"),
}
TERMS_DESCRIPTIONS: Final = {
    "motion": locale_str("The claim to debate"),
    "form": locale_str("The phases, and how long each takes"),
    "speech": locale_str("Time of each speech of one side, such as 1:30 or 90 s"),
    "preparation": locale_str("Preparation time of each side, to take between speeches, such as 4"),
    "by_itself": locale_str("Whether the next phase begins by itself when time is up"),
    "pack": locale_str("The pack (this channel's, if omitted)"),
}
"""The options of every command that says on which terms people debate, as people read them."""


@group.command(name=locale_str("start"), description=locale_str("For moderators: start a debate, in its own thread"))
@app_commands.rename(**TERMS_NAMES)
@app_commands.describe(**TERMS_DESCRIPTIONS)
async def start(
    interaction: Interaction,
    motion: app_commands.Range[str, 1, LONGEST_TEXT],
    form: str,
    speech: Length | None = None,
    preparation: Length | None = None,
    by_itself: bool | None = None,  # noqa: FBT001 - an option of the command
    pack: PackName | None = None,
) -> None:
    """Start a debate, and say where."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        debates = await here.services.get(Debates)
        channel = interaction.channel_id or 0
        check_permissions(interaction)
        if debates.in_thread(channel) is not None:
            raise UserError("A debate is already running here: end it before you start another.")
        meant = (await pack_meant(here.services, await manners_to(interaction), pack)).id
        terms = on_terms(debates.format(form, meant), speech, preparation, by_itself=by_itself)
        whose = Person(seat.person, seat.name), seat.guild, channel
        held = await debates.start(*whose, heard(motion), terms, pack=meant)
        announcements = announcements_of(interaction.client)
        shown = None if announcements is None else await announcements.shown(held.id, PATIENCE_S)
        if shown is None:
            said = seat.words("The debate has started. Discord does not let me show it yet; I will keep trying.")
        else:
            said = seat.words("The debate has started: {place}", place=f"<#{shown.venue.thread}>")
        await here.say(said)


@group.command(name=locale_str("next"), description=locale_str("For moderators: move on to the next phase"))
async def next_(interaction: Interaction) -> None:
    """Begin the next phase."""
    await _lead(interaction, Deed.NEXT)


@group.command(name=locale_str("pause"), description=locale_str("For moderators: stop the clock of the phase"))
async def pause(interaction: Interaction) -> None:
    """Stop the clock."""
    await _lead(interaction, Deed.PAUSE)


@group.command(name=locale_str("resume"), description=locale_str("For moderators: restart the clock of the phase"))
async def resume(interaction: Interaction) -> None:
    """Restart the clock."""
    await _lead(interaction, Deed.RESUME)


@group.command(name=locale_str("extend"), description=locale_str("For moderators: give the phase more time"))
@app_commands.rename(time=locale_str("time"))
@app_commands.describe(time=locale_str("How much more, such as 2, 1:30 or 90 s"))
async def extend(interaction: Interaction, time: Length) -> None:
    """Give the phase more time."""
    await _lead(interaction, Deed.EXTEND, time)


@group.command(name=locale_str("end"), description=locale_str("For moderators: end the debate now"))
async def end(interaction: Interaction) -> None:
    """End the debate."""
    await _lead(interaction, Deed.CLOSE)


@group.command(
    name=locale_str("status"),
    description=locale_str("For moderators: see the debate's status, with buttons to lead it"),
)
async def status(interaction: Interaction) -> None:
    """Show this moderator the debate's status."""
    async with visit(interaction) as here:
        hall = await hall_of(here, leading=True)
        await retry(here, hall.held)
        await hall.debates.note(hall.seat.person, hall.seat.guild, hall.held.state.motion, Done.LOOKED)
        await show_lead(here, hall, hall.held)


@group.command(name=locale_str("export"), description=locale_str("For moderators: get the transcript of a debate"))
@app_commands.rename(which=locale_str("which"), form=locale_str("form"), anonymous=locale_str("anonymous"))
@app_commands.describe(
    which=locale_str("Which debate, if not this one or the latest"),
    form=locale_str("What kind of file"),
    anonymous=locale_str("Codes instead of names"),
)
@app_commands.choices(
    form=[
        Choice(name=locale_str("Markdown, to read"), value="md"),
        Choice(name=locale_str("web page, to print"), value="html"),
        Choice(name=locale_str("table (CSV)"), value="csv"),
        Choice(name=locale_str("JSON, for programs"), value="json"),
    ]
)
async def export(
    interaction: Interaction,
    which: str | None = None,
    form: str = "md",
    anonymous: bool = False,  # noqa: FBT001, FBT002 - an option of the command
) -> None:
    """Send a moderator the transcript as a file."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        debates = await here.services.get(Debates)
        if which is None:
            which = await _usual(interaction, seat.guild)
        pack, events = await debates.kept(which, seat.guild)
        signs = separators_for(str(interaction.locale))
        name, motion, content = await asyncio.to_thread(file_of, events, pack, form, signs, anonymous=anonymous)
        await debates.note(seat.person, seat.guild, motion, Done.TOOK_CODES if anonymous else Done.TOOK_NAMES, form)
        said = seat.words("Here is the transcript. It contains what people wrote: share it with care.")
        await here.give(said, content, name)


@app_commands.command(
    name=locale_str("evidence"), description=locale_str("In a debate: show everyone a side's best quote on a topic")
)
@app_commands.rename(side=locale_str("side"), query=locale_str("query"))
@app_commands.describe(side=locale_str("Whose quote"), query=locale_str("On what"))
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def evidence(interaction: Interaction, side: str, query: app_commands.Range[str, 1, LONGEST_TEXT]) -> None:
    """Show everyone a side's best quote."""
    async with visit(interaction, Cost.QUESTION) as here:
        hall = await hall_of(here)
        held = await hall.debates.evidence(hall.held.id, hall.person, side, heard(query))
        said = hall.words("Everyone can see it now: {place}", place=f"<#{held.venue.thread or held.venue.channel}>")
        await here.say(said)


@start.autocomplete("motion")
async def motions_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Suggest motions, once the pack is open."""
    matter = await _matter(interaction)
    found = [] if matter is None else [motion for motion in matter.motions if len(motion) <= LONGEST_LINE]
    return _matching({motion: motion for motion in found}, typed)


@start.autocomplete("form")
async def formats_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Suggest formats, with their length."""
    matter = await _matter(interaction)
    formats, words = () if matter is None else matter.formats, words_for(interaction.locale)
    return _matching({each.id: f"{words(each.name)} ({in_minutes(each.minutes)} min)" for each in formats}, typed)


async def _matter(interaction: Interaction) -> Matter | None:
    """Return what can be debated on the pack that a command is about; None until that is open."""
    debates, pack = interaction.client.services.current(Debates), await pack_typing(interaction)
    return None if debates is None or pack is None else debates.about(pack.id)


start.autocomplete("pack")(packs_offered)


@export.autocomplete("which")
async def debates_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Suggest the guild's debates to its moderators, newest first."""
    services = interaction.client.services
    if services.serving.current is None:
        return []
    try:
        seat = await moderators_seat(interaction)
        found = await (await services.get(Debates)).recent(seat.guild, MOST_CHOICES)
    except UserError:
        return []
    return _matching({each.id: f"{each.began_utc[:16].replace('T', ' ')} UTC · {each.motion}" for each in found}, typed)


@evidence.autocomplete("side")
async def sides_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Suggest the sides of the debate that is held here, else those of the channel's pack."""
    debates = interaction.client.services.current(Debates)
    held = None if debates is None else debates.in_thread(interaction.channel_id or 0)
    matter = await _matter(interaction)
    sides = held.state.sides if held is not None else () if matter is None else matter.sides
    return _matching({side.id: side.name for side in sides}, typed)


async def keep_time(client: DilemmaClient) -> None:
    """Ring the bells of all debates on time."""
    debates = await client.services.get(Debates)
    await client.wait_until_ready()
    await debates.run()


async def work(client: DilemmaClient) -> None:
    """Announce what happens in debates."""
    announcements = Announcements(client, await client.services.get(Debates))
    await client.wait_until_ready()
    await announcements.run()


async def _lead(interaction: Interaction, deed: Deed, time: str | None = None) -> None:
    """Carry out a moderator's command, and show the debate's status."""
    async with visit(interaction) as here:
        hall = await hall_of(here, leading=True)
        minutes = 0 if time is None else length_of(time)
        held, done = await lead(here, hall, deed, place=hall.held.state.place, minutes=minutes)
        await show_lead(here, hall, held, done)


async def _usual(interaction: Interaction, guild: str) -> str:
    """Return the debate of this thread, else the guild's latest."""
    debates = await interaction.client.services.get(Debates)
    held = debates.in_thread(interaction.channel_id or 0)
    if held is not None:
        return held.id
    found = await debates.recent(guild, 1)
    if not found:
        raise UserError("There is no debate here: a moderator starts one with `/debate start`.")
    return found[0].id


def check_permissions(interaction: Interaction) -> None:
    """Raise UserError naming the permissions that are missing to hold a debate here."""
    mine, place = interaction.app_permissions, interaction.channel
    in_thread, opens = isinstance(place, discord.Thread), isinstance(place, discord.TextChannel)
    needed = {
        "View Channel": mine.view_channel,
        "Send Messages": mine.send_messages or in_thread,
        "Create Public Threads": mine.create_public_threads or not opens,
        "Send Messages in Threads": mine.send_messages_in_threads or not (opens or in_thread),
    }
    missing = [name for name, granted in needed.items() if not granted]
    if missing:
        raise UserError("I cannot hold a debate here: give me the permissions {named}.", named=tuple(missing))


def _matching(offered: Mapping[str, str], typed: str) -> list[Choice[str]]:
    wanted = typed.casefold().strip()
    return [Choice(name=line(label), value=value) for value, label in offered.items() if wanted in label.casefold()][
        :MOST_CHOICES
    ]
