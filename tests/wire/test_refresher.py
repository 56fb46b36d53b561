from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.process import journal as logs
from bot.wire import announcer as refresher
from bot.wire.announcer import Refresher
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Take the log down after each test."""
    yield
    logs.tear_down()


@pytest.fixture(autouse=True)
def pause(monkeypatch: pytest.MonkeyPatch) -> float:
    """Shorten the pause."""
    monkeypatch.setattr(refresher, "PAUSE_S", 0.05)
    return refresher.PAUSE_S


async def settle() -> None:
    """Let everything go on that can without waiting."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_asked_for_in_a_pause_is_done_once_in_the_last_way(pause: float) -> None:
    """However many asked; the first is done at once, and another message need not wait."""
    done: list[str] = []

    async def do(what: str) -> None:
        done.append(what)

    refreshing = Refresher()
    for number in range(30):
        refreshing.soon("vote", lambda number=number: do(f"vote {number}"))  # type: ignore[misc] # a default
        await settle()
    refreshing.soon("quiz", lambda: do("quiz"))
    await settle()
    assert done == ["vote 0", "quiz"]
    await asyncio.sleep(1.5 * pause)
    assert done == ["vote 0", "quiz", "vote 29"]
    await asyncio.sleep(1.5 * pause)
    refreshing.soon("vote", lambda: do("vote 30"))
    await settle()
    assert done == ["vote 0", "quiz", "vote 29", "vote 30"]


async def test_an_older_change_does_not_arrive_behind_a_newer_one(pause: float) -> None:
    """The newer one waits, however long that takes."""
    done: list[str] = []
    late = asyncio.Event()

    async def slow() -> None:
        await late.wait()
        done.append("old")

    async def do() -> None:
        done.append("new")

    refreshing = Refresher()
    refreshing.soon("one", slow)
    await settle()
    refreshing.soon("one", do)
    await asyncio.sleep(1.5 * pause)
    assert done == []
    late.set()
    await asyncio.sleep(1.5 * pause)
    assert done == ["old", "new"]


@pytest.mark.parametrize("error", [UserError("the log cannot be read"), RuntimeError("nobody expected this")])
async def test_what_fails_keeps_nothing_else_from_being_done(error: Exception, pause: float) -> None:
    """Nor what is asked for later."""
    done: list[str] = []

    async def fail() -> None:
        raise error

    async def do() -> None:
        done.append("done")

    refreshing = Refresher()
    refreshing.soon("one", fail)
    refreshing.soon("other", do)
    await settle()
    refreshing.soon("one", do)
    await asyncio.sleep(1.5 * pause)
    assert done == ["done", "done"]


async def test_after_the_end_nothing_is_changed() -> None:
    """Whatever was on its way."""
    done: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0)
        done.append("done")

    refreshing = Refresher()
    refreshing.soon("one", slow)
    refreshing.close()
    await settle()
    assert done == []
