"""Messages that no interaction asked for: posted once, whatever happens between the posting and the noting of it.

It must not know what they say.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.discord_adapter.debate_places import INVALID_FORM, Places
from bot.discord_adapter.layout import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.discord_adapter.client import DilemmaClient

NONCE_LENGTH: Final = 25
"""Characters that Discord takes."""

_OTHER: Final = {Style.CARD: Style.PLAIN, Style.PLAIN: Style.CARD}


def nonce_of(*what: object) -> str:
    """Make the sign by which Discord knows a message of the last minutes again: the same for the same thing."""
    return hashlib.sha256(repr(what).encode()).hexdigest()[:NONCE_LENGTH]


async def post(client: DilemmaClient, channel_id: int, payload: Mapping[str, Any], nonce: str) -> int:
    """Post a message, and give its id; one that was posted with this nonce is not posted again.

    Raises discord.HTTPException where Discord does not let us.
    """
    return await Places(client).send(channel_id, payload, nonce=nonce)


async def change(
    client: DilemmaClient, channel_id: int, message_id: int, make: Callable[[Style], Mapping[str, Any]], style: Style
) -> None:
    """Put what `make` gives for a style in place of a message; the other style is tried where Discord refuses.

    A message keeps its style for ever, and moderators may have chosen another since. Raises discord.HTTPException.
    """
    try:
        await Places(client).edit(channel_id, message_id, make(style))
    except discord.HTTPException as refused:
        if refused.code != INVALID_FORM:
            raise
        await Places(client).edit(channel_id, message_id, make(_OTHER[style]))
