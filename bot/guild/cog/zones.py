"""Time zones to choose from while a command is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.app_commands import Choice

from bot.values.zones import zones
from bot.wire.page.limits import MOST_CHOICES

if TYPE_CHECKING:
    from bot.wire.visit import Interaction


async def zones_offered(_interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer time zones by any part of their name, matches at its beginning first."""
    wanted = typed.strip().replace(" ", "_").casefold()
    found = [zone for zone in zones() if wanted in zone.casefold()]
    found.sort(key=lambda zone: not any(part.startswith(wanted) for part in zone.casefold().split("/")))
    return [Choice(name=zone, value=zone) for zone in found[:MOST_CHOICES]]
