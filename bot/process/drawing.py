"""What all pictures share: width, colours, helpers. They need matplotlib, which comes with the extra "plots"."""

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
"""matplotlib is not thread-safe."""

BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
"""From the colour-blind palette of Okabe and Ito; in grey, patterns tell them apart."""
INK: Final = "#222222"
GREY: Final = "#D9D9D9"
HATCH: Final = "//"
BACK_HATCH: Final = "\\\\"
DOTS: Final = ".."

Fill = tuple[str, str, str]
"""Colour, pattern, and the ink that can be read on it."""

WIDTH_INCHES: Final = 5.0
DOTS_PER_INCH: Final = 160
"""Together 800 pixels, twice what a phone shows."""


def undress(axes: Axes, heading: str) -> None:
    """Set the heading; drop frame, ticks and the axis of numbers."""
    axes.set_title(heading, loc="left", fontsize=11, fontweight="bold", color=INK, parse_math=False)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set_frame_on(False)


def draw_part(axes: Axes, row: int, left: float, width: float, fill: Fill, number: str, **bar: Any) -> None:  # noqa: ANN401 - whatever `barh` takes
    """Draw a part of a bar, with its number (unless empty) in the middle."""
    colour, pattern, ink = fill
    axes.barh(row, width, left=left, color=colour, hatch=pattern, edgecolor="white", **bar)
    if number:
        # A plain ground under the number: digits are hard to read on a pattern.
        ground = {"facecolor": colour, "edgecolor": "none", "boxstyle": "round,pad=0.15"}
        axes.text(left + width / 2, row, number, ha="center", va="center", fontsize=12, color=ink, bbox=ground)


def as_written(texts: Iterable[Text]) -> None:
    """Show dollar signs as they are, not as formulas."""
    for text in texts:
        text.set_parse_math(False)


def png_of(figure: Figure) -> bytes:
    """Return a figure as PNG; the same figure has the same bytes."""
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()


def drawable(text: str) -> str:
    """Return a text with a box for each character that the font lacks, as the font draws it, but without a warning."""
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415 - takes a second, and is optional

    font = get_font(findfont(FontProperties()))
    return "".join(mark if mark.isspace() or font.get_char_index(ord(mark)) else "□" for mark in text)


def can_draw() -> bool:
    """Return whether matplotlib is installed."""
    return find_spec("matplotlib") is not None
