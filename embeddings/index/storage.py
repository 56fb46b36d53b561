"""Keeping an index on disk: complete or not there at all, never half.

An index is a folder of files with a manifest that names what it was built from and the size, time of change and hash
of each file. Files count as unchanged while their size and time of change are those of the manifest; otherwise their
hash decides: hashing 40 MB at each start would take as long as two answers. It is built beside its place and renamed
into it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MANIFEST: Final = "manifest.json"

_HASHED_UP_TO: Final = 64 * 2**20
"""Files over this many bytes are hashed only where somebody asks for it: a gigabyte takes a second."""


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
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file, once its holder has let go of it; the system gives it back even when the process is killed."""
    import fcntl  # noqa: PLC0415 - there is none on Windows, where two builds at once merely cost time

    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class IndexStore:
    """The folder in which the indexes of one pack lie, one folder for each set of inputs."""

    def __init__(self, root: Path, pack_id: str) -> None:
        """Name the place; nothing is read or written yet."""
        self._folder = root / pack_id

    def place_of(self, inputs: Inputs) -> Path:
        """Return the folder in which the index for these inputs lies or will lie."""
        return self._folder / inputs.digest

    def fault_of(self, inputs: Inputs, *, thorough: bool = False) -> str | None:
        """Say in a few words why there is no usable index for these inputs; None when there is one.

        With `thorough` every file is hashed.
        """
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
            if (fault := _fault_of_file(place / name, expected, thorough=thorough)) is not None:
                return f"the index is damaged: {name} {fault}"
        return None

    def build(self, inputs: Inputs, write: Callable[[Path], Mapping[str, object]]) -> Path:
        """Let `write` fill an empty folder, add the manifest, and put the folder in its place, in one step.

        What `write` gives is what was measured on the way; the manifest keeps it under "measured". When another process
        builds the same index meanwhile, this one waits for it and uses what it made. Raises UserError when the place
        cannot be written.
        """
        place = self.place_of(inputs)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with locked(self._folder / "building.lock"):
                if self.fault_of(inputs) is None:
                    return place
                fresh = Path(tempfile.mkdtemp(prefix="building-", dir=self._folder))
                try:
                    _write_manifest(fresh, inputs, write(fresh))
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


def _fault_of_file(path: Path, expected: Mapping[str, int | str], *, thorough: bool) -> str | None:
    """Return what is wrong with a file of an index; None when it is as the manifest says."""
    try:
        found = path.stat()
        if found.st_size != expected["bytes"]:
            return f"has {found.st_size} bytes instead of {expected['bytes']}"
        # An index of version 0.1 has no times.
        doubtful = found.st_mtime_ns != expected.get("mtime_ns") and found.st_size <= _HASHED_UP_TO
        if (thorough or doubtful) and _sha256(path) != expected["sha256"]:
            return "has other contents than when it was built"
    except OSError:
        return "cannot be read"
    return None


def _sha256(path: Path) -> str:
    """Hash a file without reading it whole into memory."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_manifest(folder: Path, inputs: Inputs, measured: Mapping[str, object]) -> None:
    """Write the manifest last and flush everything, so that its presence means that all is there."""
    files = {}
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        found = path.stat()
        files[path.name] = {"bytes": found.st_size, "mtime_ns": found.st_mtime_ns, "sha256": _sha256(path)}
    manifest = {"inputs": asdict(inputs), "files": files, "measured": measured}
    text = json.dumps(manifest, indent=2, sort_keys=True)
    with (folder / MANIFEST).open("w", encoding="utf-8") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def default_folder() -> Path:
    """Return the platform's own cache folder for indexes."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - not needed when config names a folder

    return user_cache_path("dilemma")
