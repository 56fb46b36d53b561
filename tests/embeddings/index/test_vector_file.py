from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.index import vector_file
from embeddings.index.vector_file import VectorFile

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.encoders.reference import Vectors
    from embeddings.index.vector_file import Hashes


def hashes(*numbers: int) -> Hashes:
    """Make the hashes of as many texts."""
    return np.array([[number, number + 1, 0, 7] for number in numbers], dtype=np.uint64)


def vectors(*numbers: float) -> Vectors:
    """Make the vectors that belong to them, of three dimensions."""
    return np.array([[number, -number, 0.5] for number in numbers], dtype=np.float32)


@pytest.fixture
def filled(tmp_path: Path) -> VectorFile:
    """Give a file of three rows."""
    file = VectorFile(tmp_path, "model")
    file.append(hashes(10, 20, 30), vectors(1, 2, 3))
    return file


def test_what_was_appended_is_found_again(filled: VectorFile, tmp_path: Path) -> None:
    """By the one who did it, and by the next one to open the files."""
    for file in (filled, VectorFile(tmp_path, "model")):
        assert (len(file), file.dimensions) == (3, 3)
        assert file.rows_of(hashes(30, 99, 10)).tolist() == [2, -1, 0]
        assert np.array_equal(file.at(np.array([2, 0])), vectors(3, 1))


def test_an_empty_file_has_nothing(tmp_path: Path) -> None:
    """And is not written by looking."""
    file = VectorFile(tmp_path / "new", "model")
    assert (len(file), file.dimensions) == (0, 0)
    assert file.rows_of(hashes(1)).tolist() == [-1]
    assert file.rows_of(hashes()[:0].reshape(0, 4)).tolist() == []
    assert not (tmp_path / "new").exists()


def test_equal_beginnings_are_told_apart(tmp_path: Path) -> None:
    """The whole hash is compared, not the part that is sorted by."""
    file = VectorFile(tmp_path, "model")
    file.append(hashes(10), vectors(1))
    other = hashes(10)
    other[0, 3] = 8
    assert file.rows_of(other).tolist() == [-1]


@pytest.mark.parametrize("loose", [0, 2, 100])
def test_rows_are_found_however_many_wait_to_be_sorted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loose: int
) -> None:
    """Some are looked up in a dictionary, the others by bisection."""
    monkeypatch.setattr(vector_file, "_LOOSE", loose)
    file = VectorFile(tmp_path, "model")
    for number in (50, 10, 40, 20, 30):
        file.append(hashes(number), vectors(number))
    assert file.rows_of(hashes(10, 20, 30, 40, 50, 60)).tolist() == [1, 3, 4, 2, 0, -1]


@pytest.mark.parametrize("loose", [0, 100])
def test_of_two_rows_with_one_hash_the_later_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loose: int
) -> None:
    """A damaged row is made good by a new one."""
    monkeypatch.setattr(vector_file, "_LOOSE", loose)
    file = VectorFile(tmp_path, "model")
    file.append(hashes(10, 20), vectors(1, 2))
    file.append(hashes(10), vectors(5))
    assert file.rows_of(hashes(10)).tolist() == [2]


@pytest.mark.parametrize(("suffix", "cut"), [("rows", 1), ("rows", 12), ("keys", 1), ("keys", 36)])
def test_a_torn_end_is_cut_off(filled: VectorFile, tmp_path: Path, suffix: str, cut: int) -> None:
    """Whichever of the two files a killed process left short: the whole rows stay, and new ones follow them."""
    path = tmp_path / f"model.{suffix}"
    os.truncate(path, path.stat().st_size - cut)
    file = VectorFile(tmp_path, "model")
    assert file.rows_of(hashes(10, 20, 30)).tolist() == [0, 1, -1]
    file.append(hashes(40), vectors(4))
    again = VectorFile(tmp_path, "model")
    assert again.rows_of(hashes(10, 20, 30, 40)).tolist() == [0, 1, -1, 2]
    assert np.array_equal(again.at(np.array([1, 2])), vectors(2, 4))


def test_a_damaged_row_is_noticed(filled: VectorFile, tmp_path: Path) -> None:
    """Its numbers no longer fit their checksum; the others are still good."""
    path = tmp_path / "model.rows"
    contents = bytearray(path.read_bytes())
    contents[12] ^= 1
    path.write_bytes(contents)
    assert VectorFile(tmp_path, "model").rows_of(hashes(10, 20, 30)).tolist() == [0, -1, 2]


@pytest.mark.parametrize("contents", [b"", b"no keys", b"x" * 400])
def test_files_that_are_none_count_as_empty(filled: VectorFile, tmp_path: Path, contents: bytes) -> None:
    """And are written over."""
    (tmp_path / "model.keys").write_bytes(contents)
    file = VectorFile(tmp_path, "model")
    assert len(file) == 0
    file.append(hashes(40), vectors(4))
    assert VectorFile(tmp_path, "model").rows_of(hashes(10, 40)).tolist() == [-1, 0]


def test_what_another_process_appended_meanwhile_is_kept(filled: VectorFile, tmp_path: Path) -> None:
    """Each writes behind the other, and sees it when it writes itself."""
    other = VectorFile(tmp_path, "model")
    other.append(hashes(40), vectors(4))
    filled.append(hashes(50), vectors(5))
    assert filled.rows_of(hashes(10, 40, 50)).tolist() == [0, 3, 4]
    assert np.array_equal(filled.at(np.array([3, 4])), vectors(4, 5))


def test_only_some_rows_may_be_kept(filled: VectorFile, tmp_path: Path) -> None:
    """They are numbered anew, and a reader of the old files notices when it writes."""
    other = VectorFile(tmp_path, "model")
    filled.keep_only(np.array([0, 2]))
    assert filled.rows_of(hashes(10, 20, 30)).tolist() == [0, -1, 1]
    assert np.array_equal(other.at(np.array([1])), vectors(2))
    other.append(hashes(60), vectors(6))
    assert other.rows_of(hashes(10, 20, 30, 60)).tolist() == [0, -1, 1, 2]
    assert {path.name for path in tmp_path.iterdir()} == {"model.keys", "model.rows", "model.lock"}
