from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import discord
import pytest

from bot.process import journal as logs
from bot.wire.refresher import PAUSE_S, Refreshing, refreshing_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Take the log down after each test."""
    yield
    logs.tear_down()


class Pauses:
    """Sleeps for as long as the test wants."""

    def __init__(self) -> None:
        """Begin asleep."""
        self.asked_s: list[float] = []
        self.over = asyncio.Event()

    async def sleep(self, duration_s: float) -> None:
        """Wait for the test."""
        self.asked_s.append(duration_s)
        await self.over.wait()


@asynccontextmanager
async def running(refreshing: Refreshing, pauses: Pauses) -> AsyncIterator[None]:
    """Let it work until the block ends."""
    task = asyncio.create_task(refreshing.run(pauses.sleep))
    try:
        yield
    finally:
        task.cancel()


async def settle() -> None:
    """Let everything go on that can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_asked_for_in_a_pause_is_done_once_in_the_last_way() -> None:
    """However many asked."""
    done: list[str] = []
    refreshing, pauses = Refreshing(), Pauses()

    async def do(what: str) -> None:
        done.append(what)

    async with running(refreshing, pauses):
        for number in range(30):
            refreshing.soon("vote", lambda number=number: do(f"vote {number}"))  # type: ignore[misc] # a default
        refreshing.soon("quiz", lambda: do("quiz"))
        await settle()
        assert (done, pauses.asked_s) == ([], [PAUSE_S])
        pauses.over.set()
        await settle()
        assert done == ["vote 29", "quiz"]
        refreshing.soon("vote", lambda: do("vote 30"))
        await settle()
        assert done == ["vote 29", "quiz", "vote 30"]


async def test_what_fails_keeps_nothing_else_from_being_done() -> None:
    """Nor what is asked for later."""
    done: list[str] = []
    refreshing, pauses = Refreshing(), Pauses()
    pauses.over.set()

    async def fail() -> None:
        raise UserError("the log cannot be read")

    async def do() -> None:
        done.append("done")

    async with running(refreshing, pauses):
        refreshing.soon("one", fail)
        refreshing.soon("other", do)
        await settle()
        refreshing.soon("one", do)
        await settle()
    assert done == ["done", "done"]


async def test_each_client_has_its_own() -> None:
    """The same one each time."""
    first, second = (discord.Client(intents=discord.Intents.none()) for _ in range(2))
    assert refreshing_of(first) is refreshing_of(first)
    assert refreshing_of(first) is not refreshing_of(second)
