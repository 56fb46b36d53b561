"""One process per log: a lock that the operating system itself gives back, even after kill -9."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


class FileLock:
    """The lock on a log, held from `take` until `release` or the end of the process.

    `<log>.lock` names the holder in three lines: process, name, start. The file stays where it is afterwards, emptied:
    to remove it could let two processes hold two files of one name.
    """

    def __init__(self, descriptor: int) -> None:
        """Keep the open, locked file."""
        self._descriptor = descriptor

    @classmethod
    def take(cls, log: Path, *, holder: str, now: str) -> FileLock:
        """Lock the log for `holder` from `now` (ISO 8601 in UTC), or refuse at once, naming who holds it (UserError).

        Raises OSError when the lock's file cannot be made.
        """
        descriptor = os.open(log.with_name(log.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(
                    f"{log} is in use by {_holder_in(descriptor)}; end that first, or name another log"
                ) from None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n{' '.join(holder.split())}\n{now}\n".encode(), 0)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def release(self) -> None:
        """Let the next process in. Call it once."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def _holder_in(descriptor: int) -> str:
    """Return who wrote the lock; it may be empty, between the locking and the writing."""
    lines = os.pread(descriptor, 1000, 0).decode(errors="replace").splitlines()
    match lines:
        case [process, holder, since]:
            return f"{holder} (process {process}, since {since})"
        case _:
            return "another process"
