"""The two streams of a command, on a terminal and in a pipe."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from bot.screen.lines import Line
from bot.screen.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "one two three four five six seven"


class Terminal:
    """A terminal of 20 columns in place of stdout and stderr; `read` gives what it was sent so far."""

    def __init__(self) -> None:
        """Open it."""
        self._reading, writing = os.openpty()
        self.stream = os.fdopen(writing, "w", encoding="utf-8")

    @contextlib.contextmanager
    def shown(self) -> Iterator[Screen]:
        """Put it in place of both streams, and give a screen on it."""
        with contextlib.redirect_stdout(self.stream), contextlib.redirect_stderr(self.stream):
            yield Screen()

    def read(self) -> str:
        """Read it, with line ends as the program wrote them."""
        self.stream.flush()
        os.set_blocking(self._reading, False)
        read = b""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self._reading, 100_000):
                read += piece
        return read.decode().replace("\r\n", "\n")

    def close(self) -> None:
        """Take it away."""
        self.stream.close()
        os.close(self._reading)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """Give a terminal, and nothing in the environment that says how to treat it."""
    for variable in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    # The size comes from the test's own descriptors, unless this says it.
    monkeypatch.setenv("COLUMNS", "20")
    made = Terminal()
    yield made
    made.close()


def test_texts_stay_on_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """For grep and for other programs; no style is left."""
    screen = Screen()
    assert screen.width is None
    screen.write(LONG, style="bold", first="- ", rest="  ")
    assert capsys.readouterr() == (f"- {LONG}\n", "")


def test_texts_fit_a_terminal(terminal: Terminal) -> None:
    """Broken at spaces, with what begins the first line and the others."""
    with terminal.shown() as screen:
        assert screen.width == 20
        screen.write(LONG, first="- ", rest="  ")
    assert terminal.read() == "- one two three four\n  five six seven\n"


def test_styles_are_shown_on_a_terminal(terminal: Terminal) -> None:
    """Around the words, which stay whole."""
    with terminal.shown() as screen:
        screen.show([Line("one", "bold")])
    assert terminal.read() == "\x1b[1mone\x1b[0m\n"


def test_no_colour_is_left_when_none_is_wanted(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR; https://no-color.org leaves bold alone."""
    monkeypatch.setenv("NO_COLOR", "1")
    with terminal.shown() as screen:
        screen.show([Line("one", "red")])
    assert terminal.read() == "one\n"


def test_what_looks_like_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """And so is what looks like an emoji's name."""
    screen = Screen()
    screen.write("[bold]x[/] :smile:")
    screen.say("[red]y[/] :smile:")
    assert capsys.readouterr() == ("[bold]x[/] :smile:\n", "[red]y[/] :smile:\n")


def test_nothing_that_is_written_steers_the_terminal(terminal: Terminal) -> None:
    """Whatever the text held."""
    with terminal.shown() as screen:
        screen.write("a\x1b[2Jb")
        screen.say("c\x1b]0;d\x07e")
    assert "\x1b" not in terminal.read()


def test_remarks_go_to_stderr_also_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """They are about the work, and stdout is for its results."""
    Screen().say("building the index")
    assert capsys.readouterr() == ("", "building the index\n")


def test_progress_is_quiet_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """A log file has no use for it."""
    screen = Screen()
    with screen.busy("loading"):
        screen.report(0, 9)
        screen.report(9, 9)
    screen.close()
    assert capsys.readouterr() == ("", "")


def test_progress_is_shown_on_a_terminal_and_taken_away(terminal: Terminal) -> None:
    """The cursor is shown again at the end."""
    with terminal.shown() as screen:
        screen.report(0, 3)
        screen.report(3, 3)
    shown = terminal.read()
    assert "3/3" in shown
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_progress_that_stops_in_the_middle_is_taken_away(terminal: Terminal) -> None:
    """Closing does it; again does nothing."""
    with terminal.shown() as screen:
        screen.report(1, 3)
        screen.close()
        screen.close()
    shown = terminal.read()
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_progress_says_what_is_done(terminal: Terminal) -> None:
    """Texts are encoded unless something else is named."""
    with terminal.shown() as screen:
        screen.report(1, 3, "judging")
        screen.close()
    assert "judging" in terminal.read()


def test_nothing_to_encode_is_no_progress(terminal: Terminal) -> None:
    """All vectors were kept."""
    with terminal.shown() as screen:
        screen.report(0, 0)
    assert terminal.read() == ""


def test_busy_names_what_takes_a_while(terminal: Terminal) -> None:
    """For as long as it does."""
    with terminal.shown() as screen, screen.busy("loading"):
        pass
    assert "loading …" in terminal.read()
