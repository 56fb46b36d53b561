"""What a guild's moderators decide about disputed quotes, what they did before, and the guild's figures."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.answer.store import asked, opinions
from bot.log import audit
from bot.log.access import read
from bot.review.rules.figures import Figures, figures_of

if TYPE_CHECKING:
    from bot.answer.store.opinions import Disputed
    from bot.guild.service.settings import Settings
    from bot.log.audit import ModeratorAct
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from bot.values.passage import PassageRef
    from embeddings.library import Library

UNANSWERED_SHOWN: Final = 10
ACTS_SHOWN: Final = 10


class Reviews:
    """Decisions and figures of guilds, from the log. All coroutines belong to one event loop, and raise UserError.

    A guild is Discord's id; a person is a pseudonym; `log` is None where nothing is logged.
    """

    def __init__(self, log: ConversationLog | None, library: Library, settings: Settings, *, clock: Clock) -> None:
        """Read nothing yet; `settings` hold what is excluded."""
        self._log = log
        self.library = library
        self._settings = settings
        self._clock = clock

    async def disputed(self, guild: str) -> tuple[Disputed, ...]:
        """List the quotes that wait for a decision, most disputed first."""
        return await read(self._log, partial(opinions.disputed, guild=guild))

    async def decide(self, guild: str, passage: PassageRef, person: str, *, exclude: bool) -> int:
        """Exclude a disputed quote, or keep it, and count the disputes settled: 0 if somebody was quicker."""
        verdict = opinions.EXCLUDE if exclude else opinions.KEEP
        job = partial(
            opinions.decide, guild=guild, passage=passage, verdict=verdict, person=person, now=self._now_utc()
        )
        return await self._settings.write(job)

    async def excluded(self, guild: str) -> frozenset[PassageRef]:
        """Return the passages that are not quoted in a guild."""
        return await self._settings.excluded(guild)

    async def restore(self, guild: str, passage: PassageRef, person: str) -> bool:
        """Let an excluded quote be shown again; false when it was not excluded."""
        job = partial(opinions.restore, guild=guild, passage=passage, person=person, now=self._now_utc())
        return await self._settings.write(job)

    async def acts(self, guild: str) -> tuple[ModeratorAct, ...]:
        """Return what a guild's moderators did last, newest first."""
        return await read(self._log, partial(audit.acts, guild=guild, limit=ACTS_SHOWN))

    async def figures(self, guild: str, days: int) -> Figures:
        """Count what happened in a guild in the last `days` days."""
        found = await read(self._log, partial(asked.activity, guild=guild, since=self._since_utc(days)))
        return figures_of(self.library, found, days)

    async def unanswered(self, guild: str, days: int) -> tuple[str, ...]:
        """List questions of the last `days` days on which no side was quoted, without who asked them."""
        job = partial(asked.unanswered, guild=guild, since=self._since_utc(days), limit=UNANSWERED_SHOWN)
        return await read(self._log, job)

    def _now_utc(self) -> str:
        return self._clock.now_utc().isoformat()

    def _since_utc(self, days: int) -> str:
        return (self._clock.now_utc() - timedelta(days=days)).isoformat()
