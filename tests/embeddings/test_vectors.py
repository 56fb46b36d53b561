from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.vectors import VectorCache
from tests.embeddings.encoders import WordEncoder

if TYPE_CHECKING:
    from pathlib import Path


def test_vectors_come_in_the_order_of_the_texts() -> None:
    """Whatever order they were encoded in."""
    texts = ["a long text about tea", "tea", "coffee now"]
    expected = WordEncoder().encode(texts)
    assert np.array_equal(VectorCache(WordEncoder(), None).encode(texts), expected)


def test_unchanged_texts_are_not_encoded_again(tmp_path: Path) -> None:
    """A second run encodes only what is new."""
    first = VectorCache(WordEncoder(), tmp_path)
    first.encode(["tea", "coffee"])
    first.keep_only(["tea", "coffee"])
    encoder = WordEncoder()
    vectors = VectorCache(encoder, tmp_path).encode(["coffee", "milk", "tea"])
    assert encoder.encoded == ["milk"]
    assert np.array_equal(vectors, WordEncoder().encode(["coffee", "milk", "tea"]))


def test_another_model_shares_nothing(tmp_path: Path) -> None:
    """Vectors of one model are never taken for another's."""
    first = VectorCache(WordEncoder("one"), tmp_path)
    first.encode(["tea"])
    first.keep_only(["tea"])
    encoder = WordEncoder("two")
    VectorCache(encoder, tmp_path).encode(["tea"])
    assert encoder.encoded == ["tea"]


@pytest.mark.parametrize("contents", [b"", b"no archive", b"PK\x03\x04 cut"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, contents: bytes) -> None:
    """It costs time, never an error."""
    encoder = WordEncoder()
    (tmp_path / f"vectors-{encoder.fingerprint[:16]}.npz").write_bytes(contents)
    VectorCache(encoder, tmp_path).encode(["tea"])
    assert encoder.encoded == ["tea"]


def test_progress_counts_the_new_texts() -> None:
    """From none to all."""
    seen: list[tuple[int, int]] = []
    VectorCache(WordEncoder(), None).encode(
        [f"text {number}" for number in range(300)], lambda done, total: seen.append((done, total))
    )
    assert seen == [(0, 300), (256, 300), (300, 300)]
