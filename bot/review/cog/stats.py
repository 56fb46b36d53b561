"""A guild's figures: as a picture, and as text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.moderators import seat_of
from bot.process import drawing
from bot.review.service import chart as charting
from bot.review.service.chart import title_of
from bot.review.service.reviews import Reviews
from bot.wire.page.escaping import ELLIPSIS, cut, echoed, escaped, size
from bot.wire.page.language import drawn_in
from bot.wire.page.limits import LONGEST_ALT
from bot.wire.visit import Cost, visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.review.rules.figures import Figures
    from bot.wire.page.language import Words
    from bot.wire.visit import Interaction


_TOPICS: Final = 12
_QUESTION: Final = 90


def lines_of(figures: Figures, words: Words) -> list[str]:
    """Say the figures, one a line."""
    lines = [f"**{words(title_of(figures))}**", *_counts(figures, words)]
    if figures.topics:
        lines.append(words("Asked about (a question can be about several things):"))
        lines += [f"- {escaped(topic.name)}: {count}" for topic, count in figures.topics[:_TOPICS]]
    return lines


def unanswered_lines(questions: Sequence[str], words: Words) -> list[str]:
    """List the questions on which no side was quoted."""
    if not questions:
        return []
    heading = words("Unanswered, most frequent first (only moderators see this, and not who asked):")
    return [heading, *(f"- {echoed(question, _QUESTION)}" for question in questions)]


def alt_text(figures: Figures, words: Words) -> str:
    """Describe the picture for those who cannot see it."""
    topics = "; ".join(f"{topic.name}: {count}" for topic, count in figures.topics[:_TOPICS])
    parts = [words("Bar chart."), f"{words(title_of(figures))}.", *_counts(figures, words)]
    if topics:
        parts.append(words("Asked about: {topics}.", topics=topics))
    text = " ".join(parts)
    return text if size(text) <= LONGEST_ALT else f"{cut(text, LONGEST_ALT - size(ELLIPSIS))}{ELLIPSIS}"


def _counts(figures: Figures, words: Words) -> list[str]:
    return [
        words(
            "Questions: {asked}; answered: {answered}; no side quoted: {unanswered}.",
            asked=figures.asked,
            answered=figures.answered,
            unanswered=figures.unanswered,
        ),
        words(
            "Votes: {votes}; helpful: {helpful}; not helpful: {unhelpful}.",
            votes=figures.votes,
            helpful=figures.helpful,
            unhelpful=figures.unhelpful,
        ),
    ]


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
        lines = lines_of(figures, seat.words)
        if seat.moderates:
            unanswered = await reviews.unanswered(seat.guild, days)
            lines += unanswered_lines(unanswered, seat.words)
        payload: dict[str, Any] = {}
        if not drawing.can_draw():
            lines.append(seat.words("There is no chart: matplotlib is not installed where I run."))
        elif figures.asked or figures.votes:
            picture = await charting.chart(figures, drawn_in(seat.words))
            alt = alt_text(figures, seat.words)
            payload["file"] = discord.File(io.BytesIO(picture), "stats.png", description=alt)
        await here.show({**payload, "content": "\n".join(lines)})
