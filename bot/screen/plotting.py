"""Plots as PNG: reliability curves and bars. They need matplotlib, which comes with the extra "plots"."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from knowledge.distribution import adding_extra
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from embeddings.judging.metrics import Bin

_MARKERS: Final = "osD^v*"
_COLOURS: Final = ("#B3261E", "#0B57D0", "#1B7F3B", "#7A4E00", "#6A1B9A", "#00696E")
_INCHES: Final = (6.4, 4.8)
_DOTS_PER_INCH: Final = 150

_WIDE_INCHES: Final = 8.0
_PANEL_INCHES: Final = 1.0
"""The height of a panel without its bars, and of each bar."""
_BAR_INCHES: Final = 0.26
_TITLE_CHARS: Final = 80


def check_plot(path: Path) -> None:
    """Refuse a plot that could not be drawn, before the work is done (UserError)."""
    if path.suffix.lower() != ".png":
        raise UserError(f"the plot is a PNG: name a file that ends in .png, not {path}")
    if find_spec("matplotlib") is None:
        raise UserError(f"the plot needs matplotlib: run `{adding_extra('plots')}`, or leave out --plot")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UserError(f"the plot cannot be written to {path}: name a file in a folder that exists")


def draw(path: Path, title: str, bins: Mapping[str, Sequence[Bin]]) -> None:
    """Draw the reliability of each voice, by its name, and overwrite the file (UserError)."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and is optional

    figure = Figure(figsize=_INCHES, dpi=_DOTS_PER_INCH, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="#767676", linestyle="--", linewidth=1, label="as sure as right")
    for number, (name, steps) in enumerate(bins.items()):
        axes.plot(
            [step.confidence for step in steps],
            [step.right for step in steps],
            marker=_MARKERS[number % len(_MARKERS)],
            color=_COLOURS[number % len(_COLOURS)],
            label=f"{name} ({sum(step.count for step in steps)} questions)",
        )
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="mean confidence of the first passage", ylabel="share that is gold")
    axes.set_title(title)
    axes.legend(loc="upper left", frameon=False)
    _save(figure, path)


@dataclass(frozen=True, slots=True)
class Panel:
    """A bar chart; each bar is a name with its figure, a length, and a mark or None. `marks` is the legend of marks."""

    title: str
    unit: str
    bars: tuple[tuple[str, float, float | None], ...]
    marks: str
    logarithmic: bool


def draw_bars(path: Path, title: str, panels: Sequence[Panel]) -> None:
    """Draw panels below each other, and overwrite the file (UserError)."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and is optional

    heights = [_PANEL_INCHES + _BAR_INCHES * len(panel.bars) for panel in panels]
    figure = Figure(figsize=(_WIDE_INCHES, sum(heights)), dpi=_DOTS_PER_INCH, layout="constrained")
    all_axes = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, panel in zip(all_axes, panels, strict=True):
        _draw_panel(axes, panel)
    figure.suptitle("\n".join(wrap(title, _TITLE_CHARS)), fontsize="medium")
    _save(figure, path)


def _draw_panel(axes: Axes, panel: Panel) -> None:
    names = [name for name, _, _ in panel.bars]
    places = range(len(names))
    axes.barh(places, [length for _, length, _ in panel.bars], color=_COLOURS[1], height=0.6)
    marked = [(mark, place) for place, (_, _, mark) in enumerate(panel.bars) if mark is not None]
    if marked:
        axes.plot(*zip(*marked, strict=True), "D", color=_COLOURS[0], markersize=4, label=panel.marks)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.98), frameon=False, fontsize="small")
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.set_xlabel(panel.unit)
    if panel.logarithmic:
        axes.set_xscale("log")
    axes.set_title(panel.title, loc="left", fontsize="medium")


def _save(figure: Figure, path: Path) -> None:
    with _written(path):
        figure.savefig(path)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"the plot cannot be written to {path} ({error.strerror or error}): name another file"
        ) from error


def write_picture(path: Path, picture: bytes) -> None:
    """Write a picture, and overwrite the file (UserError)."""
    with _written(path):
        path.write_bytes(picture)


def in_words(title: str, bins: Mapping[str, Sequence[Bin]]) -> str:
    """Return a description of the plot for those who cannot see it."""
    lines = [
        f"{name}: "
        + "; ".join(f"{step.right:.0%} right at a mean confidence of {step.confidence:.0%}" for step in steps)
        for name, steps in bins.items()
    ]
    return f"Line chart “{title}”: share of first passages that are gold, by confidence. " + ". ".join(lines) + "."
