"""What holds in a guild and for a person: what moderators set and excluded, and how somebody wants to read answers."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.guild.rules.permissions import GuildSettings, changed, difference
from bot.guild.store import guilds
from bot.guild.store.guilds import Choices
from bot.log.access import read, write
from bot.process.feature import Memory

if TYPE_CHECKING:
    from bot.guild.rules.permissions import Changes, Rights
    from bot.log.connection import Job
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock

T = TypeVar("T")


class Settings(Memory):
    """What was chosen, kept in the log. All coroutines belong to one event loop.

    A guild is Discord's id, or "dm" outside guilds; a person is a pseudonym; `log` is None where nothing is logged.
    Everything that can be kept raises UserError when it cannot be just now.
    """

    def __init__(self, log: ConversationLog | None, *, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._choices: Choices | None = Choices({}, {}, {}) if log is None else None
        self._choosing = asyncio.Lock()

    async def of(self, guild: str) -> GuildSettings:
        """Return a guild's settings; those that hold everywhere where nobody set any."""
        return (await self._chosen()).settings.get(guild, GuildSettings())

    async def excluded(self, guild: str) -> frozenset[str]:
        """Return the ids of the passages that must not be quoted in a guild."""
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

    async def write(self, job: Job[T]) -> T:
        """Let a function of the store write what was chosen or excluded, and forget what was read of it."""
        async with self._choosing:
            written = await write(self._log, job)
            self._choices = None
        return written

    async def reread(self) -> None:
        """Forget what was read of choices: people or guilds were deleted."""
        if self._log is not None:
            async with self._choosing:
                self._choices = None

    async def _chosen(self) -> Choices:
        """Return everything that was chosen, from memory: each answer asks for it, and there is little of it.

        The lock keeps what was read before a write from being remembered after it.
        """
        if (chosen := self._choices) is not None:
            return chosen
        async with self._choosing:
            if self._choices is None:
                self._choices = await read(self._log, guilds.choices)
            return self._choices
