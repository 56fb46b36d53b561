"""Everything that exists in the stand-in: accounts, places, messages, registered commands.

It must not know about HTTP, sockets or interactions. Changing it tells the bot nothing: `Loopback` does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.loopback.people import Member, Permission, Role, User
from tests.discord.loopback.places import Channel, ChannelType, Guild
from tests.discord.loopback.wire import DiscordError, Json, Snowflakes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.discord.loopback.messages import Message

BOT_TOKEN = "TG9vcGJhY2s.loopback.token"  # noqa: S105 - it opens nothing but this stand-in


@dataclass(slots=True)
class World:
    """All state of the stand-in; `bot` is the bot's own account, whose id is the application's too."""

    token: str = BOT_TOKEN
    new_id: Snowflakes = field(default_factory=Snowflakes)
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    commands: dict[int | None, list[Json]] = field(default_factory=dict)
    """Application commands as registered: None for the global ones, otherwise by guild."""
    bot: User = field(init=False)
    owner: User = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the bot and the person who made it."""
        self.bot = self.user("dilemma", is_bot=True)
        self.owner = self.user("maker")

    def user(self, name: str, *, locale: str = "en-US", is_bot: bool = False) -> User:
        """Make an account; it is nowhere yet."""
        user = User(self.new_id(), name, locale, is_bot)
        self.users[user.id] = user
        return user

    def guild(
        self,
        name: str = "Debating club",
        *,
        locale: str = "en-US",
        with_bot: bool = True,
        bot_permissions: Permission = Permission.MEMBER | Permission.PIN_MESSAGES | Permission.MANAGE_THREADS,
    ) -> Guild:
        """Make a server with the maker as its owner, and the bot in it under a role of its own."""
        guild_id = self.new_id()
        guild = Guild(guild_id, name, self.owner, locale, with_bot)
        guild.roles.append(Role(guild_id, "@everyone", Permission.MEMBER, 0))
        self.guilds[guild_id] = guild
        self.join(guild, self.owner)
        if with_bot:
            self.join(guild, self.bot, self.role(guild, "dilemma", bot_permissions))
        return guild

    def role(self, guild: Guild, name: str, permissions: Permission = Permission.MEMBER) -> Role:
        """Make a role; it is nobody's yet."""
        role = Role(self.new_id(), name, permissions, len(guild.roles))
        guild.roles.append(role)
        return role

    def join(self, guild: Guild, user: User, *roles: Role) -> Member:
        """Let somebody into a guild."""
        member = Member(user, list(roles))
        guild.members[user.id] = member
        return member

    def member(self, guild: Guild, name: str, *roles: Role, locale: str = "en-US") -> User:
        """Make an account and let it into a guild."""
        user = self.user(name, locale=locale)
        self.join(guild, user, *roles)
        return user

    def channel(self, guild: Guild, name: str = "general", channel_type: ChannelType = ChannelType.TEXT) -> Channel:
        """Make a channel of a guild."""
        channel = Channel(self.new_id(), channel_type, name, guild, position=len(guild.channels))
        return self._keep(channel)

    def thread(self, parent: Channel, name: str, owner: User | None = None, *, private: bool = False) -> Channel:
        """Make a thread below a channel; the bot is in it when it made it."""
        kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
        maker = owner or self.bot
        thread = Channel(self.new_id(), kind, name, parent.guild, parent, owner_id=maker.id)
        thread.thread_member_ids.add(maker.id)
        return self._keep(thread)

    def dm(self, user: User) -> Channel:
        """Give the direct messages between somebody and the bot; they are made once."""
        for channel in self.channels.values():
            if channel.type is ChannelType.DM and channel.with_bot and channel.recipients == [user]:
                return channel
        return self._keep(Channel(self.new_id(), ChannelType.DM, recipients=[user]))

    def group(self, *people: User, name: str = "") -> Channel:
        """Make a group of people; the bot is there only as somebody's own app."""
        channel = Channel(self.new_id(), ChannelType.GROUP_DM, name, recipients=list(people), with_bot=False)
        channel.owner_id = people[0].id
        return self._keep(channel)

    def dm_between(self, one: User, other: User) -> Channel:
        """Make the direct messages of two people; the bot is there only as somebody's own app."""
        return self._keep(Channel(self.new_id(), ChannelType.DM, recipients=[one, other], with_bot=False))

    def _keep(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild is not None:
            channel.guild.channels.append(channel)
        return channel

    def bot_guilds(self) -> list[Guild]:
        """Give the guilds that the bot is in."""
        return [guild for guild in self.guilds.values() if guild.with_bot]

    def channel_messages(self, channel: Channel) -> list[Message]:
        """Give what stands in a channel, oldest first, without deleted and ephemeral messages."""
        return [
            message
            for message in self.messages.values()
            if message.channel is channel and not message.deleted and message.viewer is None
        ]

    def from_bot(self, channel: Channel) -> list[Message]:
        """Give the bot's messages in a channel, oldest first, without deleted and ephemeral ones."""
        return [message for message in self.channel_messages(channel) if message.author is self.bot]

    def bot_sees(self, channel: Channel) -> bool:
        """Whether the bot itself is where it can see a channel."""
        if channel.guild is None:
            return channel.with_bot
        return channel.guild.with_bot and Permission.VIEW_CHANNEL in channel.guild.permissions(self.bot, channel)

    def require_channel(self, channel_id: str | int) -> Channel:
        """Find a channel that the bot can see, or refuse as Discord does (10003, 50001)."""
        channel = self.channels.get(int(channel_id))
        if channel is None:
            raise DiscordError(10003)
        if not self.bot_sees(channel):
            raise DiscordError(50001)
        return channel

    def require_message(self, channel: Channel, message_id: str | int) -> Message:
        """Find a message of a channel, or refuse with 10008, as for ephemeral ones too."""
        message = self.messages.get(int(message_id))
        if message is None or message.deleted or message.channel is not channel or message.viewer is not None:
            raise DiscordError(10008)
        return message

    def require_user(self, user_id: str | int) -> User:
        """Find an account, or refuse with 10013."""
        user = self.users.get(int(user_id))
        if user is None:
            raise DiscordError(10013)
        return user

    def require_guild(self, guild_id: str | int) -> Guild:
        """Find a guild that the bot is in, or refuse with 10004."""
        guild = self.guilds.get(int(guild_id))
        if guild is None or not guild.with_bot:
            raise DiscordError(10004)
        return guild

    def require_permission(self, channel: Channel, *needed: Permission) -> None:
        """Refuse with 50013 unless the bot has all of them in the channel; direct messages ask for none."""
        if channel.guild is not None:
            granted = channel.guild.permissions(self.bot, channel)
            if any(each not in granted for each in needed):
                raise DiscordError(50013)

    def offered_commands(self, guild: Guild | None) -> Sequence[Json]:
        """Give the registered commands that a person is offered in a guild, or outside of guilds."""
        own = [] if guild is None or not guild.with_bot else self.commands.get(guild.id, [])
        return [*self.commands.get(None, []), *own]

    def is_hidden(self, message: Message) -> bool:
        """Whether the bot may not read a message's content, having no message-content intent."""
        private = message.channel.guild is None
        return not (private or message.author is self.bot or self.bot in message.mentions)
