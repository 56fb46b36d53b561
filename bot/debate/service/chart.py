"""The result of a debate as a chart, and in words for those who cannot see it.

The chart is readable on a phone and by colour-blind people: it has the numbers in it. It needs matplotlib, from the
extra "plots".
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from bot.process import drawing
from bot.values.ballot import net_swing, shares, too_few
from bot.values.text import harmless
from knowledge.errors import Message
from knowledge.formats import LEAST_SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bot.values.ballot import Matrix, Outcome
    from knowledge.errors import Say

_PALE: Final = "#EAF3FA"
_FILLS: Final = (
    (drawing.BLUE, "", "white"),
    (drawing.ORANGE, drawing.HATCH, drawing.INK),
    (drawing.GREEN, drawing.BACK_HATCH, drawing.INK),
    (drawing.PURPLE, drawing.DOTS, drawing.INK),
)
"""For each side."""
_UNDECIDED: Final = (drawing.GREY, "", drawing.INK)
_LONGEST_ALT: Final = 1024
"""Characters that Discord takes."""
_SMALL_PT: Final = 9
"""Letters below four columns or five."""
_LEGEND_INCHES: Final = 0.25
_SWING_INCHES: Final = 0.45
_MATRIX_INCHES: Final = 0.6
"""Height of a row."""
_NARROW: Final = 11.0
"""Percent below which a part of a bar is too narrow for its number."""
_LABEL_CHARACTERS: Final = 14
_COLUMN_CHARACTERS: Final = 10
_LABEL_LINES: Final = 2
_NAME_CHARACTERS: Final = 22
_ONE_LINE_CHARACTERS: Final = 34
"""Characters of three names that fit side by side."""
_KEY_CHARACTERS: Final = 6
"""What a further name takes beside itself."""
_TITLE_CHARACTERS: Final = 34
_DARK: Final = 0.85
"""How far from pale to blue the numbers turn white."""


def result_png(outcome: Outcome, names: Mapping[str, str], say: Say = str) -> bytes:
    """Return a result as a PNG, 800 pixels wide; `names` are the sides'. The same result gives the same bytes.

    Takes half a second or more: call it in a thread.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and is optional

    with drawing.DRAWING:
        named = [drawing.drawable(name) for name in _named(outcome, names, say)]
        heights = _heights(outcome)
        # A figure with its own canvas needs no window and no global state.
        figure = Figure(
            figsize=(drawing.WIDTH_INCHES, (sum(heights) or 0.9) + 0.75),
            dpi=drawing.DOTS_PER_INCH,
            layout="constrained",
        )
        _draw_title(figure, outcome, names, say)
        if outcome.matrix is not None:
            parted = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)
            panels = [part.subplots() for part in parted.flat]
            if outcome.paired:
                _draw_shares(panels[0], outcome, named, say)
                _draw_swing(panels[1], outcome, named, say)
            _draw_switched(panels[-1], outcome.matrix, named, say)
        return drawing.png_of(figure)


def result_alt_text(outcome: Outcome, names: Mapping[str, str], say: Say = str) -> str:
    """Return all that the chart shows but who stayed, in at most 1024 characters.

    Long names are cut. Where three or four sides come to more, the rarest switches are left out.
    """
    named = _named(outcome, names, say)
    parts = [say(Message("Chart of the ballots.")), f"{_headline(outcome, names, say)}.", f"{_voted(outcome, say)}."]
    if outcome.compared is not None:
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
    switched = {
        say(
            Message("From {before} to {after}: {people}.", before=named[row], after=named[column], people=people)
        ): people
        for row, counts in enumerate(outcome.matrix or ())
        for column, people in enumerate(counts)
        if people and row != column
    }
    while _units(" ".join((*parts, *switched))) > _LONGEST_ALT and switched:
        switched.pop(min(reversed(switched), key=switched.__getitem__))
    return " ".join((*parts, *switched))


def _units(text: str) -> int:
    """Return the length of a text as Discord counts it."""
    return len(text.encode("utf-16-le")) // 2


def _heights(outcome: Outcome) -> list[float]:
    """Return how high each panel is, in inches."""
    if outcome.matrix is None:
        return []
    more = len(outcome.sides) - LEAST_SIDES
    switched = 2.4 + more * _MATRIX_INCHES
    shared = [1.75 + more * _LEGEND_INCHES, 1.35 + more * _SWING_INCHES]
    return [*shared, switched] if outcome.paired else [switched]


def _named(outcome: Outcome, names: Mapping[str, str], say: Say) -> tuple[str, ...]:
    """Return the names of the choices, in the order of `Counts`."""
    return (*(_shortened(names[side]) for side in outcome.sides), say(Message("Undecided")))


def _shortened(name: str) -> str:
    name = harmless(name)
    return name if len(name) <= _NAME_CHARACTERS else f"{name[: _NAME_CHARACTERS - 1].rstrip()}…"


def _headline(outcome: Outcome, names: Mapping[str, str], say: Say) -> str:
    if not outcome.paired:
        return say(Message("Nobody voted both times"))
    if outcome.matrix is None:
        return say(too_few(outcome)).removesuffix(".")
    if outcome.winner is None:
        return say(Message("A draw by net swing"))
    return say(Message("{side} won by net swing", side=_shortened(names[outcome.winner])))


def _voted(outcome: Outcome, say: Say) -> str:
    voted = Message("{paired} voted both times, {once} only once", paired=outcome.paired, once=outcome.voted_once)
    return say(voted)


def _draw_title(figure: Figure, outcome: Outcome, names: Mapping[str, str], say: Say) -> None:
    headline = textwrap.fill(drawing.drawable(_headline(outcome, names, say)), _TITLE_CHARACTERS)
    figure.suptitle(headline, fontsize=14, fontweight="bold", color=drawing.INK, parse_math=False)
    figure.supxlabel(drawing.drawable(_voted(outcome, say)), fontsize=11, color=drawing.INK, parse_math=False)


def _draw_shares(axes: Axes, outcome: Outcome, named: Sequence[str], say: Say) -> None:
    """Draw a bar for each ballot, divided by choice: of two sides, with undecided between them."""
    choices = [*range(len(outcome.sides)), -1]
    if len(outcome.sides) == LEAST_SIDES:
        choices = [0, -1, 1]
    fills = (*_FILLS[: len(outcome.sides)], _UNDECIDED)
    for row, counts in enumerate((outcome.before, outcome.after)):
        left = 0.0
        for at in choices:
            share = shares(counts)[at]
            number = f"{share:.1f}" if share >= _NARROW else ""
            drawing.draw_part(
                axes, row, left, share, fills[at], number, height=0.7, label=named[at] if row == 0 else None
            )
            left += share
    axes.set_xlim(0, 100)
    axes.set_ylim(1.5, -0.5)
    axes.set_yticks(
        (0, 1),
        labels=(drawing.drawable(say(Message("Before"))), drawing.drawable(say(Message("After")))),
        fontsize=11,
        color=drawing.INK,
    )
    legend = axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.45, -0.02),
        ncols=_columns(named),
        frameon=False,
        fontsize=11,
        handlelength=1.2,
    )
    drawing.as_written(legend.get_texts())
    drawing.undress(axes, drawing.drawable(say(Message("Shares of the vote, in per cent"))))


def _columns(named: Sequence[str]) -> int:
    """Return in how many columns the names fit below the bars: as many as there are, three, or one."""
    for columns in (len(named), 3):
        widest = sum(max(map(len, named[at::columns])) for at in range(columns))
        if widest <= _ONE_LINE_CHARACTERS - (columns - 3) * _KEY_CHARACTERS:
            return columns
    return 1


def _draw_swing(axes: Axes, outcome: Outcome, named: Sequence[str], say: Say) -> None:
    """Draw how far each side moved the room, to the right of zero or to its left."""
    swings = [net_swing(outcome, side) for side in outcome.sides]
    for row, (swing, (colour, pattern, _)) in enumerate(zip(swings, _FILLS, strict=False)):
        drawn = axes.barh(row, swing, height=0.6, color=colour, hatch=pattern, edgecolor="white")
        axes.bar_label(drawn, labels=[f"{swing:+.1f}"], padding=4, fontsize=12, color=drawing.INK)
    # Room for the numbers outside the bars.
    room = 0.5 * max(1.0, *map(abs, swings))
    lost = min(swings) < 0
    axes.set_xlim(min(swings) - room if lost else 0.0, max(0.0, *swings) + room)
    axes.axvline(0, color=drawing.INK, linewidth=1)
    axes.set_ylim(len(swings) - 0.5, -0.5)
    axes.set_yticks(range(len(swings)), labels=_in_lines(named[:-1]), fontsize=11, color=drawing.INK)
    drawing.as_written((*axes.get_xticklabels(), *axes.get_yticklabels()))
    drawing.undress(axes, drawing.drawable(say(Message("Net swing, in points"))))


def _draw_switched(axes: Axes, matrix: Matrix, named: Sequence[str], say: Say) -> None:
    """Draw the matrix: rows before, columns after, darker for more people."""
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - as above

    most = max(1, *map(max, matrix))
    axes.imshow(
        matrix,
        cmap=LinearSegmentedColormap.from_list("people", (_PALE, drawing.BLUE)),
        vmin=0,
        vmax=most,
        aspect="auto",
    )
    for row, counts in enumerate(matrix):
        for column, people in enumerate(counts):
            ink = "white" if people > _DARK * most else drawing.INK
            axes.text(column, row, str(people), ha="center", va="center", fontsize=13, color=ink)
    wide = len(named) == LEAST_SIDES + 1
    names = _in_lines(named, _COLUMN_CHARACTERS)
    axes.set_xticks(range(len(named)), labels=names, fontsize=11 if wide else _SMALL_PT)
    axes.set_yticks(range(len(named)), labels=_in_lines(named), fontsize=11)
    bold: dict[str, Any] = {"fontsize": 11, "fontweight": "bold", "color": drawing.INK, "parse_math": False}
    axes.set_xlabel(drawing.drawable(say(Message("After"))), **bold)
    axes.set_ylabel(drawing.drawable(say(Message("Before"))), **bold)
    axes.set_title(drawing.drawable(say(Message("Who switched, in people"))), loc="left", **bold)
    drawing.as_written((*axes.get_xticklabels(), *axes.get_yticklabels()))
    axes.tick_params(length=0, labelcolor=drawing.INK)
    axes.set_frame_on(False)


def _in_lines(named: Sequence[str], characters: int = _LABEL_CHARACTERS) -> list[str]:
    """Wrap names to fit beside a bar, or under a column."""
    return ["\n".join(textwrap.wrap(name, characters, max_lines=_LABEL_LINES, placeholder="…")) for name in named]
