from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from embeddings.encoders.precision import EXAMPLE_BITS, rounded
from embeddings.index import dense
from embeddings.index import index as index_module
from embeddings.index.index import inputs_of, open_index, passage_vectors
from embeddings.index.learnt_files import read_learnt
from embeddings.index.storage import MANIFEST, IndexStore
from embeddings.learnt.expansion import Expansions
from embeddings.retriever import Retriever
from tests.bench.packs import grown
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import answered_by_examples, drinks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from embeddings.encoders.reference import Vectors


@pytest.fixture
def _soon_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "EXACT_UP_TO", 400)
    monkeypatch.setattr(dense, "_HELD_BACK", 50)


def test_each_voice_has_the_vectors_of_its_passages(tmp_path: Path) -> None:
    pack = drinks()
    index = open_index(pack, WordEncoder(), tmp_path)
    texts = [passage.text for passage in pack.of_voice("coffee")]
    assert index.dense["coffee"].rows.tolist() == [2, 3]
    assert np.array_equal(passage_vectors(index, "coffee"), WordEncoder().encode(texts))
    index.close()


def test_what_the_examples_taught_is_mapped_from_its_file(tmp_path: Path) -> None:
    index = open_index(drinks(), WordEncoder(), tmp_path)
    assert index.ranker is not None
    assert type(index.ranker.by_letters) is np.ndarray
    assert not index.ranker.by_letters.flags.writeable
    exact = WordEncoder().encode([index.spelling.read(question.text) for question in drinks().questions])
    assert np.array_equal(index.ranker.examples.whole(), rounded(exact, EXAMPLE_BITS))
    assert np.allclose(index.ranker.examples.whole(), exact, rtol=2**-EXAMPLE_BITS, atol=0)
    assert not index.ranker.examples.stored.flags.writeable
    index.close()


def test_what_the_statements_taught_is_read_at_the_first_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question needs nothing of it; a pack without statements has none."""
    index = open_index(drinks(), WordEncoder(), tmp_path)
    assert index.stance is None
    index.close()
    (index.claims / f"{index_module.STANCE}.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("embeddings.index.storage.fault_among", lambda *_, **__: None)
    read: list[str] = []

    def noting(place: Path, name: str, kind: type[Any]) -> object:
        read.append(name)
        return read_learnt(place, name, kind) if name == index_module.LEARNT else "a model"

    monkeypatch.setattr(index_module, "read_learnt", noting)
    index = open_index(drinks(), WordEncoder(), tmp_path)
    assert read == ["learnt"]
    twice: list[object] = [index.stance, index.stance]
    assert twice == ["a model", "a model"]
    assert read == ["learnt", "stance"]
    index.close()


@pytest.mark.usefixtures("_soon_many")
def test_kind_of_index_follows_the_number_of_a_voices_passages(tmp_path: Path) -> None:
    pack, encoder = grown(drinks(), 1500), WordEncoder()
    said: list[str] = []
    open_index(pack, encoder, tmp_path, say=said.append).close()
    manifest = json.loads((IndexStore(tmp_path, pack.id).place_of(inputs_of(pack, encoder)) / MANIFEST).read_bytes())
    voices = manifest["measured"]["voices"]
    assert {voice: (found["vectors"], found["lists"]) for voice, found in voices.items()} == {
        "tea": (502, 89),
        "coffee": (502, 89),
        "context": (501, 89),
    }
    assert min(found["recall"] for found in voices.values()) >= 0.98
    recall = voices["context"]["recall"]
    assert said[-1] == f"context: 501 passages are searched approximately; {recall:.1%} of the ten nearest are found"


@pytest.mark.usefixtures("_soon_many")
def test_large_pack_answers_from_its_own_passages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered_by_examples(monkeypatch)
    pack, encoder = grown(drinks(), 1500), WordEncoder()
    retriever = Retriever(pack, encoder, open_index(pack, encoder, tmp_path))
    wanted = pack.passages[700]
    hits = retriever.find(wanted.text).hits
    assert max(hits[wanted.voice], key=lambda hit: hit.dense).passage_id == wanted.id
    assert {voice: {pack.passage(hit.passage_id).voice for hit in found} for voice, found in hits.items()} == {
        "tea": {"tea"},
        "coffee": {"coffee"},
        "context": {"context"},
    }
    assert {"tea-warms", "tea-calm"} <= {hit.passage_id for hit in hits["tea"]}
    assert all(len(found) <= 64 + 64 + 2 for found in hits.values())


def test_added_passages_alone_are_encoded(tmp_path: Path) -> None:
    open_index(grown(drinks(), 600), WordEncoder(), tmp_path).close()
    encoder = WordEncoder()
    more = grown(drinks(), 640)
    open_index(more, encoder, tmp_path).close()
    known = set(Expansions.of(grown(drinks(), 600)).texts)
    new = {*(passage.text for passage in more.passages[-40:]), *Expansions.of(more).texts} - known
    assert sorted(encoder.encoded) == sorted(new)


class _Interrupted(WordEncoder):
    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(self.encoded) >= 1024:
            raise KeyboardInterrupt
        return super().encode(texts)


def test_an_interrupted_build_is_gone_on_with(tmp_path: Path) -> None:
    pack, interrupted, encoder = grown(drinks(), 900), _Interrupted(), WordEncoder()
    with pytest.raises(KeyboardInterrupt):
        open_index(pack, interrupted, tmp_path)
    assert IndexStore(tmp_path, pack.id).fault_of(inputs_of(pack, encoder)) == "no index yet"
    seen: list[tuple[int, int]] = []
    open_index(pack, encoder, tmp_path, report=lambda done, total: seen.append((done, total))).close()
    texts = {passage.text for passage in pack.passages} | {question.text for question in pack.questions}
    left = len(texts.union(Expansions.of(pack).texts)) - 1024
    assert seen[0] == (0, left)
    assert set(encoder.encoded).isdisjoint(interrupted.encoded)
