from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, cast

import pytest

from bot import opening
from bot.answer.service.ask import Asking
from bot.config.loading import load_config
from bot.lab.bench.load import (
    Load,
    in_rounds,
    loaded,
    naive_process,
    one_call_each,
    raw,
    serve,
    through_service,
    times_as_many,
)
from bot.lab.bench.timing import Estimate
from bot.process.clock import SystemClock
from embeddings.index.index import open_index
from embeddings.library import Library
from embeddings.retriever import Retriever
from knowledge.errors import Fault, UserError
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

    from embeddings.encoders.reference import Vectors

QUESTIONS = ["does tea warm hands", "what does coffee cost", "how many cups were sold"]


class SteppingClock(SystemClock):
    """A clock of which every look takes a second."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._seconds = 0.0

    def monotonic_s(self) -> float:
        """Give a second more than before."""
        self._seconds += 1
        return self._seconds


class CountingEncoder(WordEncoder):
    """Keeps how many texts it got at a time."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.sizes: list[int] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text."""
        self.sizes.append(len(texts))
        return super().encode(texts)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """Give a retriever over the drinks."""
    pack, encoder = drinks(), CountingEncoder()
    index = open_index(pack, encoder, tmp_path_factory.mktemp("index"))
    yield Retriever(pack, encoder, index)
    index.close()


async def test_every_question_is_asked_once_by_as_many_as_may() -> None:
    """No more askers at a time than wanted, and no question left out."""
    asked: list[str] = []
    at_work: set[int] = set()
    most = 0

    async def way(number: int, question: str) -> None:
        nonlocal most
        assert number not in at_work
        at_work.add(number)
        most = max(most, len(at_work))
        asked.append(question)
        await asyncio.sleep(0)
        at_work.remove(number)

    texts = [f"question {number}" for number in range(50)]
    await loaded(way, texts, 8, SystemClock())
    assert sorted(asked) == sorted(texts)
    assert most == 8


async def test_waits_and_rate_are_reckoned_from_the_clock() -> None:
    """One asker who looks at the clock twice a question waits a second each time; the run itself adds two looks."""

    async def way(_number: int, _question: str) -> None:
        pass

    load = await loaded(way, QUESTIONS, 1, SteppingClock())
    assert (load.median_ms, load.p99_ms) == (1000.0, 1000.0)
    assert load.per_second == pytest.approx(3 / 8)


async def test_a_way_that_fails_ends_the_run() -> None:
    """With its own error."""

    async def way(_number: int, _question: str) -> None:
        raise UserError("no")

    with pytest.raises(ExceptionGroup) as caught:
        await loaded(way, QUESTIONS, 2, SystemClock())
    assert caught.group_contains(UserError, match="no")


async def test_both_real_ways_answer_everything(retriever: Retriever) -> None:
    """Through the service, and in a call each."""
    pack, clock = drinks(), SystemClock()
    asking = Asking(Library.of(pack, retriever), None, clock=clock)
    for way in (through_service(asking), one_call_each(pack, retriever)):
        load = await loaded(way, QUESTIONS * 4, 4, clock)
        assert 0 < load.median_ms <= load.p99_ms
        assert load.per_second > 0
    asking.close()


async def test_runs_take_turns_forwards_and_backwards() -> None:
    """Three rounds of two; each run's loads come back round by round."""
    done: list[str] = []

    def run(name: str) -> Callable[[], Awaitable[Load]]:
        async def load() -> Load:
            done.append(name)
            return Load(len(done), 1, 1, 1)

        return load

    found = await in_rounds({"a": run("a"), "b": run("b")}, 3)
    assert "".join(done) == "abbaab"
    assert [load.per_second for load in found["a"]] == [1, 4, 5]
    assert [load.per_second for load in found["b"]] == [2, 3, 6]


def test_more_a_second_is_a_ratio_above_one() -> None:
    """Twice as many in each round."""
    slow = (Load(100, 1, 1, 1), Load(50, 1, 1, 1))
    quick = (Load(200, 1, 1, 1), Load(100, 1, 1, 1))
    assert times_as_many(slow, quick, Random(0)) == Estimate(2.0, 2.0, 2.0)  # noqa: S311 - the same each time


def test_a_typical_run_is_the_median_figure_by_figure() -> None:
    """Of each figure by itself."""
    runs = [Load(1, 20, 300, 4), Load(2, 10, 200, 6), Load(3, 30, 100, 5)]
    assert Load.typical(runs) == Load(2, 20, 200, 5)


async def test_the_bare_model_gets_whole_batches() -> None:
    """And nothing else is done; each text waits as long as its batch takes."""
    encoder = CountingEncoder()
    load = await raw(encoder, ["tea"] * 150, 64, SteppingClock())
    assert encoder.sizes == [64, 64, 22]
    # At the least: the loop's watch looks at this clock, too.
    assert 1000.0 <= load.median_ms <= load.p99_ms


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
