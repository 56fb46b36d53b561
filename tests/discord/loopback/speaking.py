"""What people write, and what they do to guilds, channels and threads.

It must not know HTTP, nor interactions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.discord.loopback.hub import Hub
from tests.discord.loopback.messages import Message
from tests.discord.loopback.people import Permission

if TYPE_CHECKING:
    from tests.discord.loopback.people import User
    from tests.discord.loopback.places import Channel, Guild
    from tests.discord.loopback.wire import Json

MENTION = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")


class Speaking(Hub):
    """People who write messages and run servers; the bot hears of all of it as far as its intents go."""

    async def say(
        self,
        user: User,
        channel: Channel,
        content: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        more: Json | None = None,
    ) -> Message:
        """Write a message. `<@id>` and `<@&id>` mention; a reply pings its author unless `ping` is off.

        A reply to an answer of an interaction pings nobody, which is why the bot cannot read it.
        """
        message = Message(self.world.new_id(), channel, user, content, reply_to=reply_to, more=more or {})
        named = [self.world.users[int(found)] for found in MENTION.findall(content) if int(found) in self.world.users]
        if reply_to is not None and ping and reply_to.interaction is None:
            named.append(reply_to.author)
        message.mentions = list(dict.fromkeys(named))
        message.mention_roles = list(map(int, ROLE.findall(content)))
        if channel.guild is not None and "@everyone" in content:
            message.mention_everyone = Permission.MENTION_EVERYONE in channel.guild.permissions(user, channel)
        return await self.post(message)

    async def mention(self, user: User, channel: Channel, content: str) -> Message:
        """Write a message that begins with a mention of the bot."""
        return await self.say(user, channel, f"{self.world.bot.mention} {content}")

    async def rewrite_own(self, message: Message, content: str) -> None:
        """Let somebody change the text of their message."""
        message.content = content
        message.edits += 1
        await self.tell_message("MESSAGE_UPDATE", message)

    async def delete(self, message: Message) -> None:
        """Let a message be deleted by a person."""
        message.deleted = True
        await self.tell_message("MESSAGE_DELETE", message)

    async def reply_to(self, message: Message) -> Message:
        """Wait for the bot's reply to a message."""

        def reply() -> Message | None:
            return next((each for each in self.world.from_bot(message.channel) if each.reply_to is message), None)

        return await self.until(reply, f"a reply to {message.content!r}")

    async def posted(self, channel: Channel, after: Message | None = None) -> Message:
        """Wait for the bot's first message in a channel, or for the first after another one."""
        start = 0 if after is None else after.id

        def found() -> Message | None:
            return next((each for each in self.world.from_bot(channel) if each.id > start), None)

        return await self.until(found, f"a message of the bot in {channel.name or 'the direct messages'!r}")

    async def invite_bot(self, guild: Guild) -> None:
        """Add the bot to a server that was there without it, or from which it was removed."""
        guild.with_bot = True
        if self.world.bot.id not in guild.members:
            self.world.join(guild, self.world.bot)
        # Without `unavailable`, by which a server that is back from an outage is told from one that is new.
        told = {key: value for key, value in guild.wire(self.world.bot).items() if key != "unavailable"}
        await self.tell("GUILD_CREATE", told, guild.id)

    async def kick_bot(self, guild: Guild) -> None:
        """Remove the bot from a server."""
        guild.with_bot = False
        guild.members.pop(self.world.bot.id, None)
        await self.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)

    async def outage(self, guild: Guild) -> None:
        """Let a server be unavailable at Discord; the bot has not been removed."""
        await self.tell("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild.id)

    async def announce(self, channel: Channel, *, is_new: bool = False) -> None:
        """Tell the bot of a channel or thread that a test has made or changed after it connected."""
        assert channel.guild is not None
        kind = "THREAD" if channel.is_thread else "CHANNEL"
        await self.tell(f"{kind}_{'CREATE' if is_new else 'UPDATE'}", channel.wire(), channel.guild.id)

    async def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """Archive a thread: the bot's writing there is refused with 50083 from now on."""
        thread.archived, thread.locked = True, locked
        await self.announce(thread)
