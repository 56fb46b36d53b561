"""What the commands have at hand: the services, and who a person is to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from bot.process.feature import Memory, Parts
from bot.process.service import NotYetError
from bot.values.asker import NO_GUILD, Asker, pseudonym
from knowledge.errors import Message, UserError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import discord

    from bot.config.sections import Config
    from bot.process.clock import Clock
    from bot.process.limits import Limits
    from bot.process.service import Serving


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that commands work with. What needs the model or the log may still be opening: it is awaited."""

    serving: Serving
    limits: Limits
    clock: Clock
    config: Config
    secret: bytes = field(repr=False)

    async def get(self, kind: type[T]) -> T:
        """Return a service once it is open and ready (UserError)."""
        part = (await self.opened()).get(kind)
        if isinstance(part, Memory):
            await part.ready()
        return part

    async def opened(self) -> Parts:
        """Return all parts once they are open. Raises UserError when they cannot be, NotYetError when not just now."""
        try:
            return await self.serving.opened()
        except NotYetError as error:
            raise NotYetError(
                Message(
                    "I cannot read my log just now, and without it I do not know what may be quoted here: try again "
                    "in a minute."
                )
            ) from error
        except UserError as error:
            # Its reason is for whoever runs the program: it names files and settings.
            raise UserError("I cannot start: whoever runs me finds the reason in my messages.") from error

    def current(self, kind: type[T]) -> T | None:
        """Return a part at once; None while it is being opened."""
        return None if self.serving.current is None else self.serving.current.find(kind)

    def asker(self, guild_id: int | None, user_id: int, channel_id: int | None) -> Asker:
        """Return a person and a place as the log names them."""
        guild = NO_GUILD if guild_id is None else str(guild_id)
        return Asker(pseudonym(self.secret, guild, str(user_id)), f"{guild}/{channel_id or NO_GUILD}")

    def asker_of(self, interaction: discord.Interaction) -> Asker:
        """Return the person of an interaction, and its place; a guild without the bot counts as none."""
        guild = interaction.guild_id if interaction.is_guild_integration() else None
        return self.asker(guild, interaction.user.id, interaction.channel_id)

    def admitted(self, asker: Asker) -> AbstractContextManager[None]:
        """Admit a question, within the limits of the person and the guild (Busy)."""
        return self.limits.admitted(asker.person, None if asker.guild == NO_GUILD else asker.guild)

    def asker_in(self, message: discord.Message) -> Asker:
        """Return the author of a message, and its place."""
        return self.asker(guild_id_of(message), message.author.id, message.channel.id)


def guild_id_of(message: discord.Message) -> int | None:
    """Return the guild of a message, also one that the library has not heard of yet; None for direct messages."""
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)
