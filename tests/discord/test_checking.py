"""`dilemma doctor` looks at the bot's account, and says what is wrong with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.config.sections import DiscordSection
from bot.wire.client import invite_link
from bot.wire.running import Account, look
from knowledge.errors import UserError
from tests.discord.loopback import BOT_TOKEN
from tests.discord.loopback.endpoints import APPLICATION_OF_TOKEN, ME

if TYPE_CHECKING:
    from tests.discord.loopback import Loopback


async def asked(loopback: Loopback, token: str = BOT_TOKEN) -> Account:
    """Look beside the event loop that the stand-in needs."""
    settings = DiscordSection(api_base=loopback.api_base, gateway_url=loopback.gateway_url)
    return await asyncio.to_thread(look, settings, token)


async def test_account_is_named_with_its_guilds_and_sessions(pointed: Loopback) -> None:
    """Without one session begun."""
    pointed.world.guild("Debating club")
    account = await asked(pointed)
    assert str(account) == f"{account.name}, in 1 server; 1000 of 1000 sessions left today"
    assert account.name.startswith("dilemma")
    assert (account.guilds, account.sessions_left, account.sessions) == (1, 1000, 1000)
    assert account.invite == invite_link(pointed.world.bot.id)
    assert pointed.gateway.identifies == []


async def test_wrong_token_is_told(pointed: Loopback) -> None:
    """In the same words as when the bot starts."""
    with pytest.raises(UserError, match="does not know the token"):
        await asked(pointed, "x")


async def test_discord_that_is_not_reached_is_told(pointed: Loopback) -> None:
    """With what to check."""
    for endpoint, status in ((ME, 503), (ME, 403), (APPLICATION_OF_TOKEN, 403), (ME, 404)):
        pointed.faults.server_error(endpoint, status)
        with pytest.raises(UserError, match=rf"cannot be asked \(Discord answers {status}\): check the network"):
            await asked(pointed)
    await pointed.go_offline()
    with pytest.raises(UserError, match=r"cannot be asked \(no connection to 127\.0\.0\.1"):
        await asked(pointed)


async def test_few_sessions_left_are_told(pointed: Loopback) -> None:
    """Before the next start costs the token."""
    pointed.gateway.identifies.extend({} for _ in range(960))
    with pytest.raises(UserError, match="only 40 of 1000 sessions are left today"):
        await asked(pointed)
