from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import faiss
import numpy as np
import pytest

from bot.lab.bench.growth import Paraphrases
from embeddings.index import dense
from embeddings.index.dense import EXACT_UP_TO, Build, VoiceIndex, lists_for, recall_of, write_voice

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.encoders.reference import Vectors

AXES = np.eye(4, dtype=np.float32)


def unit(rows: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Vectors:
    vectors: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return vectors


def opened(folder: Path, vectors: Vectors, rows: list[int] | None = None) -> VoiceIndex:
    path = folder / "voice.faiss"
    write_voice(path, vectors.shape[1], np.arange(len(vectors)), lambda kept: vectors[kept])
    return VoiceIndex(path, np.arange(len(vectors)) if rows is None else np.array(rows, dtype=np.int64))


@pytest.fixture(scope="module")
def many() -> Vectors:
    real = unit(np.random.default_rng(1).standard_normal((400, 24)))
    return Paraphrases(real).at(np.arange(EXACT_UP_TO + 2000))


@pytest.fixture(scope="module")
def measured(many: Vectors, tmp_path_factory: pytest.TempPathFactory) -> tuple[VoiceIndex, Build]:
    """Build the approximate index of many vectors, which are kept two rows apart."""
    path = tmp_path_factory.mktemp("dense") / "voice.faiss"
    build = write_voice(path, many.shape[1], 2 * np.arange(len(many)), lambda kept: many[kept // 2])
    return VoiceIndex(path, np.arange(len(many))), build


def test_passages_are_known_by_their_rows_in_the_pack(tmp_path: Path) -> None:
    index = opened(tmp_path, AXES, [3, 5, 8, 9])
    rows, cosines = index.search(unit(np.array([[0.0, 4.0, 3.0, 0.0]])), 2)
    assert rows.tolist() == [[5, 8]]
    assert cosines[0] == pytest.approx([0.8, 0.6])


def test_no_more_is_found_than_there_is(tmp_path: Path) -> None:
    rows, _ = opened(tmp_path, AXES).search(AXES[:2], 64)
    assert sorted(rows[1].tolist()) == [0, 1, 2, 3]


def test_a_silent_voice_finds_nothing(tmp_path: Path) -> None:
    index = opened(tmp_path, np.zeros((0, 4), np.float32))
    rows, cosines = index.search(AXES, 64)
    assert (rows.shape, cosines.shape) == ((4, 0), (4, 0))
    assert index.own(np.array([0, 7])).tolist() == [False, False]
    assert index.vectors().shape == (0, 4)


def test_a_voice_knows_its_own_passages(tmp_path: Path) -> None:
    index = opened(tmp_path, AXES, [3, 5, 8, 9])
    assert index.own(np.array([0, 3, 4, 9, 10])).tolist() == [False, True, False, True, False]
    question = np.array([0.1, 0.2, 0.3, 0.4], dtype=np.float32)
    assert index.cosines_of(np.array([9, 3]), question) == pytest.approx([0.4, 0.1])
    assert index.cosines_of(np.array([], dtype=np.int64), question).tolist() == []
    assert np.array_equal(index.vectors(), AXES)


def test_few_vectors_are_compared_one_by_one(tmp_path: Path) -> None:
    build = write_voice(tmp_path / "a", 4, np.arange(4), lambda kept: AXES[kept])
    assert (build, build.exact) == (Build(vectors=4, lists=1, probes=1, recall=1.0), True)


def test_many_vectors_are_searched_approximately(measured: tuple[VoiceIndex, Build], many: Vectors) -> None:
    index, build = measured
    assert (build.exact, build.vectors, build.lists) == (False, 12_000, lists_for(12_000))
    assert build.recall >= 0.98
    assert 1 <= build.probes < build.lists
    questions = unit(many[:300] + 0.05 * np.random.default_rng(2).standard_normal((300, 24)))
    tenth = -np.sort(-questions @ many.T, axis=1)[:, 9]
    found, _ = index.search(questions, 10)
    assert recall_of(found, tenth, questions, lambda kept: many[kept]) >= 0.97


def test_every_vector_is_in_the_approximate_index(measured: tuple[VoiceIndex, Build], many: Vectors) -> None:
    index, _ = measured
    assert np.abs(index.vectors() - many).max() < 0.01
    rows = np.array([11_999, 0, 6_000])
    assert index.cosines_of(rows, many[0]) == pytest.approx(many[rows] @ many[0], abs=0.01)


def test_one_byte_a_dimension_is_enough_where_memory_is_short(
    many: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half the size, and hardly less found."""
    sizes, recalls = [], []
    for limit in (2**30, 1):
        monkeypatch.setattr(dense, "_MOST_CODE_BYTES", limit)
        path = tmp_path / str(limit)
        recalls.append(write_voice(path, 24, np.arange(len(many)), lambda kept: many[kept]).recall)
        sizes.append(path.stat().st_size)
    assert sizes[0] - sizes[1] == 24 * len(many) - 24 * 4 * 2  # and two numbers a dimension for its steps
    assert min(recalls) >= 0.97


def test_the_same_vectors_give_the_same_index(many: Vectors, tmp_path: Path) -> None:
    for name in "ab":
        write_voice(tmp_path / name, 24, np.arange(len(many)), lambda kept: many[kept])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_recall_counts_what_is_as_near_as_the_tenth() -> None:
    """One of the four found is farther, and one is none."""
    vectors = AXES[[0, 0, 1, 2]]
    found = np.array([[0, 1, 2, -1]])
    assert recall_of(found, np.array([1.0], np.float32), AXES[:1], lambda kept: vectors[kept]) == 0.5


@pytest.mark.parametrize("count", [500, EXACT_UP_TO + 2000])
def test_a_question_finds_the_same_alone_and_among_others(many: Vectors, tmp_path: Path, count: int) -> None:
    index = opened(tmp_path, many[:count])
    questions = many[-64:]
    rows, cosines = index.search(questions, 20)
    for number in range(64):
        alone_rows, alone_cosines = index.search(questions[number : number + 1], 20)
        assert np.array_equal(alone_rows[0], rows[number])
        assert np.array_equal(alone_cosines[0], cosines[number])


def test_threads_may_search_at_once(measured: tuple[VoiceIndex, Build], many: Vectors) -> None:
    index, _ = measured
    alone = [index.search(many[number : number + 1], 5)[0].tolist() for number in range(40)]
    together: dict[int, list[list[int]]] = {}
    cores: set[int] = set()

    def search(number: int) -> None:
        together[number] = index.search(many[number : number + 1], 5)[0].tolist()
        cores.add(faiss.omp_get_max_threads())

    threads = [threading.Thread(target=search, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(40)] == alone
    assert cores == {1}


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    """Opening fails, not the first question."""
    path = tmp_path / "voice.faiss"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(RuntimeError):
        VoiceIndex(path, np.arange(3))
