"""Answers about messages in channels: sending, reading, changing, deleting, pinning, reacting.

It must not know interactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.loopback import endpoints
from tests.discord.loopback.people import Permission
from tests.discord.loopback.places import ChannelType
from tests.discord.loopback.rules.messages import is_empty
from tests.discord.loopback.wire import DiscordError, Json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.hub import Hub
    from tests.discord.loopback.journal import Request
    from tests.discord.loopback.messages import Message
    from tests.discord.loopback.places import Channel


def _channel(hub: Hub, request: Request) -> Channel:
    return hub.world.require_channel(request.parameters["channel_id"])


def _message(hub: Hub, request: Request) -> Message:
    return hub.world.require_message(_channel(hub, request), request.parameters["message_id"])


def _require_writable(hub: Hub, channel: Channel) -> None:
    if channel.type is ChannelType.DM and not all(user.accepts_dms for user in channel.recipients):
        raise DiscordError(50007)
    if channel.archived or channel.locked:
        raise DiscordError(50083)
    writing = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    hub.world.require_permission(channel, writing)


async def send(hub: Hub, request: Request) -> Json:
    """Post a message of the bot; with `enforce_nonce` one that is there already is given back instead."""
    channel, body = _channel(hub, request), request.fields
    _require_writable(hub, channel)
    if is_empty(body, request.files):
        raise DiscordError(50006)
    if request.files:
        hub.world.require_permission(channel, Permission.ATTACH_FILES)
    if body.get("enforce_nonce"):
        for earlier in hub.world.from_bot(channel):
            if earlier.nonce is not None and str(earlier.nonce) == str(body.get("nonce")):
                return earlier.wire()
    reference = body.get("message_reference")
    answered = None
    if reference:
        if channel.guild is not None and Permission.READ_MESSAGE_HISTORY not in channel.guild.permissions(
            hub.world.bot, channel
        ):
            raise DiscordError(160002)
        answered = hub.world.messages.get(int(reference["message_id"]))
        if answered is None or answered.deleted:
            answered = None
            if reference.get("fail_if_not_exists", True):
                raise DiscordError(50035, detail="message_reference: Unknown message")
    message = hub.bot_message(channel, body, request.files, reply_to=answered)
    await hub.post(message)
    return message.wire()


async def read(hub: Hub, request: Request) -> Json:
    """Give one message, without content where the bot may not read it."""
    message = _message(hub, request)
    hub.world.require_permission(message.channel, Permission.READ_MESSAGE_HISTORY)
    return message.wire(hidden=hub.world.is_hidden(message))


async def read_many(hub: Hub, request: Request) -> list[Json]:
    """Give messages of a channel, newest first."""
    channel = _channel(hub, request)
    hub.world.require_permission(channel, Permission.READ_MESSAGE_HISTORY)
    after, before = int(request.query.get("after", 0)), int(request.query.get("before", 1 << 63))
    found = [each for each in hub.world.channel_messages(channel) if after < each.id < before]
    limit = int(request.query.get("limit", 50))
    chosen = found[:limit] if after else found[-limit:]
    return [each.wire(hidden=hub.world.is_hidden(each)) for each in reversed(chosen)]


async def edit(hub: Hub, request: Request) -> Json:
    """Change a message of the bot."""
    message = _message(hub, request)
    if message.author is not hub.world.bot:
        raise DiscordError(50005, 403, "Cannot edit a message authored by another user")
    if message.channel.archived:
        raise DiscordError(50083)
    hub.rewrite(message, request.fields, request.files)
    message.edits += 1
    await hub.tell_message("MESSAGE_UPDATE", message)
    return message.wire()


async def delete(hub: Hub, request: Request) -> None:
    """Delete a message; those of others need the permission."""
    message = _message(hub, request)
    if message.author is not hub.world.bot:
        hub.world.require_permission(message.channel, Permission.MANAGE_MESSAGES)
    if message.channel.archived:
        raise DiscordError(50083)
    message.deleted = True
    await hub.tell_message("MESSAGE_DELETE", message)


async def pin(hub: Hub, request: Request) -> None:
    """Pin a message."""
    message = _message(hub, request)
    hub.world.require_permission(message.channel, Permission.PIN_MESSAGES)
    if message.id not in message.channel.pinned_ids:
        message.channel.pinned_ids.append(message.id)


async def unpin(hub: Hub, request: Request) -> None:
    """Take a message off the pins."""
    message = _message(hub, request)
    hub.world.require_permission(message.channel, Permission.PIN_MESSAGES)
    if message.id in message.channel.pinned_ids:
        message.channel.pinned_ids.remove(message.id)


async def react(hub: Hub, request: Request) -> None:
    """Put an emoji below a message."""
    message = _message(hub, request)
    hub.world.require_permission(message.channel, Permission.ADD_REACTIONS, Permission.READ_MESSAGE_HISTORY)
    message.reactions.append(request.parameters["emoji_name"])
    hub.changed()


async def unreact(hub: Hub, request: Request) -> None:
    """Take an emoji of the bot away."""
    message = _message(hub, request)
    if request.parameters["emoji_name"] in message.reactions:
        message.reactions.remove(request.parameters["emoji_name"])
    hub.changed()


ANSWERS: dict[Endpoint, Callable[[Hub, Request], Awaitable[Any]]] = {
    endpoints.SEND: send,
    endpoints.MESSAGES: read_many,
    endpoints.MESSAGE: read,
    endpoints.EDIT: edit,
    endpoints.DELETE: delete,
    endpoints.PIN: pin,
    endpoints.UNPIN: unpin,
    endpoints.REACT: react,
    endpoints.UNREACT: unreact,
}
"""What each endpoint of this part answers; None means 204."""
