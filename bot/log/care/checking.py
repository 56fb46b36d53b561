"""Whether a log's file has to be looked through: after an unclean end, or where SQLite met damage.

Looking through takes about 10 s for a gigabyte, so a large log is looked through beside the work. `<log>.check` says
that this is due, until it was done; with a word in it, damage was found, and the next opening meets it.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Final

from bot.log.engines.sqlite import read_only

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL: Final = 64_000_000
"""Bytes of a log for which an opening may wait until all is done that is due: a tenth of a second to look through it,
a second to rewrite or wipe it. A larger one answers meanwhile."""
_STEPS: Final = 100_000
"""Instructions of SQLite between two looks at whether to stop."""


def marker(path: Path) -> Path:
    """Return the file that says what is due."""
    return path.with_name(f"{path.name}.check")


def begin(path: Path, *, unclean: bool) -> None:
    """Note what is due for a log that is being opened: nothing for a small one, which was just looked through."""
    if is_small(path) or damage_was_met(path):
        forget(path)
    elif unclean:
        marker(path).touch(mode=0o600)


def is_small(path: Path) -> bool:
    """Return whether what is due to a log may be done before it is opened."""
    return path.stat().st_size <= SMALL


def damage_was_met(path: Path) -> bool:
    """Return whether a log has to be looked through before anything else."""
    file = marker(path)
    return file.exists() and file.stat().st_size > 0


def note_damage(path: Path) -> None:
    """Note that SQLite met damage in the file."""
    marker(path).write_text("damaged\n", encoding="utf-8")


def forget(path: Path) -> None:
    """Note that nothing is due: the file was looked through, or it is another one now."""
    marker(path).unlink(missing_ok=True)


class Check:
    """Looks through a log beside the work, in a thread of its own."""

    def __init__(self, path: Path, found: Callable[[str], None]) -> None:
        """Begin; `found` hears of damage."""
        self._path = path
        self._found = found
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="log-check", daemon=True)
        self._thread.start()

    def close(self, timeout_s: float | None = None) -> None:
        """Stop, or wait until it is done: what is left is done after the next opening."""
        if timeout_s is None:
            self._ended = True
        self._thread.join(timeout_s)

    def _run(self) -> None:
        engine = read_only(self._path)
        engine.set_progress_handler(lambda: self._ended, _STEPS)
        try:
            found = str(engine.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            if self._ended or error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                return
            found = str(error)
        finally:
            engine.close()
        if found == "ok":
            forget(self._path)
        else:
            note_damage(self._path)
            self._found(" ".join(found.split()))
