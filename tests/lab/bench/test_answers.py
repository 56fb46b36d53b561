"""One question in several ways, beside a neighbour and without one; LangChain by a stand-in."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from random import Random
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np
import pytest

from bot.lab.bench import answers, frameworks
from bot.lab.bench.answers import Beside, beside_neighbour, busy_neighbour
from bot.lab.bench.frameworks import FRAMEWORKS, PASSAGES
from bot.process.clock import SystemClock
from embeddings.learnt.spelling import Phrasing
from knowledge.errors import Fault, UserError
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

# The randomness only has to be the same each time.
# ruff: noqa: S311

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.answer.service.ask import Asking
    from bot.values.asker import Asker
    from embeddings.encoders.reference import Vectors

CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")


async def test_every_question_is_asked_quietly_and_busily() -> None:
    """In stretches of twenty; a neighbour costs ten times as much here, and each question keeps its place."""
    busy = False
    begun = 0

    @contextmanager
    def neighbour() -> Iterator[None]:
        nonlocal busy, begun
        busy, begun = True, begun + 1
        yield
        busy = False

    async def way(question: str) -> float:
        return float(question) * (10 if busy else 1)

    found = await beside_neighbour({"a": way}, [str(number) for number in range(1, 46)], Random(0), neighbour)
    numbers = range(1, 46)
    assert found == {"a": Beside(tuple(map(float, numbers)), tuple(10.0 * number for number in numbers))}
    assert begun == 3


@pytest.mark.skipif(not CHILDREN.exists(), reason="only Linux tells the children of a process so")
def test_the_neighbour_is_a_process_that_ends_with_its_stretch() -> None:
    """Also when what it disturbs fails."""
    before = set(CHILDREN.read_text().split())
    seen: set[str] = set()

    def disturbed() -> None:
        with busy_neighbour():
            seen.update(set(CHILDREN.read_text().split()) - before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        disturbed()
    assert len(seen) == 1
    assert set(CHILDREN.read_text().split()) & seen == set()


def test_a_neighbour_that_does_not_start_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quiet figures must not be taken for busy ones."""
    monkeypatch.setattr(answers, "_BUSY", "")
    with pytest.raises(Fault, match="did not start"), busy_neighbour():
        pass


class Embeddings:
    """Stands for LangChain's base class."""


@dataclass
class Store:
    """Stands for LangChain's store: the nearest by the inner product."""

    pairs: list[tuple[str, list[float]]]
    embedding: Any
    asked: list[str] = field(default_factory=list)
    made: ClassVar[list[Store]] = []

    @classmethod
    def from_embeddings(cls, pairs: list[tuple[str, list[float]]], embedding: Embeddings) -> Store:
        """Keep what is given."""
        assert isinstance(embedding, Embeddings)
        cls.made.append(cls(pairs, embedding))
        return cls.made[-1]

    def as_retriever(self, search_kwargs: dict[str, int]) -> Store:
        """Be it."""
        assert search_kwargs == {"k": PASSAGES}
        return self

    def invoke(self, question: str) -> list[str]:
        """Encode the question, as LangChain does in each retriever."""
        self.asked.append(question)
        vector = self.embedding.embed_query(question)
        return sorted((text for text, own in self.pairs), key=lambda text: len(vector) - len(text))[:PASSAGES]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> type[Store]:
    """Have a LangChain installed, with nothing in it but what is used."""
    contents: dict[str, dict[str, object]] = {
        "langchain_core": {},
        "langchain_core.embeddings": {"Embeddings": Embeddings},
        "langchain_community": {},
        "langchain_community.vectorstores": {"FAISS": Store},
    }
    for name, attributes in contents.items():
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        for attribute, value in attributes.items():
            setattr(module, attribute, value)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(Store, "made", [])
    return Store


async def test_each_side_has_a_store_and_both_are_asked(stand_in: type[Store]) -> None:
    """With the passages of that side and their vectors; each retriever encodes the question again."""
    pack, encoder = drinks(), WordEncoder()
    assert FRAMEWORKS["langchain"].installed
    way = FRAMEWORKS["langchain"].way(pack, encoder, SystemClock())
    assert [[text for text, _ in store.pairs] for store in stand_in.made] == [
        [passage.text for passage in pack.passages if passage.voice == side] for side in ("tea", "coffee")
    ]
    assert all(len(vector) == 32 for store in stand_in.made for _, vector in store.pairs)
    encoder.encoded.clear()
    assert await way("does tea warm") >= 0
    assert [store.asked for store in stand_in.made] == [["does tea warm"]] * 2
    assert encoder.encoded == ["does tea warm"] * 2


def test_where_it_is_missing_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one clear line."""
    monkeypatch.setattr(frameworks, "find_spec", lambda name: None)
    assert not any(framework.installed for framework in FRAMEWORKS.values())
    assert answers.NOT_INSTALLED.endswith("run `{command}`")


# The ways


@dataclass
class SteppingClock:
    """Each reading is a quarter of a second after the one before."""

    seconds: float = 0.0

    def monotonic_s(self) -> float:
        """Give the next quarter."""
        self.seconds += 0.25
        return self.seconds

    def now_utc(self) -> datetime:
        """Refuse: durations need no date."""
        raise NotImplementedError


@dataclass
class ThreadNotingEncoder:
    """Keeps what it was asked to encode, and in which threads."""

    fingerprint: str = "none"
    texts: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give zeros."""
        self.texts += texts
        self.threads.add(threading.get_ident())
        return np.zeros((len(texts), 2), dtype=np.float32)


@dataclass
class NotedAsking:
    """Answers with the notes that it is given, and keeps what was called."""

    notices: tuple[str, ...] = ()
    calls: list[str] = field(default_factory=list)

    async def forget_conversation(self, asker: Asker) -> None:
        """Keep the call."""
        self.calls.append("forget")

    async def ask(self, asker: Asker, text: str) -> object:
        """Keep the call."""
        self.calls.append(text)
        return SimpleNamespace(notices=self.notices)


async def test_model_alone_is_one_pass_over_the_plain_question_off_the_event_loop() -> None:
    """It is what the retriever encodes, and only the pass is timed: between two readings of the clock."""
    encoder = ThreadNotingEncoder()
    taken_ms = await answers.encoding_alone(encoder, SteppingClock(), Phrasing({"fb": "facebook"}))("Does FB know ppl?")
    assert taken_ms == 250.0
    assert encoder.texts == ["does facebook know people?"]
    assert threading.get_ident() not in encoder.threads


async def test_each_answer_begins_a_conversation_outside_its_time() -> None:
    """Else a question could be taken for a follow-up of the one before."""
    asking = NotedAsking()
    way = answers.answering(cast("Asking", asking), cast("Asker", None), SteppingClock())
    assert [await way("first"), await way("second")] == [250.0, 250.0]
    assert asking.calls == ["forget", "first", "forget", "second"]


async def test_answer_with_a_note_is_not_counted() -> None:
    """One that waited for the log in vain says nothing about answers."""
    asking = NotedAsking(notices=("This turn is not logged yet.",))
    way = answers.answering(cast("Asking", asking), cast("Asker", None), SteppingClock())
    with pytest.raises(UserError, match=r"an answer came with a note: This turn is not logged yet\."):
        await way("first")
