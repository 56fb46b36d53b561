"""Retrieval as people do it with LangChain, LlamaIndex and Haystack: the same passages, weights and vectors.

Each keeps a side's passages in a store of its own and searches both sides; it encodes the question for each search. It
puts no answer together, checks nothing and logs nothing. All come with the extra "bench".
"""

from __future__ import annotations

import asyncio
import os
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.lab.bench.timing import Way
    from bot.process.clock import Clock
    from embeddings.encoders.reference import Encoder
    from knowledge.model import Pack

# They are optional, and take seconds to import.
# ruff: noqa: PLC0415

PASSAGES: Final = 3
"""Passages that are wanted of each side."""


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework: its name for people, the packages that it needs, and what makes a search through some texts."""

    label: str
    needed: tuple[str, ...]
    search: Callable[[list[str], Encoder], Callable[[str], Any]]

    @property
    def installed(self) -> bool:
        """Whether there is one to compare with."""
        return all(find_spec(name) for name in self.needed)

    def way(self, pack: Pack, encoder: Encoder, clock: Clock) -> Way:
        """Return the search through every side's passages, one after the other, for a question."""
        sides = [[passage.text for passage in pack.passages if passage.voice == side] for side in pack.side_ids]
        with warnings.catch_warnings():
            # LangChain's says that it is not developed any further; its successor holds the same store.
            warnings.simplefilter("ignore")
            searches = [self.search(texts, encoder) for texts in sides]

        def retrieve(question: str) -> float:
            started_s = clock.monotonic_s()
            for search in searches:
                search(question)
            return (clock.monotonic_s() - started_s) * 1000

        async def way(question: str) -> float:
            return await asyncio.to_thread(retrieve, question)

        return way


def _langchain(texts: list[str], encoder: Encoder) -> Callable[[str], Any]:
    """Put texts into a FAISS store of LangChain's, and return its retriever."""
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings

    class Ours(Embeddings):  # type: ignore[misc]  # its types are not looked at, for it may not be there
        """The same encoder, and so the same weights."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            """Return one vector a text."""
            return _numbers(encoder, texts)

        def embed_query(self, text: str) -> list[float]:
            """Return the vector of a question."""
            return _numbers(encoder, [text])[0]

    store = FAISS.from_embeddings(list(zip(texts, _numbers(encoder, texts), strict=True)), Ours())
    search: Callable[[str], Any] = store.as_retriever(search_kwargs={"k": PASSAGES}).invoke
    return search


def _llama_index(texts: list[str], encoder: Encoder) -> Callable[[str], Any]:
    """Put texts into LlamaIndex's own store, and return its retriever."""
    from llama_index.core import VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.schema import TextNode

    class Ours(BaseEmbedding):  # type: ignore[misc]  # as above
        """The same encoder, and so the same weights."""

        def _get_text_embedding(self, text: str) -> list[float]:
            return _numbers(encoder, [text])[0]

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    pairs = zip(texts, _numbers(encoder, texts), strict=True)
    nodes = [TextNode(text=text, embedding=numbers) for text, numbers in pairs]
    search: Callable[[str], Any] = (
        VectorStoreIndex(nodes, embed_model=Ours()).as_retriever(similarity_top_k=PASSAGES).retrieve
    )
    return search


def _haystack(texts: list[str], encoder: Encoder) -> Callable[[str], Any]:
    """Put texts into a store of Haystack's in memory, and return a pipeline that encodes and retrieves."""
    # It reads this as it is imported; else it reports what pipelines are run.
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
    from haystack import Document, Pipeline, component
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    @component
    class Ours:
        """The same encoder, and so the same weights."""

        @component.output_types(embedding=list[float])  # type: ignore[untyped-decorator]  # as above
        def run(self, text: str) -> dict[str, list[float]]:
            """Return the vector of a question."""
            return {"embedding": _numbers(encoder, [text])[0]}

    store = InMemoryDocumentStore()
    pairs = zip(texts, _numbers(encoder, texts), strict=True)
    store.write_documents([Document(content=text, embedding=numbers) for text, numbers in pairs])
    pipeline = Pipeline()
    pipeline.add_component("embedder", Ours())
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=PASSAGES))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    return lambda question: pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]


def _numbers(encoder: Encoder, texts: list[str]) -> list[list[float]]:
    """Return vectors in the form that all of them want."""
    found: list[list[float]] = encoder.encode(texts).tolist()
    return found


FRAMEWORKS: Final = {
    "langchain": Framework("LangChain", ("langchain_core", "langchain_community"), _langchain),
    "llama_index": Framework("LlamaIndex", ("llama_index",), _llama_index),
    "haystack": Framework("Haystack", ("haystack",), _haystack),
}
"""By the names of their rows."""
