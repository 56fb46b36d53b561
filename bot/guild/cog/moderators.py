"""Who is asking in a guild, and what Discord says about them at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from bot.guild.rules.permissions import Rights, check_moderator, may_moderate
from bot.guild.service.settings import Settings
from bot.wire.page.language import words_for

if TYPE_CHECKING:
    from bot.guild.rules.permissions import GuildSettings
    from bot.wire.page.language import Words
    from bot.wire.visit import Interaction


@dataclass(frozen=True, slots=True)
class Seat:
    """One person in one guild: as the services know them, as others see them, and how to speak to them."""

    guild: str
    person: str
    name: str
    settings: GuildSettings
    rights: Rights
    words: Words

    @property
    def moderates(self) -> bool:
        """Whether the person is a moderator there, now."""
        return may_moderate(self.settings, self.rights)


async def seat_of(interaction: Interaction) -> Seat:
    """Look up who asks, in a guild. Defer first: it may have to wait. Raises UserError."""
    services = interaction.client.services
    guild = str(interaction.guild_id)
    settings = await (await services.get(Settings)).of(guild)
    words = words_for(settings.language, interaction.locale)
    person, user = services.asker_of(interaction).person, interaction.user
    # As Discord sent them with the interaction: `user.roles` leaves out what the library has not heard of yet.
    roles = frozenset(user._roles) if isinstance(user, discord.Member) else frozenset()  # noqa: SLF001 - nowhere else
    rights = Rights(interaction.permissions.manage_guild, roles)
    return Seat(guild, person, user.display_name, settings, rights, words)


async def moderators_seat(interaction: Interaction) -> Seat:
    """Look up who asks, and refuse anybody who is no moderator (UserError): at every use, not when it was shown."""
    seat = await seat_of(interaction)
    check_moderator(seat.settings, seat.rights)
    return seat
