"""When the log last saw the clock: a clock that jumped must not make everything look old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.connection import Connection

JUMP: Final = timedelta(days=7)
"""A clock that is further from what was seen last is doubted."""


def seen(db: Connection) -> datetime | None:
    """Return the time at which the log last saw the clock; None for a log that never did."""
    value = db.value("SELECT value FROM memo WHERE name = 'clock'")
    return None if value is None else datetime.fromisoformat(value)


def see(db: Connection, now: str) -> None:
    """Note the time (ISO 8601 in UTC)."""
    db.execute(
        """
        INSERT INTO memo (name, value) VALUES ('clock', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        (now,),
    )


def confirm(log: Path, now: datetime) -> None:
    """Note beside a log, which a bot may have open, that an operator says the clock is right (OSError)."""
    _confirmation(log).write_text(now.isoformat(), encoding="utf-8")


def take_confirmation(log: Path, now: datetime) -> bool:
    """Return whether an operator said so within a week of this time, and forget it."""
    try:
        confirmed = datetime.fromisoformat(_confirmation(log).read_text(encoding="utf-8"))
        _confirmation(log).unlink(missing_ok=True)
    except (OSError, ValueError):
        return False
    return abs(now - confirmed) <= JUMP


def _confirmation(log: Path) -> Path:
    return log.with_name(f"{log.name}.clock")
