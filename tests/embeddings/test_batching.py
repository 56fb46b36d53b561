from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.batching import Batching, Plan
from embeddings.hits import Findings
from embeddings.retriever import Encoded
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

PATIENCE_S = 30


@dataclass
class Gate:
    batches: list[list[str]] = field(default_factory=list)
    busy: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)

    def encoded(self, questions: Sequence[str]) -> Encoded:
        self.batches.append(list(questions))
        self.busy.set()
        assert self.open.wait(PATIENCE_S)
        if "break" in questions:
            raise Fault("the model broke")
        return Encoded(tuple(questions), tuple(questions), np.zeros((len(questions), 1), np.float32))

    def found(self, encoded: Encoded) -> list[Findings]:
        return [Findings(question, {}, {}) for question in encoded.questions]


def asking(*questions: str, read: threading.Event | None = None) -> Callable[[], Plan[str]]:
    def plan() -> Plan[str]:
        if read is not None:
            read.set()
        return Plan(questions, lambda findings: "+".join(one.question for one in findings))

    return plan


@pytest.fixture
def gate() -> Gate:
    return Gate()


def opened(gate: Gate, most: int, large: int = 7) -> Iterator[Batching]:
    made = Batching(gate, most=most, large=large, capacity=6, monotonic_s=lambda: 0.0)
    yield made
    gate.open.set()
    made.close()
    assert not [thread for thread in made._threads if thread.is_alive()]


@pytest.fixture
def batching(gate: Gate) -> Iterator[Batching]:
    yield from opened(gate, 4)


@pytest.fixture
def side_by_side(gate: Gate) -> Iterator[Batching]:
    yield from opened(gate, 4, large=2)


@pytest.fixture
def one_by_one(gate: Gate) -> Iterator[Batching]:
    yield from opened(gate, 1)


def held_up(gate: Gate, batching: Batching, *together: str) -> list[Future[str]]:
    """Put a turn in the model, and read others so that they go through it next."""
    turns = [batching.submit(asking("first"))]
    assert gate.busy.wait(PATIENCE_S)
    for question in together:
        read = threading.Event()
        turns.append(batching.submit(asking(question, read=read)))
        assert read.wait(PATIENCE_S)
    return turns


def test_a_turn_alone_waits_for_nobody(gate: Gate, batching: Batching) -> None:
    gate.open.set()
    assert batching.submit(asking("tea")).result(PATIENCE_S) == "tea"
    assert gate.batches == [["tea"]]


def test_whatever_waits_goes_through_the_model_together(gate: Gate, batching: Batching) -> None:
    turns = held_up(gate, batching, "a", "b", "c", "d")
    turns += [batching.submit(asking("e")), batching.submit(asking("f"))]
    gate.open.set()
    assert [turn.result(PATIENCE_S) for turn in turns] == ["first", *"abcdef"]
    assert gate.batches == [["first"], ["a", "b", "c", "d"], ["e", "f"]]


def test_a_large_batch_does_not_wait_for_the_one_in_the_model(gate: Gate, side_by_side: Batching) -> None:
    turns = held_up(gate, side_by_side, "a")
    assert gate.batches == [["first"]]
    gate.busy.clear()
    turns.append(side_by_side.submit(asking("b")))
    assert gate.busy.wait(PATIENCE_S)
    assert gate.batches == [["first"], ["a", "b"]]
    gate.open.set()
    assert [turn.result(PATIENCE_S) for turn in turns] == ["first", "a", "b"]


def test_all_questions_of_a_turn_go_together(gate: Gate, batching: Batching) -> None:
    gate.open.set()
    assert batching.submit(asking("alone", "joined")).result(PATIENCE_S) == "alone+joined"
    assert gate.batches == [["alone", "joined"]]


def test_a_turn_that_asks_nothing_never_sees_the_model(gate: Gate, batching: Batching) -> None:
    assert batching.submit(asking()).result(PATIENCE_S) == ""
    assert gate.batches == []


def test_an_asker_who_has_gone_costs_nothing(gate: Gate, one_by_one: Batching) -> None:
    held_up(gate, one_by_one, "second")
    read = threading.Event()
    gone, stays = one_by_one.submit(asking("gone", read=read)), one_by_one.submit(asking("stays"))
    assert gone.cancel()
    gate.open.set()
    assert stays.result(PATIENCE_S) == "stays"
    assert gate.batches == [["first"], ["second"], ["stays"]]
    assert not read.is_set()


def test_too_many_are_told_when_to_come_back(gate: Gate, one_by_one: Batching) -> None:
    held_up(gate, one_by_one, "second")
    waiting = [one_by_one.submit(asking(f"waiting {number}")) for number in range(6)]
    with pytest.raises(UserError, match=r"^Too many ask at once \(6 wait\): please try again in 1 s\.$"):
        one_by_one.submit(asking("one too many"))
    waiting[3].cancel()
    in_its_place = one_by_one.submit(asking("in its place"))
    gate.open.set()
    assert in_its_place.result(PATIENCE_S) == "in its place"


def test_the_wait_is_reckoned_from_what_turns_took(gate: Gate) -> None:
    clock = iter([0.0, 10.0])
    batching = Batching(gate, most=1, capacity=6, monotonic_s=lambda: next(clock, 10.0))
    gate.open.set()
    batching.submit(asking("slow")).result(PATIENCE_S)
    gate.open.clear()
    gate.busy.clear()
    held_up(gate, batching, "second")
    for number in range(6):
        batching.submit(asking(f"waiting {number}"))
    with pytest.raises(UserError, match=r"try again in 13 s"):
        batching.submit(asking("one too many"))
    gate.open.set()
    batching.close()


def test_an_error_of_the_model_reaches_those_in_the_batch_and_no_others(gate: Gate, batching: Batching) -> None:
    first, *same = held_up(gate, batching, "second", "break")
    gate.open.set()
    assert first.result(PATIENCE_S) == "first"
    for turn in same:
        with pytest.raises(Fault, match="the model broke"):
            turn.result(PATIENCE_S)
    assert batching.submit(asking("after")).result(PATIENCE_S) == "after"


def test_an_error_of_a_turn_is_its_own(gate: Gate, batching: Batching) -> None:
    def unreadable() -> Plan[str]:
        raise ValueError("unreadable")

    def unanswerable(_findings: list[Findings]) -> str:
        raise ValueError("unanswerable")

    held_up(gate, batching)
    bad = [batching.submit(unreadable), batching.submit(lambda: Plan(("x",), unanswerable))]
    good = batching.submit(asking("good"))
    gate.open.set()
    for turn, message in zip(bad, ("unreadable", "unanswerable"), strict=True):
        with pytest.raises(ValueError, match=message):
            turn.result(PATIENCE_S)
    assert good.result(PATIENCE_S) == "good"


def test_closing_answers_those_who_wait_and_nobody_else(gate: Gate, batching: Batching) -> None:
    turns = [*held_up(gate, batching, "a", "b", "c", "d"), batching.submit(asking("waits"))]
    gate.open.set()
    batching.close()
    assert [turn.result(0) for turn in turns] == ["first", *"abcd", "waits"]
    with pytest.raises(Fault, match="closed"):
        batching.submit(asking("too late"))


def test_a_queue_that_was_never_used_closes_without_a_thread(gate: Gate) -> None:
    batching = Batching(gate)
    batching.close()
    assert batching._threads == []


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=3).filter(lambda text: text != "break"), max_size=3), max_size=40),
    st.integers(1, 8),
    st.integers(1, 9),
)
def test_everybody_gets_their_own_answer(turns: list[list[str]], most: int, large: int) -> None:
    gate = Gate()
    gate.open.set()
    batching = Batching(gate, most=most, large=large)
    futures = [batching.submit(asking(*questions)) for questions in turns]
    batching.close()
    assert [future.result(0) for future in futures] == ["+".join(questions) for questions in turns]
    assert sorted(chain.from_iterable(gate.batches)) == sorted(chain.from_iterable(turns))
