"""Keeping an index on disk: complete or not there at all, never half.

An index is a folder of files with a manifest that names what it was built from and the size and hash of each file. It
is built beside its place and renamed into it. It must not know what the files mean.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MANIFEST: Final = "manifest.json"

_HASHED_UP_TO: Final = 64 * 2**20
"""Files over this many bytes are checked by size alone when opened: hashing a gigabyte would take a second."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an index depends on. Equal inputs give an equal index; any difference makes it stale."""

    format: int
    pack_id: str
    pack_sha256: str
    encoder: str
    versions: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that stand for all inputs: the name of the folder."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class IndexStore:
    """The folder in which the indexes of one pack lie, one folder for each set of inputs."""

    def __init__(self, root: Path, pack_id: str) -> None:
        """Name the place; nothing is read or written yet."""
        self._folder = root / pack_id

    def place_of(self, inputs: Inputs) -> Path:
        """Give the folder in which the index for these inputs lies or will lie."""
        return self._folder / inputs.digest

    def fault_of(self, inputs: Inputs) -> str | None:
        """Say in a few words why there is no usable index for these inputs; None when there is one."""
        place = self.place_of(inputs)
        if not place.is_dir():
            others = [path for path in self._folder.glob("*") if (path / MANIFEST).is_file()]
            return "the pack, the model or a library changed since the index was built" if others else "no index yet"
        try:
            manifest = json.loads((place / MANIFEST).read_bytes())
            recorded = manifest["inputs"]
            files: dict[str, dict[str, int | str]] = manifest["files"]
        except (OSError, ValueError, KeyError, TypeError):
            return "the index is incomplete: its manifest cannot be read"
        if recorded != json.loads(json.dumps(asdict(inputs))):
            return "the index was built from something else"
        for name, expected in files.items():
            if (fault := _fault_of_file(place / name, expected)) is not None:
                return f"the index is damaged: {name} {fault}"
        return None

    def build(self, inputs: Inputs, write: Callable[[Path], None]) -> Path:
        """Let `write` fill an empty folder, add the manifest, and put the folder in its place, in one step.

        When another process builds the same index meanwhile, this one waits for it and uses what it made. Raises
        UserError when the place cannot be written.
        """
        place = self.place_of(inputs)
        try:
            with self._building():
                if self.fault_of(inputs) is None:
                    return place
                fresh = Path(tempfile.mkdtemp(prefix="building-", dir=self._folder))
                try:
                    write(fresh)
                    _write_manifest(fresh, inputs)
                    self._discard(place)
                    fresh.rename(place)
                except BaseException:
                    shutil.rmtree(fresh, ignore_errors=True)
                    raise
                self._prune(inputs, keep=place)
        except OSError as error:
            raise UserError(
                f"the index cannot be written to {self._folder} ({error.strerror or error}): "
                "make the folder writable, or set `folder` under [index] in config.toml"
            ) from error
        return place

    @contextlib.contextmanager
    def _building(self) -> Iterator[None]:
        """Hold the building lock of this pack; the system gives it back even when the process is killed."""
        import fcntl  # noqa: PLC0415 - there is none on Windows, where two builds at once merely cost time

        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "building.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _discard(self, place: Path) -> None:
        """Take a folder away at once (a rename), then delete it at leisure."""
        if place.exists():
            doomed = Path(tempfile.mkdtemp(prefix="discarded-", dir=self._folder))
            place.rename(doomed / place.name)
            shutil.rmtree(doomed, ignore_errors=True)

    def _prune(self, inputs: Inputs, keep: Path) -> None:
        """Delete what earlier builds with this encoder left, and folders of builds that were killed."""
        for path in self._folder.iterdir():
            if path.is_dir() and path != keep and _encoder_of(path) in {None, inputs.encoder}:
                shutil.rmtree(path, ignore_errors=True)


def _encoder_of(folder: Path) -> str | None:
    """Read which encoder an index was built with; None when its manifest does not say."""
    try:
        return str(json.loads((folder / MANIFEST).read_bytes())["inputs"]["encoder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _fault_of_file(path: Path, expected: Mapping[str, int | str]) -> str | None:
    """Say what is wrong with a file of an index; None when it is as the manifest says."""
    try:
        size = path.stat().st_size
        if size != expected["bytes"]:
            return f"has {size} bytes instead of {expected['bytes']}"
        if size <= _HASHED_UP_TO and hashlib.sha256(path.read_bytes()).hexdigest() != expected["sha256"]:
            return "has other contents than when it was built"
    except OSError:
        return "cannot be read"
    return None


def _write_manifest(folder: Path, inputs: Inputs) -> None:
    """Write the manifest last and flush everything, so that its presence means that all is there."""
    files = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            files[path.name] = {
                "bytes": path.stat().st_size,
                "sha256": hashlib.file_digest(stream, "sha256").hexdigest(),
            }
            os.fsync(stream.fileno())
    text = json.dumps({"inputs": asdict(inputs), "files": files}, indent=2, sort_keys=True)
    with (folder / MANIFEST).open("w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def default_folder() -> Path:
    """Give the platform's own cache folder for indexes."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed when config names a folder

    return user_cache_path("dilemma")
