"""What a command writes to: results on stdout, everything else on stderr.

On a terminal lines fit its width and progress is shown; in a pipe lines stay whole. NO_COLOR removes colour.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from bot.screen.lines import Line, wrapped
from bot.values.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.progress import Progress, TaskID


class Screen:
    """The two streams of one command; `close` removes a progress bar."""

    def __init__(self) -> None:
        self._out = Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
        self._err = Console(markup=False, highlight=False, emoji=False, soft_wrap=True, stderr=True)
        self._progress: tuple[Progress, TaskID] | None = None

    @property
    def width(self) -> int | None:
        """Columns of the terminal that shows stdout; None when it goes into a pipe or a file."""
        return self._out.width if self._out.is_terminal else None

    def show(self, lines: Iterable[Line]) -> None:
        """Write lines to stdout, as they are."""
        for line in lines:
            self._out.print(Text(line.text, style=line.style))

    def write(self, text: str, *, style: str = "", first: str = "", rest: str = "") -> None:
        """Write a text to stdout, wrapped; `first` begins its first line, `rest` the others."""
        self.show(Line(line, style) for line in wrapped(harmless(text), self.width, first, rest))

    def say(self, text: str) -> None:
        """Write a line to stderr."""
        self._err.print(Text(harmless(text)))

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """Show that something runs, if stderr is a terminal."""
        if not self._err.is_terminal:
            yield
            return
        with self._err.status(Text(f"{what} …")):
            yield

    def report(self, done: int, total: int, what: str = "encoding") -> None:
        """Show how many of `total` steps are done, if stderr is a terminal."""
        if not self._err.is_terminal or not total:
            return
        if self._progress is None:
            self._progress = self._begun(total, what)
        progress, task = self._progress
        progress.update(task, completed=done)
        if done >= total:
            self.close()

    def close(self) -> None:
        """Remove the progress bar."""
        if self._progress is not None:
            self._progress[0].stop()
            self._progress = None

    def _begun(self, total: int, what: str) -> tuple[Progress, TaskID]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - seldom needed

        progress = Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), console=self._err, transient=True)
        progress.start()
        return progress, progress.add_task("", total=total)
