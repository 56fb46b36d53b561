"""People of the stand-in: users, roles, and members of guilds.

It must not know what they do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING

from tests.discord.loopback.wire import iso_time

if TYPE_CHECKING:
    from tests.discord.loopback.wire import Json


class Permission(IntFlag):
    """Discord's permission bits, as far as a bot of this kind meets them."""

    NONE = 0
    KICK_MEMBERS = 1 << 1
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51

    MEMBER = (
        ADD_REACTIONS
        | VIEW_CHANNEL
        | SEND_MESSAGES
        | EMBED_LINKS
        | ATTACH_FILES
        | READ_MESSAGE_HISTORY
        | USE_APPLICATION_COMMANDS
        | CREATE_PUBLIC_THREADS
        | CREATE_PRIVATE_THREADS
        | SEND_MESSAGES_IN_THREADS
    )
    """What everyone may in a guild that nobody has changed."""

    MODERATOR = MEMBER | KICK_MEMBERS | MANAGE_CHANNELS | MANAGE_GUILD | MANAGE_MESSAGES | MODERATE_MEMBERS
    EVERYTHING = (1 << 53) - 1


@dataclass(eq=False, slots=True)
class User:
    """An account. `locale` is the language of its client; `accepts_dms` False refuses the bot's messages (50007)."""

    id: int
    name: str
    locale: str = "en-US"
    is_bot: bool = False
    accepts_dms: bool = True

    @property
    def mention(self) -> str:
        """What others type to ping the account."""
        return f"<@{self.id}>"

    def wire(self) -> Json:
        """Write it as Discord's user object."""
        return {
            "id": str(self.id),
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.is_bot else self.name.title(),
            "avatar": None,
            "bot": self.is_bot,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
            "avatar_decoration_data": None,
        }


@dataclass(eq=False, slots=True)
class Role:
    """A role of a guild; the one with the guild's own id is @everyone. `bot_id` is the bot that it was made for."""

    id: int
    name: str
    permissions: Permission
    position: int = 1
    bot_id: int | None = None

    def wire(self) -> Json:
        """Write it as Discord's role object."""
        tags: Json = {} if self.bot_id is None else {"tags": {"bot_id": str(self.bot_id)}}
        return tags | {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.bot_id is not None,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
        }


@dataclass(eq=False, slots=True)
class Member:
    """A user in one guild, with the roles there (without @everyone)."""

    user: User
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None

    def wire(self, *, with_user: bool = True) -> Json:
        """Write it as Discord's member object; messages carry it without the user."""
        written: Json = {
            "roles": [str(role.id) for role in self.roles],
            "nick": self.nick,
            "joined_at": iso_time(self.user.id),
            "avatar": None,
            "banner": None,
            "communication_disabled_until": None,
            "premium_since": None,
            "pending": False,
            "mute": False,
            "deaf": False,
            "flags": 0,
        }
        if with_user:
            written["user"] = self.user.wire()
        return written
