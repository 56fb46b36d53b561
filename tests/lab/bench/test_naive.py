"""The process that answers naively: what it does with what comes through its pipe, and what its end is told as."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from bot import opening
from bot.config import load_config
from bot.lab.bench.crowd import Load
from bot.lab.bench.naive import naive_process, serve
from knowledge.errors import Fault, UserError
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection


@dataclass
class Pipe:
    """Gives what it was given, then its end; keeps what is sent."""

    received: list[object]
    sent: list[object] = field(default_factory=list)

    def recv(self) -> object:
        """Give the next one."""
        if not self.received:
            raise EOFError
        return self.received.pop(0)

    def send(self, what: object) -> None:
        """Keep it."""
        self.sent.append(what)


@pytest.fixture(autouse=True)
def undisturbed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give this process back what the other one changes about itself."""
    monkeypatch.setenv("GOMP_SPINCOUNT", "1")
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("tiny_in_use")
def test_it_answers_until_the_pipe_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it is open, then gives a load a request."""
    monkeypatch.setattr(opening, "load_reference", lambda config: HashEncoder())
    pipe = Pipe([(("Does a cat need walks?", "Are dogs loud?"), 2)])
    serve(cast("Connection", pipe), load_config(None, os.environ))
    opened, load = pipe.sent
    assert opened == ""
    assert isinstance(load, Load)
    assert load.per_second > 0
    assert os.environ["GOMP_SPINCOUNT"] == "300000"


@pytest.mark.usefixtures("tiny_in_use")
def test_what_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, for errors of libraries often cannot be sent."""

    def broken(config: object) -> None:
        raise UserError("no model")

    monkeypatch.setattr(opening, "load_reference", broken)
    pipe = Pipe([])
    serve(cast("Connection", pipe), load_config(None, os.environ))
    assert pipe.sent == ["UserError: no model"]


def test_a_process_that_cannot_open_is_a_fault(dilemma: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real one, whose pack is missing."""
    monkeypatch.setenv("DILEMMA_PACK__FOLDER", "/nowhere")
    with (
        pytest.raises(Fault, match=r"the process that answers naively broke: \w+: .*nowhere"),
        naive_process(load_config(None, os.environ)),
    ):
        pass
