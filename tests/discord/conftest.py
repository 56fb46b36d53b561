"""The loopback Discord for every test here, and unmodified discord.py pointed at it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord.client
import discord.gateway
import discord.http
import discord.webhook.async_
import pytest
import pytest_asyncio
import yarl

from bot.wire import announcer as refresher
from tests.discord.debating import a_hall, debating
from tests.discord.loopback import BOT_TOKEN, Loopback
from tests.discord.loopback.openapi import MISSING, OpenAPI, open_openapi, openapi_path
from tests.discord.probe import Probe, connected
from tests.discord.stage import Stage, a_scene, set_up

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.debating import Debating
    from tests.discord.loopback import Channel, Guild, User
    from tests.discord.stage import Scene


@pytest.fixture(scope="session")
def openapi() -> OpenAPI:
    """Give Discord's OpenAPI document; tests that need it are skipped where it is not at hand."""
    path = openapi_path()
    if path is None:
        pytest.skip(MISSING)
    return open_openapi(path)


@pytest_asyncio.fixture
async def loopback() -> AsyncIterator[Loopback]:
    """Give a Discord of the test's own; whatever the bot did wrong with it fails the test at its end."""
    path = openapi_path()
    async with Loopback() as standing:
        standing.journal.openapi = None if path is None else open_openapi(path)
        yield standing
    violations = "\n".join(standing.journal.violations)
    assert not violations, f"the bot broke Discord's rules or ours:\n{violations}"


@pytest.fixture
def pointed(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """Point discord.py in this process at the loopback, and back at Discord afterwards."""
    monkeypatch.setattr(discord.http.Route, "BASE", loopback.api_base)
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(loopback.gateway_url))
    return loopback


class _Hurry:
    """The module asyncio for discord.py's eyes, but sleeping takes no time; `naps_s` are the seconds asked for."""

    def __init__(self) -> None:
        self.naps_s: list[float] = []

    async def sleep(self, delay_s: float, result: object = None) -> object:
        self.naps_s.append(delay_s)
        return await asyncio.sleep(0, result)

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)


@pytest.fixture
def naps_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let discord.py in this process wait for nothing (retries, back-off); give the seconds that it would have."""
    hurry = _Hurry()
    for module in (discord.http, discord.client, discord.webhook.async_):
        monkeypatch.setattr(module, "asyncio", hurry)
    return hurry.naps_s


@pytest.fixture
def guild(loopback: Loopback) -> Guild:
    """Make a server that exists before the bot connects."""
    return loopback.world.guild("Debating club", locale="de")


@pytest.fixture
def general(loopback: Loopback, guild: Guild) -> Channel:
    """Make its channel."""
    return loopback.world.channel(guild, "general")


@pytest.fixture
def anna(loopback: Loopback, guild: Guild) -> User:
    """Make a member."""
    return loopback.world.member(guild, "anna", locale="hi")


@pytest_asyncio.fixture
async def club(pointed: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Debating]:
    """Give a server where debates are held, with our bot in this process; its panels follow at once."""
    monkeypatch.setattr(refresher, "PAUSE_S", 0.0)
    async with debating(a_hall(pointed), tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def probe(pointed: Loopback, general: Channel) -> AsyncIterator[Probe]:
    """Give the small bot, connected and with its gate open."""
    client = Probe()
    client.gate.set()
    async with connected(client, BOT_TOKEN):
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Give a bot that runs as a process, ready to answer, to all tests of a module."""
    async with set_up(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    """Give a server of the test's own to that bot; whatever it did wrong with Discord fails the test at its end."""
    yield await a_scene(stage)
    stage.loopback.faults.clear()
    violations = "\n".join(stage.loopback.journal.forgive())
    assert not violations, f"the bot broke Discord's rules or ours:\n{violations}"
