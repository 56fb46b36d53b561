"""What every picture has in common: its width, its colours, and that only one is drawn at a time.

Pictures need matplotlib, which comes with the extra "plots".
"""

from __future__ import annotations

import io
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

DRAWING: Final = threading.Lock()
"""matplotlib is made for one thread at a time."""

BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
"""Of the palette of Okabe and Ito, which eyes of all kinds tell apart; in grey, a pattern does."""
INK: Final = "#222222"
GREY: Final = "#D9D9D9"
HATCH: Final = "//"

Fill = tuple[str, str, str]
"""Colour, pattern, and the ink that can be read on it."""

WIDTH_INCHES: Final = 5.0
DOTS_PER_INCH: Final = 160
"""Both together are 800 pixels: a phone shows two of them as one."""


def undress(axes: Axes, heading: str) -> None:
    """Leave out what says nothing: frame, ticks, the axis of numbers."""
    axes.set_title(heading, loc="left", fontsize=11, fontweight="bold", color=INK, parse_math=False)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_frame_on(False)


def draw_part(axes: Axes, row: int, left: float, width: float, fill: Fill, number: str, **bar: Any) -> None:  # noqa: ANN401 - whatever `barh` takes
    """Draw a part of a bar, with its number in the middle unless that is empty."""
    colour, pattern, ink = fill
    axes.barh(row, width, left=left, color=colour, hatch=pattern, edgecolor="white", **bar)
    if number:
        # A plain ground under the number: digits are hard to read on a pattern.
        ground = {"facecolor": colour, "edgecolor": "none", "boxstyle": "round,pad=0.15"}
        axes.text(left + width / 2, row, number, ha="center", va="center", fontsize=12, color=ink, bbox=ground)


def as_written(texts: Iterable[Text]) -> None:
    """Let a dollar sign in a text be one, and not the beginning of a formula."""
    for text in texts:
        text.set_parse_math(False)


def png_of(figure: Figure) -> bytes:
    """Return a figure's picture; the same figure always gives the same bytes."""
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def drawable(text: str) -> str:
    """Put a box for each character that the font cannot draw, as the font itself would, and without a warning."""
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415 - takes a second, and is optional

    font = get_font(findfont(FontProperties()))
    return "".join(mark if mark.isspace() or font.get_char_index(ord(mark)) else "□" for mark in text)


def can_draw() -> bool:
    """Return whether matplotlib is there."""
    return find_spec("matplotlib") is not None
