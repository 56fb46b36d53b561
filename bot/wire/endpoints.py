"""Pointing Discord's library to where Discord is. It offers no setting for that, only two attributes of classes."""

from __future__ import annotations

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def connect_to(api_base: str, gateway_url: str) -> yarl.URL | None:
    """Send every request and every connection there; empty texts leave Discord. Do it before a client is made.

    Gives the gateway, which is to be used also where the API names another; None for Discord's.
    """
    if api_base:
        Route.BASE = api_base
    if not gateway_url:
        return None
    gateway = yarl.URL(gateway_url)
    DiscordWebSocket.DEFAULT_GATEWAY = gateway
    return gateway
