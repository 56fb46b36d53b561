"""What answers is opened beside the event loop, once, and closed with it."""

from __future__ import annotations

import asyncio
import gc
import itertools
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bot.process import service as serving_module
from bot.process.clock import SystemClock
from bot.process.service import NotYetError, Serving
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS: Any = object()


class Opening:
    """Opens when it is let, and remembers what it did and where."""

    def __init__(self, failure: BaseException | None = None) -> None:
        """Fail with that, if with anything."""
        self.failure = failure
        self.let = threading.Event()
        self.done: list[str] = []

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        """Wait, open, close."""
        assert self.let.wait(10)
        self.done.append(f"opened in {threading.current_thread().name}")
        if self.failure is not None:
            raise self.failure
        yield PARTS
        self.done.append("closed")


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    """Give frozen objects back to the collector: a test is not the end of the process."""
    yield
    gc.unfreeze()


async def test_those_who_come_early_wait_and_the_loop_goes_on() -> None:
    """It is opened once, for all of them, in its own thread."""
    opening = Opening()
    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    waiting = [asyncio.create_task(serving.opened()) for _ in range(5)]
    await asyncio.sleep(0)
    assert serving.current is None
    opening.let.set()
    assert await asyncio.gather(*waiting) == [PARTS] * 5
    assert serving.current is PARTS
    assert await serving.close(10)
    assert opening.done == ["opened in serving", "closed"]


async def test_what_keeps_it_from_opening_reaches_everyone_who_waits() -> None:
    """Early and late."""
    opening = Opening(UserError("the log is held by another"))
    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    early = asyncio.create_task(serving.opened())
    opening.let.set()
    for waiting in (early, serving.opened()):
        with pytest.raises(UserError, match="held by another"):
            await waiting
    assert serving.current is None
    assert await serving.close(10)


async def test_one_who_gives_up_does_not_cost_the_others_the_answer() -> None:
    """A cancelled question cancels itself only."""
    opening = Opening()
    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    impatient = asyncio.create_task(serving.opened())
    await asyncio.sleep(0)
    impatient.cancel()
    opening.let.set()
    assert await serving.opened() is PARTS
    assert await serving.close(10)


async def test_closing_does_not_wait_longer_than_it_may() -> None:
    """A model that loads for ever holds nobody up."""
    opening = Opening()
    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    assert not await serving.close(0.01)
    opening.let.set()
    assert await serving.close(10)


async def test_what_was_never_begun_cannot_be_awaited() -> None:
    """It would wait for ever."""
    serving = Serving(Opening(), clock=SystemClock())
    with pytest.raises(Fault, match="never begun"):
        await serving.opened()
    assert await serving.close(0.01)


async def test_what_breaks_while_closing_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it any more."""

    @contextmanager
    def opening() -> Iterator[Any]:
        yield PARTS
        raise Fault("the log cannot be closed")

    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    await serving.opened()
    faults: list[BaseException] = []
    monkeypatch.setattr(serving_module, "log_fault", faults.append)
    assert await serving.close(10)
    assert [str(fault) for fault in faults] == ["the log cannot be closed"]


async def test_what_closing_cannot_save_is_told() -> None:
    """The program ends with it."""

    @contextmanager
    def opening() -> Iterator[Any]:
        yield PARTS
        raise UserError("a turn is lost")

    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    await serving.opened()
    with pytest.raises(UserError, match="a turn is lost"):
        await serving.close(10)


async def test_whoever_waits_for_what_passes_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who come later wait for the next try; an end meanwhile is no failure."""
    tried, go_on = threading.Event(), threading.Event()

    @contextmanager
    def opening() -> Iterator[Any]:
        serving.hinder(UserError("the log is locked"))
        tried.set()
        assert go_on.wait(10)
        yield PARTS

    monkeypatch.setattr(serving_module, "AGAIN_S", 0.01)
    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    with pytest.raises(NotYetError, match="the log is locked"):
        await serving.opened()
    assert (serving.hindrance, serving.current) == ("the log is locked", None)
    await asyncio.to_thread(tried.wait, 10)
    go_on.set()
    assert await serving.opened() is PARTS
    assert serving.hindrance is None
    assert await serving.close(10)


async def test_a_program_that_waits_for_what_passes_can_end() -> None:
    """It is no failure, and does not wait for the next try."""

    @contextmanager
    def opening() -> Iterator[Any]:
        for _ in itertools.count():
            serving.hinder(UserError("the log is locked"))
        yield PARTS

    serving = Serving(opening, clock=SystemClock())
    serving.begin()
    with pytest.raises(NotYetError):
        await serving.opened()
    assert await serving.close(0.5)
