"""The exported form on disk: whole and of the very model, or refused with the reason."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from embeddings.encoders.exported import ExportedModel, ExportError, Proof, sources_of
from embeddings.encoders.reference import fingerprint_of
from embeddings.index.storage import file_sha256
from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


class Loaded:
    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self.fingerprint = fingerprint


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    for name in ("model.safetensors", "config.json", "1_Pooling/config.json", "vocab.txt", "README.md"):
        (folder / name).write_text(f"this is {name}")
    return folder


@pytest.fixture
def model(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExportedModel:
    monkeypatch.setattr("embeddings.encoders.onnx.OnnxEncoder", Loaded)
    model = ExportedModel(tmp_path / "cache", source)
    make(model)
    return model


def make(model: ExportedModel, graph: str = "a graph") -> None:
    with model.being_made() as fresh:
        (fresh / "model.onnx").write_text(graph)
        (fresh / "tokenizer.json").write_text("a tokenizer")
        model.keep(fresh, Proof(7, 0.999999))


def change_unseen(path: Path, text: str) -> None:
    """Write other contents of the same length, and set the time of change back."""
    before = path.stat()
    assert len(text.encode()) == before.st_size
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_kept_model_is_opened_with_the_fingerprint_of_the_reference(model: ExportedModel, source: Path) -> None:
    """So that an index of the one is valid for the other."""
    opened = model.open("")
    assert isinstance(opened, Loaded)
    assert opened.folder == model.place
    assert opened.fingerprint == fingerprint_of(file_sha256(source / "model.safetensors"))
    assert model.manifest().proof == Proof(7, 0.999999)


def test_sources_are_what_decides_about_vectors(source: Path) -> None:
    assert sources_of(source) == ["1_Pooling/config.json", "config.json", "model.safetensors", "vocab.txt"]


def test_missing_model_is_said_to_be_missing(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"^no fast encoder has been made of this model$"):
        ExportedModel(tmp_path / "elsewhere", source).open("")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "[]",
        "{",
        '{"inputs": {}}',
        '{"inputs": 1, "sources": 1, "files": 1}',
        '{"inputs": {}, "sources": {"a": {}}, "files": {}, "proof": {}}',
    ],
)
def test_unreadable_manifest_counts_as_incomplete(model: ExportedModel, written: str) -> None:
    (model.place / "manifest.json").write_text(written)
    with pytest.raises(ExportError, match=r"^the fast encoder is incomplete: its manifest cannot be read$"):
        model.open("")


def test_shortened_file_is_found(model: ExportedModel) -> None:
    (model.place / "model.onnx").write_text("a gra")
    with pytest.raises(ExportError, match=r"^the fast encoder is damaged: model\.onnx has 5 bytes instead of 7$"):
        model.open("")


def test_missing_file_is_found(model: ExportedModel) -> None:
    (model.place / "tokenizer.json").unlink()
    with pytest.raises(ExportError, match=r"^the fast encoder is damaged: tokenizer\.json cannot be read$"):
        model.open("")


def test_changed_file_is_found_by_its_hash_once_its_time_changed(model: ExportedModel) -> None:
    """The size alone would not tell."""
    path = model.place / "model.onnx"
    path.write_text("b graph")
    os.utime(path, ns=(1, 1))
    with pytest.raises(ExportError, match=r"damaged: model\.onnx has other contents than when it was made$"):
        model.open("")


def test_new_time_alone_is_no_damage(model: ExportedModel) -> None:
    """A copied cache has new times: the hash decides."""
    for path in model.place.iterdir():
        os.utime(path, ns=(1, 1))
    assert model.open("").fingerprint


def test_change_that_leaves_size_and_time_is_found_by_a_thorough_look(
    model: ExportedModel, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a large file; at a start it is not: hashing everything takes too long."""
    monkeypatch.setattr("embeddings.encoders.exported._HASHED_UP_TO", 6)
    change_unseen(model.place / "model.onnx", "b graph")
    assert model.open("").fingerprint
    with pytest.raises(ExportError, match=r"damaged: model\.onnx has other contents"):
        model.open("", thorough=True)
    change_unseen(source / "vocab.txt", "that is vocab.txt")
    make(model)
    with pytest.raises(ExportError, match=r"^no fast encoder has been made of this model$"):
        model.open("", thorough=True)


@pytest.mark.parametrize("name", ["model.safetensors", "1_Pooling/config.json", "added_tokens.json"])
def test_changed_model_folder_makes_it_useless(model: ExportedModel, source: Path, name: str) -> None:
    (source / name).write_text("other")
    with pytest.raises(ExportError, match=r"^no fast encoder has been made of this model$"):
        model.open("")


def test_weights_must_be_the_expected_ones(model: ExportedModel, source: Path) -> None:
    assert model.open(file_sha256(source / "model.safetensors")).fingerprint
    with pytest.raises(ExportError, match=r"^the fast encoder is of other weights than the expected ones$"):
        model.open("ab" * 32)


def test_other_library_makes_it_useless(model: ExportedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.encoders.exported.installed_version", lambda package: "99")
    with pytest.raises(ExportError, match=r"^no fast encoder has been made of this model$"):
        model.open("")


def test_file_that_cannot_be_loaded_is_a_reason(model: ExportedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of error is named."""

    def fail(folder: Path, fingerprint: str) -> None:
        raise RuntimeError("protobuf parsing failed")

    monkeypatch.setattr("embeddings.encoders.onnx.OnnxEncoder", fail)
    with pytest.raises(ExportError, match=r"^the fast encoder cannot be loaded \(RuntimeError\)$"):
        model.open("")


def test_what_was_not_kept_leaves_nothing(source: Path, tmp_path: Path) -> None:
    model = ExportedModel(tmp_path / "cache", source)
    with model.being_made() as fresh:
        (fresh / "model.onnx").write_text("half a gra")
    assert [path.name for path in model.place.parent.glob("building*")] == ["building.lock"]
    assert not model.place.exists()


def test_leavings_of_a_killed_export_are_no_model_and_are_cleared_away(model: ExportedModel) -> None:
    abandoned = model.place.parent / "building-killed"
    abandoned.mkdir()
    (abandoned / "model.onnx").write_text("half a gra")
    assert model.open("").fingerprint
    make(model)
    assert not abandoned.exists()


def test_newer_export_takes_the_place_of_the_older(model: ExportedModel) -> None:
    make(model, "another graph")
    assert model.open("").fingerprint
    assert (model.place / "model.onnx").read_text() == "another graph"
    assert [path for path in model.place.parent.iterdir() if path.is_dir()] == [model.place]


def test_the_same_model_elsewhere_is_served_too(model: ExportedModel, source: Path, tmp_path: Path) -> None:
    """A second checkout; a start hashes nothing that a note tells."""
    second = tmp_path / "second"
    shutil.copytree(source, second)
    other = ExportedModel(tmp_path / "cache", second)
    assert other.place == model.place
    assert other.open("").fingerprint == model.open("").fingerprint
    change_unseen(second / "model.safetensors", "THIS is model.safetensors")
    assert other.open("").fingerprint == model.open("").fingerprint
    os.utime(second / "model.safetensors", ns=(1, 1))
    with pytest.raises(ExportError, match=r"^no fast encoder has been made of this model$"):
        other.open("")


def test_models_that_were_used_least_go(source: Path, model: ExportedModel) -> None:
    places = [model.place]
    for number in range(4):
        (source / "vocab.txt").write_text(f"word {number}")
        make(model)
        places.append(model.place)
    assert [place.exists() for place in places] == [False, False, True, True, True]
    (places[-1].parent / "building.lock").unlink()
    (places[-1].parent / "building.lock").symlink_to(source / "vocab.txt")
    with pytest.raises(ExportError, match=r"cannot be written \(Too many levels of symbolic links\)$"):
        make(model)
    assert (source / "vocab.txt").read_text() == "word 3"
    (places[-1] / "manifest.json").write_bytes(b"[" * 100_000)
    with pytest.raises(ExportError, match=r"^the fast encoder is incomplete: its manifest cannot be read$"):
        model.open("")
    places[-1].parent.chmod(0o777)
    with pytest.raises(UserError, match="can be written by others, who could have forged what is in it"):
        model.open("")


def test_two_exports_at_once_are_one_too_many(model: ExportedModel) -> None:
    with (
        model.being_made(),
        pytest.raises(ExportError, match=r"^another process is making one at this moment$"),
        model.being_made(),
    ):
        pass


def test_cache_that_cannot_be_written_is_a_reason(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ExportError, match=r"/file/onnx_models cannot be written \(Not a directory\)$"),
        ExportedModel(tmp_path / "file", source).being_made(),
    ):
        pass
