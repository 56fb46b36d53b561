"""Small pieces of text that several parts of the log share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


def stamp(now: str) -> str:
    """Write a time (ISO 8601 in UTC) so that it can stand in a file's name, to the second."""
    return datetime.fromisoformat(now).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def count_of_turns(count: int) -> str:
    """Say `1 turn` or `3 turns`."""
    return f"{count} turn" if count == 1 else f"{count} turns"


def reason(error: OSError | sqlite3.Error) -> str:
    """Say why a file cannot be used, without numbers and paths."""
    text = error.strerror if isinstance(error, OSError) else None
    return (text or str(error)).lower()
