"""What all parts of the stand-in share: its state, who is to be told of changes, and waiting for them.

It must not know HTTP.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from tests.discord.loopback import session as gate
from tests.discord.loopback.faults import Faults
from tests.discord.loopback.gateway import Gateway
from tests.discord.loopback.journal import Journal
from tests.discord.loopback.messages import Attachment, Message, received_components
from tests.discord.loopback.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.discord.loopback.exchange import Interaction
    from tests.discord.loopback.people import User
    from tests.discord.loopback.places import Channel
    from tests.discord.loopback.wire import Json

Found = TypeVar("Found")
PATIENCE_S = 30.0
"""Waits give up after this long; a healthy bot answers in milliseconds."""
GLANCE_S = 0.02
"""Waits look again at least this often, for what changes outside of the stand-in makes no news here."""


@dataclass
class Hub:
    """State and messengers of the stand-in. `interactions` are by token."""

    world: World = field(default_factory=World)
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    typing: list[Channel] = field(default_factory=list)
    """Where the bot was seen typing, in order."""
    gateway: Gateway = field(init=False)
    _news: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def __post_init__(self) -> None:
        """Open the gateway's books."""
        self.gateway = Gateway(self.world, self.changed)

    def changed(self) -> None:
        """Wake everybody who waits for something."""
        self._news.set()
        self._news = asyncio.Event()

    async def until(self, look: Callable[[], Found | None], what: str, patience_s: float = PATIENCE_S) -> Found:
        """Wait until `look` gives something true, and give that; AssertionError names `what` did not come."""
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    news = self._news
                    if found := look():
                        return found
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), GLANCE_S)
        except TimeoutError:
            last = "\n".join(f"  {each.method} {each.path}" for each in self.journal.requests[-10:]) or "  none"
            violations = "\n".join(f"  {each}" for each in self.journal.violations) or "  none"
            raise AssertionError(
                f"waited {patience_s} s in vain for {what}\nlast requests:\n{last}\nviolations:\n{violations}"
            ) from None

    async def tell(self, event: str, content: Json, guild_id: int | None, intents: int = gate.GUILDS) -> None:
        """Send an event to the bot; in direct messages no intent is needed but the one given."""
        await self.gateway.dispatch(event, content, guild_id, intents)
        self.changed()

    async def tell_message(self, event: str, message: Message) -> None:
        """Send a message event, with the content left out where the bot may not read it, if it is there at all."""
        guild = message.channel.guild
        if message.viewer is not None or not self.world.bot_sees(message.channel):
            self.changed()
            return
        if event == "MESSAGE_DELETE":
            content: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
        else:
            content = message.wire(hidden=self.world.is_hidden(message))
        if guild is not None:
            content["guild_id"] = str(guild.id)
            if message.author.id in guild.members:
                content["member"] = guild.members[message.author.id].wire(with_user=False)
        else:
            content["channel_type"] = int(message.channel.type)
        intents = gate.DIRECT_MESSAGES if guild is None else gate.GUILD_MESSAGES
        await self.tell(event, content, guild.id if guild else None, intents)

    async def remove_channel(self, channel: Channel) -> None:
        """Take a channel or a thread out of the world and tell the bot."""
        self.world.channels.pop(channel.id, None)
        if channel.guild is not None:
            channel.guild.channels.remove(channel)
            event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
            await self.tell(event, channel.wire(), channel.guild.id)

    async def post(self, message: Message) -> Message:
        """Put a message into its channel and tell the bot."""
        self.world.messages[message.id] = message
        await self.tell_message("MESSAGE_CREATE", message)
        return message

    def bot_message(
        self,
        channel: Channel,
        body: Json,
        files: Mapping[str, bytes],
        *,
        answers: Json | None = None,
        viewer: User | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Make a message from a request's body; it is not posted yet."""
        message = Message(self.world.new_id(), channel, self.world.bot, reply_to=reply_to, interaction=answers)
        message.viewer = viewer
        message.nonce = body.get("nonce")
        self.rewrite(message, body, files)
        return message

    def rewrite(self, message: Message, body: Json, files: Mapping[str, bytes]) -> None:
        """Change a message as a request's body says: keys that are not there leave their part as it is."""
        message.sent = body
        if "content" in body:
            message.content = body["content"] or ""
        if "embeds" in body:
            message.embeds = body["embeds"] or []
        if "flags" in body:
            message.flags |= body["flags"] or 0
        if "attachments" in body or files:
            message.attachments = self._attachments(message, body, files)
        if "components" in body:
            message.components = received_components(body["components"] or [], message.attachments)

    def _attachments(self, message: Message, body: Json, files: Mapping[str, bytes]) -> list[Attachment]:
        listed: list[Json] = body.get("attachments") or []
        kept = [each for each in message.attachments if str(each.id) in {str(entry["id"]) for entry in listed}]
        described: dict[str, Any] = {entry["filename"]: entry for entry in listed if "filename" in entry}
        for name, content in files.items():
            kind = "image/png" if name.endswith(".png") else "text/plain"
            alt_text = described.get(name, {}).get("description")
            kept.append(Attachment(self.world.new_id(), name, content, alt_text, kind))
        return kept
