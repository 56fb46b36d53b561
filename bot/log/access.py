"""Reads and writes of the log from the event loop. Their errors name no paths: people far away read them."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from typing import TYPE_CHECKING, TypeVar

from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.log.connection import Job
    from bot.log.log import ConversationLog

T = TypeVar("T")

_log = logging.getLogger(__name__)


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
    except sqlite3.Error as error:
        _log.warning("log not written: %s", error)
        raise UserError("The log cannot be written just now, so nothing was changed: try again in a minute.") from error
