"""Building an index in a process of its own, for a program that has others waiting.

Training holds up every thread of its process for half a second at a time, and takes a gigabyte that would never be
given back.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
from typing import TYPE_CHECKING, Protocol, TypeAlias

from embeddings.encoders.remote import portable
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection

    from bot.config.sections import Config


_SAY, _REPORT, _FAILED = "say", "report", "failed"


class Listener(Protocol):
    """Who is told what goes on while an app opens: a terminal, or the messages of a bot that runs alone."""

    def say(self, text: str) -> None:
        """Hear one line that a person should read."""

    def report(self, done: int, total: int) -> None:
        """Hear how many of the texts are encoded."""

    def busy(self, what: str) -> AbstractContextManager[None]:
        """Hear what takes a while, for as long as it does."""


Build: TypeAlias = "Callable[[Config, Listener], None]"


def build_apart(build: Build, config: Config, listener: Listener) -> None:
    """Have something built in another process, which tells the listener what it does; call this in a thread.

    `build` is pickled: a function of a module. Raises what it raises: UserError as it is, anything else as a Fault; and
    Fault when the process dies.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(there, build, config), name="building", daemon=True)
    process.start()
    # Only with the other end open nowhere else does a death show on this one.
    there.close()
    failed: Exception | None = None
    with contextlib.suppress(EOFError, OSError):
        while True:
            kind, *told = here.recv()
            if kind == _SAY:
                listener.say(*told)
            elif kind == _REPORT:
                listener.report(*told)
            else:
                (failed,) = told
    here.close()
    process.join()
    if failed is not None:
        raise failed
    if process.exitcode:
        raise Fault(f"the process that builds the index died (exit code {process.exitcode})")


class _Relay:
    """Tells the other process."""

    def __init__(self, connection: Connection) -> None:
        """Write to this end of a pipe."""
        self._connection = connection

    def say(self, text: str) -> None:
        """Pass a line on."""
        self._connection.send((_SAY, text))

    def report(self, done: int, total: int) -> None:
        """Pass on how many of the texts are encoded."""
        self._connection.send((_REPORT, done, total))

    @contextlib.contextmanager
    def busy(self, _what: str) -> Iterator[None]:
        """Keep it to oneself: the other process says that it waits."""
        yield


def _run(connection: Connection, build: Build, config: Config) -> None:
    """Build; a pipe whose other end is closed ends this process, too."""
    # Ctrl-C is meant for the other process, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        build(config, _Relay(connection))
    except Exception as error:  # noqa: BLE001 - it belongs to the other process
        connection.send((_FAILED, portable(error)))
