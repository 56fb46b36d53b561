"""LangChain's own retrieval over the same passages and the same vectors, to compare with.

It comes with the extra "bench". It must not know how figures are shown.
"""

from __future__ import annotations

import asyncio
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.lab.bench.timing import Way
    from bot.process.clock import Clock
    from embeddings.encoders.reference import Encoder
    from knowledge.model import Pack

NOT_INSTALLED: Final = "LangChain is not installed, and not compared with: pip install 'dilemma[bench]'"

PASSAGES: Final = 3
"""Passages that are wanted of each side."""

_NEEDED: Final = "langchain_core", "langchain_community"


def is_installed() -> bool:
    """Tell whether there is a LangChain to compare with."""
    return all(find_spec(name) for name in _NEEDED)


def langchain(pack: Pack, encoder: Encoder, clock: Clock) -> Way:
    """Retrieve as people do with LangChain: a FAISS store and a retriever a side, both asked.

    Each retriever encodes the question for itself. It puts no answer together, checks nothing and logs nothing.
    """
    embeddings = _embeddings(encoder)
    retrievers = [_retriever(pack, side, encoder, embeddings) for side in pack.side_ids]

    def retrieve(question: str) -> float:
        started_s = clock.monotonic_s()
        for search in retrievers:
            search(question)
        return (clock.monotonic_s() - started_s) * 1000

    async def way(question: str) -> float:
        return await asyncio.to_thread(retrieve, question)

    return way


def _embeddings(encoder: Encoder) -> object:
    """Give an encoder the form that LangChain wants."""
    from langchain_core.embeddings import Embeddings  # noqa: PLC0415 - optional

    class Ours(Embeddings):  # type: ignore[misc]  # its types are not looked at, for it may not be there
        """The same encoder, and so the same weights."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            """Give one vector a text."""
            vectors: list[list[float]] = encoder.encode(texts).tolist()
            return vectors

        def embed_query(self, text: str) -> list[float]:
            """Give the vector of a question."""
            return self.embed_documents([text])[0]

    return Ours()


def _retriever(pack: Pack, side: str, encoder: Encoder, embeddings: object) -> Callable[[str], Any]:
    """Put a side's passages into a store of LangChain's, and give its retriever."""
    with warnings.catch_warnings():
        # It says that it is not developed any further; its successor holds the same store.
        warnings.simplefilter("ignore")
        from langchain_community.vectorstores import FAISS  # noqa: PLC0415 - optional

    texts = [passage.text for passage in pack.passages if passage.voice == side]
    pairs = list(zip(texts, encoder.encode(texts).tolist(), strict=True))
    store = FAISS.from_embeddings(pairs, embeddings)
    search: Callable[[str], Any] = store.as_retriever(search_kwargs={"k": PASSAGES}).invoke
    return search
