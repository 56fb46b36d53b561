"""Which pack is meant: the one that somebody names, else the one that holds in the channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from discord import app_commands
from discord.app_commands import Choice

from bot.guild.cog.manners import channels_of
from bot.guild.service.settings import Settings
from bot.values.asker import NO_GUILD
from bot.wire.page.limits import MOST_CHOICES, line
from embeddings.library import Library
from knowledge.errors import UserError
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from bot.guild.cog.manners import Manners
    from bot.wire.services import Services
    from bot.wire.visit import Interaction
    from knowledge.model import Pack


PackName: TypeAlias = app_commands.Range[str, 1, 100]
"""A pack as it is typed into a command."""


async def pack_meant(services: Services, manners: Manners, typed: str | None = None) -> Pack:
    """Return the pack that is named by its id or title, else the channel's (AwayError). Raises UserError."""
    library = await services.get(Library)
    return library.pack(manners.pack) if typed is None else pack_named(library, typed)


def pack_named(library: Library, typed: str) -> Pack:
    """Return a pack by its id or title. Raises UserError for an unknown one."""
    known = {name.casefold(): pack for pack in library for name in (pack.title, pack.id)}
    found = known.get(typed.strip().casefold())
    if found is None:
        valid = [pack.id for pack in library]
        raise UserError("There is no pack {name}{hint}", name=quoted(typed), hint=hint(typed, valid))
    return found


async def pack_typing(interaction: Interaction) -> Pack | None:
    """Return the pack that a command is about while it is still typed; None where that cannot be told."""
    library = interaction.client.services.current(Library)
    settings = interaction.client.services.current(Settings)
    if library is None or settings is None:
        return None
    asker = interaction.client.services.asker_of(interaction)
    try:
        if typed := getattr(interaction.namespace, "pack", None):
            return pack_named(library, typed)
        chosen = None
        if asker.guild != NO_GUILD:
            chosen = (await settings.of(asker.guild)).pack_in(*channels_of(interaction.channel))
        return library.default if chosen is None else library.pack(chosen)
    except UserError:
        return None


async def packs_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer packs by any part of their title or id."""
    library, wanted = interaction.client.services.current(Library), typed.strip().casefold()
    packs = [] if library is None else [pack for pack in library if wanted in f"{pack.title} {pack.id}".casefold()]
    return [Choice(name=line(pack.title), value=pack.id) for pack in packs[:MOST_CHOICES]]
