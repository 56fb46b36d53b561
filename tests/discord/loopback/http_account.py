"""Answers about the bot's own account, its application and its registered commands.

It must not know messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.loopback import endpoints
from tests.discord.loopback.payloads import GUILD_INSTALL
from tests.discord.loopback.rules.commands import CHAT_INPUT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.hub import Hub
    from tests.discord.loopback.journal import Request
    from tests.discord.loopback.wire import Json


async def me(hub: Hub, request: Request) -> Json:
    """Give the bot's own account."""
    return {**hub.world.bot.wire(), "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}


async def application(hub: Hub, request: Request) -> Json:
    """Give the application behind the bot."""
    return {
        "id": str(hub.world.bot.id),
        "name": hub.world.bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": hub.world.owner.wire(),
        "approximate_guild_count": len(hub.world.bot_guilds()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "bot_public": True,
        "bot_require_code_grant": False,
        "event_webhooks_status": 1,
        "integration_types_config": {"0": {}, "1": {}},
    }


async def gateway(hub: Hub, request: Request) -> Json:
    """Give the gateway's address."""
    return {"url": hub.gateway.url}


async def gateway_bot(hub: Hub, request: Request) -> Json:
    """Give the gateway's address with how often one may IDENTIFY today."""
    used = len(hub.gateway.identifies)
    limit = {"total": 1000, "remaining": 1000 - used, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": hub.gateway.url, "shards": 1, "session_start_limit": limit}


async def my_guilds(hub: Hub, request: Request) -> list[Json]:
    """Give the servers that the bot is in."""
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(guild.permissions(hub.world.bot))),
            "features": [],
        }
        for guild in hub.world.bot_guilds()
    ]


async def user(hub: Hub, request: Request) -> Json:
    """Give any account."""
    return hub.world.require_user(request.parameters["user_id"]).wire()


async def open_dm(hub: Hub, request: Request) -> Json:
    """Open the direct messages with somebody."""
    return hub.world.dm(hub.world.require_user(request.fields["recipient_id"])).wire()


def _scope(request: Request) -> int | None:
    guild = request.parameters.get("guild_id")
    return None if guild is None else int(guild)


async def commands(hub: Hub, request: Request) -> list[Json]:
    """Give the commands registered globally or for a guild."""
    return hub.world.commands.get(_scope(request), [])


async def put_commands(hub: Hub, request: Request) -> list[Json]:
    """Replace the commands registered globally or for a guild; those of the same name keep their id."""
    scope = _scope(request)
    asked: list[Json] = request.body if isinstance(request.body, list) else []
    old = {(each["type"], each["name"]): each["id"] for each in hub.world.commands.get(scope, [])}
    registered: list[Json] = []
    for command in asked:
        kind = command.get("type", CHAT_INPUT)
        known: Json = {
            "description": "",
            "options": [],
            "default_member_permissions": None,
            "nsfw": False,
            "contexts": None,
            **command,
            "integration_types": command.get("integration_types") or [GUILD_INSTALL],
            "type": kind,
            "id": old.get((kind, command["name"])) or str(hub.world.new_id()),
            "application_id": str(hub.world.bot.id),
            "version": str(hub.world.new_id()),
        }
        if known["default_member_permissions"] is not None:
            known["default_member_permissions"] = str(known["default_member_permissions"])
        if scope is not None:
            known["guild_id"] = str(scope)
        registered.append(known)
    hub.world.commands[scope] = registered
    return registered


ANSWERS: dict[Endpoint, Callable[[Hub, Request], Awaitable[Any]]] = {
    endpoints.ME: me,
    endpoints.APPLICATION: application,
    endpoints.APPLICATION_OF_TOKEN: application,
    endpoints.GATEWAY: gateway,
    endpoints.GATEWAY_BOT: gateway_bot,
    endpoints.MY_GUILDS: my_guilds,
    endpoints.USER: user,
    endpoints.OPEN_DM: open_dm,
    endpoints.COMMANDS: commands,
    endpoints.PUT_COMMANDS: put_commands,
    endpoints.GUILD_COMMANDS: commands,
    endpoints.PUT_GUILD_COMMANDS: put_commands,
}
"""What each endpoint of this part answers; None means 204."""
