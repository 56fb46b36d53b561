"""What all commands and buttons have in common: who is let in, in which guild, and that Discord hears of it in time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.values.asker import NO_GUILD
from bot.wire.reply import acknowledge, withdraw
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractContextManager

    import discord

    from bot.wire.client import DilemmaClient

    Interaction = discord.Interaction[DilemmaClient]


def is_private(interaction: Interaction) -> bool:
    """Tell whether the message of a button is one that only this person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def guild_of(interaction: Interaction) -> str:
    """Name the guild whose rules hold; where the bot is not installed none do."""
    return str(interaction.guild_id) if interaction.guild_id and interaction.is_guild_integration() else NO_GUILD


def pressing(interaction: Interaction) -> AbstractContextManager[None]:
    """Let in what costs little: it is waited for when the program ends, and nobody may do it without end (Busy)."""
    services = interaction.client.services
    return services.limits.pressing(services.asker_of(interaction).person)


@asynccontextmanager
async def acknowledged(interaction: Interaction, *, private: bool = False) -> AsyncIterator[None]:
    """Acknowledge, and see to it that a UserError on the way to the answer is told to the person alone."""
    await acknowledge(interaction, private=private)
    try:
        yield
    except UserError:
        if not private:
            # What follows takes the place of "thinking…", for everybody to see, unless that is gone.
            await withdraw(interaction)
        raise
