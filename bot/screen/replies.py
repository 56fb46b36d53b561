"""What is typed when the program asks: at a prompt, or line by line from a pipe."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.screen.typing_in import lines_of_pipe
from bot.values.typed import sound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prompt_toolkit import PromptSession

    from bot.screen.screen import Screen


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
    """Give the replies of whoever sits before the screen, or those in a pipe."""
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
