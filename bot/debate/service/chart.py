"""What the ballots of a debate came to, as a picture and in words for those who cannot see it.

The picture is made for a phone, and for eyes that do not tell colours apart: numbers stand in it. It needs
matplotlib, which comes with the extra "plots".
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from bot.process.drawing import (
    BLUE,
    DOTS_PER_INCH,
    DRAWING,
    GREY,
    HATCH,
    INK,
    ORANGE,
    WIDTH_INCHES,
    as_written,
    draw_part,
    drawable,
    png_of,
    undress,
)
from bot.values.ballot import net_swing, shares
from bot.values.text import harmless
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bot.values.ballot import Outcome
    from knowledge.errors import Say

_PALE: Final = "#EAF3FA"
_FILLS: Final = ((BLUE, "", "white"), (ORANGE, HATCH, INK), (GREY, "", INK))
"""Those of the first side, of the second, and of undecided."""
_DRAWN_ORDER: Final = (0, 2, 1)
"""The places of `Counts` from left to right: undecided stands between the sides."""
_NARROW: Final = 11.0
"""Per cent below which a part of a bar is too narrow for its number."""
_LABEL_CHARACTERS: Final = 14
_COLUMN_CHARACTERS: Final = 10
_LABEL_LINES: Final = 2
_NAME_CHARACTERS: Final = 22
_ONE_LINE_CHARACTERS: Final = 34
"""Characters of three names that stand beside each other."""
_TITLE_CHARACTERS: Final = 34
_DARK: Final = 0.85
"""How far along from pale to blue the numbers turn white."""


def result_png(outcome: Outcome, names: Mapping[str, str], say: Say = str) -> bytes:
    """Draw a result as a PNG, 800 pixels wide; `names` are the sides'. The same result gives the same bytes.

    It takes half a second or more: call it in a thread.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and is optional

    with DRAWING:
        named = [drawable(name) for name in _named(outcome, names, say)]
        heights = [1.75, 1.35, 2.4] if outcome.paired else [2.4]
        # A figure draws what its own canvas needs, so no window and no global state is in play.
        figure = Figure(figsize=(WIDTH_INCHES, sum(heights) + 0.75), dpi=DOTS_PER_INCH, layout="constrained")
        _draw_title(figure, outcome, names, say)
        parted = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
        panels = [part.subplots() for part in parted.flat]
        if outcome.paired:
            _draw_shares(panels[0], outcome, named, say)
            _draw_swing(panels[1], outcome, named, say)
        _draw_switched(panels[-1], outcome, named, say)
        return png_of(figure)


def result_alt_text(outcome: Outcome, names: Mapping[str, str], say: Say = str) -> str:
    """Say everything that the picture shows but who stayed; long names are cut, so that 1024 characters suffice."""
    named = _named(outcome, names, say)
    parts = [say(Message("Chart of the ballots.")), f"{_headline(outcome, names, say)}.", f"{_voted(outcome, say)}."]
    if outcome.paired:
        before, after = shares(outcome.before), shares(outcome.after)
        parts += [
            say(
                Message(
                    "{choice}: {before} per cent before, {after} per cent after.",
                    choice=name,
                    before=f"{before[at]:.1f}",
                    after=f"{after[at]:.1f}",
                )
            )
            for at, name in enumerate(named)
        ]
        parts += [
            say(Message("Net swing of {side}: {points} points.", side=named[at], points=f"{swing:+.1f}"))
            for at, swing in enumerate(net_swing(outcome, side) for side in outcome.sides)
        ]
    parts += [
        say(Message("From {before} to {after}: {people}.", before=named[row], after=named[column], people=people))
        for row, counts in enumerate(outcome.matrix)
        for column, people in enumerate(counts)
        if people and row != column
    ]
    return " ".join(parts)


def _named(outcome: Outcome, names: Mapping[str, str], say: Say) -> tuple[str, str, str]:
    """Name what was voted for, in the order of `Counts`."""
    first, second = (_shortened(names[side]) for side in outcome.sides)
    return first, second, say(Message("Undecided"))


def _shortened(name: str) -> str:
    name = harmless(name)
    return name if len(name) <= _NAME_CHARACTERS else f"{name[: _NAME_CHARACTERS - 1].rstrip()}…"


def _headline(outcome: Outcome, names: Mapping[str, str], say: Say) -> str:
    if not outcome.paired:
        return say(Message("Nobody voted both times"))
    if outcome.winner is None:
        return say(Message("A draw by net swing"))
    return say(Message("{side} won by net swing", side=_shortened(names[outcome.winner])))


def _voted(outcome: Outcome, say: Say) -> str:
    voted = Message("{paired} voted both times, {once} only once", paired=outcome.paired, once=outcome.voted_once)
    return say(voted)


def _draw_title(figure: Figure, outcome: Outcome, names: Mapping[str, str], say: Say) -> None:
    headline = textwrap.fill(drawable(_headline(outcome, names, say)), _TITLE_CHARACTERS)
    figure.suptitle(headline, fontsize=14, fontweight="bold", color=INK, parse_math=False)
    figure.supxlabel(drawable(_voted(outcome, say)), fontsize=11, color=INK, parse_math=False)


def _draw_shares(axes: Axes, outcome: Outcome, named: Sequence[str], say: Say) -> None:
    """Draw a bar for each ballot, parted by what was voted for."""
    for row, counts in enumerate((outcome.before, outcome.after)):
        left = 0.0
        for at in _DRAWN_ORDER:
            share = shares(counts)[at]
            number = f"{share:.1f}" if share >= _NARROW else ""
            draw_part(axes, row, left, share, _FILLS[at], number, height=0.7, label=named[at] if row == 0 else None)
            left += share
    axes.set_xlim(0, 100)
    axes.set_ylim(1.5, -0.5)
    axes.set_yticks(
        (0, 1), labels=(drawable(say(Message("Before"))), drawable(say(Message("After")))), fontsize=11, color=INK
    )
    columns = 3 if sum(map(len, named)) <= _ONE_LINE_CHARACTERS else 1
    legend = axes.legend(
        loc="upper center", bbox_to_anchor=(0.45, -0.02), ncols=columns, frameon=False, fontsize=11, handlelength=1.2
    )
    as_written(legend.get_texts())
    undress(axes, drawable(say(Message("Shares of the vote, in per cent"))))


def _draw_swing(axes: Axes, outcome: Outcome, named: Sequence[str], say: Say) -> None:
    """Draw how far each side moved the room, to the right of zero or to its left."""
    swings = [net_swing(outcome, side) for side in outcome.sides]
    for row, (swing, (colour, pattern, _)) in enumerate(zip(swings, _FILLS, strict=False)):
        drawn = axes.barh(row, swing, height=0.6, color=colour, hatch=pattern, edgecolor="white")
        axes.bar_label(drawn, labels=[f"{swing:+.1f}"], padding=4, fontsize=12, color=INK)
    # Room for the numbers, which stand outside the bars.
    room = 0.5 * max(1.0, *map(abs, swings))
    lost = min(swings) < 0
    axes.set_xlim(min(swings) - room if lost else 0.0, max(0.0, *swings) + room)
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_ylim(1.5, -0.5)
    axes.set_yticks((0, 1), labels=_in_lines(named[:2]), fontsize=11, color=INK)
    as_written((*axes.get_xticklabels(), *axes.get_yticklabels()))
    undress(axes, drawable(say(Message("Net swing, in points"))))


def _draw_switched(axes: Axes, outcome: Outcome, named: Sequence[str], say: Say) -> None:
    """Draw the matrix: rows before, columns after, darker for more people."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - as above

    most = max(1, *map(max, outcome.matrix))
    axes.imshow(
        outcome.matrix,
        cmap=LinearSegmentedColormap.from_list("people", (_PALE, BLUE)),
        vmin=0,
        vmax=most,
        aspect="auto",
    )
    for row, counts in enumerate(outcome.matrix):
        for column, people in enumerate(counts):
            ink = "white" if people > _DARK * most else INK
            axes.text(column, row, str(people), ha="center", va="center", fontsize=13, color=ink)
    axes.set_xticks(range(3), labels=_in_lines(named, _COLUMN_CHARACTERS), fontsize=11)
    axes.set_yticks(range(3), labels=_in_lines(named), fontsize=11)
    axes.set_xlabel(drawable(say(Message("After"))), fontsize=11, fontweight="bold", color=INK, parse_math=False)
    axes.set_ylabel(drawable(say(Message("Before"))), fontsize=11, fontweight="bold", color=INK, parse_math=False)
    as_written((*axes.get_xticklabels(), *axes.get_yticklabels()))
    axes.set_title(
        drawable(say(Message("Who switched, in people"))),
        loc="left",
        fontsize=11,
        fontweight="bold",
        color=INK,
        parse_math=False,
    )
    axes.tick_params(length=0, labelcolor=INK)
    axes.set_frame_on(False)


def _in_lines(named: Sequence[str], characters: int = _LABEL_CHARACTERS) -> list[str]:
    """Break names so that they fit beside a bar, or under a column."""
    return ["\n".join(textwrap.wrap(name, characters, max_lines=_LABEL_LINES, placeholder="…")) for name in named]
