from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index.vectors import VectorCache
from tests.embeddings.encoders.fakes import WordEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from embeddings.encoders.reference import Vectors


def numbered(count: int) -> list[str]:
    return [f"text {number:04}" for number in range(count)]


class Interrupted(WordEncoder):
    def encode(self, texts: Sequence[str]) -> Vectors:
        if len(self.encoded) >= 2 * 1024:
            raise KeyboardInterrupt
        return super().encode(texts)


def test_vectors_come_in_the_order_of_the_texts(tmp_path: Path) -> None:
    texts = ["a long text about tea", "tea", "coffee now", "tea"]
    expected = WordEncoder().encode(texts)
    cache = VectorCache(WordEncoder(), tmp_path)
    assert np.array_equal(cache.encode(texts), expected)
    assert np.array_equal(cache.at(cache.keep(texts)), expected)


def test_unchanged_texts_are_not_encoded_again(tmp_path: Path) -> None:
    VectorCache(WordEncoder(), tmp_path).keep(["tea", "coffee"])
    encoder = WordEncoder()
    cache = VectorCache(encoder, tmp_path)
    vectors = cache.encode(["coffee", "milk", "tea"])
    assert np.array_equal(cache.encode(["milk"]), vectors[1:2])
    assert encoder.encoded == ["milk"]
    assert np.array_equal(vectors, WordEncoder().encode(["coffee", "milk", "tea"]))


def test_adding_some_texts_to_many_encodes_only_those(tmp_path: Path) -> None:
    VectorCache(WordEncoder(), tmp_path).keep(numbered(3000))
    encoder = WordEncoder()
    rows = VectorCache(encoder, tmp_path).keep(numbered(3010))
    assert encoder.encoded == numbered(3010)[3000:]
    assert len(set(rows.tolist())) == 3010


def test_encoding_alone_writes_nothing(tmp_path: Path) -> None:
    VectorCache(WordEncoder(), tmp_path / "new").encode(["tea"])
    assert not (tmp_path / "new").exists()


def test_an_interrupted_run_is_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        VectorCache(Interrupted(), tmp_path).keep(numbered(2600))
    encoder = WordEncoder()
    seen: list[tuple[int, int]] = []
    cache = VectorCache(encoder, tmp_path)
    rows = cache.keep(numbered(2600), lambda done, total: seen.append((done, total)))
    assert encoder.encoded == numbered(2600)[2048:]
    assert seen == [(0, 552), (552, 552)]
    assert np.array_equal(cache.at(rows), WordEncoder().encode(numbered(2600)))


def test_another_model_shares_nothing(tmp_path: Path) -> None:
    VectorCache(WordEncoder("one"), tmp_path).keep(["tea"])
    encoder = WordEncoder("two")
    VectorCache(encoder, tmp_path).encode(["tea"])
    assert encoder.encoded == ["tea"]


def file_of(folder: Path) -> Path:
    return folder / f"vectors-{WordEncoder().fingerprint[:16]}.db"


def count_of(folder: Path) -> int:
    with contextlib.closing(sqlite3.connect(file_of(folder))) as db:
        ((count,),) = db.execute("SELECT count(*) FROM vector")
        return int(count)


def test_texts_that_are_gone_are_forgotten_when_they_are_many(tmp_path: Path) -> None:
    cache = VectorCache(WordEncoder(), tmp_path)
    rows = cache.keep(numbered(1000))
    size = file_of(tmp_path).stat().st_size
    cache.forget_others(numbered(800))
    assert count_of(tmp_path) == 1000
    cache.forget_others(numbered(600))
    assert count_of(tmp_path) == 600
    assert file_of(tmp_path).stat().st_size < size
    assert np.array_equal(cache.at(rows[:600]), WordEncoder().encode(numbered(600)))
    encoder = WordEncoder()
    VectorCache(encoder, tmp_path).keep(numbered(1000))
    assert encoder.encoded == numbered(1000)[600:]


@pytest.mark.parametrize("ending", ["npz", "keys", "rows", "lock", "sqlite3"])
def test_the_file_of_an_earlier_version_goes(tmp_path: Path, ending: str) -> None:
    """Nothing else would ever delete it."""
    cache = VectorCache(WordEncoder(), tmp_path)
    old = file_of(tmp_path).with_suffix(f".{ending}")
    old.write_bytes(b"")
    cache.keep(["tea"])
    cache.forget_others(["tea"])
    assert [path.name for path in tmp_path.iterdir()] == [file_of(tmp_path).name]


@pytest.mark.parametrize("contents", [b"", b"no vectors", b"SQLite format 3\0 cut"])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, contents: bytes) -> None:
    """It costs time, never an error."""
    VectorCache(WordEncoder(), tmp_path).keep(["tea", "milk"])
    file_of(tmp_path).write_bytes(contents)
    encoder = WordEncoder()
    cache = VectorCache(encoder, tmp_path)
    assert np.array_equal(cache.at(cache.keep(["tea"])), WordEncoder().encode(["tea"]))
    assert encoder.encoded == ["tea"]


def test_vectors_that_prove_damaged_later_are_taken_away(tmp_path: Path) -> None:
    cache = VectorCache(WordEncoder(), tmp_path)
    rows = cache.keep(numbered(3000))
    whole = file_of(tmp_path).read_bytes()
    file_of(tmp_path).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OSError, match="it was damaged and is taken away: try again"):
        cache.at(rows)
    encoder = WordEncoder()
    VectorCache(encoder, tmp_path).keep(["tea"])
    assert encoder.encoded == ["tea"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    file_of(tmp_path).mkdir()
    with pytest.raises(OSError, match="unable to open database file"):
        VectorCache(WordEncoder(), tmp_path).keep(["tea"])


def test_what_another_process_kept_meanwhile_is_there(tmp_path: Path) -> None:
    one, other = VectorCache(WordEncoder(), tmp_path), VectorCache(WordEncoder(), tmp_path)
    one.keep(["tea"])
    other.keep(["milk", "tea"])
    encoder = WordEncoder()
    VectorCache(encoder, tmp_path).encode(["milk", "tea"])
    assert (encoder.encoded, count_of(tmp_path)) == ([], 2)


def test_no_texts_no_vectors(tmp_path: Path) -> None:
    cache = VectorCache(WordEncoder(), tmp_path)
    assert cache.encode([]).shape == (0, 0)
    assert cache.keep([]).tolist() == []


def test_progress_counts_the_new_texts(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    VectorCache(WordEncoder(), tmp_path).encode(numbered(1100) * 2, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 1100), (1024, 1100), (1100, 1100)]


def test_kept_and_passing_vectors_come_together(tmp_path: Path) -> None:
    texts = ["tea", "coffee", "milk"]
    expected = WordEncoder().encode(texts)
    for kept in ([], texts[1:2], texts):
        VectorCache(WordEncoder(), tmp_path).keep(kept)
        assert np.array_equal(VectorCache(WordEncoder(), tmp_path).encode(texts), expected)


def test_groups_are_kept_one_after_the_other(tmp_path: Path) -> None:
    VectorCache(WordEncoder(), tmp_path).keep(["milk"])
    cache, seen = VectorCache(WordEncoder(), tmp_path), []
    groups = [["tea", "milk"], [], ["coffee", "tea", "cocoa"]]
    with cache.keeping(groups, lambda done, total: seen.append((done, total))) as kept:
        for group, rows in zip(groups[::2], kept[::2], strict=True):
            assert np.array_equal(cache.at(rows.result()), WordEncoder().encode(group))
        assert len(kept[1].result()) == 0
    assert seen == [(0, 3), (1, 3), (1, 3), (3, 3)]


def test_what_is_not_waited_for_is_not_encoded(tmp_path: Path) -> None:
    encoder = WordEncoder()
    broken = pytest.raises(ValueError, match="the export is not equal")
    with broken, VectorCache(encoder, tmp_path).keeping([["tea"], numbered(5000)], lambda _done, _total: None) as kept:
        kept[0].result()
        raise ValueError("the export is not equal")
    assert len(encoder.encoded) < 5001
