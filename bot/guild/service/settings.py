"""What holds in a guild and for a person: what moderators set and excluded, and how somebody wants to read answers."""

from __future__ import annotations

import asyncio
import math
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from bot.guild.rules.permissions import GuildSettings, changed, difference
from bot.guild.store import guilds
from bot.guild.store.guilds import Choices
from bot.log.access import read, timely, write
from bot.process.feature import Memory
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.guild.rules.permissions import Changes, Rights
    from bot.log.connection import Connection, Job
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from bot.values.passage import PassageRef

T = TypeVar("T")

_AGAIN_S: Final = 5.0
"""Pause between two tries to read again what was chosen."""


class Settings(Memory):
    """What was chosen, kept in the log. All coroutines belong to one event loop.

    A guild is Discord's id, or "dm" outside guilds; a person is a pseudonym; `log` is None where nothing is logged.
    Everything that can be kept raises UserError when it cannot be just now. What was read once holds as long as the log
    cannot be read again.
    """

    def __init__(self, log: ConversationLog | None, *, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._choices: Choices | None = Choices({}, {}, {}) if log is None else None
        self._stale_since_s: float | None = None
        self._choosing = asyncio.Lock()
        self._changes = self._known = 0
        if log is not None:
            log.watch([table.name for table in guilds.TABLES], self._hear)

    async def ready(self) -> None:
        """Read what was chosen, once: nothing is answered before (UserError)."""
        await self._chosen()

    async def of(self, guild: str) -> GuildSettings:
        """Return a guild's settings; those that hold everywhere where nobody set any."""
        return (await self._chosen()).settings.get(guild, GuildSettings())

    async def excluded(self, guild: str) -> frozenset[PassageRef]:
        """Return the passages that must not be quoted in a guild."""
        return (await self._chosen()).excluded.get(guild, frozenset())

    async def style(self, guild: str, person: str) -> str:
        """Return how answers look to a person: as they chose, else as the guild did ("card" or "plain")."""
        return (await self._chosen()).styles.get(person) or (await self.of(guild)).style

    async def set_style(self, person: str, guild: str, style: str | None) -> None:
        """Let a person choose how answers look; None: as the guild has it."""
        await self.write(partial(guilds.save_style, person=person, guild=guild, style=style))

    async def change(self, guild: str, person: str, changes: Changes, rights: Rights) -> None:
        """Change what is named of a guild's settings, and note what changed and who did it.

        They are changed as they are then, not as the person saw them. Raises UserError for what the person may not
        change by then.
        """
        job = partial(
            guilds.revise_settings,
            guild=guild,
            person=person,
            now=self._clock.now_utc().isoformat(),
            revised=partial(changed, changes=changes, rights=rights),
            difference=difference,
        )
        await self.write(job)

    @timely
    async def write(self, job: Job[T]) -> T:
        """Let a function of the store write what was chosen or excluded, and keep what is chosen then."""

        def writing(db: Connection) -> tuple[T, Choices]:
            return job(db), guilds.choices(db)

        async with self._choosing:
            changes = self._changes
            written, self._choices = await write(self._log, writing)
            self._stale_since_s, self._known = None, changes
        return written

    async def reread(self) -> None:
        """Have what was chosen read again: people or guilds were deleted."""
        if self._log is not None:
            self._stale_since_s = -math.inf

    async def _chosen(self) -> Choices:
        """Return everything that was chosen, from memory: each answer asks for it, and there is little of it.

        The lock keeps what was read before a write from being remembered after it.
        """
        if self._choices is not None and not self._due():
            return self._choices
        async with self._choosing:
            if self._choices is None or self._due():
                changes = self._changes
                try:
                    self._choices, self._stale_since_s = await read(self._log, guilds.choices), None
                    self._known = changes
                except UserError:
                    if self._choices is None:
                        raise
                    self._stale_since_s = self._clock.monotonic_s()
            return self._choices

    def _due(self) -> bool:
        """Return whether the copy is to be read again: after a change elsewhere; where that failed, now and then."""
        if self._stale_since_s is None:
            return self._known != self._changes
        return self._clock.monotonic_s() - self._stale_since_s > _AGAIN_S

    def _hear(self) -> None:
        """Note, on any thread, that another process may have changed something."""
        self._changes += 1
