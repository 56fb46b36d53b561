"""Keeping an index on disk: complete or not there at all, never half.

Its manifest names what it was built from, and the size, time of change and hash of each file. The hash decides only
when size or time differ: hashing 40 MB at each start would take as long as two answers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from knowledge.codec import read_as, written
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANIFEST: Final = "manifest.json"

_HASHED_UP_TO: Final = 64 * 2**20
"""Larger files are hashed only on request: a gigabyte takes a second."""

_VERSION: Final = re.compile(r"^Version:\s*(\S+)", re.MULTILINE)


def installed_version(package: str) -> str:
    """Return the version of an installed package. Raises PackageNotFoundError.

    `metadata.version` reads it out of the whole description, parsed as an e-mail: a millisecond a package.
    """
    found = metadata.distribution(package)
    first = _VERSION.search(found.read_text("METADATA") or "")
    return first[1] if first else found.version


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
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Record:
    """What a manifest holds of a file: its size, its time of change in ns since 1970, and its hash."""

    bytes: int
    mtime_ns: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Record:
        """Describe a file, once it is on disk."""
        with path.open("rb") as stream, contextlib.suppress(OSError):  # a model's own folder may be read-only
            os.fsync(stream.fileno())
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns, file_sha256(path))

    def fault_of(self, path: Path, *, thorough: bool, hashed_up_to: int | None = None) -> str | None:
        """Return what is wrong with a file, or None.

        A file with another time of change is hashed up to `hashed_up_to` bytes; with `thorough` every file is.
        """
        try:
            found = path.stat()
            if found.st_size != self.bytes:
                return f"has {found.st_size} bytes instead of {self.bytes}"
            doubtful = found.st_mtime_ns != self.mtime_ns and (hashed_up_to is None or self.bytes <= hashed_up_to)
            if (thorough or doubtful) and file_sha256(path) != self.sha256:
                return "has other contents than when it was made"
        except OSError:
            return "cannot be read"
        return None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built from, its own files by their names, and what was measured on the way."""

    inputs: Inputs
    files: dict[str, Record]
    measured: dict[str, Any]


def file_sha256(path: Path) -> str:
    """Hash a file without reading it whole into memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock file, which the system frees even when the process is killed; BlockingIOError without `wait`."""
    import fcntl  # noqa: PLC0415 - there is none on Windows, where two builds at once merely cost time

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def put_in_place(fresh: Path, place: Path, manifest: object) -> None:
    """Put a filled folder in its place in one step; what was there goes. Raises OSError.

    The manifest is written last, so that its presence means that all is there.
    """
    with (fresh / MANIFEST).open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(written(manifest), indent=2, sort_keys=True) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    discarded = Path(tempfile.mkdtemp(prefix="building-", dir=place.parent))
    with contextlib.suppress(FileNotFoundError):
        place.rename(discarded / place.name)
    fresh.rename(place)
    shutil.rmtree(discarded, ignore_errors=True)


class IndexStore:
    """The folder in which the indexes of one pack lie, one folder for each set of inputs."""

    def __init__(self, root: Path, pack_id: str) -> None:
        self._folder = root / pack_id

    def place_of(self, inputs: Inputs) -> Path:
        """Return the folder in which the index for these inputs lies or will lie."""
        return self._folder / inputs.digest

    def fault_of(self, inputs: Inputs, *, thorough: bool = False) -> str | None:
        """Return why there is no usable index for these inputs, or None; with `thorough` every file is hashed."""
        place = self.place_of(inputs)
        if not place.is_dir():
            others = [path for path in self._folder.glob("*") if (path / MANIFEST).is_file()]
            return "the pack, the model or a library changed since the index was built" if others else "no index yet"
        manifest = _manifest_in(place)
        if manifest is None:
            return "the index is incomplete: its manifest cannot be read"
        if manifest.inputs != inputs:
            return "the index was built from something else"
        for name, record in manifest.files.items():
            if (fault := record.fault_of(place / name, thorough=thorough, hashed_up_to=_HASHED_UP_TO)) is not None:
                return f"the index is damaged: {name} {fault}"
        return None

    def build(self, inputs: Inputs, write: Callable[[Path], Mapping[str, object]]) -> Path:
        """Return the folder of the index, which `write` fills; what that returns is kept as "measured".

        When another process builds the same index, this one waits and uses it. Raises UserError when the place cannot
        be written.
        """
        place = self.place_of(inputs)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with locked(self._folder / "building.lock"):
                if self.fault_of(inputs) is None:
                    return place
                fresh = Path(tempfile.mkdtemp(prefix="building-", dir=self._folder))
                try:
                    measured = dict(write(fresh))
                    files = {path.name: Record.of(path) for path in sorted(fresh.iterdir())}
                    put_in_place(fresh, place, Manifest(inputs, files, measured))
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

    def _prune(self, inputs: Inputs, keep: Path) -> None:
        """Delete what earlier builds with this encoder left, and folders of builds that were killed."""
        for path in self._folder.iterdir():
            if path.is_dir() and path != keep:
                manifest = _manifest_in(path)
                if manifest is None or manifest.inputs.encoder == inputs.encoder:
                    shutil.rmtree(path, ignore_errors=True)


def _manifest_in(folder: Path) -> Manifest | None:
    try:
        return read_as(Manifest, json.loads((folder / MANIFEST).read_bytes()), MANIFEST)
    except (OSError, ValueError):
        return None


def default_folder() -> Path:
    """Return the platform's own cache folder for indexes."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed when config names a folder

    return user_cache_path("dilemma")
