"""First answers, over a Discord that takes its time; its seconds pass at once."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import discord
import pytest

from bot.process import journal as logs
from bot.wire.first_answer import HEDGE_S, PATIENCE_S, acknowledge, note_arrival, show_form
from tests.wire.leaping import leaping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord import ui

FORM = cast("ui.Modal", None)
FOR_EVER_S = 10**6


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Take the log down after each test."""
    yield
    logs.tear_down()


def refusal(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    """Make a refusal as the library raises it."""
    kind = discord.NotFound if status == 404 else discord.HTTPException
    response = SimpleNamespace(status=status, reason="", headers=headers or {})
    return kind(cast("Any", response), {"code": code, "message": ""})


class Discord:
    """Takes the first try that reaches it, and stands for the interaction, too.

    Each try has the seconds until it reaches Discord, those until its answer is back, and what it meets instead.
    """

    def __init__(self, *tries: tuple[float, float, BaseException | None]) -> None:
        """Script them; the last one repeats."""
        self.tries = tries
        self.begun_s: list[float] = []
        self.taken = False
        self.cancelled = 0
        self.extras: dict[str, object] = {}
        self.response = SimpleNamespace(defer=self.give, send_modal=self.give)

    async def give(self, *_: object, **_others: object) -> None:
        """Take a try."""
        there_s, back_s, failure = self.tries[min(len(self.begun_s), len(self.tries) - 1)]
        self.begun_s.append(round(asyncio.get_running_loop().time(), 3))
        try:
            await asyncio.sleep(there_s)
            if failure is not None:
                raise failure
            first, self.taken = not self.taken, True
            await asyncio.sleep(back_s)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if not first:
            raise refusal(400, 40060)

    async def acknowledged(self, *, form: bool = False, arrived_before_s: float = 0.0) -> float:
        """Give a first answer, and return after how many seconds that was over."""
        note_arrival(cast("Any", self))
        now_s = asyncio.get_running_loop().time
        began_s = now_s()
        await asyncio.sleep(arrived_before_s)
        await (show_form(cast("Any", self), FORM) if form else acknowledge(cast("Any", self)))
        assert self.cancelled == 0
        return round(now_s() - began_s, 3)


@pytest.mark.parametrize("form", [False, True])
@pytest.mark.parametrize("slow_s", [0.5, 0.9, 1.5, 2.2])
@pytest.mark.parametrize("taken_late", [True, False])
@leaping
async def test_a_try_that_is_slow_is_waited_for(slow_s: float, *, form: bool, taken_late: bool) -> None:
    """Taken late, or taken at once and answered late; another goes beside it, and none is cancelled."""
    wire = Discord((slow_s, 0, None) if taken_late else (0, slow_s, None))
    assert await wire.acknowledged(form=form) == slow_s
    assert wire.begun_s == ([0] if slow_s < HEDGE_S else [0, HEDGE_S])


@leaping
async def test_the_first_result_counts() -> None:
    """Here that of the second try, which says that the first one was taken."""
    wire = Discord((0, FOR_EVER_S, None), (0.1, 0, None))
    assert await wire.acknowledged() == 0.8
    assert wire.begun_s == [0, HEDGE_S]


@pytest.mark.parametrize("form", [False, True])
@leaping
async def test_what_hangs_is_left_after_one_deadline(*, form: bool) -> None:
    """It counts from the event's arrival; the answer goes on, and a form says nothing more."""
    wire = Discord((0, FOR_EVER_S, None))
    assert await wire.acknowledged(form=form, arrived_before_s=1.0) == PATIENCE_S
    assert wire.begun_s == [1.0, 1.7]


@pytest.mark.parametrize("form", [False, True])
@leaping
async def test_dropped_lines_are_tried_until_the_deadline(*, form: bool) -> None:
    """More and more slowly; Discord may have taken any of them, so nothing is raised."""
    wire = Discord((0, 0, aiohttp.ServerDisconnectedError()))
    assert await wire.acknowledged(form=form) == PATIENCE_S
    assert wire.begun_s == [0, 0, 0.25, 0.75, 1.5, 2.5]
    again = Discord((0, 0, aiohttp.ServerDisconnectedError()), (0.1, 0, None))
    assert await again.acknowledged() == 0.1


@pytest.mark.parametrize(
    ("headers", "again_s"), [({}, 1.0), ({"Retry-After": "1.5"}, 1.5), ({"Retry-After": "?"}, 1.0)]
)
@leaping
async def test_too_many_requests_are_repeated_when_discord_says(headers: dict[str, str], again_s: float) -> None:
    """Or after a second."""
    wire = Discord((0, 0, refusal(429, headers=headers)), (0.1, 0, None))
    assert await wire.acknowledged() == round(again_s + 0.1, 3)
    assert wire.begun_s == [0, again_s]


@pytest.mark.parametrize(
    "refused", [refusal(404, 10062), refusal(400, 50035), refusal(429, headers={"Retry-After": "3600"}), refusal(429)]
)
@leaping
async def test_what_discord_refuses_is_raised(refused: discord.HTTPException) -> None:
    """What it never took: the interaction is over, the form is wrong, the address is banned."""
    with pytest.raises(discord.HTTPException) as caught:
        await Discord((0, 0, refused)).acknowledged()
    assert caught.value is refused
