"""A guild's settings: shown to its moderators, and set by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.moderators import moderators_seat
from bot.guild.cog.packs import PackName, pack_named, packs_offered
from bot.guild.rules.permissions import CARD, LONGEST_RETENTION_DAYS, PLAIN, Changes
from bot.guild.service.settings import Settings
from bot.wire.page.escaping import echoed
from bot.wire.page.language import LANGUAGES
from bot.wire.visit import visit
from embeddings.library import Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.guild.cog.moderators import Seat
    from bot.guild.rules.permissions import GuildSettings
    from bot.wire.client import DilemmaClient
    from bot.wire.page.language import Words
    from bot.wire.visit import Interaction, Visit

_STYLES: Final = (
    Choice(name=locale_str("cards: a frame for each side"), value=CARD),
    Choice(name=locale_str("plain text"), value=PLAIN),
)
_RESETS: Final = (
    Choice(name=locale_str("moderators' role: none"), value="moderator_role"),
    Choice(name=locale_str("channels: all"), value="channels"),
    Choice(name=locale_str("style: cards"), value="style"),
    Choice(name=locale_str("language: each person's own"), value="language"),
    Choice(name=locale_str("days: as everywhere"), value="retention_days"),
    Choice(name=locale_str("pack: the usual one, in all channels"), value="pack"),
)


_LISTED: Final = 4
"""Channels with a pack of their own that are shown."""

_TITLE: Final = 40


class Channel(app_commands.Transformer):
    """A channel in which people can ask, given by its id; the library itself would offer Discord kinds it refuses."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Ask Discord for a channel."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Ask for one where messages or threads can be written."""
        kinds = discord.ChannelType
        return [kinds.text, kinds.news, kinds.voice, kinds.forum]

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> int:  # noqa: ANN401 - any kind
        """Keep the id."""
        return int(value.id)


group: Final = app_commands.Group(
    name=locale_str("settings"),
    description=locale_str("For moderators: how I behave in this server"),
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
)


@group.command(name=locale_str("show"), description=locale_str("For moderators: show the settings of this server"))
async def show(interaction: Interaction) -> None:
    """Show the settings, to this moderator."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        await _tell(here, seat)


@group.command(name=locale_str("set"), description=locale_str("For moderators: change settings of this server"))
@app_commands.rename(
    moderator_role=locale_str("moderator_role"),
    allow_channel=locale_str("allow_channel"),
    disallow_channel=locale_str("disallow_channel"),
    style=locale_str("style"),
    language=locale_str("language"),
    retention_days=locale_str("retention_days"),
    pack=locale_str("pack"),
    pack_channel=locale_str("pack_channel"),
    reset=locale_str("reset"),
)
@app_commands.describe(
    moderator_role=locale_str("Who has this role moderates me, too; only for those with “Manage Server” to choose"),
    allow_channel=locale_str("Answer in this channel; once there is one, in no others"),
    disallow_channel=locale_str("Stop answering in this channel"),
    style=locale_str("How answers look, unless a person chose for themselves"),
    language=locale_str("The language of everything but the quotations"),
    retention_days=locale_str("After how many days questions and answers are deleted"),
    pack=locale_str("The pack that answers are quoted from in this server, or in one channel"),
    pack_channel=locale_str("The channel for which the pack is; without a pack, it is this server's again"),
    reset=locale_str("Which setting to reset to its default"),
)
@app_commands.choices(
    style=list(_STYLES),
    language=[Choice(name=name, value=language) for language, name in LANGUAGES.items()],
    reset=list(_RESETS),
)
async def set_(  # noqa: PLR0913, PLR0917 - a command has as many options as there are settings
    interaction: Interaction,
    moderator_role: discord.Role | None = None,
    allow_channel: app_commands.Transform[int, Channel] | None = None,
    disallow_channel: app_commands.Transform[int, Channel] | None = None,
    style: str | None = None,
    language: str | None = None,
    retention_days: app_commands.Range[int, 1, LONGEST_RETENTION_DAYS] | None = None,
    pack: PackName | None = None,
    pack_channel: app_commands.Transform[int, Channel] | None = None,
    reset: str | None = None,
) -> None:
    """Change what is given, and show what holds now."""
    async with visit(interaction) as here:
        kept = {setting.name: setting for setting in interaction.client.settings}
        changes = Changes(
            moderator_role=None if moderator_role is None else moderator_role.id,
            allow_channel=allow_channel,
            disallow_channel=disallow_channel,
            style=style,
            language=language,
            retention_days=retention_days,
            pack=None if pack is None else pack_named(await here.services.get(Library), pack).id,
            pack_channel=pack_channel,
            reset=frozenset({reset} if reset and reset not in kept else ()),
        )
        seat = await moderators_seat(interaction)
        if changes == Changes() and reset is None:
            raise UserError("Nothing was changed: choose an option of the command, such as `language`.")
        await (await here.services.get(Settings)).change(seat.guild, seat.person, changes, seat.rights)
        if reset in kept:
            await kept[reset].clear(here.services, seat.guild, seat.person)
        seat = await moderators_seat(interaction)
        await _tell(here, seat)


set_.autocomplete("pack")(packs_offered)


def lines_of(settings: GuildSettings, words: Words, days: int, library: Library) -> list[str]:
    """Return what a guild's settings are; `days` is how long turns are kept where nothing else is set."""
    role = "" if settings.moderator_role is None else f"<@&{settings.moderator_role}>"
    everybody = words("those with “Manage Server”")
    channels = " ".join(f"<#{channel}>" for channel in sorted(settings.channels)) or words("all")
    styles = {CARD: words("cards: a frame for each side"), PLAIN: words("plain text")}
    language = LANGUAGES[settings.language] if settings.language else words("each person's own")
    kept = settings.retention_days or days
    return [
        words("**Moderators:** {who}", who=f"{everybody}, {role}" if role else everybody),
        words("**Channels:** {channels}", channels=channels),
        words("**Style of answers:** {style}", style=styles[settings.style]),
        words("**Language:** {language}", language=language),
        words.count("**Kept for:** {number} day", "**Kept for:** {number} days", kept),
        words("**Pack:** {title}", title=_titled(library, settings.pack or library.default.id)),
        *(
            words("**Pack in {channel}:** {title}", channel=f"<#{channel}>", title=_titled(library, pack))
            for channel, pack in sorted(settings.channel_packs)[:_LISTED]
        ),
    ]


def _titled(library: Library, pack_id: str) -> str:
    return echoed(library.held(pack_id).title, _TITLE)


def offer_resets(client: DilemmaClient) -> None:
    """Let people reset what features keep by themselves, too."""
    further = (Choice(name=setting.reset, value=setting.name) for setting in client.settings)
    app_commands.choices(reset=[*_RESETS, *further])(set_)


async def _tell(here: Visit, seat: Seat) -> None:
    days = here.services.config.discord.retention_days
    library = await here.services.get(Library)
    lines = [seat.words("The settings of this server:"), *lines_of(seat.settings, seat.words, days, library)]
    lines += [await setting.line(here.services, seat.guild, seat.words) for setting in here.interaction.client.settings]
    await here.say("\n".join(lines))
