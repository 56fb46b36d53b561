"""How the bot behaves towards one person in one place: its language and style, and what it must not quote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.guild.service.settings import Settings
from bot.process.journal import logger
from bot.values.asker import NO_GUILD
from bot.values.passage import of_pack
from bot.wire.page.language import words_for
from bot.wire.page.layout import Style
from embeddings.library import Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    import discord

    from bot.values.passage import PassageRef
    from bot.wire.client import DilemmaClient
    from bot.wire.page.language import Words
    from bot.wire.services import Services
    from bot.wire.visit import Interaction

NOBODY: Final = ""
"""Stands for a person who has chosen nothing."""


@dataclass(frozen=True, slots=True)
class Manners:
    """`excluded` are passages of any pack; `channels` those in which questions are answered, empty for all.

    `moderated`: somebody reads what is disputed. `pack` is the id of the one that answers there.
    """

    words: Words
    style: Style
    excluded: frozenset[PassageRef]
    channels: frozenset[int]
    moderated: bool
    pack: str

    def allow(self, *channel_ids: int | None) -> bool:
        """Return whether questions are answered in a channel: it, or the one that its thread is in, must be named."""
        return not self.channels or not self.channels.isdisjoint(channel_ids)

    def without(self, pack: str) -> frozenset[str]:
        """Return the ids of the passages of a pack that must not be quoted."""
        return of_pack(self.excluded, pack)

    def as_in(self, message: discord.Message | None) -> Manners:
        """Keep the style of a message that is changed: Discord takes no other."""
        is_card = message is not None and message.flags.components_v2
        return self.in_style(Style.CARD if is_card else Style.PLAIN)

    def in_style(self, style: Style) -> Manners:
        """Take another style."""
        return replace(self, style=style)

    def insist(self, *channel_ids: int | None) -> None:
        """Raise UserError where questions are not answered."""
        if not self.allow(*channel_ids):
            named = " ".join(f"<#{channel}>" for channel in sorted(self.channels))
            raise UserError("Questions are answered in other channels of this server: {channels}", channels=named)


async def manners_towards(
    services: Services,
    guild: str,
    person: str,
    locale: discord.Locale | str | None,
    channels: tuple[int | None, ...] = (),
) -> Manners:
    """Look up how to behave; `guild` is NO_GUILD where there is none. Waits for the log to be open (UserError).

    `channels` are those of a thread and of what it is in; without any, the pack is the guild's.

    A log that cannot be read just now keeps nobody from getting an answer.
    """
    kept, default = await services.get(Settings), (await services.get(Library)).default.id
    try:
        style = Style(await kept.style(guild, person))
        settings = await kept.of(guild)
        excluded = await kept.excluded(guild)
    except UserError as error:
        logger(__name__).warning("settings not read", reason=str(error))
        return Manners(words_for(locale), Style.CARD, frozenset(), frozenset(), guild != NO_GUILD, default)
    words, pack = words_for(settings.language, locale), settings.pack_in(*channels) or default
    return Manners(words, style, excluded, settings.channels, guild != NO_GUILD, pack)


async def manners_for_question(interaction: Interaction) -> Manners:
    """Look them up as above, and refuse a question in a channel where none are answered (UserError)."""
    manners = await manners_to(interaction)
    manners.insist(*channels_of(interaction.channel))
    return manners


async def manners_of_guild(client: DilemmaClient, guild: str) -> Manners:
    """Look up how to behave towards everybody in a guild, where no person's own choices count; else as above."""
    found = client.get_guild(int(guild))
    return await manners_towards(client.services, guild, NOBODY, None if found is None else found.preferred_locale)


def channels_of(channel: object) -> tuple[int | None, int | None]:
    """Return the ids of a channel and, for a thread, of the one that it is in."""
    return getattr(channel, "id", None), getattr(channel, "parent_id", None)


async def manners_to(interaction: Interaction) -> Manners:
    """Look up how to behave towards the person of an interaction. Defer first: it may have to wait."""
    services = interaction.client.services
    asker = services.asker_of(interaction)
    channels = channels_of(interaction.channel)
    return await manners_towards(services, asker.guild, asker.person, interaction.locale, channels)
