"""A process that answers as one does at first: the reference encoder, one call of the executor a question, no calm.

It ends with the process that started it. It must not know what it is compared with.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bot.lab.bench.crowd import Load, loaded, one_call_each
from bot.process.clock import SystemClock
from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

    from bot.config import Config

    Run = Callable[[Sequence[str], int], Awaitable[Load]]
    """Has questions answered, so many at once, in the process."""

_PATIENCE_S: Final = 5.0


@contextmanager
def naive_process(config: Config) -> Iterator[Run]:
    """Start the process, which takes seconds, and end it. What it cannot do raises Fault."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, config), name="naive", daemon=True)
    process.start()
    there.close()

    def received() -> Load | str:
        try:
            found: Load | str = here.recv()
        except EOFError as error:
            raise Fault("the process that answers naively died") from error
        return found

    async def run(questions: Sequence[str], at_once: int) -> Load:
        here.send((tuple(questions), at_once))
        found = await asyncio.to_thread(received)
        if isinstance(found, str):
            raise Fault(f"the process that answers naively broke: {found}")
        return found

    try:
        opened = received()
        if isinstance(opened, str) and opened:
            raise Fault(f"the process that answers naively broke: {opened}")
        yield run
    finally:
        here.close()
        process.join(_PATIENCE_S)
        if process.is_alive():
            process.kill()
            process.join()


def serve(connection: Connection, config: Config) -> None:
    """Be the process: open, then run what comes through the pipe until its other end is closed."""
    # What is used imports torch: not before this process is started.
    from bot import opening  # noqa: PLC0415
    from embeddings.index.index import open_index  # noqa: PLC0415
    from embeddings.index.storage import default_folder  # noqa: PLC0415
    from embeddings.retriever import Retriever  # noqa: PLC0415

    # Ctrl-C is meant for the other process, which then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # OpenMP's own choice, which whoever does not know of it gets.
    os.environ["GOMP_SPINCOUNT"] = "300000"
    with contextlib.suppress(EOFError, OSError):
        try:
            pack = opening.open_pack(config)
            encoder = opening.load_reference(config)
            index = open_index(pack, encoder, config.index.folder or default_folder())
            way = one_call_each(pack, Retriever(pack, encoder, index))
            connection.send("")
            while True:
                questions, at_once = connection.recv()
                connection.send(asyncio.run(loaded(way, questions, at_once, SystemClock())))
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - it belongs to the other process
            connection.send(f"{type(error).__name__}: {error}")
