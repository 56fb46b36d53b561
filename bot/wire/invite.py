"""The link by which a guild takes the bot in, with exactly the permissions that it needs."""

from __future__ import annotations

from typing import Final

import discord

SCOPES: Final = ("bot", "applications.commands")

INTO_A_GUILD: Final = 0
"""Discord's number for installing into a guild; 1 stands for a person's own account."""

PERMISSIONS: Final = discord.Permissions(
    view_channel=True,  # to be mentioned
    send_messages=True,  # to answer
    send_messages_in_threads=True,
    create_public_threads=True,  # a debate has a thread of its own
    embed_links=True,  # cards
    attach_files=True,  # the chart of /stats, exports
    read_message_history=True,  # to reply to a message
)


def invite_link(application_id: int) -> str:
    """Return the link; whoever opens it chooses the guild, and needs the permission Manage Server there.

    The bot can be a person's own, too: so the link says that a guild is meant.
    """
    link = discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)
    return f"{link}&integration_type={INTO_A_GUILD}"
