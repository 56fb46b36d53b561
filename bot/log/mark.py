"""How far the log goes by what was promised: a small file beside it, by which a later start tells what is missing.

Whoever is told that a turn is logged can rely on it as long as the file is what it was. A WAL that was deleted, or a
file that was cut, replaced or set aside, is not; SQLite alone would not notice.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.log.connection import Connection

_SIZE: Final = 200
"""Bytes of the file, which stay as many: what is written over itself needs no room."""


@dataclass(frozen=True, slots=True)
class _Noted:
    """The highest id of a turn (0: unknown), how many turns there are, and how many wait beside the log.

    `secret` is a check of the secret behind the pseudonyms, which tells it from another and says nothing of it.
    """

    last: int = 0
    turns: int = 0
    waiting: int = 0
    secret: str = ""


def noted_turns(log: Path) -> int:
    """Return how many turns a log had, by what is noted beside it; 0 where nothing is."""
    mark = Mark(log)
    try:
        return mark.turns if mark.path is not None and mark.path.exists() else 0
    finally:
        mark.close()


def fingerprint(secret: bytes) -> str:
    """Return what tells a secret from another, and says nothing of it."""
    return hmac.digest(secret, b"the log's pseudonyms", "sha256").hex()[:16]


class Mark:
    """The file, which is written before anybody is told. A failure of it stops nothing."""

    def __init__(self, log: Path | None) -> None:
        """Open nothing yet. Without a log's file (None) nothing is noted but here: a server knows how far it goes."""
        self.path = None if log is None else log.with_name(log.name + ".mark")
        self._noted = _Noted()
        self._descriptor: int | None = None

    @property
    def turns(self) -> int:
        """How many turns are noted."""
        return self._read().turns

    @property
    def waiting(self) -> int:
        """How many turns are noted to wait beside the log."""
        return self._read().waiting

    @property
    def secret(self) -> str:
        """The fingerprint of the secret behind the pseudonyms; empty where none is noted."""
        return self._read().secret

    def adopt(self, secret: str) -> None:
        """Note the fingerprint of the secret of a log that was copied here."""
        self._note(replace(self._read(), secret=secret))

    def begin(self, db: Connection, waiting: int) -> int:
        """Compare what is noted with what is there, note that, and return how many turns are missing."""
        self._noted = self._read()
        last = int(db.value("SELECT coalesce(max(id), 0) FROM turn"))
        missing = max(self._noted.waiting - waiting, 0)
        turns = self._noted.turns + last - self._noted.last
        if not self._noted.last or last < self._noted.last:
            turns = int(db.value("SELECT count(*) FROM turn"))
            missing += max(self._noted.turns - turns, 0) if self._noted.last else 0
        self._note(replace(self._noted, last=last, turns=turns, waiting=waiting))
        return missing

    def doubt(self) -> None:
        """Trust nothing that is noted of the log, until `trust` or `begin`: turns are about to be deleted."""
        self._note(replace(self._read(), last=0))

    def trust(self, db: Connection, deleted: int) -> None:
        """Note what is left of the turns."""
        last = int(db.value("SELECT coalesce(max(id), 0) FROM turn"))
        self._note(replace(self._noted, last=last, turns=self._noted.turns - deleted))

    def reach(self, ids: Sequence[int]) -> None:
        """Note that turns of these ids are in the log; another process may have noted more."""
        if ids:
            noted = self._read()
            self._note(replace(noted, last=max(noted.last, *ids), turns=noted.turns + len(ids)))

    def wait(self, turns: int) -> None:
        """Note how many turns wait beside the log."""
        if turns != self._noted.waiting:
            self._note(replace(self._read(), waiting=turns))

    def belongs_to(self, secret: bytes, in_use: Callable[[], bool]) -> bool:
        """Return whether the log's pseudonyms come from a secret; it is noted for a log that is new, or not in use."""
        noted, check = self._read(), fingerprint(secret)
        if noted.secret not in {"", check} and in_use():
            return False
        if noted.secret != check:
            self._note(replace(noted, secret=check))
        return True

    def look(self) -> None:
        """Notice that the file was taken away, and write it again."""
        if self._descriptor is None or self.path is None:
            return
        try:
            there = os.path.samestat(self.path.stat(), os.fstat(self._descriptor))
        except OSError:
            there = False
        if not there:
            self.close()
            self._note(self._noted)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _read(self) -> _Noted:
        """Return what is noted; nothing without a file, or from a spoilt one."""
        if self.path is None:
            return self._noted
        try:
            noted = _Noted(**json.loads(os.pread(self._opened(self.path), _SIZE, 0)))
        except (OSError, ValueError, TypeError, RecursionError):
            return _Noted(waiting=self._noted.waiting)
        return (
            noted
            if all(type(value) is type(getattr(_Noted(), name)) for name, value in asdict(noted).items())
            else _Noted()
        )

    def _note(self, noted: _Noted) -> None:
        self._noted = noted
        if self.path is None:
            return
        try:
            os.pwrite(self._opened(self.path), json.dumps(asdict(noted)).ljust(_SIZE).encode(), 0)
        except OSError:
            self.close()  # the next one may be written

    def _opened(self, path: Path) -> int:
        if self._descriptor is None:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        return self._descriptor
