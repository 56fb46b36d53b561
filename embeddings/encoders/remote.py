"""An encoder in a process of its own: importing torch in a thread would stop the event loop for half a second."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from typing import TYPE_CHECKING, Final

from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from embeddings.encoders.reference import Encoder, Vectors

_PATIENCE_S: Final = 5.0
"""How long the process may take to end by itself."""


class RemoteEncoder:
    """The encoder that `make` makes, in a process that ends with this one. Several threads may use it; they queue.

    When the process dies, the waiting call gets a Fault, and the next one starts it again.
    """

    def __init__(self, make: Callable[[], Encoder]) -> None:
        """Start the process and wait until it has its encoder; call this in a thread.

        `make` is pickled. Raises UserError as `make` does, Fault when the process dies.
        """
        self._make = make
        self._guard = threading.Lock()
        self._process, self._connection, self._fingerprint = _started(make)

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, in order. Raises what the encoder raises; Fault when its process dies."""
        with self._guard:
            if not self._process.is_alive():
                self._connection.close()
                self._process, self._connection, _ = _started(self._make)
            try:
                self._connection.send(list(texts))
                found: Vectors | Exception = self._connection.recv()
            except (EOFError, OSError) as error:
                raise _death(self._process) from error
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        """End the process."""
        with self._guard:
            self._connection.close()
            self._process.join(_PATIENCE_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


def _started(make: Callable[[], Encoder]) -> tuple[SpawnProcess, Connection, str]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, make), name="encoder", daemon=True)
    process.start()
    # Only with the other end open nowhere else does a death show on this one.
    there.close()
    try:
        fingerprint: str | Exception = here.recv()
    except (EOFError, OSError) as error:
        here.close()
        raise _death(process) from error
    if isinstance(fingerprint, Exception):
        here.close()
        process.join()
        raise fingerprint
    return process, here, fingerprint


def _death(process: SpawnProcess) -> Fault:
    process.join(_PATIENCE_S)
    return Fault(f"the encoder's process died (exit code {process.exitcode}); the next question starts it again")


def _serve(connection: Connection, make: Callable[[], Encoder]) -> None:
    """Encode what comes through the pipe, until its other end is closed."""
    # Ctrl-C is meant for the other process, which then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        try:
            encoder = make()
        except Exception as error:  # noqa: BLE001 - it belongs to the other process
            connection.send(portable(error))
            return
        connection.send(encoder.fingerprint)
        while True:
            texts = connection.recv()
            try:
                answer: Vectors | Exception = encoder.encode(texts)
            except Exception as error:  # noqa: BLE001 - the same
                answer = portable(error)
            connection.send(answer)


def portable(error: Exception) -> Exception:
    """Return an error that can be pickled, as those of libraries often cannot."""
    return UserError(str(error)) if isinstance(error, UserError) else Fault(f"{type(error).__name__}: {error}")
