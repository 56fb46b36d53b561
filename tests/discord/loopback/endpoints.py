"""The endpoints of Discord's HTTP API that the stand-in knows, named as in Discord's OpenAPI document.

It must not know how they are answered.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method and a path template below the API's base; with `needs_token` False the path itself authorises."""

    method: str
    path: str
    needs_token: bool = True

    def __str__(self) -> str:
        """Give `METHOD /path`."""
        return f"{self.method} {self.path}"


ME = Endpoint("GET", "/users/@me")
APPLICATION_OF_TOKEN = Endpoint("GET", "/oauth2/applications/@me")
APPLICATION = Endpoint("GET", "/applications/@me")
GATEWAY = Endpoint("GET", "/gateway", needs_token=False)
GATEWAY_BOT = Endpoint("GET", "/gateway/bot")
USER = Endpoint("GET", "/users/{user_id}")
OPEN_DM = Endpoint("POST", "/users/@me/channels")
MY_GUILDS = Endpoint("GET", "/users/@me/guilds")
LEAVE_GUILD = Endpoint("DELETE", "/users/@me/guilds/{guild_id}")

COMMANDS = Endpoint("GET", "/applications/{application_id}/commands")
PUT_COMMANDS = Endpoint("PUT", "/applications/{application_id}/commands")
GUILD_COMMANDS = Endpoint("GET", "/applications/{application_id}/guilds/{guild_id}/commands")
PUT_GUILD_COMMANDS = Endpoint("PUT", "/applications/{application_id}/guilds/{guild_id}/commands")

GUILD = Endpoint("GET", "/guilds/{guild_id}")
GUILD_CHANNELS = Endpoint("GET", "/guilds/{guild_id}/channels")
GUILD_ROLES = Endpoint("GET", "/guilds/{guild_id}/roles")
MEMBER = Endpoint("GET", "/guilds/{guild_id}/members/{user_id}")
GIVE_ROLE = Endpoint("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
TAKE_ROLE = Endpoint("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}")
ACTIVE_THREADS = Endpoint("GET", "/guilds/{guild_id}/threads/active")

EVENTS = Endpoint("GET", "/guilds/{guild_id}/scheduled-events")
MAKE_EVENT = Endpoint("POST", "/guilds/{guild_id}/scheduled-events")
DELETE_EVENT = Endpoint("DELETE", "/guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}")

CHANNEL = Endpoint("GET", "/channels/{channel_id}")
EDIT_CHANNEL = Endpoint("PATCH", "/channels/{channel_id}")
DELETE_CHANNEL = Endpoint("DELETE", "/channels/{channel_id}")
TYPING = Endpoint("POST", "/channels/{channel_id}/typing")
START_THREAD = Endpoint("POST", "/channels/{channel_id}/threads")
START_THREAD_FROM_MESSAGE = Endpoint("POST", "/channels/{channel_id}/messages/{message_id}/threads")
JOIN_THREAD = Endpoint("PUT", "/channels/{channel_id}/thread-members/@me")
LEAVE_THREAD = Endpoint("DELETE", "/channels/{channel_id}/thread-members/@me")
ADD_TO_THREAD = Endpoint("PUT", "/channels/{channel_id}/thread-members/{user_id}")
REMOVE_FROM_THREAD = Endpoint("DELETE", "/channels/{channel_id}/thread-members/{user_id}")
THREAD_MEMBERS = Endpoint("GET", "/channels/{channel_id}/thread-members")

MESSAGES = Endpoint("GET", "/channels/{channel_id}/messages")
SEND = Endpoint("POST", "/channels/{channel_id}/messages")
MESSAGE = Endpoint("GET", "/channels/{channel_id}/messages/{message_id}")
EDIT = Endpoint("PATCH", "/channels/{channel_id}/messages/{message_id}")
DELETE = Endpoint("DELETE", "/channels/{channel_id}/messages/{message_id}")
PIN = Endpoint("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
UNPIN = Endpoint("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
REACT = Endpoint("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me")
UNREACT = Endpoint("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me")

CALLBACK = Endpoint("POST", "/interactions/{interaction_id}/{interaction_token}/callback", needs_token=False)
FOLLOW_UP = Endpoint("POST", "/webhooks/{webhook_id}/{webhook_token}", needs_token=False)
ORIGINAL = Endpoint("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", needs_token=False)
EDIT_ORIGINAL = Endpoint("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", needs_token=False)
DELETE_ORIGINAL = Endpoint("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", needs_token=False)
FOLLOW_UP_MESSAGE = Endpoint("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", needs_token=False)
EDIT_FOLLOW_UP = Endpoint("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", needs_token=False)
DELETE_FOLLOW_UP = Endpoint("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", needs_token=False)

CREATING = frozenset({SEND, FOLLOW_UP})
"""Requests whose body is a whole new message."""
EDITING = frozenset({EDIT, EDIT_ORIGINAL, EDIT_FOLLOW_UP})
"""Requests whose body changes parts of a message."""
