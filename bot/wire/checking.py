"""A look at the bot's account at Discord, without connecting: whether the token is right, and what it leads to."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import discord

from bot.wire.client import invite_link
from bot.wire.running import connect_to, shards_of
from bot.wire.trouble import mistake, passing
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.config.sections import DiscordSection

_PATIENCE_S: Final = 15.0

FEW_SESSIONS: Final = 50


@dataclass(frozen=True, slots=True)
class Account:
    """The bot as Discord knows it; `sessions_left` is how many of the day's `sessions` may still be begun."""

    name: str
    guilds: int
    sessions_left: int
    sessions: int
    invite: str

    def __str__(self) -> str:
        """Return the line that a person reads."""
        servers = "1 server" if self.guilds == 1 else f"{self.guilds} servers"
        return f"{self.name}, in {servers}; {self.sessions_left} of {self.sessions} sessions left today"


def look(settings: DiscordSection, token: str) -> Account:
    """Ask Discord about the account. Raises UserError for what people can mend, and when Discord is not reached."""
    shards_of(settings.shard_count, settings.shard_ids)
    connect_to(settings.api_base, settings.gateway_url)
    logging.getLogger("discord").setLevel(logging.CRITICAL)  # what is worth knowing is said here
    try:
        account = asyncio.run(_asked(token))
    except Exception as error:
        if (wrong := mistake(error)) is not None:
            raise wrong from error
        if (reason := passing(error)) is not None:
            raise UserError(f"Discord is not reached ({reason}): check the network, and `api_base`") from error
        raise
    if account.sessions_left < FEW_SESSIONS:
        raise UserError(
            f"only {account.sessions_left} of {account.sessions} sessions are left today, and after the last one "
            "Discord resets the token: find out what disconnects the bot, and start it again tomorrow"
        )
    return account


async def _asked(token: str) -> Account:
    async with asyncio.timeout(_PATIENCE_S), discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token)
        application = await client.application_info()
        _, _, sessions = await client.http.get_bot_gateway()
        return Account(
            str(client.user),
            application.approximate_guild_count,
            sessions["remaining"],
            sessions["total"],
            invite_link(application.id),
        )
