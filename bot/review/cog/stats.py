"""A guild's figures: as a picture, and as text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.moderators import seat_of
from bot.process import drawing
from bot.review.cog import figures as figures_layout
from bot.review.service import chart as charting
from bot.review.service.reviews import Reviews
from bot.wire.page.language import drawn_in
from bot.wire.visit import Cost, visit

if TYPE_CHECKING:
    from bot.wire.visit import Interaction

DAYS: Final = 30


@app_commands.command(
    name=locale_str("stats"), description=locale_str("What was asked in this server, and was it helpful?")
)
@app_commands.rename(days=locale_str("days"))
@app_commands.describe(days=locale_str("How far to look back"))
@app_commands.choices(
    days=[
        Choice(name=locale_str("7 days"), value=7),
        Choice(name=locale_str("30 days"), value=30),
        Choice(name=locale_str("90 days"), value=90),
    ]
)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def stats(interaction: Interaction, days: int = DAYS) -> None:
    """Count and draw, for this person; moderators read which questions stayed unanswered, too."""
    async with visit(interaction, Cost.QUESTION) as here:
        seat = await seat_of(interaction)
        reviews = await here.services.get(Reviews)
        figures = await reviews.figures(seat.guild, days)
        lines = figures_layout.lines_of(figures, seat.words)
        if seat.moderates:
            unanswered = await reviews.unanswered(seat.guild, days)
            lines += figures_layout.unanswered_lines(unanswered, seat.words)
        payload: dict[str, Any] = {}
        if not drawing.can_draw():
            lines.append(seat.words("There is no chart: matplotlib is not installed where I run."))
        elif figures.asked or figures.votes:
            picture = await charting.chart(figures, drawn_in(seat.words))
            alt = figures_layout.alt_text(figures, seat.words)
            payload["file"] = discord.File(io.BytesIO(picture), "stats.png", description=alt)
        await here.show({**payload, "content": "\n".join(lines)})
