"""The calibration plot: how sure the system was beside how often it was right, as a PNG and in words.

It needs matplotlib, which comes with the extra "plots". It must not know how confidence is made.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from embeddings.metrics import Bin

_MARKERS: Final = "osD^v*"
_COLOURS: Final = ("#B3261E", "#0B57D0", "#1B7F3B", "#7A4E00", "#6A1B9A", "#00696E")
_INCHES: Final = (6.4, 4.8)
_DOTS_PER_INCH: Final = 150


def check_plot(path: Path) -> None:
    """Refuse a plot that could not be drawn or written in the end, before the work is done (UserError)."""
    if path.suffix.lower() != ".png":
        raise UserError(f"the plot is a PNG: name a file that ends in .png, not {path}")
    if find_spec("matplotlib") is None:
        raise UserError("the plot needs matplotlib: run `pip install 'dilemma[plots]'`, or leave out --plot")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UserError(f"the plot cannot be written to {path}: name a file in a folder that exists")


def draw(path: Path, title: str, bins: Mapping[str, Sequence[Bin]]) -> None:
    """Draw the reliability of each voice, by its name, over the file if there is one. Raises UserError."""
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
    try:
        figure.savefig(path)
    except OSError as error:
        raise UserError(
            f"the plot cannot be written to {path} ({error.strerror or error}): name another file"
        ) from error


def in_words(title: str, bins: Mapping[str, Sequence[Bin]]) -> str:
    """Describe the plot for those who cannot see it."""
    lines = [
        f"{name}: "
        + "; ".join(f"{step.right:.0%} right at a mean confidence of {step.confidence:.0%}" for step in steps)
        for name, steps in bins.items()
    ]
    return f"Line chart “{title}”: share of first passages that are gold, by confidence. " + ". ".join(lines) + "."
