"""What people and moderators decide about answers: votes, disputes, exclusions, settings, and the figures of a guild.

Who may decide is told by `permitting.py`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.answer.service.ask import Gone
from bot.answer.store import asked, opinions
from bot.guild.rules.permissions import changed, difference
from bot.guild.store import guilds
from bot.guild.store.guilds import Choices, GuildSettings
from bot.log import audit as auditing
from bot.log.access import read, write
from bot.process.feature import Memory
from bot.review.rules.figures import Figures, figures_of
from bot.values.asker import NO_GUILD
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.answer.store.opinions import Disputed
    from bot.guild.rules.permissions import Changes, Rights
    from bot.log.audit import Act
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from bot.values.turnref import TurnRef
    from knowledge.model import Pack

UNANSWERED_SHOWN: Final = 10
ACTS_SHOWN: Final = 10


class Moderation(Memory):
    """Votes, disputes and decisions, kept in the log. All coroutines belong to one event loop.

    A guild is Discord's id, or "dm" outside guilds; a person is a pseudonym; `log` is None where nothing is logged.
    Everything that can be kept raises UserError when it cannot be just now.
    """

    def __init__(self, log: ConversationLog | None, *, clock: Clock) -> None:
        """Read nothing yet."""
        self._log = log
        self._clock = clock
        self._choices: Choices | None = Choices({}, {}, {}) if log is None else None
        self._choosing = asyncio.Lock()

    async def settings(self, guild: str) -> GuildSettings:
        """Give a guild's settings; those that hold everywhere where nobody set any."""
        return (await self._chosen()).settings.get(guild, GuildSettings())

    async def excluded(self, guild: str) -> frozenset[str]:
        """Give the ids of the passages that must not be quoted in a guild."""
        return (await self._chosen()).excluded.get(guild, frozenset())

    async def style(self, guild: str, person: str) -> str:
        """Say how answers look to a person: as they chose, else as the guild did ("card" or "plain")."""
        chosen = await self._chosen()
        return chosen.styles.get(person) or chosen.settings.get(guild, GuildSettings()).style

    async def set_style(self, person: str, guild: str, style: str | None) -> None:
        """Let a person choose how answers look; None: as the guild has it."""
        async with self._choosing:
            await write(self._log, partial(guilds.save_style, person=person, guild=guild, style=style))
            self._choices = None

    async def change(self, guild: str, person: str, changes: Changes, rights: Rights) -> None:
        """Change what is named of a guild's settings, and note what changed and who did it.

        They are changed as they are when it is written, not as the person saw them: two may change them at once. Raises
        UserError for what the person may not change, also when it is since a moment ago.
        """
        job = partial(
            guilds.revise_settings,
            guild=guild,
            person=person,
            now=self._now_utc(),
            revised=partial(changed, changes=changes, rights=rights),
            difference=difference,
        )
        async with self._choosing:
            await write(self._log, job)
            self._choices = None

    async def vote(self, person: str, guild: str, ref: TurnRef, *, helpful: bool) -> None:
        """Keep a person's vote on an answer; a second one replaces the first. Raises Gone."""
        job = partial(opinions.vote, person=person, guild=guild, ref=ref, now=self._now_utc(), helpful=helpful)
        if not await write(self._log, job):
            raise Gone

    async def dispute(self, person: str, guild: str, ref: TurnRef, passage_id: str, reason: str) -> None:
        """Put a quote of an answer before a guild's moderators. Raises Gone, UserError where there are none."""
        if guild == NO_GUILD:
            raise UserError("There are no moderators here: dispute a quote where it is shown in a server.")
        job = partial(
            opinions.dispute,
            person=person,
            guild=guild,
            ref=ref,
            passage_id=passage_id,
            reason=reason,
            now=self._now_utc(),
        )
        if not await write(self._log, job):
            raise Gone

    async def disputed(self, guild: str) -> tuple[Disputed, ...]:
        """List the quotes that wait for a decision, most disputed first."""
        return await read(self._log, partial(opinions.disputed, guild=guild))

    async def decide(self, guild: str, passage_id: str, person: str, *, exclude: bool) -> int:
        """Exclude a disputed quote from a guild's answers, or keep it, and count the disputes that this settled.

        There are none left when another moderator was quicker.
        """
        verdict = opinions.EXCLUDE if exclude else opinions.KEEP
        job = partial(
            opinions.decide,
            guild=guild,
            passage_id=passage_id,
            verdict=verdict,
            person=person,
            now=self._now_utc(),
        )
        async with self._choosing:
            settled = await write(self._log, job)
            self._choices = None
        return settled

    async def restore(self, guild: str, passage_id: str, person: str) -> bool:
        """Let an excluded quote be shown again; false when it was not excluded."""
        job = partial(opinions.restore, guild=guild, passage_id=passage_id, person=person, now=self._now_utc())
        async with self._choosing:
            found = await write(self._log, job)
            self._choices = None
        return found

    async def acts(self, guild: str) -> tuple[Act, ...]:
        """Give what a guild's moderators did last, newest first."""
        return await read(self._log, partial(auditing.acts, guild=guild, limit=ACTS_SHOWN))

    async def figures(self, pack: Pack, guild: str, days: int) -> Figures:
        """Count what happened in a guild in the last `days` days."""
        found = await read(self._log, partial(asked.activity, guild=guild, since=self._since_utc(days)))
        return figures_of(pack, found, days)

    async def unanswered(self, guild: str, days: int) -> tuple[str, ...]:
        """Give questions of the last `days` days on which both sides were silent, without who asked them."""
        job = partial(asked.unanswered, guild=guild, since=self._since_utc(days), limit=UNANSWERED_SHOWN)
        return await read(self._log, job)

    async def reread(self) -> None:
        """Forget what was read of choices: people or guilds were deleted."""
        if self._log is not None:
            async with self._choosing:
                self._choices = None

    async def _chosen(self) -> Choices:
        """Give everything that was chosen, from memory: each answer asks for it, and there is little of it.

        The lock keeps what was read before a write from being remembered after it.
        """
        if (chosen := self._choices) is not None:
            return chosen
        async with self._choosing:
            if self._choices is None:
                self._choices = await read(self._log, guilds.choices)
            return self._choices

    def _now_utc(self) -> str:
        return self._clock.now_utc().isoformat()

    def _since_utc(self, days: int) -> str:
        return (self._clock.now_utc() - timedelta(days=days)).isoformat()
