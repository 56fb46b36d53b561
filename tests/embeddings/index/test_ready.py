"""An index that travels: the same files on the other side, or one clear refusal and nothing left behind."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoders.exported import ExportedModel, Proof
from embeddings.index import ready as ready_module
from embeddings.index.index import open_index
from embeddings.index.ready import Parts, ReadyIndex, forget_ready, place_of, read_archive
from embeddings.index.storage import MANIFEST, Record
from knowledge.cache import sealed, unsealed
from knowledge.errors import UserError
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

PACK = drinks()
ENCODER = WordEncoder()


class Loaded(WordEncoder):
    """What stands for the exported model: the reference's vectors."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        super().__init__()
        assert (folder / "model.onnx").read_text() == "a graph"
        assert fingerprint == self.fingerprint


@dataclass(frozen=True)
class Traveller:
    parts: Parts
    archive: Path
    cache: Path

    def rewritten(self, **changed: bytes) -> Path:
        """Write the archive with other contents of some members; an empty name adds none."""
        with zipfile.ZipFile(self.archive) as whole:
            members = {name: whole.read(name) for name in whole.namelist()}
        target = self.archive.with_name("changed.dilemma")
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in (members | {name.replace("__", "."): to for name, to in changed.items()}).items():
                archive.writestr(name, content)
        return target

    def left(self) -> list[str]:
        """Name what is in the cache."""
        return sorted(path.name for path in (self.cache / ready_module.FOLDER).glob("*"))


@pytest.fixture
def traveller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Traveller:
    monkeypatch.setattr("embeddings.encoders.onnx.OnnxEncoder", Loaded)
    monkeypatch.setattr(ready_module, "CARRIED", tmp_path / "carried")
    source = tmp_path / "model"
    source.mkdir()
    (source / "model.safetensors").write_text("weights")
    exported = ExportedModel(tmp_path / "made", source)
    with exported.being_made() as fresh:
        (fresh / "model.onnx").write_text("a graph")
        exported.keep(fresh, Proof(20, 0.999999))
    index = open_index(PACK, ENCODER, tmp_path / "made")
    parts = Parts.of(index, exported)
    index.close()
    archive = tmp_path / "drinks.dilemma"
    parts.write_archive(archive)
    return Traveller(parts, archive, tmp_path / "cache")


def test_imported_index_answers_like_the_one_that_was_exported(traveller: Traveller) -> None:
    assert ReadyIndex.find(PACK, ENCODER.fingerprint, traveller.cache) is None
    read_archive(traveller.archive, PACK, ENCODER.fingerprint, traveller.cache)
    found = ReadyIndex.find(PACK, ENCODER.fingerprint, traveller.cache)
    assert found is not None
    assert found.manifest.proof == Proof(20, 0.999999)
    encoder, index = found.open(PACK, thorough=True)
    assert encoder.encode(["tea"]).shape == (1, 32)
    assert index.ranker is not None
    assert np.array_equal(index.dense["tea"].vectors(), ENCODER.encode([p.text for p in PACK.of_voice("tea")]))
    index.close()
    assert traveller.left() == [place_of(PACK.sha256, ENCODER.fingerprint, traveller.cache).name]
    # It can be handed on, and forgotten.
    Parts.again(found).write_archive(traveller.archive.with_name("again.dilemma"))
    read_archive(traveller.archive.with_name("again.dilemma"), PACK, ENCODER.fingerprint, traveller.cache)
    forget_ready(PACK, ENCODER.fingerprint, traveller.cache)
    assert traveller.left() == []


def test_index_that_a_wheel_carries_is_found_and_its_large_files_are_hashed_once(
    traveller: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installer sets times of its own."""
    monkeypatch.setattr(ready_module, "_HASHED_UP_TO", 5)
    carried = ready_module.CARRIED / PACK.id
    traveller.parts.write_folder(carried)
    for path in carried.iterdir():
        path.touch()
    found = ReadyIndex.find(PACK, ENCODER.fingerprint, traveller.cache)
    assert found is not None
    found.open(PACK)[1].close()
    (note,) = traveller.left()
    with monkeypatch.context() as patch:
        patch.setattr(Record, "of", lambda path: pytest.fail(f"{path} was hashed again"))
        found.open(PACK)[1].close()
    (carried / "model.onnx").write_text("a grape")
    with pytest.raises(UserError, match=r"is damaged: model\.onnx has other contents than when it was made"):
        found.open(PACK)
    assert traveller.left() == [note]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model__onnx": b"a grape"}, "is damaged (model.onnx is not what its manifest says)"),
        ({"model__onnx": b"a graph and more"}, "is damaged (model.onnx is not what its manifest says)"),
        ({"more__txt": b"more"}, "is not a ready index, or is damaged"),
        ({"../out": b"more"}, "is not a ready index, or is damaged"),
        ({"manifest__json": b"{}"}, "is not a ready index, or is damaged"),
        ({"manifest__json": b"[" * 100_000}, "is not a ready index, or is damaged"),
    ],
)
def test_changed_archive_is_refused_and_leaves_nothing(
    traveller: Traveller, changed: dict[str, bytes], message: str
) -> None:
    with pytest.raises(UserError) as refused:
        read_archive(traveller.rewritten(**changed), PACK, ENCODER.fingerprint, traveller.cache)
    assert message in str(refused.value)
    assert traveller.left() == []


def test_manifest_that_leads_out_of_the_folder_is_refused(traveller: Traveller) -> None:
    """Even one whose seal is right."""
    with zipfile.ZipFile(traveller.archive) as whole:
        manifest = unsealed(whole.read(MANIFEST))
    manifest["files"]["../out"] = manifest["files"]["model.onnx"]
    with pytest.raises(UserError, match="is not a ready index, or is damaged"):
        read_archive(
            traveller.rewritten(manifest__json=sealed(manifest), **{"../out": b"a graph"}),
            PACK,
            ENCODER.fingerprint,
            traveller.cache,
        )
    assert not list(traveller.cache.rglob("out"))


def test_what_does_not_fit_says_why(traveller: Traveller) -> None:
    with pytest.raises(UserError, match="was made of other files of the pack drinks than those that are here"):
        read_archive(traveller.archive, drinks(changed="a comma"), ENCODER.fingerprint, traveller.cache)
    with pytest.raises(UserError, match="was made with another model"):
        read_archive(traveller.archive, PACK, "0" * 64, traveller.cache)
    cut = traveller.archive.with_name("cut.dilemma")
    cut.write_bytes(traveller.archive.read_bytes()[:2000])
    with pytest.raises(UserError, match="is not a ready index, or was cut short"):
        read_archive(cut, PACK, ENCODER.fingerprint, traveller.cache)
    with pytest.raises(UserError, match="No such file"):
        read_archive(cut.with_name("nowhere"), PACK, ENCODER.fingerprint, traveller.cache)


def test_encoder_that_gives_other_vectors_here_is_refused(
    traveller: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hashes are right, and yet this machine's library may not be."""
    monkeypatch.setattr(Loaded, "encode", lambda _, texts: WordEncoder().encode([text[::-1] for text in texts]))
    with pytest.raises(UserError, match="gives other vectors on this machine than its index holds"):
        read_archive(traveller.archive, PACK, ENCODER.fingerprint, traveller.cache)
    assert traveller.left() == []


def test_damaged_import_is_told_when_it_is_opened(traveller: Traveller) -> None:
    ready = read_archive(traveller.archive, PACK, ENCODER.fingerprint, traveller.cache)
    (ready.place / "learnt.json").write_text(json.dumps({"spelling": {}}))
    with pytest.raises(UserError, match=r"is damaged: learnt\.json has \d+ bytes instead of \d+; import it again"):
        ready.open(PACK)
    shutil.rmtree(ready.place)
    assert ReadyIndex.find(PACK, ENCODER.fingerprint, traveller.cache) is None


def test_archive_is_written_whole_or_not_at_all(traveller: Traveller) -> None:
    target = traveller.archive.parent / "missing" / "drinks.dilemma"
    with pytest.raises(UserError, match=r"drinks\.dilemma cannot be written \(No such file or directory\)"):
        traveller.parts.write_archive(target)
    assert [path.name for path in traveller.archive.parent.glob(".*")] == []
