"""Where a model's exported form is kept: whole and of that very model, or not there at all.

Of large files, hashes decide only when size or time of change differ: hashing 180 MB at each start would take 0.12 s.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from embeddings.encoders.reference import fingerprint_of
from embeddings.index.storage import (
    MANIFEST,
    Record,
    fault_among,
    fresh_folder,
    installed_version,
    locked,
    manifest_in,
    prune,
    put_in_place,
)
from knowledge.cache import check_private, least_used, make_private, mark_used, sealed, unsealed, write_private
from knowledge.codec import read_as, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from embeddings.encoders.onnx import OnnxEncoder

FORMAT: Final = 2
"""Raised whenever what an earlier version exported would give other vectors or cannot be read."""

FOLDER: Final = "onnx_models"
"""The folder among those of the indexes; no pack's id holds an underscore."""

WEIGHTS: Final = "model.safetensors"

_HASHED_UP_TO: Final = 8 * 2**20
"""Bytes of files that are hashed at each start."""

_SOURCES: Final = (WEIGHTS, "*.json", "*/*.json", "*.txt")
"""What in a model folder decides about its vectors."""

_LIBRARIES: Final = (
    "onnx",
    "onnxruntime",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """On how many texts an exported model was compared with the reference, and the least cosine of two vectors."""

    texts: int
    least_cosine: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an exported model was made with, its own files by their names, and its proof."""

    inputs: dict[str, Any]
    files: dict[str, Record]
    proof: Proof


class ExportError(Exception):
    """There is no exported form to use or to be had; the text says why, in words that go on after a colon."""


class ExportedModel:
    """The exported form of the model in a folder, for all folders that hold the same model."""

    def __init__(self, root: Path, source: Path) -> None:
        self.source = source
        self._root = root
        self._parent = root / FOLDER
        self._note = self._parent / f"{hashlib.sha256(os.fsencode(source.absolute())).hexdigest()[:16]}.json"

    @property
    def place(self) -> Path:
        """The folder of the exported model: its name is a hash of the model's files, and of what exports them."""
        return self._place_of(self._sources())

    @property
    def fingerprint(self) -> str:
        """That of the reference, from the model's weights. Raises ExportError."""
        return fingerprint_of(self._sources()[WEIGHTS].sha256)

    def open(self, expected_sha256: str, *, thorough: bool = False) -> OnnxEncoder:
        """Load it; `expected_sha256` is what the model's weights must hash to (empty: anything).

        With `thorough` every file is hashed. Raises ExportError when it is missing, damaged, or of other model files;
        UserError for a folder that others can write.
        """
        sources = self._sources(thorough=thorough)
        place = self._place_of(sources)
        manifest = self._manifest_in(place)
        if expected_sha256 not in {"", sources[WEIGHTS].sha256}:
            raise ExportError("the fast encoder is of other weights than the expected ones")
        try:
            fault = fault_among(place, manifest.files, hashed_up_to=None if thorough else _HASHED_UP_TO)
        except OSError as error:
            raise ExportError(f"the fast encoder cannot be read ({error.strerror})") from error
        if fault is not None:
            raise ExportError(f"the fast encoder is damaged: {fault}")
        try:
            from embeddings.encoders.onnx import OnnxEncoder  # noqa: PLC0415 - its import is for those that answer

            encoder = OnnxEncoder(place, fingerprint_of(sources[WEIGHTS].sha256))
        except Exception as error:  # the libraries have as many errors as a file has ways to be broken
            raise ExportError(f"the fast encoder cannot be loaded ({type(error).__name__})") from error
        mark_used(place / MANIFEST)
        return encoder

    def manifest(self) -> Manifest:
        """Return what it was made from and how it was proven. Raises ExportError, and UserError as `open`."""
        return self._manifest_in(self.place)

    def forget(self) -> None:
        """Delete it (UserError as `open`)."""
        check_private(self._root, self._parent)
        shutil.rmtree(self.place, ignore_errors=True)

    def _place_of(self, sources: Mapping[str, Record]) -> Path:
        contents = {name: record.sha256 for name, record in sources.items()}
        named = json.dumps(_inputs() | {"sources": contents}, sort_keys=True)
        return self._parent / hashlib.sha256(named.encode()).hexdigest()[:16]

    def _manifest_in(self, place: Path) -> Manifest:
        check_private(self._root, self._parent, place)
        try:
            return manifest_in(place, Manifest)
        except FileNotFoundError as error:
            raise ExportError("no fast encoder has been made of this model") from error
        except (OSError, ValueError) as error:
            raise ExportError("the fast encoder is incomplete: its manifest cannot be read") from error

    def _sources(self, *, thorough: bool = False) -> dict[str, Record]:
        """Describe the model's files; hashes are those of a note as long as sizes and times of change are.

        Hashing 90 MB takes as long as two answers. Raises ExportError when they cannot be read.
        """
        names = sources_of(self.source)
        try:
            if not thorough and (noted := self._noted(names)) is not None:
                return noted
            found = {name: Record.of(self.source / name) for name in names}
        except OSError as error:
            raise ExportError(f"the model in {self.source} cannot be read ({error.strerror})") from error
        if WEIGHTS not in found:
            raise ExportError(f"{self.source} holds no {WEIGHTS}")
        with contextlib.suppress(OSError):
            write_private(self._note, sealed(written(found)))
        return found

    def _noted(self, names: list[str]) -> dict[str, Record] | None:
        check_private(self._root, self._parent, self._note)
        try:
            noted = read_as(dict[str, Record], unsealed(self._note.read_bytes()), self._note.name)
        except (OSError, ValueError):
            return None
        same = WEIGHTS in noted and sorted(noted) == names
        return noted if same and all(noted[name].looks_like(self.source / name) for name in names) else None

    @contextlib.contextmanager
    def being_made(self) -> Iterator[Path]:
        """Yield an empty folder to make it in, deleted again unless `keep` moved it.

        Raises ExportError while another process makes one here, or when the cache cannot be written.
        """
        with contextlib.ExitStack() as stack:
            try:
                make_private(self._parent)
                stack.enter_context(locked(self._parent / "building.lock", wait=False))
                for abandoned in self._parent.glob("building-*"):
                    shutil.rmtree(abandoned, ignore_errors=True)
                fresh = stack.enter_context(fresh_folder(self._parent))
            except BlockingIOError as error:
                raise ExportError("another process is making one at this moment") from error
            except OSError as error:
                raise ExportError(f"{self._parent} cannot be written ({error.strerror or error})") from error
            yield fresh

    def keep(self, fresh: Path, proof: Proof) -> None:
        """Put a filled folder in its place, with its manifest. Raises OSError."""
        manifest = Manifest(
            inputs=_inputs(),
            files={path.name: Record.of(path) for path in sorted(fresh.iterdir())},
            proof=proof,
        )
        put_in_place(fresh, self.place, manifest)
        prune(self._parent, Manifest)
        for note in least_used(self._parent.glob("*.json")):
            note.unlink(missing_ok=True)


def sources_of(folder: Path) -> list[str]:
    """Return the files of a model folder that decide about its vectors, in alphabetical order, as POSIX paths."""
    return sorted({path.relative_to(folder).as_posix() for pattern in _SOURCES for path in folder.glob(pattern)})


def _inputs() -> dict[str, Any]:
    return {"format": FORMAT, "versions": {name: installed_version(name) for name in _LIBRARIES}}
