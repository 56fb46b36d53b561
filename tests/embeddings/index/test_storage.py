from __future__ import annotations

import json
import multiprocessing
import os
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from embeddings.index import storage
from embeddings.index.storage import MANIFEST, IndexStore, Inputs, installed_version
from knowledge.cache import sealed
from knowledge.errors import UserError

INPUTS = Inputs(format=1, pack_id="drinks", pack_sha256="ab", encoder="cd", versions={"faiss-cpu": "1"})


def write(folder: Path) -> dict[str, object]:
    (folder / "vectors").write_bytes(b"12345")
    return {"recall": 0.99}


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path, "drinks")


def test_a_new_place_has_no_index(store: IndexStore) -> None:
    assert store.fault_of(INPUTS) == "no index yet"


def test_a_built_index_is_whole(store: IndexStore) -> None:
    place = store.build(INPUTS, write)
    assert store.fault_of(INPUTS) is None
    assert (place / "vectors").read_bytes() == b"12345"


def test_manifest_says_what_was_measured(store: IndexStore) -> None:
    manifest = json.loads((store.build(INPUTS, write) / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["measured"] == {"recall": 0.99}
    assert manifest["inputs"]["pack_id"] == "drinks"


def test_another_pack_model_or_library_makes_it_stale(store: IndexStore) -> None:
    store.build(INPUTS, write)
    stale = "the pack, the model or a library changed since the index was built"
    assert store.fault_of(replace(INPUTS, pack_sha256="ff")) == stale
    assert store.fault_of(replace(INPUTS, encoder="ff")) == stale
    assert store.fault_of(replace(INPUTS, versions={"faiss-cpu": "2"})) == stale


def test_a_truncated_file_is_noticed(store: IndexStore) -> None:
    (store.build(INPUTS, write) / "vectors").write_bytes(b"123")
    assert store.fault_of(INPUTS) == "the index is damaged: vectors has 3 bytes instead of 5"


def test_a_changed_file_is_noticed(store: IndexStore) -> None:
    (store.build(INPUTS, write) / "vectors").write_bytes(b"54321")
    assert store.fault_of(INPUTS) == "the index is damaged: vectors has other contents than when it was made"


def test_new_time_alone_is_no_damage(store: IndexStore) -> None:
    """A copied cache has new times: the hash decides."""
    os.utime(store.build(INPUTS, write) / "vectors", ns=(1, 1))
    assert store.fault_of(INPUTS) is None


def test_change_that_leaves_size_and_time_is_found_by_its_hash(
    store: IndexStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a very large file only by a thorough look: hashing that takes too long at a start."""
    path = store.build(INPUTS, write) / "vectors"
    time_ns = path.stat().st_mtime_ns
    path.write_bytes(b"54321")
    os.utime(path, ns=(time_ns, time_ns))
    changed = "the index is damaged: vectors has other contents than when it was made"
    assert store.fault_of(INPUTS) == changed
    monkeypatch.setattr(storage, "HASHED_UP_TO", 4)
    assert store.fault_of(INPUTS) is None
    assert store.fault_of(INPUTS, thorough=True) == changed


def test_version_of_a_package_is_that_of_its_metadata() -> None:
    for package in ("numpy", "faiss-cpu", "sentence-transformers", "scikit-learn", "sqlite-utils"):
        assert installed_version(package) == metadata.version(package)
    assert installed_version("no-such-package-as-this") == ""


def test_a_missing_file_is_noticed(store: IndexStore) -> None:
    (store.build(INPUTS, write) / "vectors").unlink()
    assert store.fault_of(INPUTS) == "the index is damaged: vectors cannot be read"


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"inputs": 1}', '{"files": {}}'])
def test_a_broken_manifest_is_noticed(store: IndexStore, manifest: str) -> None:
    (store.build(INPUTS, write) / MANIFEST).write_text(manifest, encoding="utf-8")
    assert store.fault_of(INPUTS) == "the index is incomplete: its manifest cannot be read"


def test_a_foreign_index_is_noticed(store: IndexStore) -> None:
    path = store.build(INPUTS, write) / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["inputs"]["encoder"] = "another"
    del manifest["seal"]
    path.write_bytes(sealed(manifest))
    assert store.fault_of(INPUTS) == "the index was built from something else"


def test_a_damaged_index_is_built_anew(store: IndexStore) -> None:
    (store.build(INPUTS, write) / "vectors").write_bytes(b"")
    store.build(INPUTS, write)
    assert store.fault_of(INPUTS) is None


def test_a_failed_build_leaves_nothing(store: IndexStore, tmp_path: Path) -> None:
    def fail(folder: Path) -> dict[str, object]:
        write(folder)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.build(INPUTS, fail)
    assert store.fault_of(INPUTS) == "no index yet"
    assert [path.name for path in (tmp_path / "drinks").iterdir()] == ["building.lock"]


def test_older_indexes_are_cleared_away(store: IndexStore, tmp_path: Path) -> None:
    """Those that were used least, with the vectors of models that are no longer used, and what was killed."""
    other_model = store.build(replace(INPUTS, encoder="other"), write)
    (tmp_path / "drinks" / "building-killed").mkdir()
    (tmp_path / "drinks" / "vectors-other.db").write_bytes(b"")
    (tmp_path / "drinks" / "vectors-cd.db").write_bytes(b"")
    first, second, third = (store.build(replace(INPUTS, pack_sha256=pack), write) for pack in ("1", "2", "3"))
    store.mark_used(replace(INPUTS, pack_sha256="1"))
    fourth = store.build(replace(INPUTS, pack_sha256="4"), write)
    left = {path for path in (tmp_path / "drinks").iterdir() if path.name != "building.lock"}
    assert left == {first, third, fourth, tmp_path / "drinks" / "vectors-cd.db"}
    assert not other_model.exists()
    assert not second.exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "drinks").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match=r"the index cannot be written to .*drinks .*\[index\] in config.toml"):
        IndexStore(tmp_path, "drinks").build(INPUTS, write)


def _build_in_child(root: str, results: multiprocessing.SimpleQueue[int]) -> None:
    built = []

    def count(folder: Path) -> dict[str, object]:
        built.append(folder)
        return write(folder)

    IndexStore(Path(root), "drinks").build(INPUTS, count)
    results.put(len(built))


def test_two_processes_build_once(store: IndexStore, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.SimpleQueue[int] = context.SimpleQueue()
    children = [context.Process(target=_build_in_child, args=(str(tmp_path), results)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert sorted(results.get() for _ in children) == [0, 1]
    assert store.fault_of(INPUTS) is None
