"""Weekdays, days and time zones, to choose from while a command is typed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from discord.app_commands import Choice

from bot.values.zones import zones
from bot.wire.page.language import to_say, words_for
from bot.wire.page.limits import MOST_CHOICES

if TYPE_CHECKING:
    from bot.wire.visit import Interaction

DAYS: Final = (
    to_say("Monday"),
    to_say("Tuesday"),
    to_say("Wednesday"),
    to_say("Thursday"),
    to_say("Friday"),
    to_say("Saturday"),
    to_say("Sunday"),
)


async def zones_offered(_interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer time zones by any part of their name, matches at its beginning first."""
    wanted = typed.strip().replace(" ", "_").casefold()
    found = [zone for zone in zones() if wanted in zone.casefold()]
    found.sort(key=lambda zone: not any(part.startswith(wanted) for part in zone.casefold().split("/")))
    return [Choice(name=zone, value=zone) for zone in found[:MOST_CHOICES]]


async def days_ahead_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer the days that come, with their weekdays."""
    words, wanted = words_for(interaction.locale), typed.strip().casefold()
    today = interaction.client.services.clock.now_utc().date()
    days = [today + timedelta(days=ahead) for ahead in range(MOST_CHOICES)]
    labels = {f"{words(DAYS[day.weekday()])} {day.isoformat()}": day.isoformat() for day in days}
    return [Choice(name=label, value=value) for label, value in labels.items() if wanted in label.casefold()]
