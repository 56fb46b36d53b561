from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import discord
import pytest

from bot.process import journal as logs
from bot.wire.announcer import PAUSE_S, Refresher
from knowledge.errors import UserError
from tests.wire.leaping import leaping

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Take the log down after each test."""
    yield
    logs.tear_down()


async def settle() -> None:
    """Let everything go on that can without waiting."""
    for _ in range(20):
        await asyncio.sleep(0)


@leaping
async def test_what_is_asked_for_in_a_pause_is_done_once_in_the_last_way() -> None:
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
    await asyncio.sleep(1.5 * PAUSE_S)
    assert done == ["vote 0", "quiz", "vote 29"]
    await asyncio.sleep(1.5 * PAUSE_S)
    refreshing.soon("vote", lambda: do("vote 30"))
    await settle()
    assert done == ["vote 0", "quiz", "vote 29", "vote 30"]


@leaping
async def test_an_older_change_does_not_arrive_behind_a_newer_one() -> None:
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
    await asyncio.sleep(1.5 * PAUSE_S)
    assert done == []
    late.set()
    await asyncio.sleep(1.5 * PAUSE_S)
    assert done == ["old", "new"]


@pytest.mark.parametrize("error", [UserError("the log cannot be read"), RuntimeError("nobody expected this")])
@leaping
async def test_what_fails_keeps_nothing_else_from_being_done(error: Exception) -> None:
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
    await asyncio.sleep(1.5 * PAUSE_S)
    assert done == ["done", "done"]


@leaping
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


def refusal(status: int) -> discord.HTTPException:
    """Make a refusal as the library raises it."""
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.DiscordServerError)
    return kind(cast("Any", SimpleNamespace(status=status, reason="")), "")


@pytest.mark.parametrize(
    ("failure", "tried_s"),
    [
        (refusal(503), [0, 5, 20, 35, 50, 65]),
        (refusal(403), [0, 5, 20, 140, 440]),
        (refusal(404), [0]),
        (RuntimeError("nobody expected this"), [0, 5, 20, 35, 50]),
    ],
    ids=str,
)
@leaping
async def test_a_change_that_fails_is_tried_again_by_the_clock(failure: Exception, tried_s: list[float]) -> None:
    """An outage passes, a refusal may; of what is gone nothing can be changed."""
    tried: list[float] = []

    async def change() -> None:
        tried.append(round(asyncio.get_running_loop().time(), 3))
        if len(tried) < 6:
            raise failure

    refreshing = Refresher()
    refreshing.soon("panel", change)
    await asyncio.sleep(10_000)
    assert tried == tried_s


@leaping
async def test_a_later_change_does_not_wait_for_the_clock() -> None:
    """It comes as soon as a message may be changed again, in the place of the one that failed."""
    done: list[tuple[str, float]] = []

    async def change(what: str, failure: Exception | None = None) -> None:
        done.append((what, asyncio.get_running_loop().time()))
        if failure is not None:
            raise failure

    refreshing = Refresher()
    refreshing.soon("panel", lambda: change("old", refusal(503)))
    await asyncio.sleep(0.5)
    refreshing.soon("panel", lambda: change("new", refusal(503)))
    await asyncio.sleep(3)
    refreshing.soon("panel", lambda: change("newest"))
    await asyncio.sleep(60)
    assert done == [("old", 0), ("new", PAUSE_S), ("newest", PAUSE_S * 2)]
