"""What people type when the program asks: at a prompt, or in a pipe."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from bot.screen.reading import lines_of
from bot.values.text import sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from bot.screen.screen import Screen

PROMPT: Final = "You: "


def lines_of_pipe(stream: TextIO | None) -> Iterator[str]:
    """Yield each line as it comes, with U+FFFD for invalid UTF-8; none from a closed stdin (None)."""
    if stream is not None:
        for line in lines_of(stream.buffer):
            yield line.decode("utf-8-sig", "replace")


def prompted(
    say: Callable[[str], None], session: PromptSession[str] | None = None, *, kept: bool = True
) -> Iterator[str]:
    """Yield each line typed at the prompt, until Ctrl-D; Ctrl-C begins a new line. `say` shows hints.

    What is typed stands in the account's history file, unless it is not to be `kept`.
    """
    if session is None:
        folder = user_state_path("dilemma", appauthor=False)
        session = PromptSession(history=history_in(folder, say) if kept else InMemoryHistory())
    while True:
        try:
            yield session.prompt(PROMPT)
        except KeyboardInterrupt:
            if not session.default_buffer.text:
                say("Ctrl-D or /quit ends the conversation")
        except EOFError:
            return


def history_in(folder: Path, say: Callable[[str], None]) -> History:
    """Return the history in a folder's file; say why where it must stay in memory."""
    file = folder / "chat_history"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The file holds what a person asked: nobody else may read it.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        say(f"no history is kept: {file} cannot be written ({error.strerror})")
        return InMemoryHistory()
    return _LastingHistory(str(file))


class _LastingHistory(FileHistory):
    """A history file that continues in memory when the disk is full."""

    def store_string(self, string: str) -> None:
        """Append a line to the file, if it can be."""
        with suppress(OSError):
            super().store_string(string)


@dataclass(frozen=True, slots=True)
class Replies:
    """Where replies come from; `at_terminal` says whether a person reads along and types.

    `ask` prompts, and returns the stripped reply; None at the end.
    """

    ask: Callable[[str], str | None]
    at_terminal: bool

    def pause(self, what: str) -> bool:
        """Wait for Enter at a terminal, and return whether to continue."""
        return not self.at_terminal or self.ask(what) is not None


def replies_to(screen: Screen) -> Replies:
    """Return the replies at a terminal, or those in a pipe."""
    if sys.stdin is not None and sys.stdin.isatty() and screen.width is not None:
        return typed_at_prompt(screen.say)
    return piped(lines_of_pipe(sys.stdin))


def piped(lines: Iterable[str]) -> Replies:
    """Return replies that are the lines, one for each question."""
    left = iter(lines)
    return Replies(lambda _: None if (line := next(left, None)) is None else sound(line).strip(), at_terminal=False)


def typed_at_prompt(say: Callable[[str], None], session: PromptSession[str] | None = None) -> Replies:
    """Return replies from a prompt, until Ctrl-D. No history is kept: many people share a classroom's terminal."""
    prompt = session or PromptSession(history=InMemoryHistory())

    def ask(what: str) -> str | None:
        while True:
            try:
                return sound(prompt.prompt(f"\n{what}")).strip()
            except KeyboardInterrupt:
                if not prompt.default_buffer.text:
                    say("Ctrl-D ends it")
            except EOFError:
                return None

    return Replies(ask, at_terminal=True)
