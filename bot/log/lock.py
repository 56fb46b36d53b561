"""The lock on a log: a bot has it alone, programs in a terminal share it and write in turn.

`<log>.lock` names each holder in three lines: process, name, start. A released file stays, empty: removing it could let
two processes lock two files of one name.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

_PREPARATION_S: Final = 0.5
_PAUSE_S: Final = 0.02
"""How long, and how often, to try again while another program prepares the log that it will share."""


class BrieflyUsedError(UserError):
    """Programs in a terminal have the log open."""


class FileLock:
    """The lock, held; `alone` is whether no other process has the log open."""

    def __init__(self, log: Path, descriptor: int, entry: str, *, alone: bool) -> None:
        self.alone = alone
        self._log = log
        self._file = _file_of(log)
        self._descriptor = descriptor
        self._entry = entry

    @classmethod
    def take(cls, log: Path, *, holder: str, now: str, shared: bool = False) -> FileLock:
        """Lock the log for `holder` from `now` (ISO 8601 in UTC), or refuse, naming who holds it (UserError).

        That is a BrieflyUsedError where the log is wanted alone and programs in a terminal share it. A `shared` lock
        may come back `alone`: prepare the log then, and `share` it. Raises OSError when the lock's file cannot be made.
        """
        descriptor = os.open(_file_of(log), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        lock = cls(log, descriptor, f"{os.getpid()}\n{' '.join(holder.split())}\n{now}\n", alone=False)
        try:
            lock._take(shared=shared)
        except BaseException:
            os.close(descriptor)
            raise
        return lock

    def share(self) -> None:
        """Let other programs in a terminal have the log as well. Raises UserError when a bot took it meanwhile."""
        self.alone = False
        if not self._locked(fcntl.LOCK_SH):
            raise UserError(_refusal(self._log, self._descriptor))
        self._sign()

    def regain(self) -> bool:
        """Have the log alone, also where the lock's file was taken away; false while another process has it (OSError).

        Whoever shared it has to `share` it again.
        """
        held = os.fstat(self._descriptor)
        if not (self._file.exists() and os.path.samestat(self._file.stat(), held)):
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            os.close(self._descriptor)
            self._descriptor, self.alone = descriptor, False
        if not self.alone and self._locked(fcntl.LOCK_EX):
            self.alone = True
            os.ftruncate(self._descriptor, 0)
            self._sign()
        elif not self.alone:
            self._locked(fcntl.LOCK_SH)  # the try gave up what was shared
        return self.alone

    def release(self) -> None:
        """Release the lock, once."""
        if self.alone or self._locked(fcntl.LOCK_EX):
            with suppress(OSError):  # a name that stays there is that of a process that has ended
                os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def _take(self, *, shared: bool) -> None:
        tried_s = time.monotonic()
        while True:
            if self._locked(fcntl.LOCK_EX):
                self.alone = True
                os.ftruncate(self._descriptor, 0)
                if not shared:
                    self._sign()
                return
            if shared and self._locked(fcntl.LOCK_SH):
                self._sign()
                return
            # Only one that prepares a log for sharing has not signed yet.
            preparing = os.fstat(self._descriptor).st_size == 0
            if not (shared and preparing and time.monotonic() - tried_s < _PREPARATION_S):
                kind = BrieflyUsedError if not shared and self._locked(fcntl.LOCK_SH) else UserError
                raise kind(_refusal(self._log, self._descriptor))
            time.sleep(_PAUSE_S)

    def _locked(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _sign(self) -> None:
        os.write(self._descriptor, self._entry.encode())


def _file_of(log: Path) -> Path:
    return log.with_name(f"{log.name}.lock")


def _refusal(log: Path, descriptor: int) -> str:
    """Say who holds the lock: of several the one that came last, of those that still run."""
    lines = os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace").splitlines()
    named = [lines[start : start + 3] for start in range(0, len(lines) - 2, 3)]
    living = [entry for entry in named if entry[0].isdecimal() and _runs(int(entry[0]))]
    who = "another process"
    if living:
        process, holder, since = living[-1]
        who = f"{holder} (process {process}, since {since})"
    return f"{log} is in use by {who}; end that first, or name another log"


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
