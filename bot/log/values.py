"""Small values that the log's parts share: what a text can hold, times in names of files, words for what went wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import sqlite3

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT: Final = "\ufffd"


def storable(value: Any) -> Any:  # noqa: ANN401 - rows and JSON objects hold anything
    """Replace each NUL and each lone surrogate by U+FFFD, in a text or in every text inside lists and mappings.

    SQLite cuts a text at NUL in its own functions, and a lone surrogate has no UTF-8; the rest stays as it came.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {key: storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


def stamp(now: str) -> str:
    """Write a time (ISO 8601 in UTC) so that it can stand in a file's name, to the second."""
    return datetime.fromisoformat(now).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def count_of_turns(count: int) -> str:
    """Say `1 turn` or `3 turns`."""
    return f"{count} turn" if count == 1 else f"{count} turns"


def reason(error: OSError | sqlite3.Error) -> str:
    """Return why a file cannot be used, without numbers and paths."""
    text = error.strerror if isinstance(error, OSError) else None
    return (text or str(error)).lower()
