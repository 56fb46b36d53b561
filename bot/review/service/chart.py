"""A guild's figures as a picture, for a phone and for eyes that do not tell colours apart. It needs matplotlib."""

from __future__ import annotations

import asyncio
import textwrap
from typing import TYPE_CHECKING, Final

from bot.process.drawing import BLUE, DOTS_PER_INCH, DRAWING, HATCH, INK, ORANGE, WIDTH_INCHES, png_of, undress
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from bot.review.rules.figures import Figures
    from knowledge.errors import Say

TOPICS_DRAWN: Final = 8

_LABEL_CHARACTERS: Final = 24


def title_of(figures: Figures) -> Message:
    """Return what the figures are of."""
    return Message("The last {number} day in this server", "The last {number} days in this server", number=figures.days)


async def chart(figures: Figures, say: Say) -> bytes:
    """Draw a guild's figures as a PNG, 800 pixels wide, in a thread."""
    return await asyncio.to_thread(_draw_alone, figures, say)


def _draw_alone(figures: Figures, say: Say) -> bytes:
    with DRAWING:
        return draw(figures, say)


def draw(figures: Figures, say: Say) -> bytes:
    """Draw a guild's figures as a PNG: how many were answered, what people thought, and the topics asked most."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and is optional

    topics = figures.topics[:TOPICS_DRAWN]
    answered, silent = (Message("answered"), figures.answered), (Message("no side quoted"), figures.unanswered)
    pairs = [(Message("Questions"), (answered, silent))]
    if figures.votes:
        helpful, unhelpful = (Message("helpful"), figures.helpful), (Message("not helpful"), figures.unhelpful)
        pairs.append((Message("Votes"), (helpful, unhelpful)))
    heights = [1.05] * len(pairs) + [0.55 + 0.45 * len(topics)] * bool(topics)
    figure = Figure(figsize=(WIDTH_INCHES, sum(heights) + 0.4), dpi=DOTS_PER_INCH, layout="constrained")
    figure.suptitle(say(title_of(figures)), fontsize=13, color=INK)
    # Figures of their own, so that the long names of topics do not move the other bars to the right.
    parted = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
    panels = [part.subplots() for part in parted.flat]
    for axes, (heading, parts) in zip(panels, pairs, strict=False):
        _draw_parts(axes, say(heading), [(say(name), count) for name, count in parts])
    if topics:
        _draw_bars(panels[-1], say(Message("Asked about")), [(topic.name, count) for topic, count in topics])
    return png_of(figure)


def _draw_parts(axes: Axes, heading: str, parts: Sequence[tuple[str, int]]) -> None:
    """Draw one bar in two parts, each named with its number below the bar."""
    left = 0
    for (name, count), colour, hatch in zip(parts, (BLUE, ORANGE), ("", HATCH), strict=True):
        label = f"{name}: {count}"
        axes.barh([0], [count], left=left, height=0.7, color=colour, hatch=hatch, edgecolor="white", label=label)
        left += count
    axes.set_xlim(0, max(left, 1))
    axes.set_ylim(-0.5, 0.5)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, frameon=False, fontsize=10, handlelength=1.2)
    undress(axes, heading)
    axes.set_yticks([])


def _draw_bars(axes: Axes, heading: str, bars: Sequence[tuple[str, int]]) -> None:
    """Draw a bar for each name, the first on top, with its number at its end."""
    names = [textwrap.fill(name, _LABEL_CHARACTERS) for name, _ in bars]
    drawn = axes.barh(range(len(bars)), [count for _, count in bars], color=BLUE, height=0.65)
    axes.bar_label(drawn, padding=3, fontsize=10, color=INK)
    axes.set_yticks(range(len(bars)), labels=names, fontsize=10, color=INK)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.margins(x=0.2)
    undress(axes, heading)
