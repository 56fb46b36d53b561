"""Reads and writes of the log from the event loop. Their errors name no paths: people far away read them."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from bot.log.connection import DoubtError
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.log.connection import Job
    from bot.log.log import ConversationLog

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_S: Final = 5.0
"""How long somebody who voted, pressed or set something waits for the disk."""

_UNDER_WAY: Final[set[asyncio.Task[Any]]] = set()
"""What goes on though nobody waits for it: the loop alone would not keep it."""

_log = logging.getLogger(__name__)


def timely(deed: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let whoever calls a coroutine wait for PATIENCE_S at most. It goes on: memory must not fall behind the rows.

    Raises UserError then, and what the coroutine raises.
    """

    @wraps(deed)
    async def in_time(*args: P.args, **kwargs: P.kwargs) -> T:
        task = asyncio.create_task(deed(*args, **kwargs))
        _UNDER_WAY.add(task)
        task.add_done_callback(_ended)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
        if done:
            return task.result()
        raise _unsure()

    return in_time


def _unsure() -> UserError:
    return UserError(
        "The log is slow just now, so this is not recorded yet: look again in a minute, and if it is missing, "
        "repeat it."
    )


def _ended(task: asyncio.Task[Any]) -> None:
    _UNDER_WAY.discard(task)
    if not task.cancelled():
        task.exception()  # whoever waits gets it; where nobody does, they were told to look


def turned_on(log: ConversationLog | None) -> ConversationLog:
    """Return the log. Raises UserError where nothing is logged."""
    if log is None:
        raise UserError("This needs the log, which is turned off here.")
    return log


async def read(log: ConversationLog | None, job: Job[T]) -> T:
    """Run a function of the store that reads. Raises UserError when the log cannot be read, or is turned off."""
    log = turned_on(log)
    try:
        return await asyncio.to_thread(log.read, job)
    except UserError as error:
        _log.warning("log not read: %s", error)
        raise UserError("The log cannot be read just now: try again in a minute.") from error


async def write(log: ConversationLog | None, job: Job[T]) -> T:
    """Run a function of the store that writes, and wait for the disk.

    Raises UserError when the log cannot be written, or is turned off; Fault when it is closed or far behind.
    """
    log = turned_on(log)
    try:
        return await asyncio.wrap_future(log.write(job))
    except DoubtError as error:
        _log.warning("log perhaps not written: %s", error)
        raise _unsure() from error
    except sqlite3.Error as error:
        _log.warning("log not written: %s", error)
        raise UserError("The log cannot be written just now, so nothing was changed: try again in a minute.") from error
