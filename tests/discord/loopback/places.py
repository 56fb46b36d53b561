"""Places of the stand-in: guilds, their channels and threads, direct messages and groups.

It must not know what is said there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from tests.discord.loopback.people import Member, Permission, Role, User
from tests.discord.loopback.wire import iso_time

if TYPE_CHECKING:
    from tests.discord.loopback.wire import Json


class ChannelType(IntEnum):
    """Discord's numbers of the kinds of channel."""

    TEXT = 0
    DM = 1
    VOICE = 2
    GROUP_DM = 3
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15


THREADS = frozenset({ChannelType.ANNOUNCEMENT_THREAD, ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD})
PRIVATE = frozenset({ChannelType.DM, ChannelType.GROUP_DM})


@dataclass(eq=False, slots=True)
class Channel:
    """A channel of any type.

    `guild` is None for direct messages and groups, which have `recipients` (the bot not among them); `parent` is set
    for threads. `allowed` and `denied` overwrite permissions by the id of a role or a user.
    """

    id: int
    type: ChannelType
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    recipients: list[User] = field(default_factory=list)
    owner_id: int = 0
    position: int = 0
    archived: bool = False
    locked: bool = False
    with_bot: bool = True
    thread_member_ids: set[int] = field(default_factory=set)
    pinned_ids: list[int] = field(default_factory=list)
    allowed: dict[int, Permission] = field(default_factory=dict)
    denied: dict[int, Permission] = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        """Whether it hangs below another channel."""
        return self.type in THREADS

    @property
    def is_private(self) -> bool:
        """Whether it is a direct message or a group."""
        return self.type in PRIVATE

    @property
    def mention(self) -> str:
        """What people type to link it."""
        return f"<#{self.id}>"

    def wire(self) -> Json:
        """Write it as Discord's channel object."""
        common: Json = {"id": str(self.id), "type": int(self.type), "last_message_id": None, "flags": 0}
        if self.guild is None:
            common["recipients"] = [user.wire() for user in self.recipients]
            if self.type is ChannelType.GROUP_DM:
                common |= {"name": self.name or None, "icon": None, "owner_id": str(self.owner_id)}
            return common
        common |= {"guild_id": str(self.guild.id), "name": self.name, "rate_limit_per_user": 0}
        if self.parent is not None:
            return common | {
                "parent_id": str(self.parent.id),
                "owner_id": str(self.owner_id),
                "message_count": 0,
                "member_count": len(self.thread_member_ids),
                "total_message_sent": 0,
                "thread_metadata": {
                    "archived": self.archived,
                    "locked": self.locked,
                    "auto_archive_duration": 1440,
                    "archive_timestamp": iso_time(self.id),
                    "create_timestamp": iso_time(self.id),
                    "invitable": True,
                },
            }
        if self.type in {ChannelType.VOICE, ChannelType.STAGE}:
            common |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        if self.type is ChannelType.FORUM:
            common |= {"available_tags": []}
        return common | {
            "position": self.position,
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "permission_overwrites": [
                {
                    "id": str(target),
                    "type": 0 if self.guild.role_ids() & {target} else 1,
                    "allow": str(int(self.allowed.get(target, 0))),
                    "deny": str(int(self.denied.get(target, 0))),
                }
                for target in sorted({*self.allowed, *self.denied})
            ],
        }


@dataclass(eq=False, slots=True)
class Guild:
    """A server. `with_bot` False: the bot was never added, though people may carry it there as their own app."""

    id: int
    name: str
    owner: User
    locale: str = "en-US"
    with_bot: bool = True
    roles: list[Role] = field(default_factory=list)
    members: dict[int, Member] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    events: dict[int, Json] = field(default_factory=dict)

    @property
    def everyone(self) -> Role:
        """The role that everybody has."""
        return self.roles[0]

    def role_ids(self) -> frozenset[int]:
        """Give the ids of all roles."""
        return frozenset(role.id for role in self.roles)

    def permissions(self, user: User, channel: Channel | None = None) -> Permission:
        """Work out what somebody may, in a channel or in the whole guild; strangers may nothing.

        Source: Discord's permission hierarchy. A thread has the permissions of its parent.
        """
        member = self.members.get(user.id)
        if member is None:
            return Permission.NONE
        roles = [self.everyone, *member.roles]
        granted = Permission.NONE
        for role in roles:
            granted |= role.permissions
        if user is self.owner or Permission.ADMINISTRATOR in granted:
            return Permission.EVERYTHING
        if channel is None:
            return granted
        place = channel.parent or channel
        for layer in ([self.everyone.id], [role.id for role in member.roles], [user.id]):
            for target in layer:
                granted &= ~place.denied.get(target, Permission.NONE)
            for target in layer:
                granted |= place.allowed.get(target, Permission.NONE)
        return granted

    def partial(self) -> Json:
        """Write the little of it that interactions carry."""
        return {"id": str(self.id), "locale": self.locale, "features": []}

    def wire(self, bot: User | None) -> Json:
        """Write it as GUILD_CREATE carries it (`bot`: the only member listed, as without the members intent)."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner.id),
            "preferred_locale": self.locale,
            "roles": [role.wire() for role in self.roles],
            "channels": [channel.wire() for channel in self.channels if not channel.is_thread],
            "threads": [channel.wire() for channel in self.channels if channel.is_thread and not channel.archived],
            "members": [self.members[bot.id].wire()] if bot is not None else [],
            "member_count": len(self.members),
            "large": False,
            "unavailable": False,
            "joined_at": iso_time(self.id),
            "emojis": [],
            "stickers": [],
            "features": [],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "icon": None,
            "description": None,
            "premium_tier": 0,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "system_channel_flags": 0,
        }
