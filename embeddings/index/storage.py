"""Keeping an index on disk: complete or not there at all, never half.

Its manifest names what it was built from, and the size, time of change and hash of each file, and is sealed itself.
Everything that is opened is hashed first, but for very large files, whose size and time of change must do.
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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from knowledge.cache import check_private, least_used, make_private, mark_used, sealed, unsealed
from knowledge.codec import read_as, written
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

MANIFEST: Final = "manifest.json"

VECTORS: Final = "vectors-"
"""How the files of kept vectors begin; 16 digits of the model's fingerprint follow."""

HASHED_UP_TO: Final = 64 * 2**20
"""Larger files are hashed only on request: a gigabyte takes a second or two."""

_VERSION: Final = re.compile(r"^Version:\s*(\S+)", re.MULTILINE)


def installed_version(package: str) -> str:
    """Return the version of an installed package; empty for one that is not installed.

    `metadata.version` reads it out of the whole description, parsed as an e-mail: a millisecond a package.
    """
    try:
        found = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return ""
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

    def looks_like(self, path: Path) -> bool:
        """Return whether a file has this size and time of change. Raises OSError."""
        found = path.stat()
        return (found.st_size, found.st_mtime_ns) == (self.bytes, self.mtime_ns)

    def fault_of(self, path: Path, *, hashed_up_to: int | None) -> str | None:
        """Return what is wrong with a file, or None; one of more bytes than are hashed may not have a new time."""
        try:
            found = path.stat()
            if found.st_size != self.bytes:
                return f"has {found.st_size} bytes instead of {self.bytes}"
            if hashed_up_to is not None and self.bytes > hashed_up_to and self.looks_like(path):
                return None
            if file_sha256(path) != self.sha256:
                return "has other contents than when it was made"
        except OSError:
            return "cannot be read"
        return None


def fault_among(folder: Path, records: Mapping[str, Record], *, hashed_up_to: int | None) -> str | None:
    """Return what is wrong with the files of a folder, or None: it holds these and its manifest, and no others.

    Files are hashed up to a size (None: all), on several cores at once. Raises OSError.
    """
    for path in sorted(folder.iterdir()):
        if path.name not in {*records, MANIFEST}:
            return f"{path.name} was put there later"

    def fault_of(name: str) -> str | None:
        fault = records[name].fault_of(folder / name, hashed_up_to=hashed_up_to)
        return None if fault is None else f"{name} {fault}"

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return next(filter(None, pool.map(fault_of, records)), None)


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
    """Hold a lock file, which the system frees even when the process is killed; BlockingIOError without `wait`.

    Raises OSError, also for a link: what it leads to would be opened.
    """
    import fcntl  # noqa: PLC0415 - there is none on Windows, where two builds at once merely cost time

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def fresh_folder(parent: Path) -> Iterator[Path]:
    """Yield an empty folder, deleted again unless `put_in_place` moved it. Raises OSError."""
    fresh = Path(tempfile.mkdtemp(prefix="building-", dir=parent))
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def put_in_place(fresh: Path, place: Path, manifest: object) -> None:
    """Put a filled folder in its place in one step; what was there goes. Raises OSError.

    The manifest is written last, so that its presence means that all is there.
    """
    with (fresh / MANIFEST).open("wb") as stream:
        stream.write(sealed(written(manifest)))
        stream.flush()
        os.fsync(stream.fileno())
    discarded = Path(tempfile.mkdtemp(prefix="building-", dir=place.parent))
    with contextlib.suppress(FileNotFoundError):
        place.rename(discarded / place.name)
    fresh.rename(place)
    shutil.rmtree(discarded, ignore_errors=True)


def manifest_in(folder: Path, kind: type[T]) -> T:
    """Return what `put_in_place` wrote. Raises OSError, and ValueError for anything else."""
    return read_as(kind, unsealed((folder / MANIFEST).read_bytes()), MANIFEST)


def prune(folder: Path, kind: type[T]) -> list[T]:
    """Delete what killed builds left in a folder, what cannot be read, and what was used least; return what is left."""
    manifests: dict[Path, T] = {}
    for path in [path for path in folder.iterdir() if path.is_dir()]:
        try:
            manifests[path / MANIFEST] = manifest_in(path, kind)
        except (OSError, ValueError):
            shutil.rmtree(path, ignore_errors=True)
    for path in least_used(manifests):
        shutil.rmtree(path.parent, ignore_errors=True)
        del manifests[path]
    return list(manifests.values())


class IndexStore:
    """The folder in which the indexes of one pack lie, one folder for each set of inputs."""

    def __init__(self, root: Path, pack_id: str) -> None:
        self._root = root
        self._folder = root / pack_id

    def place_of(self, inputs: Inputs) -> Path:
        """Return the folder in which the index for these inputs lies or will lie."""
        return self._folder / inputs.digest

    def fault_of(self, inputs: Inputs, *, thorough: bool = False) -> str | None:
        """Return why there is no usable index for these inputs, or None; with `thorough` large files are hashed, too.

        Raises UserError for folders that others can write.
        """
        place = self.place_of(inputs)
        check_private(self._root, self._folder, place)
        if not place.is_dir():
            others = [path for path in self._folder.glob("*") if (path / MANIFEST).is_file()]
            return "the pack, the model or a library changed since the index was built" if others else "no index yet"
        try:
            manifest = manifest_in(place, Manifest)
            if manifest.inputs != inputs:
                return "the index was built from something else"
            fault = fault_among(place, manifest.files, hashed_up_to=None if thorough else HASHED_UP_TO)
        except (OSError, ValueError):
            return "the index is incomplete: its manifest cannot be read"
        return None if fault is None else f"the index is damaged: {fault}"

    def mark_used(self, inputs: Inputs) -> None:
        """Note that an index is in use, so that it is kept."""
        mark_used(self.place_of(inputs) / MANIFEST)

    def build(
        self,
        inputs: Inputs,
        write: Callable[[Path], Mapping[str, object]],
        usable: Callable[[], bool] | None = None,
    ) -> Path:
        """Return the folder of the index, which `write` fills; what that returns is kept as "measured".

        When another process builds the same index, this one waits and uses it, if it is `usable` (None: if it has no
        fault). Raises UserError when the place cannot be written.
        """
        place = self.place_of(inputs)
        try:
            make_private(self._folder)
            with locked(self._folder / "building.lock"):
                if self.fault_of(inputs) is None and (usable is None or usable()):
                    return place
                with fresh_folder(self._folder) as fresh:
                    measured = dict(write(fresh))
                    files = {path.name: Record.of(path) for path in sorted(fresh.iterdir())}
                    put_in_place(fresh, place, Manifest(inputs, files, measured))
                self._prune()
        except OSError as error:
            raise UserError(
                f"the index cannot be written to {self._folder} ({error.strerror or error}): "
                "make the folder writable, or set `folder` under [index] in config.toml"
            ) from error
        return place

    def forget(self, inputs: Inputs) -> None:
        """Delete the index for these inputs, and the vectors that were kept for the next one. Raises OSError."""
        shutil.rmtree(self.place_of(inputs), ignore_errors=True)
        for path in self._folder.glob(f"{VECTORS}{inputs.encoder[:16]}.*"):
            path.unlink(missing_ok=True)

    def _prune(self) -> None:
        """Delete indexes that nobody used lately, and vectors of models that none of the others is of."""
        used = {manifest.inputs.encoder[:16] for manifest in prune(self._folder, Manifest)}
        for path in self._folder.glob(f"{VECTORS}*"):
            if path.name.removeprefix(VECTORS).partition(".")[0] not in used:
                path.unlink(missing_ok=True)


def default_folder() -> Path:
    """Return the platform's own cache folder for indexes."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed when config names a folder

    return user_cache_path("dilemma")
