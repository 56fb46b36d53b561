"""What a person types into a conversation, line by line: at a prompt with editing and history, or from a pipe."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

PROMPT: Final = "You: "


def lines_of_pipe(stream: TextIO | None) -> Iterator[str]:
    """Give each line as it comes; bytes that are no UTF-8 become U+FFFD. None, a closed stdin, has no lines."""
    if stream is not None:
        for line in iter(stream.buffer.readline, b""):
            yield line.decode("utf-8-sig", "replace")


def prompted(say: Callable[[str], None], session: PromptSession[str] | None = None) -> Iterator[str]:
    """Give each line typed at the prompt, until Ctrl-D. Ctrl-C begins a new line.

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
