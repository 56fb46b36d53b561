"""The comparison with LangChain, by a stand-in that keeps what it is given; and what is said where there is none."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, ClassVar

import pytest

from bot.lab.bench import langchain as benching_langchain
from bot.lab.bench.langchain import PASSAGES, is_installed, langchain
from bot.process.clock import SystemClock
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks


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
    way = langchain(pack, encoder, SystemClock())
    assert is_installed()
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
    monkeypatch.setattr(benching_langchain, "find_spec", lambda name: None)
    assert not is_installed()
    assert benching_langchain.NOT_INSTALLED.endswith("pip install 'dilemma[bench]'")
