"""First answers to interactions: Discord waits three seconds for one, and takes one only.

A try that hangs may have been taken, so none is ever cancelled: another goes beside it, and the first result counts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.process.journal import logger
from bot.wire.page.limits import Code
from bot.wire.reply import throttled_s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from discord import ui

PATIENCE_S: Final = 2.8
"""How long after an interaction arrived its first answer is tried: Discord waits three seconds."""

HEDGE_S: Final = 0.7
"""How long a try may hang before another goes beside it."""

ABREAST: Final = 2
"""Tries under way at once."""

_PAUSE_S: Final = 0.25
"""Pause before a third try where connections drop; each further one is longer by as much."""

_ARRIVED_S: Final = "arrived_s"

_UNDER_WAY: Final[set[asyncio.Task[None]]] = set()
"""Tries: nobody waits for the slower one of two, and the loop alone would not keep it."""


def note_arrival(interaction: discord.Interaction[Any]) -> None:
    """Note that an interaction arrived just now."""
    interaction.extras[_ARRIVED_S] = asyncio.get_running_loop().time()


async def acknowledge(interaction: discord.Interaction[Any], *, private: bool = False, changing: bool = False) -> None:
    """Tell Discord that an answer comes: a new message, or with `changing` an edit. Raises discord.HTTPException.

    Where nothing was heard of it in time, Discord may still have taken it: the answer's edit tells.
    """
    await _first_answer(interaction, lambda: interaction.response.defer(ephemeral=private, thinking=not changing))


async def show_form(interaction: discord.Interaction[Any], form: ui.Modal) -> None:
    """Answer with a form. Where nothing was heard of it in time, it may be open: nothing more is said then."""
    await _first_answer(interaction, lambda: interaction.response.send_modal(form))


async def _first_answer(interaction: discord.Interaction[Any], give: Callable[[], Awaitable[object]]) -> None:
    """Give a first answer until Discord has it, refuses it (discord.HTTPException), or its time is over."""
    now_s = asyncio.get_running_loop().time
    next_s = now_s()
    deadline_s = interaction.extras.get(_ARRIVED_S, next_s) + PATIENCE_S
    under_way: set[asyncio.Task[None]] = set()
    failures: list[BaseException] = []
    while True:
        if len(under_way) < ABREAST and now_s() >= next_s:
            under_way.add(_begun(give))
            next_s = now_s() + HEDGE_S
        until_s = min(deadline_s, next_s) if len(under_way) < ABREAST else deadline_s
        done, under_way = await _any_of(under_way, until_s)
        for failure in map(asyncio.Task.exception, done):
            if failure is None or _is_taken(failure):
                return
            next_s = now_s() + _pause_s(failure, len(failures))
            failures.append(failure)
        if now_s() >= deadline_s:
            if failures and not under_way and not any(map(_leaves_open, failures)):
                raise failures[-1]
            logger(__name__).info("nothing was heard of a first answer", tries=len(failures) + len(under_way))
            return


def _is_taken(failure: BaseException) -> bool:
    """Return whether a try failed because Discord had taken another."""
    return isinstance(failure, discord.InteractionResponded) or (
        isinstance(failure, discord.HTTPException) and failure.code == Code.ALREADY_ACKNOWLEDGED
    )


def _leaves_open(failure: BaseException) -> bool:
    """Return whether Discord may have taken a try that failed."""
    return isinstance(failure, discord.DiscordServerError | aiohttp.ClientConnectionError)


def _pause_s(failure: BaseException, failed: int) -> float:
    """Return how long to wait for the next try, after so many failures before this one; raise what is final."""
    if _leaves_open(failure):
        pause_s: float | None = failed * _PAUSE_S
    else:
        pause_s = throttled_s(failure) if isinstance(failure, discord.HTTPException) else None
    if pause_s is None:
        raise failure
    logger(__name__).info("acknowledged again", failure=type(failure).__name__, wait_s=pause_s)
    return pause_s


async def _any_of(
    tries: set[asyncio.Task[None]], until_s: float
) -> tuple[set[asyncio.Task[None]], set[asyncio.Task[None]]]:
    """Wait until one of the tries ends, or until a time; return those that ended, and the rest."""
    rest_s = max(0.0, until_s - asyncio.get_running_loop().time())
    if not tries:
        await asyncio.sleep(rest_s)
        return set(), set()
    return await asyncio.wait(tries, timeout=rest_s, return_when=asyncio.FIRST_COMPLETED)


def _begun(give: Callable[[], Awaitable[object]]) -> asyncio.Task[None]:
    async def give_beside() -> None:
        # The library lets one request of an interaction wait for another.
        async_context.set(AsyncWebhookAdapter())  # type: ignore[no-untyped-call] # the library's
        await give()

    task = asyncio.create_task(give_beside())
    _UNDER_WAY.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[None]) -> None:
    _UNDER_WAY.discard(task)
    if not task.cancelled():
        task.exception()  # of the slower try nobody else asks
