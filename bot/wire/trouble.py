"""Why the bot is not connected: what a person has to mend, and what passes by itself."""

from __future__ import annotations

from typing import Final

import aiohttp
import discord

from knowledge.errors import UserError

PORTAL: Final = "https://discord.com/developers/applications"

_WRONG_TOKEN: Final = (
    f"Discord does not know the token (401): open {PORTAL}, choose the application, press Reset Token under Bot, and "
    "put what it shows into DISCORD_TOKEN, or into the file that DISCORD_TOKEN_FILE names"
)
_INTENTS: Final = (
    "Discord does not grant the intents that were asked for (4014). Dilemma asks for no privileged one: check that the "
    f"application is not disabled at {PORTAL}, and that no proxy under `api_base` or `gateway_url` adds intents"
)
_SHARDS: Final = "Discord refuses the shards: correct `shard_count` and `shard_ids` under [discord]"
_OUTDATED: Final = "Discord no longer speaks this version of its protocol: update Dilemma"

FAILURES: Final = (discord.HTTPException, aiohttp.ClientError, OSError)
"""Raised by a request that Discord refuses, or that never reaches it."""

_CLOSES: Final = {
    4004: _WRONG_TOKEN,
    4010: _SHARDS,
    4011: "Discord wants more shards (4011): raise `shard_count` under [discord], or leave it to Discord with 0",
    4012: _OUTDATED,
    4013: _OUTDATED,
    4014: _INTENTS,
}
"""What the gateway's final close codes mean."""

_PASSING: Final = (OSError, aiohttp.ClientError, TimeoutError, discord.GatewayNotFound, discord.ConnectionClosed)


def mistake(error: BaseException) -> UserError | None:
    """Return what a person has to mend before the bot can connect, None for what may pass."""
    match error:
        case UserError():
            return error
        case discord.LoginFailure() | discord.HTTPException(status=401):
            return UserError(_WRONG_TOKEN)
        case discord.PrivilegedIntentsRequired():
            return UserError(_INTENTS)
        case discord.ConnectionClosed(code=code) if code in _CLOSES:
            return UserError(_CLOSES[code])
    return None


def passing(error: BaseException) -> str | None:
    """Return in a few words why the bot cannot connect for now; None for the unexpected."""
    match error:
        case discord.HTTPException(status=status):
            return f"Discord answers {status}"
        case discord.ConnectionClosed(code=code):
            return f"Discord closed the connection ({code})"
        case aiohttp.ClientConnectorError():
            return f"no connection to {error.host} ({error.os_error.strerror or 'the name is not known'})"
        case TimeoutError():
            return "Discord does not answer"
    return type(error).__name__ if isinstance(error, _PASSING) else None
