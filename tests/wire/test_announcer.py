"""Telling each thing once, in order, as often as it takes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.process import journal as logs
from bot.process.charge import Charge
from bot.wire import announcer
from bot.wire.announcer import Announcer
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Try again at once; take the log down after each test."""
    monkeypatch.setattr(announcer, "RETRY_S", (0.0,))
    yield
    logs.tear_down()


class Shelf:
    """Things to tell, such as "a1", which happened to "a"; what is in `failing` cannot be told so many times."""

    def __init__(self, *things: str) -> None:
        """Put things on it."""
        self.waiting = list(things)
        self.told: list[str] = []
        self.moved = asyncio.Condition()
        self.failing: defaultdict[str, list[Exception]] = defaultdict(list)
        self.broken: list[Exception] = []
        self._out: set[str] = set()
        self._changed = asyncio.Event()
        self.announcer = Announcer(self.untold, self.tell, lambda thing: thing[0])

    async def untold(self) -> str:
        """Hand out the first thing of a stream of which nothing is out."""
        while True:
            if self.broken:
                raise self.broken.pop()
            for thing in self.waiting:
                if thing[0] not in self._out:
                    self._out.add(thing[0])
                    return thing
            self._changed.clear()
            await self._changed.wait()

    async def tell(self, thing: str) -> None:
        """Tell a thing, or fail."""
        async with self.moved:
            self.moved.notify_all()
            if self.failing[thing]:
                raise self.failing[thing].pop()
            self.told.append(thing)
        self.waiting.remove(thing)
        self._out.discard(thing[0])
        self._changed.set()


@asynccontextmanager
async def running(shelf: Shelf) -> AsyncIterator[None]:
    """Let it tell until the block ends."""
    task = asyncio.create_task(shelf.announcer.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def settled(shelf: Shelf, told: int) -> list[str]:
    """Wait until so many things are told."""
    async with asyncio.timeout(5), shelf.moved:
        await shelf.moved.wait_for(lambda: len(shelf.told) >= told)
    return shelf.told


@pytest.mark.parametrize("error", [UserError("the log is locked"), OSError("no network"), RuntimeError("a bug")])
async def test_what_is_in_the_way_of_one_stream_holds_up_no_other(error: Exception) -> None:
    """It is told in its order as soon as it can be."""
    shelf = Shelf("a1", "a2", "b1", "b2")
    shelf.failing["a1"] = [error] * 50
    async with running(shelf):
        assert await settled(shelf, 2) == ["b1", "b2"]
        assert shelf.announcer.troubles == {"a": error}
        assert await settled(shelf, 4) == ["b1", "b2", "a1", "a2"]
        await asyncio.sleep(0)
        assert shelf.announcer.troubles == {}


@pytest.mark.parametrize("error", [UserError("the log is locked"), RuntimeError("a bug")])
async def test_whatever_breaks_the_looking_it_goes_on(error: Exception) -> None:
    """With what there is to tell then."""
    shelf = Shelf("a1")
    shelf.broken = [error, error]
    async with running(shelf):
        assert await settled(shelf, 1) == ["a1"]


async def test_somebody_who_mended_it_need_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried at once; a stream of which nothing waits is left alone."""
    monkeypatch.setattr(announcer, "RETRY_S", (3600.0,))
    shelf = Shelf("a1")
    shelf.failing["a1"] = [OSError("no network")]
    async with running(shelf):
        async with shelf.moved:
            await shelf.moved.wait()
        await asyncio.sleep(0)
        shelf.announcer.try_again("b")
        shelf.announcer.try_again("a")
        assert await settled(shelf, 1) == ["a1"]


async def test_what_another_process_tells_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """And where it is not certain whose it is, it waits until it is."""
    monkeypatch.setattr("bot.wire.announcer.RETRY_S", (0.001,))
    shelf, charge = Shelf("a1", "b1", "c1"), Charge()
    ours, certain = {"a", "c"}, {"a"}
    monkeypatch.setattr(charge, "holds", ours.__contains__)
    monkeypatch.setattr(charge, "acts_for", certain.__contains__)
    shelf.announcer = Announcer(
        shelf.untold, shelf.tell, lambda thing: thing[0], guild=lambda thing: thing[0], charge=charge
    )
    async with running(shelf):
        async with asyncio.timeout(5):
            while "a1" in shelf.waiting or "c" not in shelf.announcer.troubles:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)
        assert shelf.told == ["a1"]
        certain.add("c")
        async with asyncio.timeout(5):
            while "c1" in shelf.waiting:  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.001)
    assert (shelf.told, shelf.waiting) == (["a1", "c1"], ["b1"])
