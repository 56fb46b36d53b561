"""A ready index: a pack's index and the fast encoder that it was made with, in one folder that travels as an archive.

What answers from it needs neither sentence-transformers nor torch. It is a plain zip file: nothing in it is unpickled,
and nothing is unpacked that its manifest does not name with size and hash.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from embeddings.encoders.exported import ExportedModel, ExportError, Proof
from embeddings.encoders.precision import LEAST_COSINE, least_cosine
from embeddings.index.index import FORMAT, Index, passage_vectors, read_index, rows_of
from embeddings.index.storage import (
    MANIFEST,
    Inputs,
    Record,
    fault_among,
    fresh_folder,
    manifest_in,
    prune,
    put_in_place,
)
from embeddings.index.storage import Manifest as IndexManifest
from knowledge.cache import check_private, make_private, mark_used, sealed, unsealed, write_private
from knowledge.codec import read_as, written
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embeddings.encoders.reference import Encoder
    from knowledge.model import Pack

FOLDER: Final = "ready_indexes"
"""The folder among those of the indexes; no pack's id holds an underscore."""

CARRIED: Final = Path(__file__).parents[1] / "ready"
"""What a released wheel carries: a folder a pack. A checkout has none."""

_HASHED_UP_TO: Final = 8 * 2**20
_LARGEST: Final = 8 * 2**30
_LARGEST_MANIFEST: Final = 2**20
_PIECE: Final = 2**20

_PROVEN: Final = 500
"""Passages of a voice that are encoded anew at an import, evenly spread: a second's work."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a ready index is of, its files by their names, and how its encoder was proven equal to the reference."""

    inputs: Inputs
    files: dict[str, Record]
    proof: Proof


class ReadyIndex:
    """A folder with a ready index, and what its manifest says."""

    def __init__(self, place: Path, manifest: Manifest, note: Path | None = None) -> None:
        """`note` is where the times of large files are kept that lie in a folder which an installer wrote."""
        self.place = place
        self.manifest = manifest
        self._note = note

    @classmethod
    def find(cls, pack: Pack, fingerprint: str, cache: Path) -> Self | None:
        """Return the ready index of this very pack and model: an imported one, else that of the installed wheel.

        Raises UserError for a cache folder that others can write.
        """
        imported = place_of(pack.sha256, fingerprint, cache)
        check_private(cache, imported.parent, imported)
        note = imported.with_suffix(".json")
        for place, its_note in ((imported, None), (CARRIED / pack.id, note)):
            with contextlib.suppress(OSError, ValueError):
                manifest = manifest_in(place, Manifest)
                of = manifest.inputs
                if (of.format, of.pack_sha256, of.encoder) == (FORMAT, pack.sha256, fingerprint):
                    return cls(place, manifest, its_note)
        return None

    def open(self, pack: Pack, shared: Encoder | None = None, *, thorough: bool = False) -> tuple[Encoder, Index]:
        """Open both parts; with `thorough` every file is hashed. Raises UserError for a damaged one.

        An encoder of the same model that is `shared` takes the place of its own: a second one would cost as much again.
        """
        fault = self._fault(thorough=thorough)
        if fault is not None:
            raise UserError(f"the ready index in {self.place} is damaged: {fault}; import it again")
        try:
            from embeddings.encoders.onnx import OnnxEncoder  # noqa: PLC0415 - its import is for those that answer

            own = self.manifest.inputs.encoder
            same = shared is not None and shared.fingerprint == own
            encoder = shared if shared is not None and same else OnnxEncoder(self.place, own)
            opened = encoder, read_index(self.place, pack, claims=self.place)
        except Exception as error:  # the libraries have as many errors as a file has ways to be broken
            raise UserError(
                f"the ready index in {self.place} cannot be read ({type(error).__name__}): import it again"
            ) from error
        mark_used(self.place / MANIFEST)
        return opened

    def _fault(self, *, thorough: bool) -> str | None:
        try:
            records = self.manifest.files if self._note is None else self._noted(self._note)
            return fault_among(self.place, records, hashed_up_to=None if thorough else _HASHED_UP_TO)
        except OSError as error:
            return f"it cannot be read ({error.strerror})"

    def _noted(self, note: Path) -> dict[str, Record]:
        """Return the files with the times that they had when they were last hashed here.

        An installer gives files times of its own, and 90 MB are not to be hashed at each start.
        """
        files = self.manifest.files
        large = [name for name in files if files[name].bytes > _HASHED_UP_TO]
        with contextlib.suppress(OSError, ValueError):
            check_private(note)
            noted = read_as(dict[str, Record], unsealed(note.read_bytes()), note.name)
            same = [noted[name].sha256 == files[name].sha256 for name in large if name in noted]
            if (
                len(same) == len(large)
                and all(same)
                and all(noted[name].looks_like(self.place / name) for name in large)
            ):
                return files | noted
        found = {name: Record.of(self.place / name) for name in large}
        if any(found[name].sha256 != files[name].sha256 for name in large):
            return files
        with contextlib.suppress(OSError):
            make_private(note.parent)
            write_private(note, sealed(written(found)))
        return files | found


def place_of(pack_sha256: str, fingerprint: str, cache: Path) -> Path:
    """Return the folder in which an imported index of a pack and a model lies."""
    named = f"{FORMAT} {pack_sha256} {fingerprint}"
    return cache / FOLDER / hashlib.sha256(named.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Parts:
    """What travels: where each file lies, and the manifest of them all."""

    manifest: Manifest
    sources: dict[str, Path]

    @classmethod
    def of(cls, index: Index, exported: ExportedModel) -> Self:
        """Return those of an index that was built here and of its fast encoder, both proven. Raises UserError."""
        try:
            encoder = exported.manifest()
        except ExportError as error:
            raise UserError(f"{error}: a ready index carries its fast encoder; run `dilemma index`") from error
        made, claims = manifest_in(index.place, IndexManifest), manifest_in(index.claims, IndexManifest)
        manifest = Manifest(made.inputs, made.files | claims.files | encoder.files, encoder.proof)
        return cls(manifest, _files_in(index.place) | _files_in(index.claims) | _files_in(exported.place))

    @classmethod
    def again(cls, ready: ReadyIndex) -> Self:
        """Return those of an index that came ready."""
        return cls(ready.manifest, _files_in(ready.place))

    def write_archive(self, target: Path) -> None:
        """Write the archive, or nothing. Raises UserError."""
        try:
            with _written_whole(target) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(MANIFEST, sealed(written(self.manifest)))
                for name in sorted(self.manifest.files):
                    archive.write(self.sources[name], name)
        except OSError as error:
            raise UserError(f"{target} cannot be written ({error.strerror or error})") from error

    def write_folder(self, target: Path) -> None:
        """Write the same as a folder, which a wheel can carry; what is there goes. Raises UserError."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with fresh_folder(target.parent) as fresh:
                for name, source in self.sources.items():
                    shutil.copyfile(source, fresh / name)
                put_in_place(fresh, target, self.manifest)
            target.chmod(0o755)
        except OSError as error:
            raise UserError(f"{target} cannot be written ({error.strerror or error})") from error


def _files_in(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}


@contextlib.contextmanager
def _written_whole(target: Path) -> Iterator[Path]:
    """Yield a path beside a file, and put what was written there in the file's place, unless that failed."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        yield fresh
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def read_archive(source: Path, pack: Pack, fingerprint: str, cache: Path) -> ReadyIndex:
    """Unpack an archive into the cache, every file hashed, and prove that its encoder and vectors agree here.

    Raises UserError, with nothing left behind: for another file, pack, model, format, or a damaged archive.
    """
    place = place_of(pack.sha256, fingerprint, cache)
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest_of(archive, source)
            _check_match(manifest.inputs, source, pack, fingerprint)
            make_private(place.parent)
            with fresh_folder(place.parent) as fresh:
                for name, record in manifest.files.items():
                    _unpack(archive, name, record, fresh / name, source)
                kept = dataclasses.replace(manifest, files={name: Record.of(fresh / name) for name in manifest.files})
                _prove(ReadyIndex(fresh, kept), pack, source)
                put_in_place(fresh, place, kept)
    except zipfile.BadZipFile as error:
        raise UserError(f"{source} is not a ready index, or was cut short: export or fetch it again") from error
    except OSError as error:
        raise UserError(f"{source} cannot be imported ({error.strerror or error})") from error
    prune(place.parent, Manifest)
    return ReadyIndex(place, kept)


def forget_ready(pack: Pack, fingerprint: str, cache: Path) -> None:
    """Delete the imported index of a pack and a model (UserError)."""
    place = place_of(pack.sha256, fingerprint, cache)
    check_private(cache, place.parent)
    shutil.rmtree(place, ignore_errors=True)


def _manifest_of(archive: zipfile.ZipFile, source: Path) -> Manifest:
    """Return the manifest, which names every other member. Raises UserError."""
    damaged = UserError(f"{source} is not a ready index, or is damaged: export or fetch it again")
    try:
        if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise damaged
        manifest = read_as(Manifest, unsealed(archive.read(MANIFEST)), MANIFEST)
    except (KeyError, ValueError, RuntimeError, NotImplementedError) as error:
        raise damaged from error
    named = [*manifest.files, MANIFEST]
    plain = all(name == Path(name).name and name not in {"", ".", ".."} and "\\" not in name for name in named)
    if sorted(archive.namelist()) != sorted(named) or not plain:
        raise damaged
    if sum(record.bytes for record in manifest.files.values()) > _LARGEST:
        raise UserError(f"{source} would unpack to more than {_LARGEST // 2**30} GB: build the index here instead")
    return manifest


def _check_match(of: Inputs, source: Path, pack: Pack, fingerprint: str) -> None:
    """Refuse an index of another version of the program, another pack or another model (UserError)."""
    if of.format != FORMAT:
        raise UserError(f"{source} was exported by another version of Dilemma: export it again with this one")
    if of.pack_id != pack.id:
        raise UserError(f"{source} is an index of the pack {of.pack_id}, and the settings name {pack.id}")
    if of.pack_sha256 != pack.sha256:
        raise UserError(f"{source} was made of other files of the pack {pack.id} than those that are here")
    if of.encoder != fingerprint:
        raise UserError(f"{source} was made with another model than `model` under [encoder] names")


def _unpack(archive: zipfile.ZipFile, name: str, record: Record, target: Path, source: Path) -> None:
    """Write one member to a file, no more of it than its manifest says. Raises UserError."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(name) as packed, target.open("wb") as stream:
            while piece := packed.read(_PIECE):
                size += len(piece)
                if size > record.bytes:
                    break
                digest.update(piece)
                stream.write(piece)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise UserError(f"{source} is damaged ({name} cannot be unpacked): export or fetch it again") from error
    if size != record.bytes or digest.hexdigest() != record.sha256:
        raise UserError(f"{source} is damaged ({name} is not what its manifest says): export or fetch it again")


def _prove(ready: ReadyIndex, pack: Pack, source: Path) -> None:
    """Compare the vectors of the index with what the encoder gives on this machine (UserError)."""
    encoder, index = ready.open(pack, thorough=True)
    try:
        for voice, rows in rows_of(pack, index.layout).items():
            if not len(rows):
                continue
            some = slice(None, None, -(-len(rows) // _PROVEN))
            texts = [pack.passages[row].text for row in rows[some]]
            least = least_cosine(encoder.encode(texts), passage_vectors(index, voice)[some])
            if not least >= LEAST_COSINE:
                raise UserError(
                    f"{source}: its encoder gives other vectors on this machine than its index holds (least cosine "
                    f"{least:.6f}): build the index here instead"
                )
    finally:
        index.close()
