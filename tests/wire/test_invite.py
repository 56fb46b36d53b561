"""The link that invites the bot asks for what it needs, and for nothing else."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import discord

from bot.wire.client import PERMISSIONS, intents, invite_link

# Discord's documentation, "Permissions": the bits by hand.
BITS = {
    "VIEW_CHANNEL": 10,
    "SEND_MESSAGES": 11,
    "EMBED_LINKS": 14,
    "ATTACH_FILES": 15,
    "READ_MESSAGE_HISTORY": 16,
    "CREATE_PUBLIC_THREADS": 35,
    "SEND_MESSAGES_IN_THREADS": 38,
}


def test_link_asks_for_exactly_seven_permissions() -> None:
    """Their bits are those of Discord's documentation."""
    asked = parse_qs(urlsplit(invite_link(1234)).query)
    assert asked["client_id"] == ["1234"]
    assert int(asked["permissions"][0]) == sum(1 << bit for bit in BITS.values())
    assert asked["scope"][0].split() == ["bot", "applications.commands"]
    assert asked["integration_type"] == ["0"]


def test_no_power_over_people_is_asked_for() -> None:
    """Neither administration nor moderation, and no ping of everyone."""
    assert not PERMISSIONS & (discord.Permissions.elevated() | discord.Permissions(mention_everyone=True))


def test_no_intent_needs_approval() -> None:
    """Guilds and messages, without members, presences and content."""
    wanted = intents()
    assert (wanted.guilds, wanted.guild_messages, wanted.dm_messages) == (True, True, True)
    assert (wanted.members, wanted.presences, wanted.message_content) == (False, False, False)
    assert wanted.value.bit_count() == 3
