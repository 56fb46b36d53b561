from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.encoders.precision import EXAMPLE_BITS, LEAST_COSINE, least_cosine, rounded
from embeddings.encoders.reference import EMBEDDED_SHA256
from embeddings.index.index import example_texts
from embeddings.index.shipped import ShippedVectors, hashes_of
from embeddings.index.vectors import VectorCache
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.index.test_vectors import numbered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from embeddings.encoders.exported import ExportedModel
    from embeddings.encoders.reference import Vectors
    from knowledge.model import Pack


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Return a folder with the vectors of 640 texts, as short as those of examples."""
    encoder, texts = WordEncoder(), numbered(640)
    vectors = rounded(encoder.encode(texts), EXAMPLE_BITS)
    ShippedVectors.from_texts(texts, vectors).save(encoder.fingerprint, tmp_path / "shipped")
    return tmp_path / "shipped"


def test_shipped_vectors_are_taken_over_and_the_rest_is_encoded(shipped: Path, tmp_path: Path) -> None:
    encoder, told = WordEncoder(), list[tuple[int, int]]()
    cache = VectorCache(encoder, tmp_path, shipped)
    with cache.keeping([numbered(645), ["tea"]], lambda done, total: told.append((done, total))) as kept:
        rows = kept[0].result(), kept[1].result()
    assert encoder.encoded == [*numbered(640)[::10], *numbered(645)[640:], "tea"]
    assert told == [(0, 6), (5, 6), (5, 6), (6, 6)]
    vectors = WordEncoder().encode(numbered(645))
    assert np.allclose(cache.at(rows[0])[:640], rounded(vectors[:640], EXAMPLE_BITS), rtol=0, atol=1e-7)
    assert np.array_equal(cache.at(rows[0])[640:], vectors[640:])


class Reversed(WordEncoder):
    def encode(self, texts: Sequence[str]) -> Vectors:
        return super().encode(texts)[:, ::-1]


def test_vectors_that_the_model_does_not_make_are_not_taken_over(shipped: Path, tmp_path: Path) -> None:
    encoder = Reversed()
    assert np.array_equal(
        VectorCache(encoder, tmp_path, shipped).encode(numbered(640)), Reversed().encode(numbered(640))
    )


def test_vectors_of_a_model_with_another_fingerprint_are_not_even_compared(shipped: Path, tmp_path: Path) -> None:
    encoder = WordEncoder("another")
    VectorCache(encoder, tmp_path, shipped).encode(numbered(640))
    assert encoder.encoded == numbered(640)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_that_is_cut_off_counts_as_none(shipped: Path, tmp_path: Path, share: float) -> None:
    (path,) = shipped.iterdir()
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    encoder = WordEncoder()
    assert np.array_equal(VectorCache(encoder, tmp_path, shipped).encode(["tea"]), WordEncoder().encode(["tea"]))
    assert encoder.encoded == ["tea"]


def test_most_examples_are_shipped_with_the_vectors_of_the_model(shipped_pack: Pack, exported: ExportedModel) -> None:
    encoder = exported.open(EMBEDDED_SHA256)
    found = ShippedVectors.of(encoder.fingerprint)
    assert found is not None
    texts = example_texts(shipped_pack)
    rows = found.rows_of(hashes_of(texts))
    there = np.flatnonzero(rows >= 0)
    assert len(there) > 0.9 * len(texts)
    some = there[:: len(there) // 40]
    own = encoder.encode([texts[at] for at in some.tolist()])
    assert least_cosine(own, found.at(rows[some])) >= LEAST_COSINE
