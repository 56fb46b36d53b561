"""What is typed when the program asks: at a prompt, or line by line from a pipe."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from bot.values.text import sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from bot.screen.screen import Screen

PROMPT: Final = "You: "


def lines_of_pipe(stream: TextIO | None) -> Iterator[str]:
    """Return each line as it comes; bytes that are no UTF-8 become U+FFFD. None, a closed stdin, has no lines."""
    if stream is not None:
        for line in iter(stream.buffer.readline, b""):
            yield line.decode("utf-8-sig", "replace")


def prompted(say: Callable[[str], None], session: PromptSession[str] | None = None) -> Iterator[str]:
    """Return each line typed at the prompt, until Ctrl-D. Ctrl-C begins a new line.

    `say` hears what is to be said meanwhile. What is typed while no prompt is there waits in the terminal for the next.
    """
    if session is None:
        session = PromptSession(history=history_in(user_state_path("dilemma", appauthor=False), say))
    while True:
        try:
            yield session.prompt(PROMPT)
        except KeyboardInterrupt:
            if not session.default_buffer.text:
                say("Ctrl-D or /quit ends the conversation")
        except EOFError:
            return


def history_in(folder: Path, say: Callable[[str], None]) -> History:
    """Open the history file of a folder; when that cannot be, say why and remember this conversation only."""
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
    """A history file; on a full disk it goes on in memory, for the conversation matters more."""

    def store_string(self, string: str) -> None:
        """Append a line to the file; the history in memory has it already."""
        with suppress(OSError):
            super().store_string(string)


@dataclass(frozen=True, slots=True)
class Replies:
    """Where replies come from. `at_terminal` tells whether somebody sits there, reads along and types.

    `ask` asks for something in a few words, and gives what was typed without the space around it; None when no more
    comes.
    """

    ask: Callable[[str], str | None]
    at_terminal: bool

    def pause(self, what: str) -> bool:
        """Wait for Enter where somebody reads along, and tell whether it goes on."""
        return not self.at_terminal or self.ask(what) is not None


def replies_to(screen: Screen) -> Replies:
    """Return the replies of whoever sits before the screen, or those in a pipe."""
    if sys.stdin is not None and sys.stdin.isatty() and screen.width is not None:
        return typed_at_prompt(screen.say)
    return piped(lines_of_pipe(sys.stdin))


def piped(lines: Iterable[str]) -> Replies:
    """Take each line as the reply to the next thing that is asked; nobody sees what that is."""
    left = iter(lines)
    return Replies(lambda _: None if (line := next(left, None)) is None else sound(line).strip(), at_terminal=False)


def typed_at_prompt(say: Callable[[str], None], session: PromptSession[str] | None = None) -> Replies:
    """Ask at a prompt, below an empty line, until Ctrl-D.

    Ctrl-C clears what is typed; where nothing is, `say` hears how to leave. No line is remembered for later, for many
    people stand around a terminal in a classroom.
    """
    from prompt_toolkit import PromptSession  # noqa: PLC0415 - a pipe does without it
    from prompt_toolkit.history import InMemoryHistory  # noqa: PLC0415

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
