"""Answers about guilds, members, roles, channels and threads.

It must not know what is said in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.loopback import endpoints
from tests.discord.loopback.people import Permission
from tests.discord.loopback.places import ChannelType
from tests.discord.loopback.wire import DiscordError, Json, iso_time

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.hub import Hub
    from tests.discord.loopback.journal import Request
    from tests.discord.loopback.people import Member, Role
    from tests.discord.loopback.places import Channel, Guild


def _guild(hub: Hub, request: Request) -> Guild:
    return hub.world.require_guild(request.parameters["guild_id"])


def _channel(hub: Hub, request: Request) -> Channel:
    return hub.world.require_channel(request.parameters["channel_id"])


def _guild_id(channel: Channel) -> int | None:
    return channel.guild.id if channel.guild else None


async def guild(hub: Hub, request: Request) -> Json:
    """Give a server."""
    return _guild(hub, request).wire(hub.world.bot)


async def guild_channels(hub: Hub, request: Request) -> list[Json]:
    """Give a server's channels without threads."""
    return [channel.wire() for channel in _guild(hub, request).channels if not channel.is_thread]


async def guild_roles(hub: Hub, request: Request) -> list[Json]:
    """Give a server's roles."""
    return [role.wire() for role in _guild(hub, request).roles]


async def active_threads(hub: Hub, request: Request) -> Json:
    """Give a server's threads that are not archived."""
    threads = [each.wire() for each in _guild(hub, request).channels if each.is_thread and not each.archived]
    return {"threads": threads, "members": [], "has_more": False}


async def events(hub: Hub, request: Request) -> list[Json]:
    """Give a server's scheduled events."""
    return list(_guild(hub, request).events.values())


async def make_event(hub: Hub, request: Request) -> Json:
    """Make a scheduled event, where the bot may."""
    place = _guild(hub, request)
    if Permission.CREATE_EVENTS not in place.permissions(hub.world.bot):
        raise DiscordError(50013)
    number = hub.world.new_id()
    made = {"channel_id": None, "description": None, "image": None, "entity_id": None, **request.fields}
    made |= {"id": str(number), "guild_id": str(place.id), "creator_id": str(hub.world.bot.id), "status": 1}
    made |= {"recurrence_rule": None, "user_rsvp": None, "guild_scheduled_event_exceptions": []}
    place.events[number] = made
    return made


async def delete_event(hub: Hub, request: Request) -> None:
    """Delete a scheduled event."""
    if _guild(hub, request).events.pop(int(request.parameters["guild_scheduled_event_id"]), None) is None:
        raise DiscordError(10070)


def _member(hub: Hub, request: Request) -> Member:
    found = _guild(hub, request).members.get(int(request.parameters["user_id"]))
    if found is None:
        raise DiscordError(10007)
    return found


async def member(hub: Hub, request: Request) -> Json:
    """Give one member of a server."""
    return _member(hub, request).wire()


def _role_to_change(hub: Hub, request: Request) -> Role:
    place = _guild(hub, request)
    if Permission.MANAGE_ROLES not in place.permissions(hub.world.bot):
        raise DiscordError(50013)
    return next(role for role in place.roles if role.id == int(request.parameters["role_id"]))


async def give_role(hub: Hub, request: Request) -> None:
    """Give somebody a role."""
    role, receiver = _role_to_change(hub, request), _member(hub, request)
    if role not in receiver.roles:
        receiver.roles.append(role)


async def take_role(hub: Hub, request: Request) -> None:
    """Take a role from somebody."""
    role, loser = _role_to_change(hub, request), _member(hub, request)
    if role in loser.roles:
        loser.roles.remove(role)


async def leave_guild(hub: Hub, request: Request) -> None:
    """Let the bot leave a server."""
    left = _guild(hub, request)
    left.with_bot = False
    await hub.tell("GUILD_DELETE", {"id": str(left.id)}, left.id)


async def channel(hub: Hub, request: Request) -> Json:
    """Give a channel."""
    return _channel(hub, request).wire()


async def edit_channel(hub: Hub, request: Request) -> Json:
    """Rename a channel, or rename, archive and lock a thread."""
    changed = _channel(hub, request)
    if changed.archived and request.fields.get("archived") is not False:
        raise DiscordError(50083)
    own = changed.is_thread and changed.owner_id == hub.world.bot.id and "locked" not in request.fields
    if not own:
        needed = Permission.MANAGE_THREADS if changed.is_thread else Permission.MANAGE_CHANNELS
        hub.world.require_permission(changed, needed)
    changed.name = request.fields.get("name", changed.name)
    changed.archived = request.fields.get("archived", changed.archived)
    changed.locked = request.fields.get("locked", changed.locked)
    event = "THREAD_UPDATE" if changed.is_thread else "CHANNEL_UPDATE"
    await hub.tell(event, changed.wire(), _guild_id(changed))
    return changed.wire()


async def delete_channel(hub: Hub, request: Request) -> Json:
    """Delete a channel or a thread."""
    deleted = _channel(hub, request)
    needed = Permission.MANAGE_THREADS if deleted.is_thread else Permission.MANAGE_CHANNELS
    hub.world.require_permission(deleted, needed)
    await hub.remove_channel(deleted)
    return deleted.wire()


async def typing(hub: Hub, request: Request) -> None:
    """Note that the bot types."""
    hub.typing.append(_channel(hub, request))
    hub.changed()


async def start_thread(hub: Hub, request: Request) -> Json:
    """Start a thread below a channel or a message, which has that message's id; only one below each message."""
    parent = _channel(hub, request)
    if parent.type not in {ChannelType.TEXT, ChannelType.ANNOUNCEMENT}:
        raise DiscordError(50024)
    private = request.fields.get("type") == ChannelType.PRIVATE_THREAD
    if private and parent.type is not ChannelType.TEXT:
        raise DiscordError(50024, detail="private threads exist in text channels only")
    needed = Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS
    hub.world.require_permission(parent, needed)
    if "message_id" in request.parameters:
        hub.world.require_message(parent, request.parameters["message_id"])
        if int(request.parameters["message_id"]) in hub.world.channels:
            raise DiscordError(160004)
    thread = hub.world.thread(parent, request.fields["name"], private=private)
    if "message_id" in request.parameters:
        del hub.world.channels[thread.id]
        thread.id = int(request.parameters["message_id"])
        hub.world.channels[thread.id] = thread
    await hub.tell("THREAD_CREATE", {**thread.wire(), "newly_created": True}, _guild_id(thread))
    return {**thread.wire(), "member": _thread_member(thread, hub.world.bot.id)}


def _thread_member(thread: Channel, user_id: int) -> Json:
    return {"id": str(thread.id), "user_id": str(user_id), "join_timestamp": iso_time(thread.id), "flags": 0}


async def add_to_thread(hub: Hub, request: Request) -> None:
    """Add the bot, or somebody, to a thread."""
    thread = _channel(hub, request)
    if thread.archived:
        raise DiscordError(50083)
    thread.thread_member_ids.add(int(request.parameters.get("user_id", hub.world.bot.id)))


async def remove_from_thread(hub: Hub, request: Request) -> None:
    """Remove the bot, or somebody, from a thread."""
    thread = _channel(hub, request)
    thread.thread_member_ids.discard(int(request.parameters.get("user_id", hub.world.bot.id)))


async def thread_members(hub: Hub, request: Request) -> list[Json]:
    """Give who is in a thread."""
    thread = _channel(hub, request)
    return [_thread_member(thread, user_id) for user_id in sorted(thread.thread_member_ids)]


ANSWERS: dict[Endpoint, Callable[[Hub, Request], Awaitable[Any]]] = {
    endpoints.GUILD: guild,
    endpoints.GUILD_CHANNELS: guild_channels,
    endpoints.GUILD_ROLES: guild_roles,
    endpoints.ACTIVE_THREADS: active_threads,
    endpoints.EVENTS: events,
    endpoints.MAKE_EVENT: make_event,
    endpoints.DELETE_EVENT: delete_event,
    endpoints.MEMBER: member,
    endpoints.GIVE_ROLE: give_role,
    endpoints.TAKE_ROLE: take_role,
    endpoints.LEAVE_GUILD: leave_guild,
    endpoints.CHANNEL: channel,
    endpoints.EDIT_CHANNEL: edit_channel,
    endpoints.DELETE_CHANNEL: delete_channel,
    endpoints.TYPING: typing,
    endpoints.START_THREAD: start_thread,
    endpoints.START_THREAD_FROM_MESSAGE: start_thread,
    endpoints.JOIN_THREAD: add_to_thread,
    endpoints.LEAVE_THREAD: remove_from_thread,
    endpoints.ADD_TO_THREAD: add_to_thread,
    endpoints.REMOVE_FROM_THREAD: remove_from_thread,
    endpoints.THREAD_MEMBERS: thread_members,
}
"""What each endpoint of this part answers; None means 204."""
