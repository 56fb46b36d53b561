"""What this installation did at Discord, kept in a small file beside the log: sessions begun, commands announced.

Discord lets a bot begin 1,000 sessions a day and resets its token after that, whatever the reason was; so they are
counted across restarts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.process.journal import logger
from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from bot.process.clock import Clock

DAY_S: Final = 24 * 60 * 60

WARN_AT: Final = 800
REFUSE_AT: Final = 950
"""Sessions of the last 24 hours; Discord's own limit is 1,000."""


class Ledger:
    """The file, read once and written at every change. A file that cannot be read or written stops nothing."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Read the file, if there is one."""
        self._path = path
        self._clock = clock
        kept = _read(path)
        # Times of another clock's future count as now: a clock that was wrong must not lock the bot out.
        now_s = self._now_s()
        self._begun_s = [min(float(begun_s), now_s) for begun_s in kept.get("sessions_utc", ())]
        self._announced: str | None = kept.get("commands")

    def sessions(self) -> int:
        """Count the sessions begun in the last 24 hours."""
        since_s = self._now_s() - DAY_S
        self._begun_s = [begun_s for begun_s in self._begun_s if begun_s > since_s]
        return len(self._begun_s)

    def check(self) -> None:
        """Raise UserError when no more sessions may be begun today."""
        count = self.sessions()
        if count >= REFUSE_AT:
            hours = (self._begun_s[count - REFUSE_AT] + DAY_S - self._now_s()) / 3600
            raise UserError(
                f"{count} sessions were begun at Discord within a day, and at 1,000 Discord resets the token: find out "
                f"what disconnects the bot, and start it again in {max(hours, 0.1):.1f} hours"
            )

    def begin_session(self) -> None:
        """Count a session that is about to begin. Raises UserError when it may not."""
        self.check()
        self._begun_s.append(self._now_s())
        self._write()
        count = len(self._begun_s)
        if count >= WARN_AT:
            logger(__name__).warning("many sessions begun within a day", sessions=count, refused_from=REFUSE_AT)

    def is_announced(self, commands: str) -> bool:
        """Tell whether these commands (their hash) are what Discord was told last."""
        return self._announced == commands

    def announce(self, commands: str) -> None:
        """Remember the hash of the commands that Discord was told."""
        self._announced = commands
        self._write()

    def _now_s(self) -> float:
        return self._clock.now_utc().timestamp()

    def _write(self) -> None:
        """Replace the file as a whole, so that no crash leaves half of one."""
        text = json.dumps({"commands": self._announced, "sessions_utc": [round(begun_s) for begun_s in self._begun_s]})
        new = self._path.with_name(self._path.name + ".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_text(text, encoding="utf-8")
            new.replace(self._path)
        except OSError as error:
            logger(__name__).warning(
                "the count of sessions cannot be kept", file=str(self._path), reason=error.strerror
            )


def _read(path: Path) -> dict[str, Any]:
    """Read what is kept; nothing when there is no such file, or when it is spoilt."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(kept, dict) and all(isinstance(begun, int | float) for begun in kept.get("sessions_utc", ())):
            return kept
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError):
        pass
    logger(__name__).warning("the count of sessions cannot be read: it begins anew", file=str(path))
    return {}
