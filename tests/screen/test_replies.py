"""Replies: what is typed at a prompt, and what comes out of a pipe."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.screen.replies import piped, replies_to, typed_at_prompt
from bot.screen.screen import Screen

if TYPE_CHECKING:
    import pytest

CTRL_C = "\x03"
CTRL_D = "\x04"


def test_pipe_replies_line_by_line_and_never_waits() -> None:
    """A pause takes no line from it."""
    replies = piped([" one \n", "t\udcffwo"])
    assert (replies.ask("first?"), replies.pause("Enter: "), replies.ask("second?")) == ("one", True, "t\ufffdwo")
    assert replies.ask("third?") is None
    assert replies.at_terminal is False


def test_prompt_replies_until_ctrl_d() -> None:
    """Ctrl-C clears what is half typed, and on an empty line tells how to leave; a pause waits for Enter."""
    said: list[str] = []
    with create_pipe_input() as pipe:
        pipe.send_text(f"half{CTRL_C} 12 5 3 \r{CTRL_C}\r{CTRL_D}")
        session: PromptSession[str] = PromptSession(input=pipe, output=DummyOutput(), history=InMemoryHistory())
        replies = typed_at_prompt(said.append, session)
        assert replies.ask("hands: ") == "12 5 3"
        assert replies.pause("Enter: ") is True
        assert replies.pause("Enter: ") is False
    assert said == ["Ctrl-D ends it"]
    assert replies.at_terminal is True


def test_program_without_a_terminal_reads_its_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has none gets no reply."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"one\n")))
    assert replies_to(Screen()).ask("?") == "one"
    monkeypatch.setattr(sys, "stdin", None)
    assert replies_to(Screen()).ask("?") is None
