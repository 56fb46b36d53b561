"""Answering many who ask at once: whatever waits goes through the model together, and nobody waits for company.

Two threads take turns: while the batch of one is in the model, which needs no Python, the other composes the answers
of its last batch and reads what comes in. A large batch need not wait for the model.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from embeddings.hits import Findings
    from embeddings.retriever import Encoded

T = TypeVar("T")

MOST: Final = 32
"""Turns that go through the model together. More are no faster each, and hold up the next."""

LARGE: Final = 16
"""Turns of a batch that goes through the model beside another.

Measured on two cores with 64 who ask at once: 1.15 times as many answers a second.
"""

CAPACITY: Final = 1024
"""Turns that may wait: two seconds' work."""

_THREADS: Final = 2

_FIRST_GUESS_S: Final = 0.01
"""What a turn costs, until it is measured."""

_NEWEST_WEIGHT: Final = 0.2
"""Share of the last batch in the expected cost of a turn."""


class Finder(Protocol):
    """The two halves of finding, as of `Retriever`."""

    def encoded(self, questions: Sequence[str]) -> Encoded:
        """Read and encode questions."""

    def found(self, encoded: Encoded) -> list[Findings]:
        """Return the findings for encoded questions, in order."""


@dataclass(frozen=True, slots=True)
class Plan(Generic[T]):
    """The questions of a turn, and what makes its answer of their findings, in order, or plans further questions."""

    questions: tuple[str, ...]
    answer: Callable[[list[Findings]], T | Plan[T]]


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    read: Callable[[], Plan[Any]]
    future: Future[Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Planned:
    plan: Plan[Any]
    future: Future[Any]


class Batching:
    """The queue before the model, and the threads behind it. Turns may come from any thread."""

    def __init__(
        self,
        finder: Finder,
        *,
        most: int = MOST,
        large: int = LARGE,
        capacity: int = CAPACITY,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._finder = finder
        self._most = most
        self._large = large
        self._capacity = capacity
        self._monotonic_s = monotonic_s
        self._changed = threading.Condition()
        self._waiting: deque[_Turn] = deque()
        self._closed = False
        self._in_model = 0
        self._threads: list[threading.Thread] = []
        self._gathering = False
        self._cost_s = _FIRST_GUESS_S

    def submit(self, read: Callable[[], Plan[T]]) -> Future[T]:
        """Queue a turn: `read` makes its plan, whose `answer` the future returns; both run in one of the threads.

        The future raises the turn's own error, or the model's, as for the whole batch. Never waits; raises UserError
        when too many wait already, Fault after `close`.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise Fault("nothing more is answered: the service is closed")
            if len(self._waiting) >= self._capacity:
                self._waiting = deque(turn for turn in self._waiting if not turn.future.cancelled())
            if len(self._waiting) >= self._capacity:
                raise UserError(
                    "Too many ask at once ({waiting} wait): please try again in {wait_s} s.",
                    waiting=len(self._waiting),
                    wait_s=math.ceil(len(self._waiting) * self._cost_s),
                )
            self._waiting.append(_Turn(read, future))
            if not self._threads:
                for number in range(1, _THREADS + 1):
                    thread = threading.Thread(target=self._work, name=f"answering-{number}", daemon=True)
                    self._threads.append(thread)
                    thread.start()
            # The thread that gathers must hear of it. Else waking both would only take the processor from the first.
            self._changed.notify(2 if self._gathering else 1)
        return future

    def close(self) -> None:
        """Answer those who wait, take no more, and end the threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while batch := self._gathered():
            self._answer(batch)

    def _gathered(self) -> list[_Planned]:
        """Read what comes until the model is free, and occupy it; nothing once all is answered and the queue closed."""
        planned: list[_Planned] = []
        with self._changed:
            # One thread gathers at a time: what two gathered would go through the model in two halves.
            self._changed.wait_for(lambda: not self._gathering and (self._waiting or self._closed))
            self._gathering = True
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._may_go_on(planned))
                if self._may_enter(planned):
                    self._in_model += 1
                    self._gathers_no_more()
                    return planned
                turns = self._take(self._most - len(planned))
                if self._closed and not turns and not planned:
                    self._gathers_no_more()
                    return []
            planned.extend(_planned(turns))

    def _gathers_no_more(self) -> None:
        self._gathering = False
        if self._waiting or self._closed:
            self._changed.notify()

    def _may_go_on(self, planned: Sequence[_Planned]) -> bool:
        if self._may_enter(planned):
            return True
        return (bool(self._waiting) and len(planned) < self._most) or (self._closed and not planned)

    def _may_enter(self, planned: Sequence[_Planned]) -> bool:
        return bool(planned) and (not self._in_model or len(planned) >= self._large)

    def _take(self, most: int) -> list[_Turn]:
        """Return the turns that waited longest, without cancelled ones."""
        turns: list[_Turn] = []
        while self._waiting and len(turns) < most:
            turn = self._waiting.popleft()
            if turn.future.running() or turn.future.set_running_or_notify_cancel():
                turns.append(turn)
        return turns

    def _answer(self, batch: Sequence[_Planned]) -> None:
        questions = [question for turn in batch for question in turn.plan.questions]
        try:
            try:
                started_s = self._monotonic_s()
                encoded = self._finder.encoded(questions)
                self._cost_s += _NEWEST_WEIGHT * ((self._monotonic_s() - started_s) / len(batch) - self._cost_s)
            finally:
                with self._changed:
                    self._in_model -= 1
                    if self._gathering:
                        self._changed.notify_all()
            findings = iter(self._finder.found(encoded))
        except BaseException as error:  # noqa: BLE001 - it belongs to those who wait, all of them
            for turn in batch:
                turn.future.set_exception(error)
            return
        answered = (_resolve(each, [next(findings) for _ in each.plan.questions]) for each in batch)
        further = [turn for turn in answered if turn is not None]
        if further:
            with self._changed:
                self._waiting.extendleft(reversed(further))
                self._changed.notify()


def _planned(turns: Iterable[_Turn]) -> list[_Planned]:
    """Return the read turns that need a search; the others are answered at once."""
    planned = []
    for turn in turns:
        try:
            one = _Planned(turn.read(), turn.future)
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
            turn.future.set_exception(error)
            continue
        if one.plan.questions:
            planned.append(one)
        elif (further := _resolve(one, [])) is not None:
            planned += _planned([further])
    return planned


def _resolve(turn: _Planned, findings: list[Findings]) -> _Turn | None:
    """Hand out the answer; return the turn again where there is more to search for first."""
    try:
        made = turn.plan.answer(findings)
    except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
        turn.future.set_exception(error)
        return None
    if isinstance(made, Plan):
        return _Turn(lambda: made, turn.future)
    turn.future.set_result(made)
    return None
