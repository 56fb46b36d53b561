"""An English server, its channel and two members, and a bot that answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.discord.answering_bot import Bot, answering

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Channel, Guild, Loopback, User


@pytest.fixture
def guild(pointed: Loopback) -> Guild:
    """Give a server with the bot in it."""
    return pointed.world.guild("Debating club")


@pytest.fixture
def general(pointed: Loopback, guild: Guild) -> Channel:
    """Give its channel."""
    return pointed.world.channel(guild, "general")


@pytest.fixture
def anna(pointed: Loopback, guild: Guild) -> User:
    """Give a member."""
    return pointed.world.member(guild, "anna")


@pytest.fixture
def bert(pointed: Loopback, guild: Guild) -> User:
    """Give another."""
    return pointed.world.member(guild, "bert")


@pytest_asyncio.fixture
async def bot(pointed: Loopback, guild: Guild, general: Channel, tmp_path: Path) -> AsyncIterator[Bot]:
    """Run the bot."""
    async with answering(pointed, tmp_path) as running:
        yield running
