"""Where a model's exported form is kept: whole and of that very model, or not there at all.

As in an index, hashes decide only when size or time of change differ: hashing 180 MB at each start would take 0.12 s.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from embeddings.encoders.reference import fingerprint_of
from embeddings.index.storage import MANIFEST, Record, installed_version, locked, put_in_place
from knowledge.codec import read_as

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from embeddings.encoders.onnx import OnnxEncoder

FORMAT: Final = 1
"""Raised whenever what an earlier version exported would give other vectors or cannot be read."""

FOLDER: Final = "onnx_models"
"""The folder among those of the indexes; no pack's id holds an underscore."""

WEIGHTS: Final = "model.safetensors"

_SOURCES: Final = (WEIGHTS, "*.json", "*/*.json", "*.txt")
"""What in a model folder decides about its vectors."""

_LIBRARIES: Final = (
    "onnx",
    "onnxruntime",
    "onnxscript",
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
    """What an exported model was made with and from, its own files by their names, and its proof."""

    inputs: dict[str, Any]
    sources: dict[str, Record]
    files: dict[str, Record]
    proof: Proof


class ExportError(Exception):
    """There is no exported form to use or to be had; the text says why, in words that go on after a colon."""


class ExportedModel:
    """The exported form of one model folder."""

    def __init__(self, root: Path, source: Path) -> None:
        self.source = source
        self._parent = root / FOLDER
        self.place = self._parent / hashlib.sha256(os.fsencode(source.absolute())).hexdigest()[:16]

    def open(self, expected_sha256: str, *, thorough: bool = False) -> OnnxEncoder:
        """Load it; `expected_sha256` is what the model's weights must hash to (empty: anything).

        With `thorough` every file is hashed. Raises ExportError when it is missing, damaged, or of other model files.
        """
        manifest = self.manifest()
        if manifest.inputs != _inputs():
            raise ExportError("the fast encoder was made by another version of the program or of its libraries")
        self._check_source(manifest.sources, expected_sha256, thorough=thorough)
        for name, record in manifest.files.items():
            if (fault := record.fault_of(self.place / name, thorough=thorough)) is not None:
                raise ExportError(f"the fast encoder is damaged: {name} {fault}")
        try:
            from embeddings.encoders.onnx import OnnxEncoder  # noqa: PLC0415 - its import is for those that answer

            return OnnxEncoder(self.place, fingerprint_of(manifest.sources[WEIGHTS].sha256))
        except Exception as error:  # the libraries have as many errors as a file has ways to be broken
            raise ExportError(f"the fast encoder cannot be loaded ({type(error).__name__})") from error

    def manifest(self) -> Manifest:
        """Return what it was made from and how it was proven. Raises ExportError."""
        try:
            return read_as(Manifest, json.loads((self.place / MANIFEST).read_bytes()), MANIFEST)
        except FileNotFoundError as error:
            raise ExportError("no fast encoder has been made of this model") from error
        except (OSError, ValueError) as error:
            raise ExportError("the fast encoder is incomplete: its manifest cannot be read") from error

    def _check_source(self, records: Mapping[str, Record], expected_sha256: str, *, thorough: bool) -> None:
        if expected_sha256 not in {"", records[WEIGHTS].sha256}:
            raise ExportError("the fast encoder is of other weights than the expected ones")
        if sources_of(self.source) != sorted(records) or any(
            record.fault_of(self.source / name, thorough=thorough) is not None for name, record in records.items()
        ):
            raise ExportError("the model changed since the fast encoder was made of it")

    @contextlib.contextmanager
    def being_made(self) -> Iterator[Path]:
        """Yield an empty folder to make it in, deleted again unless `keep` moved it.

        Raises ExportError while another process makes one here, or when the cache cannot be written.
        """
        with contextlib.ExitStack() as stack:
            try:
                self._parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(self._parent / "building.lock", wait=False))
                for abandoned in self._parent.glob("building-*"):
                    shutil.rmtree(abandoned, ignore_errors=True)
                fresh = Path(tempfile.mkdtemp(prefix="building-", dir=self._parent))
            except BlockingIOError as error:
                raise ExportError("another process is making one at this moment") from error
            except OSError as error:
                raise ExportError(f"{self._parent} cannot be written ({error.strerror or error})") from error
            stack.callback(shutil.rmtree, fresh, ignore_errors=True)
            yield fresh

    def keep(self, fresh: Path, proof: Proof) -> None:
        """Put a filled folder in its place, with its manifest. Raises OSError."""
        manifest = Manifest(
            inputs=_inputs(),
            sources={name: Record.of(self.source / name) for name in sources_of(self.source)},
            files={path.name: Record.of(path) for path in sorted(fresh.iterdir())},
            proof=proof,
        )
        put_in_place(fresh, self.place, manifest)


def sources_of(folder: Path) -> list[str]:
    """Return the files of a model folder that decide about its vectors, in alphabetical order, as POSIX paths."""
    return sorted({path.relative_to(folder).as_posix() for pattern in _SOURCES for path in folder.glob(pattern)})


def _inputs() -> dict[str, Any]:
    return {"format": FORMAT, "versions": {name: installed_version(name) for name in _LIBRARIES}}
