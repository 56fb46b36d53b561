"""Building in another process: what it tells, what it raises, and what its death comes to."""

from __future__ import annotations

import os
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import pytest

from bot.config.sections import Config
from bot.opening import _run, build_apart
from knowledge.errors import Fault, UserError
from tests.test_app import Heard

if TYPE_CHECKING:
    from bot.opening import Listener


def build(config: Config, listener: Listener) -> None:
    """Build something."""
    with listener.busy("a moment"):
        listener.say(f"from a process of its own, of {os.getppid()}, at most {config.answer.max_question_chars}")
    listener.report(1, 2)
    listener.report(2, 2)


def refuse(_config: Config, listener: Listener) -> None:
    """Say something, and refuse."""
    listener.say("begun")
    raise UserError("there is no space left")


def break_down(_config: Config, _listener: Listener) -> None:
    """Meet an error of the program."""
    raise ZeroDivisionError("by 0")


def die(_config: Config, _listener: Listener) -> None:
    """End at once, as when it is killed."""
    os._exit(9)


def test_listener_hears_the_other_process() -> None:
    """Lines and progress, in their order; that it takes a while is this process's to say."""
    heard = Heard()
    settings = Config()
    build_apart(build, settings, heard)
    longest = settings.answer.max_question_chars
    assert heard.said == [f"from a process of its own, of {os.getpid()}, at most {longest}"]
    assert heard.reported == [(1, 2), (2, 2)]
    assert heard.busy_with == []


def test_errors_come_over_as_what_they_are() -> None:
    """One that people can mend keeps its words, any other is a fault that names it."""
    heard = Heard()
    with pytest.raises(UserError, match="there is no space left"):
        build_apart(refuse, Config(), heard)
    assert heard.said == ["begun"]
    with pytest.raises(Fault, match="ZeroDivisionError: by 0"):
        build_apart(break_down, Config(), heard)


def test_death_is_a_fault() -> None:
    """Not a wait for ever, nor a build that seems done."""
    with pytest.raises(Fault, match=r"the process that builds the index died \(exit code 9\)"):
        build_apart(die, Config(), Heard())


def test_whoever_builds_for_nobody_ends_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that waited was ended: neither what is said nor why it fails has anywhere to go."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    here, there = Pipe(duplex=False)
    here.close()
    _run(there, refuse, Config())
